import { type ColumnValues, columnValues } from './column-values.ts';
import {
  type Column,
  countCategories,
  type NumberColumn,
  presentCount,
  quantile,
  sortedKnown,
  type Table,
} from './table.ts';

/** Why a trait is not clustered on; each has a sentence in the selection. */
export type DropReason =
  | 'all_missing'
  | 'mostly_missing'
  | 'constant'
  | 'near_constant'
  | 'identifier_like'
  | 'many_levels'
  | 'near_duplicate'
  | 'protected'
  | 'not_chosen';

/** What became of one catalogued trait. */
export interface SelectedTrait {
  trait: string;
  used: boolean;
  reason?: DropReason;
  /** The reason in words, with its numbers. */
  detail?: string;
  /** The trait that tells the same, for a near-duplicate. */
  duplicateOf?: string;
}

interface Drop {
  reason: DropReason;
  detail: string;
}

const MOSTLY_MISSING = 0.9;
const NEAR_CONSTANT = 0.985;
const DUPLICATE = 0.95;
/** Twice as many values as a category is told apart by: it is judged by how many contacts the frequent ones cover. */
const MANY_LEVELS = 24;
/** Share of the known values that the frequent ones must cover: the others are all one value to the clustering. */
const COVERED = 0.5;
/** How far the middle half of evenly spread values may be from half of their range. */
const EVEN = 0.15;
/** Pairs are compared on this many contacts of the sample. */
const PAIR_ROWS = 5000;

/** Words in a trait's name that make it special to housing, employment and credit advertising, or to fair treatment. */
const PROTECTED =
  /(^|[^a-z])(age|aged|age(?:group|band|range)|birth\w*|\w*ofbirth|dob|senior|seniorcitizen|gender|sex|sexual\w*|female|male|race|racial|ethnic\w*|ancest\w*|religio\w*|faith|nationality|national|origin|citizen\w*|immigra\w*|disab\w*|marital\w*|married|marriage|partner|spouse|pregnan\w*|dependents?|child|children|kids?|(?:kid|teen)home|household[ _]?(?:size|members?|type)|famil\w*|veteran|zip(?:_?code)?|postal\w*|postcode|neighbou?rhood)([^a-z]|$)/;

/** Whether a trait's name says that it describes a protected class (or stands in for one, as a postal code does). */
export function isProtected(trait: string): boolean {
  return PROTECTED.test(trait.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase());
}

/**
 * Decides which traits are clustered on. Traits the user chose are kept even where the automatic choice would drop them
 * as nearly constant or as duplicates; constant, empty and identifier-like ones can never be used.
 */
export function selectTraits(
  table: Table,
  options: { chosen?: string[]; excludeProtected?: boolean } = {},
): SelectedTrait[] {
  const chosen = options.chosen && new Set(options.chosen);
  const selection = table.columns.map((column): SelectedTrait => {
    const drop =
      chosen && !chosen.has(column.trait)
        ? { reason: 'not_chosen' as const, detail: 'Not among the chosen traits.' }
        : (protectedDrop(column, options.excludeProtected) ?? dropOf(column, table.size, chosen !== undefined));
    return drop ? { trait: column.trait, used: false, ...drop } : { trait: column.trait, used: true };
  });
  return chosen ? selection : dropDuplicates(table, selection);
}

function protectedDrop(column: Column, exclude = false): Drop | undefined {
  if (!exclude || !isProtected(column.trait)) return undefined;
  return { reason: 'protected', detail: 'Left out because protected traits are excluded.' };
}

function dropOf(column: Column, size: number, chosen: boolean): Drop | undefined {
  const values = columnValues(column);
  return unusable(column, values, size) ?? (chosen ? undefined : weak(column, values, size));
}

/** What no choice can make usable. */
function unusable(column: Column, values: ColumnValues, size: number): Drop | undefined {
  if (values.present === 0) return { reason: 'all_missing', detail: 'No contact has a value.' };
  if (values.distinct === 1) {
    return { reason: 'constant', detail: `Every known value is ${show(column, values.top)}.` };
  }
  return identifierLike(column, values, size);
}

/** What the automatic choice leaves out because it says next to nothing about most contacts. */
function weak(column: Column, values: ColumnValues, size: number): Drop | undefined {
  const { present, top, topCount, distinct, common } = values;
  const [missing, same] = [1 - present / size, topCount / present];
  if (missing > MOSTLY_MISSING) {
    return { reason: 'mostly_missing', detail: `${percent(missing)} of contacts have no value.` };
  }
  if (column.type === 'category' && distinct > MANY_LEVELS && common / present < COVERED) {
    const detail = `${distinct} different values, of which the most frequent ones cover ${percent(common / present)}.`;
    return { reason: 'many_levels', detail };
  }
  if (same < NEAR_CONSTANT) return undefined;
  return { reason: 'near_constant', detail: `${percent(same)} of known values are ${show(column, top)}.` };
}

/**
 * Values that name a contact instead of describing it: nearly all different and, of numbers, spread as evenly as numbers
 * are that were handed out. An income in cents is nearly always another too, but most of them lie close together.
 */
