/** What an error means to us. One action table in the engine says what follows from each. */
export type ErrorCode =
  | 'auth'
  | 'config'
  | 'audience-missing'
  | 'payload'
  | 'policy'
  | 'throttled'
  | 'transient'
  /** What was sent of an upload is lost: it must begin again at its first batch. */
  | 'restart'
  | 'unknown';

export interface ErrorRule {
  /** Vendor code, or `code/subcode`; the more exact one wins. */
  vendor: string;
  code: ErrorCode;
  /** What it means and what to do, in plain words. */
  text: string;
  url?: string;
  /** `audience`: a throttle that other audiences of the connection need not wait for. */
  scope?: 'audience';
}
export type ErrorTable = ErrorRule[];

/** The only error a connector throws. The message is plain words for the user, without identifiers or secrets. */
export class DestinationError extends Error {
  readonly vendorCode?: string;
  readonly retryAfterSeconds?: number;
  readonly url?: string;
  /** What a throttle keeps back: every call of the connection, or only those about this audience. */
  readonly scope: 'connection' | 'audience';

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: {
      vendorCode?: string;
      retryAfterSeconds?: number;
      url?: string;
      scope?: 'connection' | 'audience';
    } = {},
  ) {
    super(message);
    this.name = 'DestinationError';
    this.vendorCode = details.vendorCode;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.url = details.url;
    this.scope = details.scope ?? 'connection';
  }
}

/** Finds the rule of a vendor error: `code/subcode` before `code`. */
export function findErrorRule(
  table: ErrorTable,
  code: string | number,
  subcode?: string | number,
): ErrorRule | undefined {
  const exact = subcode === undefined ? undefined : table.find((rule) => rule.vendor === `${code}/${subcode}`);
  return exact ?? table.find((rule) => rule.vendor === String(code));
}
