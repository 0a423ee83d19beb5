import {
  type Column,
  countCategories,
  type NumberColumn,
  quantile,
  sortedKnown,
  type Table,
  type TraitType,
} from './table.ts';

/** One band or value of a trait: how common it is in a persona, against everyone in the sample. */
export interface ProfileBin {
  label: string;
  /** Bounds of a band of numbers or dates: from (included) to (excluded, but for the last band). */
  from?: number;
  to?: number;
  count: number;
  /** Share of the persona's contacts, 0 to 1. */
  share: number;
  /** Share of everyone. */
  everyone: number;
  /** `share / everyone`: 1 as everyone, 2 twice as often. */
  lift: number;
  /** Sign and size of the difference from everyone else, in standard errors. */
  z: number;
  /** Beyond chance (Bonferroni over every bin of every persona) and large enough to matter. */
  salient: boolean;
}

/** How a persona looks on one trait. Traits that were not clustered on are profiled as well. */
export interface TraitProfile {
  trait: string;
  type: TraitType;
  /** Whether the clustering used it. */
  used: boolean;
  /** Median and mean of known values, for numbers and dates. */
  median?: number;
  everyoneMedian?: number;
  mean?: number;
  everyoneMean?: number;
  bins: ProfileBin[];
  salient: boolean;
  /** How much the trait sets the persona apart: the information gained over everyone, in bits. */
  strength: number;
}

/** A trait cut into bins: which bin each contact of the sample falls into. */
interface Binned {
  bins: Pick<ProfileBin, 'label' | 'from' | 'to'>[];
  /** Bin of each contact. */
  place: Uint8Array;
}

const MAX_VALUES = 8;
const BANDS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const ERROR_RATE = 0.05;
/** Digits of a band's bounds that matter. */
const DIGITS = 3;
const MOST_DIGITS = 15;
const MIN_LIFT = 1.2;
const MIN_DIFFERENCE = 0.05;
export const UNKNOWN = 'unknown';
export const OTHER = 'other';

/** The profile of every persona on every trait of the sample, in the order of the columns. */
export function profilePersonas(table: Table, labels: number[], k: number, used: Set<string>): TraitProfile[][] {
  const binned = table.columns.map(binsOf);
  const tests = k * binned.reduce((sum, { bins }) => sum + bins.length, 0);
  const sizes = new Array<number>(k).fill(0);
  for (const label of labels) sizes[label]!++;
  const profiles = table.columns.map((column, c) => {
    const medians = column.type === 'category' || column.type === 'boolean' ? [] : middles(column, labels, k);
    return profileTrait(column, binned[c]!, labels, sizes, criticalZ(tests), used.has(column.trait)).map(
      (profile, p): TraitProfile => ({ ...profile, ...medians[p] }),
    );
  });
  return sizes.map((_, p) => profiles.map((trait) => trait[p]!));
}

/** |z| that chance exceeds in none of `tests` tests, with 95 % confidence (bound of the normal tail, Bonferroni). */
function criticalZ(tests: number): number {
  return Math.sqrt(2 * Math.log(tests / ERROR_RATE));
}

