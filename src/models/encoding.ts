import {
  type CategoryColumn,
  type Column,
  categoryOf,
  countCategories,
  type NumberColumn,
  numberOf,
  presentCount,
  quantile,
  sortedKnown,
  type Table,
  type Traits,
} from './table.ts';

/**
 * A number, boolean or date as one coordinate: robust distance from the middle, clipped. A missing value takes `fill`,
 * the sample's mean, so that it pulls towards no persona; where missing is common it is a coordinate of its own.
 */
export interface NumberEncoding {
  kind: 'number';
  trait: string;
  type: NumberColumn['type'];
  center: number;
  scale: number;
  clip: number;
  fill: number;
  /** Coordinate of "missing" (0 when present); 0 when missing has no coordinate. */
  missing: number;
}

/**
 * A category as one coordinate a level (√½ or 0), rare levels folded into `other`. What has no coordinate (an unseen
 * level without `other`, a missing value where none was missing) takes `mean`, which pulls towards no persona.
 */
export interface CategoryEncoding {
  kind: 'category';
  trait: string;
  levels: string[];
  other: boolean;
  missing: boolean;
  /** Mean of each coordinate in the sample: levels, then other, then missing. */
  mean: number[];
}

export type TraitEncoding = NumberEncoding | CategoryEncoding;

/** How contacts become points. Stored with the model; `schema` changes when its meaning does. */
export interface Encoding {
  schema: 1;
  traits: TraitEncoding[];
}

const CLIP = 3;
/** An interquartile range is 1.349 standard deviations of a normal distribution. */
const IQR_OF_NORMAL = 1.349;
/** Coordinate of a category's level: two categories are 1 apart, as far as two numbers a standard deviation apart. */
const LEVEL = Math.SQRT1_2;
/** The two values of a boolean are as far apart as two categories. */
const BOOLEAN_SCALE = 1;
const MISSING_COORDINATE = 0.5;
/** From this share on, missing is a coordinate of its own. */
const MISSING_SHARE = 0.01;
const RARE_SHARE = 0.01;
const MAX_LEVELS = 12;

/** Learns the encoding of the columns from a sample. Every column must have at least two different values. */
export function fitEncoding(table: Table): Encoding {
  return { schema: 1, traits: table.columns.map((column) => fitColumn(column, table.size)) };
}

function fitColumn(column: Column, size: number): TraitEncoding {
  const missingShare = 1 - presentCount(column) / size;
  return column.type === 'category' ? fitCategory(column, size, missingShare) : fitNumber(column, missingShare);
}

function fitNumber(column: NumberColumn, missingShare: number): NumberEncoding {
  const known = sortedKnown(column.values); // sorted, so that the sum does not depend on the sample's order
  const { center, scale } = column.type === 'boolean' ? { center: 0.5, scale: BOOLEAN_SCALE } : robustScale(known);
  const encoding: NumberEncoding = {
    kind: 'number',
    trait: column.trait,
    type: column.type,
    center,
    scale,
    clip: CLIP,
    fill: 0,
    missing: missingShare >= MISSING_SHARE ? MISSING_COORDINATE : 0,
  };
  return { ...encoding, fill: known.reduce((sum, value) => sum + scaled(encoding, value), 0) / known.length };
}

/** Median and interquartile range; mean and deviation where half of the sample has one value. */
function robustScale(known: Float64Array): { center: number; scale: number } {
  const spread = quantile(known, 0.75) / IQR_OF_NORMAL - quantile(known, 0.25) / IQR_OF_NORMAL;
  if (spread > 0 && Number.isFinite(spread)) return { center: quantile(known, 0.5), scale: spread };
  // in parts of the largest, whose square may be beyond what a number can hold
  const largest = Math.max(Math.abs(known[0]!), Math.abs(known.at(-1)!)) || 1;
  const mean = known.reduce((sum, value) => sum + value / largest / known.length, 0);
  const variance = known.reduce((sum, value) => sum + (value / largest - mean) ** 2 / known.length, 0);
  return { center: mean * largest, scale: Math.sqrt(variance) * largest || 1 };
}

function fitCategory(column: CategoryColumn, size: number, missingShare: number): CategoryEncoding {
  const counts = countCategories(column.values);
  const kept = counts.filter(([, count]) => count / size >= RARE_SHARE).slice(0, MAX_LEVELS);
  const folded = counts.slice(kept.length).reduce((sum, [, count]) => sum + count, 0);
  const other = folded > 0;
  const missing = missingShare >= MISSING_SHARE;
  const present = size * (1 - missingShare);
  const scale = missing ? size : present;
  const mean = [
    ...kept.map(([, count]) => (LEVEL * count) / scale),
    ...(other ? [(LEVEL * folded) / scale] : []),
    ...(missing ? [LEVEL * missingShare] : []),
  ];
  return { kind: 'category', trait: column.trait, levels: kept.map(([level]) => level), other, missing, mean };
}

/** The coordinate of a known number. */
export function scaled(encoding: NumberEncoding, value: number): number {
  return Math.min(encoding.clip, Math.max(-encoding.clip, (value - encoding.center) / encoding.scale));
}

/** Coordinates of a trait's value: a number (`NaN` is missing) or a category (`''` is missing). */
export function encodeNumber(encoding: NumberEncoding, value: number): number[] {
  const missing = Number.isNaN(value);
  const coordinate = missing ? encoding.fill : scaled(encoding, value);
  return encoding.missing > 0 ? [coordinate, missing ? encoding.missing : 0] : [coordinate];
}

export function encodeCategory(encoding: CategoryEncoding, value: string): number[] {
  const at = coordinateOf(encoding, value);
  return at < 0 ? encoding.mean : encoding.mean.map((_, index) => (index === at ? LEVEL : 0));
}

/** Which coordinate a category sets, or −1 for none. */
function coordinateOf(encoding: CategoryEncoding, value: string): number {
  if (value === '') return encoding.missing ? encoding.mean.length - 1 : -1;
  const level = encoding.levels.indexOf(value);
  if (level >= 0) return level;
  return encoding.other ? encoding.levels.length : -1;
}

/** How many coordinates a trait has. */
export function widthOf(encoding: TraitEncoding): number {
  return encoding.kind === 'category' ? encoding.mean.length : encoding.missing > 0 ? 2 : 1;
}

/** One contact as a point. */
export function encode(encoding: Encoding, traits: Traits): number[] {
  return encoding.traits.flatMap((trait) =>
    trait.kind === 'category'
      ? encodeCategory(trait, categoryOf(traits, trait.trait))
      : encodeNumber(trait, numberOf(traits, trait.trait)),
  );
}

/** A whole sample as points, column by column. `table` must hold every trait of the encoding. */
export function encodeTable(encoding: Encoding, table: Table): number[][] {
  const columns = new Map(table.columns.map((column) => [column.trait, column]));
  const points = Array.from({ length: table.size }, () => [] as number[]);
  for (const trait of encoding.traits) encodeColumn(trait, columns.get(trait.trait), points);
  return points;
}

function encodeColumn(trait: TraitEncoding, column: Column | undefined, points: number[][]): void {
  if (trait.kind === 'number') {
    const values = column && column.type !== 'category' ? column.values : undefined;
    for (const [row, point] of points.entries()) point.push(...encodeNumber(trait, values?.[row] ?? Number.NaN));
    return;
  }
  const values = column?.type === 'category' ? column.values : undefined;
  const codes = new Map([...new Set(values), ''].map((value) => [value, encodeCategory(trait, value)]));
  for (const [row, point] of points.entries()) point.push(...codes.get(values?.[row] ?? '')!);
}
