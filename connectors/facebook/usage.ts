/** How much of Meta's quota is used, as the last answer said. */
export interface Usage {
  /** Highest of all counters, in percent. */
  percent: number;
  /** How long Meta says to stay away; 0 when it does not. */
  regainSeconds: number;
}

export const SLOW_PERCENT = 75;
export const STOP_PERCENT = 95;

type Headers = Record<string, unknown>;
type Counters = Record<string, unknown>;

/**
 * Reads `x-app-usage`, `x-ad-account-usage`, `x-business-use-case-usage` and `retry-after`.
 * Source: developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export function readUsage(headers: Headers): Usage {
  const business = Object.values(parse(headers['x-business-use-case-usage'])).flat() as Counters[];
  const app = parse(headers['x-app-usage']);
  const account = parse(headers['x-ad-account-usage']);
  const percents = [app, account, ...business].flatMap((c) =>
    [c.call_count, c.total_time, c.total_cputime, c.acc_id_util_pct].map(number),
  );
  const waits = [
    ...business.map((c) => number(c.estimated_time_to_regain_access) * 60),
    number(account.reset_time_duration) * (number(account.acc_id_util_pct) >= 100 ? 1 : 0),
    number(headers['retry-after']),
  ];
  return { percent: Math.max(0, ...percents), regainSeconds: Math.max(0, ...waits) };
}

/** Milliseconds to wait before the next call: nothing below 75 %, then 1 to 10 seconds up to 95 %. */
export function pauseFor(percent: number): number {
  if (percent < SLOW_PERCENT) return 0;
  const share = Math.min(1, (percent - SLOW_PERCENT) / (STOP_PERCENT - SLOW_PERCENT));
  return Math.round(1000 + share * 9000);
}

function parse(header: unknown): Record<string, unknown> {
  try {
    const value = JSON.parse(String(header ?? '{}'));
    return value && typeof value === 'object' ? value : {};
  } catch {
    return {}; // a header we cannot read must not fail a call that worked
  }
}

function number(value: unknown): number {
  const n = Number(value ?? 0);
  return Number.isFinite(n) ? n : 0;
}
