import {
  type CategoryColumn,
  type Column,
  countCategories,
  type NumberColumn,
  quantile,
  sortedKnown,
} from '../table.ts';
import { type Day, measure } from './outcome-model.ts';

/** How a number trait is cut, before anything is known of its points. */
export interface NumberBins {
  kind: 'number';
  trait: string;
  type: NumberColumn['type'];
  edges: number[];
  center: number;
  scale: number;
  low: number;
  high: number;
  /** False where two values are all there is. */
  sloped: boolean;
}

export interface CategoryBins {
  kind: 'category';
  trait: string;
  levels: string[];
}

export type TraitBins = NumberBins | CategoryBins;

/** One bin for so many contacts, within bounds: more would learn noise, fewer would lose shape. */
const CONTACTS_A_BIN = 250;
const MIN_BINS = 4;
const MAX_BINS = 20;
/** Beyond these quantiles values are clipped on the sloped scale. */
const CLIP = 0.002;
const RARE_SHARE = 0.004;
const RARE_COUNT = 10;
const MAX_LEVELS = 50;

/** Learns the bins of a column that has two or more different values. @param today to which dates are counted. */
export function fitBins(column: Column, today: Day): TraitBins {
  return column.type === 'category' ? fitLevels(column) : fitEdges(column, today);
}

function fitEdges({ trait, type, values }: NumberColumn, today: Day): NumberBins {
  const known = sortedKnown(type === 'date' ? values.map((value) => measure(type, value, today)) : values);
  const bins = Math.min(MAX_BINS, Math.max(MIN_BINS, Math.floor(known.length / CONTACTS_A_BIN)));
  const edges = type === 'boolean' ? [0.5] : edgesOf(known, bins);
  const [low, high] = [quantile(known, CLIP), quantile(known, 1 - CLIP)];
  const clipped = known.map((value) => Math.min(high, Math.max(low, value)));
  const center = clipped.reduce((sum, value) => sum + value / known.length, 0);
  const scale = Math.sqrt(clipped.reduce((sum, value) => sum + (value - center) ** 2 / known.length, 0));
  const sloped = edges.length > 1 && scale > 0 && Number.isFinite(scale);
  return { kind: 'number', trait, type, edges, center, scale: sloped ? scale : 1, low, high, sloped };
}

/** Quantiles of ascending values, each once. A value that fills a whole bin gets it to itself. */
function edgesOf(known: Float64Array, bins: number): number[] {
  const edges = new Set<number>();
  let before = known[0]!;
  for (let i = 1; i < bins; i++) {
    const value = known[Math.floor((known.length * i) / bins)]!;
    if (value === before) edges.add(known[firstAbove(known, value)] ?? value);
    else edges.add(value);
    before = value;
  }
  edges.delete(known[0]!);
  return [...edges].sort((a, b) => a - b);
}

function firstAbove(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fitLevels({ trait, values }: CategoryColumn): CategoryBins {
  const least = Math.max(RARE_COUNT, values.length * RARE_SHARE);
  const levels = countCategories(values)
    .filter(([, count]) => count >= least)
    .slice(0, MAX_LEVELS)
    .map(([level]) => level);
  return { kind: 'category', trait, levels };
}

/** How many places a trait has: its bins or levels, then (for categories) any other, then missing. */
export const placesOf = (bins: TraitBins): number =>
  bins.kind === 'number' ? bins.edges.length + 2 : bins.levels.length + 2;
