import type { DateValue, Duration } from './condition.ts';

export const DAY_MS = 86_400_000;
/** Mean length of a month: 400 years have 146,097 days. */
const MONTH_DAYS = 146_097 / 4_800;

/** Days since 1970-01-01 of a moment, in UTC. */
export const dayOf = (moment: Date): number => Math.floor(moment.getTime() / DAY_MS);

/** Days since 1970-01-01 of a real `YYYY-MM-DD` date, or nothing. */
export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  const real = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
  return real ? milliseconds / DAY_MS : undefined;
}

/** `YYYY-MM-DD` of days since 1970-01-01. */
export const formatDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export const UNITS = ['days', 'weeks', 'months', 'years'] as const;

/** The unit and amount of a duration. */
export function unitOf(duration: Duration): { unit: (typeof UNITS)[number]; amount: number } {
  const [unit, amount] = Object.entries(duration)[0] as [(typeof UNITS)[number], number];
  return { unit, amount };
}

/** Moves a moment by whole calendar units in UTC; the 31st becomes the last day of a shorter month. */
export function shift(moment: Date, duration: Duration, direction: 1 | -1): Date {
  const { unit, amount } = unitOf(duration);
  if (unit === 'days' || unit === 'weeks') {
    return new Date(moment.getTime() + direction * amount * (unit === 'weeks' ? 7 : 1) * DAY_MS);
  }
  const months = direction * amount * (unit === 'years' ? 12 : 1);
  const moved = new Date(moment);
  moved.setUTCMonth(moved.getUTCMonth() + months, 1);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(moment.getUTCDate(), lastDay));
  return moved;
}

/** The day a checked date value stands for. */
export function resolveDay(value: DateValue, now: Date): number {
  if (typeof value === 'string') return parseDay(value)!;
  return dayOf('ago' in value ? shift(now, value.ago, -1) : shift(now, value.fromNow, 1));
}

/** Fewest and most days that a duration lasts: months differ by up to three days from their mean. */
function span(duration: Duration): [number, number] {
  const { unit, amount } = unitOf(duration);
  const days = amount * { days: 1, weeks: 7, months: MONTH_DAYS, years: 12 * MONTH_DAYS }[unit];
  return unit === 'days' || unit === 'weeks' || amount === 0 ? [days, days] : [days - 3, days + 3];
}

/** First and last day, counted from today, that a relative date can stand for. */
function reach(value: Exclude<DateValue, string>): [number, number] {
  if ('fromNow' in value) return span(value.fromNow);
  const [fewest, most] = span(value.ago);
  return [-most, -fewest];
}

/**
 * Whether a checked range ends before it begins, whatever day it is. A range between a written and a relative date is empty
 * on some days only.
 */
export function isReversed(from: DateValue, to: DateValue): boolean {
  if (typeof from === 'string' && typeof to === 'string') return from > to;
  if (typeof from === 'string' || typeof to === 'string') return false;
  return reach(from)[0] > reach(to)[1];
}

/** `30 days`, `1 month`. */
export function durationText(duration: Duration): string {
  const { unit, amount } = unitOf(duration);
  return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

/** `2026-01-01`, `30 days ago`, `in 2 weeks`. */
export function dateText(value: DateValue): string {
  if (typeof value === 'string') return value;
  return 'ago' in value ? `${durationText(value.ago)} ago` : `in ${durationText(value.fromNow)}`;
}
