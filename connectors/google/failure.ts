import { DestinationError, type ErrorRule, findErrorRule } from '../errors.ts';
import { errors } from './errors.ts';

/** A vendor code as the table names it: `RESOURCE_EXHAUSTED`, or `databaseError` with a subcode. */
export interface VendorCode {
  code: string;
  subcode?: string;
}

export const nameOf = ({ code, subcode }: VendorCode): string => (subcode === undefined ? code : `${code}/${subcode}`);

export const ruleOf = ({ code, subcode }: VendorCode): ErrorRule | undefined => findErrorRule(errors, code, subcode);

/** An error with the meaning of the first code that the table knows, under the name of the first one given. */
export function failure(
  codes: VendorCode[],
  details: { retryAfterSeconds?: number; suffix?: string } = {},
): DestinationError {
  const rule = codes.map(ruleOf).find((found) => found !== undefined);
  const vendorCode = codes[0] && nameOf(codes[0]);
  const text = rule?.text ?? `Google answered with ${vendorCode ?? 'an error'}, which Reach does not know.`;
  const named = rule && vendorCode && !ruleOf(codes[0]!) ? `(${vendorCode})` : '';
  return new DestinationError(rule?.code ?? 'unknown', [text, named, details.suffix].filter(Boolean).join(' '), {
    vendorCode,
    url: rule?.url,
    retryAfterSeconds: details.retryAfterSeconds,
    scope: rule?.scope,
  });
}

/** google.rpc.Code, by number. @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

export const statusName = (code: number): string => STATUS_NAMES[code] ?? 'UNKNOWN';

/** Seconds of a protobuf duration in JSON (`"12.5s"`); undefined when unreadable. */
export function seconds(text: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)s?$/.exec(String(text ?? ''));
  return match ? Math.ceil(Number(match[1])) : undefined;
}
