import { retryAfter, timeOf } from '../retry-after.ts';

/** How much of Meta's quota is used, as the last answer said. */
export interface Usage {
  /** Highest of all counters, in percent. */
  percent: number;
  /** How long Meta says to stay away; 0 when it does not. */
  regainSeconds: number;
}

export const SLOW_PERCENT = 75;
export const STOP_PERCENT = 95;

/** The use case of our calls: other quotas, such as that of reports, do not limit us. */
const USE_CASE = 'custom_audience';

type Headers = Record<string, unknown>;
type Counters = Record<string, unknown>;

/**
 * Reads `x-app-usage`, `x-ad-account-usage`, what `x-business-use-case-usage` says of this ad account, and `retry-after`.
 * Source: developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export function readUsage(headers: Headers, { adAccountId, now }: { adAccountId: string; now: Date }): Usage {
  const business = Object.entries(parse(headers['x-business-use-case-usage']))
    .filter(([account]) => account.replace(/^act_/, '') === adAccountId)
    .flatMap(([, counters]) => counters as Counters[])
    .filter((counters) => (counters?.type ?? USE_CASE) === USE_CASE);
  const app = parse(headers['x-app-usage']);
  const account = parse(headers['x-ad-account-usage']);
  const percents = [app, account, ...business].flatMap((c) =>
    [c.call_count, c.total_time, c.total_cputime, c.acc_id_util_pct].map(number),
  );
  const waits = [
    ...business.map((c) => number(c.estimated_time_to_regain_access) * 60),
    number(account.reset_time_duration) * (number(account.acc_id_util_pct) >= 100 ? 1 : 0),
    retryAfter(headers['retry-after'], timeOf(headers, now)) ?? 0,
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
