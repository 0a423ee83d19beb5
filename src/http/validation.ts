import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldProblem, Problem } from './problem.ts';

/** Deeper JSON than any request has; walking it on could exhaust the stack. */
const MAX_LEVELS = 100;

class ShallowValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // a request without a body is one with an empty body: every field takes its default
    if (value === undefined && metadata.type === 'body') return super.transform({}, metadata);
    if (isDeeper(value, MAX_LEVELS)) {
      throw new Problem(400, 'too_deep', `The request nests more than ${MAX_LEVELS} levels.`);
    }
    return super.transform(value, metadata);
  }
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1)));

/** Request bodies and queries are class-validator DTOs; unknown fields are refused, and every fault names its path. */
export const validationPipe = () =>
  new ShallowValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: false,
    exceptionFactory: (errors) =>
      new Problem(400, 'validation', 'The request does not have the expected shape.', fieldProblems(errors)),
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
