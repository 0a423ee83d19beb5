import type { Column, Table } from '../table.ts';
import type { TraitBins } from './bins.ts';
import { placer } from './design.ts';
import { placeLabels } from './labels.ts';
import { along, type Day, measure, type OutcomeModel, type TraitPoints } from './outcome-model.ts';

/** What one value (or range) of a trait means for the outcome. */
export interface PlaceEffect {
  label: string;
  contacts: number;
  /** Share of them that attained the outcome. */
  rate: number;
  /** Mean effect on the log-odds, against the average contact. */
  effect: number;
}

/** How much a trait matters to the model, and which way. */
export interface TraitImportance {
  trait: string;
  type: 'number' | 'boolean' | 'date' | 'category';
  /** Deviation of what it adds to the log-odds over the cohort, as a share of that of all traits. */
  share: number;
  deviation: number;
  /** `raises`: the more (for a date: the longer ago), the likelier. `mixed`: neither; categories always are. */
  direction: 'raises' | 'lowers' | 'mixed';
  statement: string;
  effects: PlaceEffect[];
}

/** Correlation of value and effect from which a direction is told. */
const CLEAR = 0.6;

/** The traits of a model, most important first. @param weights what a row of either side stands for. */
export function importanceOf(
  model: OutcomeModel,
  table: Table,
  labels: Uint8Array,
  weights: [number, number],
  today: Day,
): TraitImportance[] {
  const columns = new Map(table.columns.map((column) => [column.trait, column]));
  const all = model.traits.map((trait) => measured(trait, columns.get(trait.trait)!, labels, weights, today));
  const total = all.reduce((sum, { deviation }) => sum + deviation, 0) || 1;
  return all
    .map((each) => ({ ...each, share: each.deviation / total }))
    .sort((a, b) => b.deviation - a.deviation || (a.trait < b.trait ? -1 : 1));
}

function measured(
  trait: TraitPoints,
  column: Column,
  labels: Uint8Array,
  weights: [number, number],
  today: Day,
): TraitImportance {
  const place = placer(trait as TraitBins, column, today);
  const values = trait.kind === 'number' && column.type !== 'category' ? column.values : undefined;
  const type = trait.kind === 'number' ? trait.type : 'category';
  const effects = placeLabels(trait).map((label) => ({ label, contacts: 0, rate: 0, effect: 0 }));
  const sums = { weight: 0, effect: 0, square: 0 };
  const pair = { weight: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
  for (let row = 0; row < labels.length; row++) {
    const weight = weights[labels[row]! as 0 | 1];
    const at = place(row);
    const value = values && trait.kind === 'number' ? measure(trait.type, values[row]!, today) : Number.NaN;
    const effect = effectAt(trait, at, value);
    const here = effects[at]!;
    here.contacts += weight;
    here.rate += weight * labels[row]!;
    here.effect += weight * effect;
    sums.weight += weight;
    sums.effect += weight * effect;
    sums.square += weight * effect * effect;
    if (!Number.isNaN(value) && trait.kind === 'number') addPair(pair, weight, along(trait, value), effect);
  }
  const mean = sums.effect / sums.weight;
  const deviation = Math.sqrt(Math.max(0, sums.square / sums.weight - mean * mean));
  const direction = directionOf(pair);
  const shown = effects
    .filter(({ contacts }) => contacts > 0)
    .map((e) => ({ ...e, contacts: Math.round(e.contacts), rate: e.rate / e.contacts, effect: e.effect / e.contacts }));
  return {
    trait: trait.trait,
    type,
    share: 0,
    deviation,
    direction,
    statement: say(trait.trait, type, direction, shown),
    effects: shown,
  };
}

function effectAt(trait: TraitPoints, place: number, value: number): number {
  if (trait.kind === 'number') {
    return Number.isNaN(value) ? trait.missing : trait.points[place]! + trait.slope * along(trait, value);
  }
  return trait.points[place] ?? (place === trait.levels.length ? trait.other : trait.missing);
}

interface Pair {
  weight: number;
  x: number;
  y: number;
  xx: number;
  yy: number;
  xy: number;
}

function addPair(pair: Pair, weight: number, x: number, y: number): void {
  pair.weight += weight;
  pair.x += weight * x;
  pair.y += weight * y;
  pair.xx += weight * x * x;
  pair.yy += weight * y * y;
  pair.xy += weight * x * y;
}

function directionOf({ weight, x, y, xx, yy, xy }: Pair): TraitImportance['direction'] {
  const spread = Math.sqrt(Math.max(0, weight * xx - x * x) * Math.max(0, weight * yy - y * y));
  const correlation = spread > 0 ? (weight * xy - x * y) / spread : 0;
  return correlation >= CLEAR ? 'raises' : correlation <= -CLEAR ? 'lowers' : 'mixed';
}

const MORE = { number: 'Higher', boolean: 'Having', date: 'Longer ago' } as const;

function say(
  trait: string,
  type: TraitImportance['type'],
  direction: TraitImportance['direction'],
  effects: PlaceEffect[],
): string {
  if (direction !== 'mixed' && type !== 'category') return `${MORE[type]} ${trait} ${direction} it.`;
  const sorted = [...effects].sort((a, b) => b.effect - a.effect);
  const [best, worst] = [sorted[0]!, sorted.at(-1)!];
  if (best === worst) return `${trait} hardly moves it.`;
  return `${trait} ${best.label} raises it most (${percent(best.rate)} attain), ${worst.label} lowers it most (${percent(worst.rate)}).`;
}

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
