import { DestinationError, type ErrorRule, type ErrorTable, findErrorRule } from '../errors.ts';
import { retryAfter, timeOf } from '../retry-after.ts';

/** What HTTP statuses (RFC 9110, 6585, 7725) and broken connections mean to a connector that has no table of its vendor's. */
const HTTP_RULES: ErrorTable = [
  {
    vendor: '400',
    code: 'config',
    text: 'The receiver calls the request malformed. Compare what it expects with what is sent.',
  },
  { vendor: '401', code: 'auth', text: 'The receiver does not accept the credentials. Enter them again.' },
  { vendor: '402', code: 'policy', text: "The receiver asks for payment. Look into the account's plan there." },
  { vendor: '403', code: 'auth', text: 'The receiver forbids this. Check the credentials and what they may do.' },
  { vendor: '404', code: 'config', text: 'There is nothing at this address. Check it.' },
  { vendor: '405', code: 'config', text: 'The address does not take this method. Check both.' },
  { vendor: '406', code: 'config', text: 'The receiver cannot answer in JSON.' },
  { vendor: '408', code: 'transient', text: 'The receiver waited too long for the request.' },
  { vendor: '409', code: 'transient', text: 'The receiver is busy with the same thing.' },
  { vendor: '410', code: 'config', text: 'The address is gone for good: the receiver wants no more deliveries.' },
  { vendor: '413', code: 'config', text: 'The request is too large. Put fewer members in one request.' },
  { vendor: '414', code: 'config', text: 'The address is too long for the receiver.' },
  { vendor: '415', code: 'config', text: 'The receiver does not take JSON at this address.' },
  { vendor: '422', code: 'payload', text: 'The receiver refused these members.' },
  { vendor: '425', code: 'transient', text: 'The receiver wants the request again later.' },
  { vendor: '429', code: 'throttled', text: 'The receiver gets too many requests. Reach waits and tries again.' },
  { vendor: '431', code: 'config', text: 'The headers are too large for the receiver.' },
  { vendor: '451', code: 'policy', text: 'The receiver may not take this for legal reasons.' },
  { vendor: '500', code: 'transient', text: 'The receiver failed.' },
  { vendor: '501', code: 'config', text: 'The receiver does not know this method.' },
  { vendor: '502', code: 'transient', text: 'A gateway before the receiver got no good answer from it.' },
  { vendor: '503', code: 'transient', text: 'The receiver is out of service at the moment.' },
  { vendor: '504', code: 'transient', text: 'A gateway before the receiver got no answer from it in time.' },
  { vendor: '507', code: 'config', text: "The receiver's storage is full." },
  {
    vendor: 'redirect',
    code: 'config',
    text: 'The receiver answers with another address. Redirects are not followed: enter the final address.',
  },
  { vendor: 'timeout', code: 'transient', text: 'The receiver did not answer in time.' },
  { vendor: 'network', code: 'transient', text: 'The connection to the receiver failed.' },
  { vendor: 'dns', code: 'config', text: 'The host name is not known. Check it.' },
  {
    vendor: 'certificate',
    code: 'config',
    text: "The receiver's certificate is not valid for this host. Nothing was sent.",
  },
  {
    vendor: 'unreadable',
    code: 'unknown',
    text: 'The answer cannot be read: it is too long, or not what was announced.',
  },
  { vendor: 'cancelled', code: 'transient', text: 'The call was stopped from our side.' },
];

/** The rules above, with a connector's own in place of or after them. */
export function httpErrors(own: ErrorTable): ErrorTable {
  const replaced = new Set(own.map(({ vendor }) => vendor));
  return [...HTTP_RULES.filter(({ vendor }) => !replaced.has(vendor)), ...own];
}

export interface FailureDetails {
  /** Further words after the rule's. */
  more?: string;
  retryAfterSeconds?: number;
}

/** The error of a vendor code that the table names. */
export function failure(table: ErrorTable, vendor: string, { more, retryAfterSeconds }: FailureDetails = {}) {
  const rule = findErrorRule(table, vendor);
  return refusal(rule ?? unnamed(vendor), vendor, { more, retryAfterSeconds });
}

function refusal(rule: ErrorRule, vendorCode: string, { more, retryAfterSeconds }: FailureDetails): DestinationError {
  const text = more ? `${rule.text} ${more}` : rule.text;
  return new DestinationError(rule.code, text, { vendorCode, url: rule.url, retryAfterSeconds });
}

/** Statuses that no table names: 3xx and 5xx say enough by their class. */
function unnamed(vendor: string): ErrorRule {
  const code = /^5\d\d$/.test(vendor) ? 'transient' : 'unknown';
  return { vendor, code, text: `The receiver answered with ${vendor}, which Reach does not know.` };
}

/** Seconds when a 429 names none. */
const WAIT_SECONDS = 60;

/** The error that an answer other than a success stands for. */
export function refusalOf(
  table: ErrorTable,
  { status, headers }: { status: number; headers: Record<string, string> },
  now: Date,
): DestinationError {
  if (status >= 300 && status < 400) return failure(table, 'redirect');
  const stated = retryAfter(headers['retry-after'], timeOf(headers, now));
  return failure(table, String(status), { retryAfterSeconds: stated ?? (status === 429 ? WAIT_SECONDS : undefined) });
}
