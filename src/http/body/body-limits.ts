import { SetMetadata } from '@nestjs/common';
import { Problem } from '../problem.ts';
import { JsonGauge, type JsonLimits, LimitExceeded } from './json-gauge.ts';

/** What a request of any route may hold unless the route says otherwise. */
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

/** What a dataset's mapping may hold: up to 2,000 columns. */
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

/** What the client is told that sent more than a limit. */
export function refusal({ limit, most }: LimitExceeded): Problem {
  const { status, code, detail } = REFUSALS[limit];
  const advice = status === 413 ? ' Send less in one request.' : '';
  return new Problem(status, code, `${detail(most.toLocaleString('en'))}${advice}`);
}

/**
 * Parses JSON text of a client, such as a form field, once it is known to hold no more than it may.
 * @throws Problem for what is too much; SyntaxError for what is not JSON
 */
export function parseWithin(text: string, limits: JsonLimits): unknown {
  try {
    new JsonGauge(limits).measure(Buffer.from(text));
  } catch (error) {
    throw error instanceof LimitExceeded ? refusal(error) : error;
  }
  return JSON.parse(text);
}
