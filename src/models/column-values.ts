import { type Column, countCategories, sortedKnown } from './table.ts';

/** What the values of a column are like. */
export interface ColumnValues {
  /** Contacts of the sample with a value. */
  present: number;
  /** Different values. */
  distinct: number;
  /** The most frequent value, and how many contacts have it. */
  top: string;
  topCount: number;
  /** Contacts with one of the twelve most frequent values. */
  common: number;
  /** Whether all are whole numbers. */
  whole: boolean;
}

const COMMON = 12;

/** Counts the values of a column in one pass over their order. */
export function columnValues(column: Column): ColumnValues {
  const runs = column.type === 'category' ? countCategories(column.values) : numberRuns(sortedKnown(column.values));
  const present = runs.reduce((sum, [, count]) => sum + count, 0);
  const [top, topCount] = runs[0] ?? ['', 0];
  return {
    present,
    distinct: runs.length,
    top: String(top),
    topCount,
    common: runs.slice(0, COMMON).reduce((sum, [, count]) => sum + count, 0),
    whole: column.type !== 'category' && column.values.every((value) => Number.isNaN(value) || Number.isInteger(value)),
  };
}

/** Count of each number, most frequent first, then the smallest. */
function numberRuns(sorted: Float64Array): [number, number][] {
  const runs: [number, number][] = [];
  for (const value of sorted) {
    const last = runs.at(-1);
    if (last && last[0] === value) last[1]++;
    else runs.push([value, 1]);
  }
  return runs.sort(([a, x], [b, y]) => y - x || a - b);
}
