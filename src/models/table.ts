/** Kinds of trait. Booleans are the numbers 0 and 1, dates are days since 1970-01-01. */
export type TraitType = 'number' | 'category' | 'boolean' | 'date';

/** A numeric trait of every sampled contact; `NaN` is missing. */
export interface NumberColumn {
  trait: string;
  type: 'number' | 'boolean' | 'date';
  values: Float64Array;
}

/** A category of every sampled contact; `''` is missing. */
export interface CategoryColumn {
  trait: string;
  type: 'category';
  values: string[];
}

export type Column = NumberColumn | CategoryColumn;

/** A sample of contacts by column, in the order of the sample. */
export interface Table {
  size: number;
  columns: Column[];
}

/** The traits of one contact as the warehouse holds them: an absent key is a missing trait. */
export interface Traits {
  num: Record<string, number>;
  cat: Record<string, string>;
}

/** A trait in SQL over a row of contacts. `value` may be anything where `known` is false; of a category it is then `''`. */
export interface TraitSql {
  known: string;
  value: string;
}

/** The value of a numeric trait, or `NaN` when it is missing or not a finite number. */
export function numberOf(traits: Traits, trait: string): number {
  const value = Object.hasOwn(traits.num, trait) ? traits.num[trait] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}

/** The value of a category, or `''` when it is missing. */
export function categoryOf(traits: Traits, trait: string): string {
  return Object.hasOwn(traits.cat, trait) ? (traits.cat[trait] ?? '') : '';
}

/** How many contacts of the sample have the trait. */
export function presentCount(column: Column): number {
  let present = 0;
  if (column.type === 'category') for (const value of column.values) present += value === '' ? 0 : 1;
  else for (const value of column.values) present += Number.isNaN(value) ? 0 : 1;
  return present;
}

/** Count of each category, most frequent first, then by name so that the order never depends on the sample's. */
export function countCategories(values: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

/** The known values of a numeric column in ascending order. */
export function sortedKnown(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

/** The quantile `q` (0 to 1) of ascending values, interpolated. */
export function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}
