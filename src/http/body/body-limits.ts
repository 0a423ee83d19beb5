import { SetMetadata } from '@nestjs/common';
import { Problem } from '../problem.ts';
import { JsonGauge, type JsonLimits, LimitExceeded } from './json-gauge.ts';

/** Limits of a request body, unless its route has limits of its own. */
export const DEFAULT_LIMITS: Readonly<JsonLimits> = {
  bytes: 1_000_000,
  depth: 100,
  items: 10_000,
  names: 500,
  objects: 2_500,
  values: 50_000,
};

export const BODY_LIMITS = 'reach:body-limits';
/** Limits of a route's body that differ from the defaults. */
export const BodyLimits = (limits: Partial<JsonLimits>) => SetMetadata(BODY_LIMITS, { ...DEFAULT_LIMITS, ...limits });

/** Limits of a dataset's mapping, which has up to 2,000 columns. */
export const MAPPING_LIMITS: Readonly<JsonLimits> = { ...DEFAULT_LIMITS, objects: 10_000 };

const REFUSALS: Record<keyof JsonLimits, { status: number; code: string; detail: (most: string) => string }> = {
  bytes: { status: 413, code: 'body_too_large', detail: (most) => `The body has more than ${most} bytes.` },
  depth: { status: 400, code: 'too_deep', detail: (most) => `The request nests more than ${most} levels.` },
  items: { status: 413, code: 'too_many_items', detail: (most) => `A list of the body has more than ${most} items.` },
  names: {
    status: 413,
    code: 'too_many_names',
    detail: (most) => `An object of the body has more than ${most} names.`,
  },
  objects: {
    status: 413,
    code: 'too_many_objects',
    detail: (most) => `The body has more than ${most} objects and lists.`,
  },
  values: { status: 413, code: 'too_many_values', detail: (most) => `The body has more than ${most} values.` },
};

/** The problem for a body that exceeds a limit. */
export function refusal({ limit, most }: LimitExceeded): Problem {
  const { status, code, detail } = REFUSALS[limit];
  const advice = status === 413 ? ' Send less in one request.' : '';
  return new Problem(status, code, `${detail(most.toLocaleString('en'))}${advice}`);
}

/**
 * Parses JSON text of a client, such as a form field, once it is within its limits.
 * @throws Problem when it exceeds a limit; SyntaxError when it is not JSON
 */
export function parseWithin(text: string, limits: JsonLimits): unknown {
  try {
    new JsonGauge(limits).measure(Buffer.from(text));
  } catch (error) {
    throw error instanceof LimitExceeded ? refusal(error) : error;
  }
  return JSON.parse(text);
}
