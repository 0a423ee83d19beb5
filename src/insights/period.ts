import { Problem } from '../http/problem.ts';
import { timeZoneNamed } from '../http/time-zone.ts';

export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Days of a calendar, both included, cut into buckets. */
export interface Period {
  /** First day and last day, `YYYY-MM-DD`. */
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
  /** First days of the buckets; the first one may begin before `from`. */
  starts: string[];
  /** First day behind the last bucket's days: the day after `to`. */
  end: string;
}

/** More points than anyone looks at: two years of days. */
export const MOST_BUCKETS = 750;
/** Days before the last one that are shown when none is asked for: whole buckets, so that the first one is complete. */
const DEFAULT_DAYS: Record<Interval, number> = { day: 29, week: 175, month: 334 };
const DAY_MS = 86_400_000;

/** The calendar day of an instant in a time zone, `YYYY-MM-DD`. */
export const dayIn = (at: Date, timeZone: string): string => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at);

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/**
 * The time zone under the name that the warehouse knows too.
 * @throws Problem 422 for one that is no name of the IANA database.
 */
export function checkedTimeZone(name: string): string {
  const zone = timeZoneNamed(name);
  if (zone) return zone;
  throw Problem.invalid('timeZone', 'unknown_time_zone', `"${name}" is no time zone. Write one like Europe/Berlin.`);
}

/** What a request says of a period. */
export interface PeriodInput {
  from?: string;
  to?: string;
  interval: Interval;
  timeZone: string;
}

/**
 * Cuts a period into buckets; without `to` it ends today, without `from` it has a usual length.
 * @throws Problem 422 when it ends before it begins, or has more than 750 buckets.
 */
export function periodOf(input: PeriodInput, now: Date): Period {
  const timeZone = checkedTimeZone(input.timeZone);
  const { interval } = input;
  const to = input.to ?? dayIn(now, timeZone);
  const from = input.from ?? bucketStart(addDays(to, -DEFAULT_DAYS[interval]), interval);
  if (from > to) throw Problem.invalid('from', 'after_to', `The period begins (${from}) after it ends (${to}).`);
  const starts: string[] = [];
  for (let start = bucketStart(from, interval); start <= to; start = nextStart(start, interval)) {
    starts.push(start);
    if (starts.length <= MOST_BUCKETS) continue;
    const message = `The period has more than ${MOST_BUCKETS} ${interval}s. Take a shorter one, or a longer interval.`;
    throw Problem.invalid('interval', 'too_many_buckets', message);
  }
  return { from, to, interval, timeZone, starts, end: addDays(to, 1) };
}

/** First day of the bucket that a day is in; weeks begin on Monday. */
export function bucketStart(day: string, interval: Interval): string {
  if (interval === 'month') return `${day.slice(0, 7)}-01`;
  if (interval === 'day') return day;
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

/** First day of the bucket after the one that begins on `start`. */
export function nextStart(start: string, interval: Interval): string {
  if (interval !== 'month') return addDays(start, interval === 'week' ? 7 : 1);
  const next = new Date(start);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return next.toISOString().slice(0, 10);
}

/** First day behind each bucket, none behind the period. */
export const ends = ({ starts, interval, end }: Period): string[] =>
  starts.map((start) => {
    const next = nextStart(start, interval);
    return next < end ? next : end;
  });
