/** A receiver that asks for more than a day is taken at a day. */
const MAX_WAIT_SECONDS = 86_400;

/**
 * Seconds of a Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3).
 * @param now the receiver's own time where it is known: a date says nothing by a clock that is wrong
 */
export function retryAfter(header: unknown, now: Date): number | undefined {
  if (header === undefined || header === null) return undefined;
  const text = String(header).trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1000;
  return Number.isFinite(seconds) ? Math.min(MAX_WAIT_SECONDS, Math.max(1, Math.ceil(seconds))) : undefined;
}

/** The time by which a receiver's dates are to be read: its own, or ours where it states none. */
export function timeOf(headers: Record<string, unknown> | undefined, now: Date): Date {
  const stated = Date.parse(String(headers?.date));
  return Number.isNaN(stated) ? now : new Date(stated);
}
