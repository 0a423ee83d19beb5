import { encodeTable } from './encoding.ts';
import { assign } from './kmeans.ts';
import { keysOf, type PersonaModel } from './persona-model.ts';
import { OTHER, type TraitProfile, UNKNOWN } from './profile.ts';
import type { Column, Table } from './table.ts';

export type DriftBand = 'stable' | 'moderate' | 'major';

/** The usual reading of the index; a band holds what is below its bound. */
export const DRIFT_BANDS: readonly { band: DriftBand; below: number }[] = [
  { band: 'stable', below: 0.1 },
  { band: 'moderate', below: 0.25 },
  { band: 'major', below: Number.POSITIVE_INFINITY },
];

/** How far one distribution has moved, and where. */
export interface Drift {
  /** Population stability index, from 0. */
  psi: number;
  band: DriftBand;
  /** Shares of each bin before and now, 0 to 1. */
  bins: { label: string; before: number; now: number }[];
}

export interface DriftReport {
  /** How the personas' shares moved; the labels are their keys. */
  personas: Drift;
  /** How each catalogued trait moved, the farthest first. */
  traits: (Drift & { trait: string; used: boolean })[];
}

/** What drift is measured from: a version as it was trained, and a sample as it is now. */
export interface DriftRequest {
  model: PersonaModel;
  /** Shares of the model's keys at the training. */
  shares: number[];
  /** The profile of any of its personas: what counts is everyone's share of each bin. */
  profile: TraitProfile[];
  table: Table;
}

/** An empty bin counts as this share: the logarithm of nothing is not defined. */
const FLOOR = 1e-4;

/**
 * Population stability index: Σ (now − before) · ln(now ÷ before) over the bins. Formula and the bounds 0.1 and 0.25:
 * B. Yurdakul, Statistical Properties of Population Stability Index, 2018, https://scholarworks.wmich.edu/dissertations/3208
 */
export function stabilityIndex(before: number[], now: number[]): number {
  return before.reduce((sum, share, i) => {
    const [a, b] = [Math.max(FLOOR, share), Math.max(FLOOR, now[i]!)];
    return sum + (b - a) * Math.log(b / a);
  }, 0);
}

/** The index of two sets of shares, with its band. */
export function driftOf(bins: Drift['bins']): Drift {
  const psi = stabilityIndex(
    bins.map(({ before }) => before),
    bins.map(({ now }) => now),
  );
  return { psi, band: DRIFT_BANDS.find(({ below }) => psi < below)!.band, bins };
}

/** How far the sample has moved from what a version was trained on. */
export function measureDrift({ model, shares, profile, table }: DriftRequest): DriftReport {
  const columns = new Map(table.columns.map((column) => [column.trait, column]));
  const traits = profile.flatMap((trait) => {
    const column = columns.get(trait.trait);
    return column ? [{ trait: trait.trait, used: trait.used, ...traitDrift(trait, column, table.size) }] : [];
  });
  traits.sort((a, b) => b.psi - a.psi);
  return { personas: personaDrift(model, shares, table), traits };
}

function personaDrift(model: PersonaModel, shares: number[], table: Table): Drift {
  const centroids = model.personas.map(({ centroid }) => centroid);
  const { labels } = assign(encodeTable(model.encoding, table), centroids);
  const counts = countsOf(labels, (cluster) => model.personas[cluster]!.key);
  return driftOf(
    keysOf(model).map((label, p) => ({ label, before: shares[p]!, now: (counts.get(label) ?? 0) / table.size })),
  );
}

function traitDrift({ bins }: TraitProfile, column: Column, size: number): Drift {
  const named = bins.map(({ label }) => label);
  const counts = new Map<string | number, number>();
  for (const place of placesOf(bins, column)) counts.set(place, (counts.get(place) ?? 0) + 1);
  const shareNow = (place: string | number) => (counts.get(place) ?? 0) / size;
  const known = bins.map(({ label, everyone }, i) => ({ label, before: everyone, now: shareNow(i) }));
  const fresh = [...counts.keys()].filter((place) => typeof place === 'string' && !named.includes(place));
  return driftOf([...known, ...fresh.map((place) => ({ label: String(place), before: 0, now: shareNow(place) }))]);
}

/** The place of each contact among the bins that a profile cut the trait into, or the label of one that it has not. */
function placesOf(bins: TraitProfile['bins'], column: Column): (string | number)[] {
  const places = new Map(bins.map(({ label }, place) => [label, place]));
  const labelled = (label: string) => places.get(label) ?? label;
  if (column.type === 'category')
    return column.values.map((value) => (value === '' ? labelled(UNKNOWN) : (places.get(value) ?? labelled(OTHER))));
  const bands = bins.flatMap(({ from, to }, place) => (from === undefined ? [] : [{ to: to!, place }]));
  return Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return labelled(UNKNOWN);
    if (column.type === 'boolean') return labelled(value >= 0.5 ? 'true' : 'false');
    return (bands.find(({ to }) => value < to) ?? bands.at(-1))?.place ?? labelled(UNKNOWN);
  });
}

function countsOf<T>(values: Iterable<T>, labelOf: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) {
    const label = labelOf(value);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}
