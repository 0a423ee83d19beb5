import type { Interval, Named } from '../../api/types/insights.ts';
import type { Persona } from '../../api/types/personas.ts';

/** One line or area of a chart. */
export interface Series {
  name: string;
  label: string;
  color: string;
}

const NONE = 'none';
const nameOf = ({ persona }: Named) => persona ?? NONE;

/** The personas of a table as series of a chart, in their colours; former ones and none are grey. */
export function seriesOf(rows: Named[], personas: Persona[]): Series[] {
  const colors = new Map(personas.map(({ key, color }) => [key, color]));
  const found = new Map(rows.map((row) => [nameOf(row), row.name]));
  return [...found].map(([name, label]) => ({ name, label, color: colors.get(name) ?? 'gray.5' }));
}

/** Rows of buckets and personas as one point a bucket. */
export function points<Row extends Named & { start: string }>(
  rows: Row[],
  interval: Interval,
  value: (row: Row) => number | null,
): Record<string, string | number | null>[] {
  const byStart = new Map<string, Record<string, string | number | null>>();
  for (const row of rows) {
    const point = byStart.get(row.start) ?? { start: bucketLabel(row.start, interval) };
    point[nameOf(row)] = value(row);
    byStart.set(row.start, point);
  }
  return [...byStart.values()];
}

const MONTHS = new Intl.DateTimeFormat('en', { month: 'short', year: 'numeric', timeZone: 'UTC' });
const DAYS = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

const bucketLabel = (start: string, interval: Interval): string =>
  (interval === 'month' ? MONTHS : DAYS).format(new Date(start));