function profileTrait(
  column: Column,
  { bins, place }: Binned,
  labels: number[],
  sizes: number[],
  critical: number,
  used: boolean,
): TraitProfile[] {
  const counts = sizes.map(() => new Array<number>(bins.length).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![place[i]!]!++;
  const totals = bins.map((_, b) => counts.reduce((sum, persona) => sum + persona[b]!, 0));
  return sizes.map((size, p) => {
    const filled = bins.map((bin, b) => ({
      ...bin,
      ...measure(counts[p]![b]!, size, totals[b]!, labels.length, critical),
    }));
    const gain = filled.reduce((sum, bin) => sum + (bin.share > 0 ? bin.share * Math.log2(bin.lift) : 0), 0);
    return {
      trait: column.trait,
      type: column.type,
      used,
      bins: filled,
      salient: filled.some((bin) => bin.salient && bin.label !== UNKNOWN),
      strength: Math.max(0, gain),
    };
  });
}

/** Two-proportion z-test of a persona against everyone else. */
function measure(count: number, size: number, total: number, all: number, critical: number) {
  const share = size > 0 ? count / size : 0;
  const everyone = total / all;
  const rest = all > size ? (total - count) / (all - size) : everyone;
  const error = Math.sqrt(everyone * (1 - everyone) * (1 / Math.max(1, size) + 1 / Math.max(1, all - size)));
  const z = error > 0 ? (share - rest) / error : 0;
  const lift = everyone > 0 ? share / everyone : 1;
  const matters = (lift >= MIN_LIFT || lift <= 1 / MIN_LIFT) && Math.abs(share - everyone) >= MIN_DIFFERENCE;
  return { count, share, everyone, lift, z, salient: matters && Math.abs(z) > critical };
}

function middles(column: NumberColumn, labels: number[], k: number) {
  const middle = (values: Float64Array) => {
    const known = sortedKnown(values);
    if (known.length === 0) return {};
    return { median: quantile(known, 0.5), mean: known.reduce((sum, value) => sum + value, 0) / known.length };
  };
  const everyone = middle(column.values);
  return Array.from({ length: k }, (_, p) => ({
    ...middle(column.values.filter((_, i) => labels[i] === p)),
    everyoneMedian: everyone.median,
    everyoneMean: everyone.mean,
  }));
}

function binsOf(column: Column): Binned {
  if (column.type === 'category') return categoryBins(column.values);
  if (column.type === 'boolean') return booleanBins(column);
  return bandBins(column);
}

function categoryBins(values: string[]): Binned {
  const counts = countCategories(values);
  const kept = counts.slice(0, counts.length <= MAX_VALUES + 1 ? counts.length : MAX_VALUES).map(([level]) => level);
  const places = new Map(kept.map((level, b) => [level, b]));
  const labels = [...kept, ...(counts.length > kept.length ? [OTHER] : []), UNKNOWN];
  const place = Uint8Array.from(values, (value) =>
    value === '' ? labels.length - 1 : (places.get(value) ?? kept.length),
  );
  return withoutEmptyUnknown({ bins: labels.map((label) => ({ label })), place });
}

function booleanBins(column: NumberColumn): Binned {
  const bins = [{ label: 'true' }, { label: 'false' }, { label: UNKNOWN }];
  const place = Uint8Array.from(column.values, (value) => (Number.isNaN(value) ? 2 : value >= 0.5 ? 0 : 1));
  return withoutEmptyUnknown({ bins, place });
}

/** Fifths of the known values; fewer where many contacts share a value. */
function bandBins(column: NumberColumn): Binned {
  const known = sortedKnown(column.values);
  const edges = known.length === 0 ? [] : [...new Set(BANDS.map((q) => quantile(known, q)))];
  const bands =
    edges.length === 1
      ? [{ from: edges[0]!, to: edges[0]! }]
      : edges.slice(1).map((to, i) => ({ from: edges[i]!, to }));
  const digits = digitsFor(column.type, edges);
  const bins = [
    ...bands.map(({ from, to }) => ({
      label: `${showValue(column.type, from, digits)} – ${showValue(column.type, to, digits)}`,
      from,
      to,
    })),
    { label: UNKNOWN },
  ];
  const place = Uint8Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return bands.length;
    const band = bands.findIndex(({ to }) => value < to);
    return band < 0 ? bands.length - 1 : band;
  });
  return withoutEmptyUnknown({ bins, place });
}

function withoutEmptyUnknown({ bins, place }: Binned): Binned {
  const unknown = bins.length - 1;
  return place.includes(unknown) ? { bins, place } : { bins: bins.slice(0, -1), place };
}

/** The fewest digits, three or more, that tell the edges apart. */
function digitsFor(type: TraitType, edges: number[]): number {
  for (let digits = DIGITS; digits < MOST_DIGITS; digits++) {
    if (new Set(edges.map((edge) => showValue(type, edge, digits))).size === edges.length) return digits;
  }
  return MOST_DIGITS;
}

/** A number with the digits that matter, or a date. */
export function showValue(type: TraitType, value: number, digits = DIGITS): string {
  if (type === 'date') return new Date(Math.round(value) * 86_400_000).toISOString().slice(0, 10);
  if (Math.abs(value) < 1000) return String(Number(value.toPrecision(digits)));
  const fraction = Math.max(0, digits - String(Math.trunc(Math.abs(value))).length);
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(fraction, 20) });
}
