import { categoryOf, numberOf, type Traits } from '../table.ts';

/**
 * What a number, boolean or date adds to the log-odds: points of the bin that it falls in, and a slope along the clipped
 * scale so that order within and across bins counts. Dates are read as days before `today`.
 */
export interface NumberPoints {
  kind: 'number';
  trait: string;
  type: 'number' | 'boolean' | 'date';
  /** Ascending; a value's bin is the number of edges that are not above it. */
  edges: number[];
  points: number[];
  slope: number;
  center: number;
  scale: number;
  low: number;
  high: number;
  missing: number;
}

/** What a category adds: points of its level, of any other level, of a missing one. */
export interface CategoryPoints {
  kind: 'category';
  trait: string;
  levels: string[];
  points: number[];
  other: number;
  missing: number;
}

export type TraitPoints = NumberPoints | CategoryPoints;

/**
 * A trained outcome: the log-odds are the intercept plus the points of each trait. Every trait adds 0 on average, so
 * its points are also the reason it gives. Stored as JSON; `schema` changes when its meaning does.
 */
export interface OutcomeModel {
  schema: 1;
  intercept: number;
  traits: TraitPoints[];
}

/** Days since 1970-01-01. */
export type Day = number;

export const dayOf = (date: Date): Day => Math.floor(date.getTime() / 86_400_000);

/** What the bins of a number trait are made of: the value, or the days from a date to `today`; `NaN` is missing. */
export const measure = (type: NumberPoints['type'], value: number, today: Day): number =>
  type === 'date' ? today - value : value;

/** The number of edges that are not above a value. */
export function binOf(edges: ArrayLike<number>, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The coordinate along which a number trait has its slope. */
export const along = ({ center, scale, low, high }: NumberPoints, value: number): number =>
  (Math.min(high, Math.max(low, value)) - center) / scale;

/** What a trait adds to the log-odds of a contact. */
export function pointsOf(trait: TraitPoints, traits: Traits, today: Day): number {
  if (trait.kind === 'category') return categoryPoints(trait, categoryOf(traits, trait.trait));
  return numberPoints(trait, measure(trait.type, numberOf(traits, trait.trait), today));
}

export function numberPoints(trait: NumberPoints, value: number): number {
  if (Number.isNaN(value)) return trait.missing;
  return trait.points[binOf(trait.edges, value)]! + trait.slope * along(trait, value);
}

export function categoryPoints(trait: CategoryPoints, value: string): number {
  if (value === '') return trait.missing;
  return trait.points[trait.levels.indexOf(value)] ?? trait.other;
}

export const probabilityOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
