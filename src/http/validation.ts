import { type ArgumentMetadata, type Type, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { rememberPosted } from './as-posted.ts';
import { DEFAULT_LIMITS, refusal } from './body/body-limits.ts';
import { LimitExceeded } from './body/json-gauge.ts';
import { MAX_UNKNOWN, unknownNames } from './body/unknown-names.ts';
import { type FieldProblem, Problem } from './problem.ts';

class StorableValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // a request without a body is one with an empty body: every field takes its default
    if (value === undefined && metadata.type === 'body') return super.transform({}, metadata);
    refuseUnstorable(value, metadata.data);
    if (metadata.metatype) refuseUnknownNames(value, metadata.metatype);
    return super.transform(value, metadata);
  }

  protected override stripProtoKeys(value: unknown): void {
    rememberPosted(value);
    super.stripProtoKeys(value);
  }
}

/** @throws Problem 400 for a request that has so many unknown names that reading them would take long */
function refuseUnknownNames(value: unknown, target: Type): void {
  const unknown = unknownNames(value, target);
  if (unknown.length > MAX_UNKNOWN) throw unexpectedShape(unknown);
}

const unexpectedShape = (errors: FieldProblem[]): Problem =>
  new Problem(400, 'validation', 'The request does not have the expected shape.', errors);

type Fault = { deep: true } | { path: string };

/**
 * Refuses what no feature could take, wherever in a request it stands: nesting without end, and the NUL character, which
 * PostgreSQL stores nowhere (https://www.postgresql.org/docs/current/datatype-character.html).
 * @param path of the value in the request
 * @throws Problem 400
 */
export function refuseUnstorable(value: unknown, path = ''): void {
  const fault = faultIn(value, DEFAULT_LIMITS.depth);
  if (!fault) return;
  if ('deep' in fault) throw refusal(new LimitExceeded('depth', DEFAULT_LIMITS.depth));
  const at = path ? path + fault.path : fault.path.replace(/^\./, '');
  throw unexpectedShape([{ path: at, code: 'nul_character', message: 'There must be no NUL character (U+0000).' }]);
}

/** The path is put together on the way back: what is right, as nearly all is, costs none. */
function faultIn(value: unknown, levels: number): Fault | undefined {
  if (typeof value === 'string') return value.includes('\0') ? { path: '' } : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return { deep: true };
  for (const [name, each] of Object.entries(value)) {
    // a name that cannot be shown is told at the object that has it
    if (name.includes('\0')) return { path: '' };
    const fault = faultIn(each, levels - 1);
    if (fault)
      return 'deep' in fault ? fault : { path: (Array.isArray(value) ? `[${name}]` : `.${name}`) + fault.path };
  }
  return undefined;
}

/** Request bodies and queries are class-validator DTOs; unknown fields are refused, and every fault names its path. */
export const validationPipe = () =>
  new StorableValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: false,
    exceptionFactory: (errors) => unexpectedShape(fieldProblems(errors)),
  });

/** Flattens class-validator's tree into paths such as `mapping.columns[2].as`. */
export function fieldProblems(errors: ValidationError[], parent = ''): FieldProblem[] {
  return errors.flatMap((error) => {
    const isIndex = /^\d+$/.test(error.property);
    const path = isIndex ? `${parent}[${error.property}]` : parent ? `${parent}.${error.property}` : error.property;
    const own = Object.entries(error.constraints ?? {}).map(([code, message]) => ({ path, code, message }));
    return [...own, ...fieldProblems(error.children ?? [], path)];
  });
}