function identifierLike(column: Column, values: ColumnValues, size: number): Drop | undefined {
  const { distinct, present, common, whole } = values;
  const names =
    column.type === 'category'
      ? distinct > 50 && (distinct / present > 0.5 || common / present < 0.1)
      : column.type === 'number' && size >= 200 && whole && distinct / present > 0.99 && isEven(column.values);
  if (!names) return undefined;
  const detail = `${distinct} different values in ${present} contacts: it names contacts rather than describing them.`;
  return { reason: 'identifier_like', detail };
}

/** Whether about half of the range holds the middle half of the values. */
function isEven(values: Float64Array): boolean {
  const known = sortedKnown(values);
  const middle = quantile(known, 0.75) - quantile(known, 0.25);
  return Math.abs(middle / (known.at(-1)! - known[0]!) - 0.5) < EVEN;
}

function show(column: Column, value: string): string {
  if (column.type === 'boolean') return value === '1' ? 'true' : 'false';
  return column.type === 'category' ? `“${value}”` : value;
}

const percent = (share: number) => `${(share * 100).toFixed(share > 0.99 ? 1 : 0)} %`;

/** Of traits that tell the same, keeps the fuller and finer one, and the first in the catalogue among equals. */
function dropDuplicates(table: Table, selection: SelectedTrait[]): SelectedTrait[] {
  const columns = new Map(table.columns.map((column) => [column.trait, column]));
  const ranked = selection
    .filter((entry) => entry.used)
    .map((entry) => comparable(columns.get(entry.trait)!))
    .sort((a, b) => b.present - a.present || b.levels - a.levels);
  const kept: Comparable[] = [];
  const duplicateOf = new Map<string, { trait: string; strength: number }>();
  for (const candidate of ranked) {
    const twin = kept
      .map((other) => ({ trait: other.trait, strength: association(candidate, other) }))
      .find(({ strength }) => strength >= DUPLICATE);
    if (twin) duplicateOf.set(candidate.trait, twin);
    else kept.push(candidate);
  }
  return selection.map((entry) => {
    const twin = duplicateOf.get(entry.trait);
    if (!twin) return entry;
    const detail = `Tells the same as ${twin.trait} (association ${twin.strength.toFixed(2)}).`;
    return { trait: entry.trait, used: false, reason: 'near_duplicate', detail, duplicateOf: twin.trait };
  });
}

/** A column in the two forms pairs are compared in: ranks for order, codes for classes. */
interface Comparable {
  trait: string;
  present: number;
  levels: number;
  /** Ranks of an ordered trait, `NaN` where missing. */
  ranks?: Float64Array;
  /** Classes of a category or boolean, −1 where missing. */
  codes?: Int32Array;
}

function comparable(column: Column): Comparable {
  const { trait } = column;
  const present = presentCount(column);
  if (column.type === 'category') {
    const index = new Map(countCategories(column.values).map(([level], i) => [level, i]));
    const codes = Int32Array.from(column.values.slice(0, PAIR_ROWS), (value) => index.get(value) ?? -1);
    return { trait, present, levels: index.size, codes };
  }
  const ranks = ranksOf(column);
  if (column.type !== 'boolean') return { trait, present, levels: Number.POSITIVE_INFINITY, ranks };
  const codes = Int32Array.from(column.values.slice(0, PAIR_ROWS), (value) => (Number.isNaN(value) ? -1 : value));
  return { trait, present, levels: 2, ranks, codes };
}

/** Mean ranks, so that ties are equal and an outlier is one step from its neighbour. */
function ranksOf(column: NumberColumn): Float64Array {
  const values = column.values.slice(0, PAIR_ROWS);
  const sorted = sortedKnown(values);
  const rank = new Map<number, number>();
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j < sorted.length && sorted[j] === sorted[i]) j++;
    rank.set(sorted[i]!, (i + j - 1) / 2);
    i = j;
  }
  return values.map((value) => rank.get(value) ?? Number.NaN);
}

/** How far one trait tells the other, 0 to 1: Spearman's correlation of ordered traits, Cramér's V of classes. */
function association(a: Comparable, b: Comparable): number {
  if (a.ranks && b.ranks) return Math.abs(correlation(a.ranks, b.ranks));
  if (a.codes && b.codes) return cramersV(a.codes, b.codes);
  return 0;
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    n++;
    sa += x;
    sb += y;
    saa += x * x;
    sbb += y * y;
    sab += x * y;
  }
  const spread = Math.sqrt((n * saa - sa * sa) * (n * sbb - sb * sb));
  return n > 2 && spread > 0 ? (n * sab - sa * sb) / spread : 0;
}

function cramersV(a: Int32Array, b: Int32Array): number {
  const width = b.reduce((most, code) => Math.max(most, code), 0) + 1;
  const [rows, columns, cells] = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()];
  const add = (map: Map<number, number>, key: number) => map.set(key, (map.get(key) ?? 0) + 1);
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x < 0 || y < 0) continue;
    add(rows, x);
    add(columns, y);
    add(cells, x * width + y);
  }
  const freedom = Math.min(rows.size, columns.size) - 1;
  if (freedom < 1) return 0;
  let chi = 0;
  for (const [cell, count] of cells) {
    chi += count ** 2 / (rows.get(Math.floor(cell / width))! * columns.get(cell % width)!);
  }
  return Math.sqrt((chi - 1) / freedom);
}
