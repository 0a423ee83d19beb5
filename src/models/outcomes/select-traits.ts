import { columnValues } from '../column-values.ts';
import { type Column, type NumberColumn, presentCount, type Table } from '../table.ts';
import { type DropReason, selectTraits } from '../trait-selection.ts';
import { fitBins, placesOf } from './bins.ts';
import { placer } from './design.ts';
import type { Day } from './outcome-model.ts';

/** Why a trait is not learnt from. */
export type OutcomeDropReason = DropReason | 'defines_outcome' | 'after_the_fact' | 'too_perfect';

/** What became of one trait. */
export interface OutcomeTrait {
  trait: string;
  used: boolean;
  reason?: OutcomeDropReason;
  /** The reason in words, with its numbers. */
  detail?: string;
  /** How well the trait alone sets the two sides apart, 0.5 to 1, measured on the sample it is learnt from. */
  auc?: number;
}

export interface SelectionInput {
  table: Table;
  labels: Uint8Array;
  /** How many contacts the two sides of the sample stand for. */
  population: { attained: number; notAttained: number };
  today: Day;
  /** Whether `today` lies before the outcome, so that nothing later may be known. */
  past: boolean;
  chosen?: string[];
  excludeProtected?: boolean;
  /** Traits that the outcome's own cohorts are defined by. */
  defining?: string[];
}

/** What kind of trait it is (constant, identifier) shows in this many contacts. */
const KIND_ROWS = 20_000;

type Drop = Pick<OutcomeTrait, 'reason' | 'detail'>;
/** Of who did not attain the outcome and who did. */
type Pair = [number, number];

/** Above this, one trait alone knows the outcome: it was recorded because of it. */
const PERFECT_AUC = 0.99;
/** A value that so many of the rarer side have and hardly anybody else. */
const PURE = 0.99;
const PURE_CONTACTS = 50;
const PURE_SHARE = 0.1;
/** A trait with one value must be there, and be missing, for this share of contacts. */
const RARE = 0.005;
/** More dates after `today` than slips of the pen would leave. */
const LATER_SHARE = 0.01;

/**
 * Decides which traits are learnt from. Those that could only be known after the outcome are left out, chosen or not:
 * they would make the model look perfect and be of no use.
 */
export function selectOutcomeTraits(input: SelectionInput): OutcomeTrait[] {
  const { table, chosen, excludeProtected } = input;
  const all = table.columns.map(({ trait }) => trait);
  const usable = selectTraits(some(table, KIND_ROWS), { chosen: chosen ?? all, excludeProtected });
  return table.columns.map((column, i): OutcomeTrait => {
    const { trait, used, reason, detail } = usable[i]!;
    if (!used && !(reason === 'constant' && saysByAbsence(column))) return { trait, used, reason, detail };
    const known = definingDrop(column, input) ?? laterDrop(column, input);
    if (known) return { trait, used: false, ...known };
    const { auc, drop } = alone(column, input);
    return drop ? { trait, used: false, auc, ...drop } : { trait, used: true, auc };
  });
}

/** Whether it matters that a trait is there at all, though it has but one value. */
function saysByAbsence(column: Column): boolean {
  const share = presentCount(column) / (column.values.length || 1);
  return share >= RARE && share <= 1 - RARE;
}

/** The first rows of a sample, which is in random order. */
function some(table: Table, size: number): Table {
  if (table.size <= size) return table;
  const columns = table.columns.map(
    (column): Column =>
      column.type === 'category'
        ? { ...column, values: column.values.slice(0, size) }
        : { ...column, values: column.values.slice(0, size) },
  );
  return { size, columns };
}

function definingDrop({ trait }: Column, { defining }: SelectionInput): Drop | undefined {
  if (!defining?.includes(trait)) return undefined;
  return {
    reason: 'defines_outcome',
    detail: 'The outcome itself is defined by it, so it would only repeat the answer.',
  };
}

function laterDrop(column: Column, { past, today }: SelectionInput): Drop | undefined {
  if (!past || column.type !== 'date') return undefined;
  const later = column.values.reduce((count, value) => count + (value >= today ? 1 : 0), 0);
  const share = later / presentCount(column);
  if (share < LATER_SHARE) return undefined;
  const detail = `${(share * 100).toFixed(0)} % of its dates lie after the day that is learnt from: they were not known then.`;
  return { reason: 'after_the_fact', detail };
}

/** How well a trait alone tells the outcome, and whether that is too good to be true. */
function alone(column: Column, { labels, today, population }: SelectionInput): { auc: number; drop?: Drop } {
  const bins = fitBins(column, today);
  const counts = countsOf(labels, placesOf(bins), placer(bins, column, today));
  const auc = aucOfCounts(counts);
  if (auc > PERFECT_AUC) {
    const detail = `It alone tells the outcome almost without error (AUC ${auc.toFixed(3)}): it looks recorded because of the outcome, or after it.`;
    return { auc, drop: { reason: 'too_perfect', detail } };
  }
  const kinds = column.type === 'category' ? counts : kindsOf(column, labels);
  return { auc, drop: pureDrop(kinds, populationOf(labels, population)) };
}

/** How many of each side are in each place. */
function countsOf(labels: Uint8Array, places: number, place: (row: number) => number): Pair[] {
  const counts = Array.from({ length: places }, () => [0, 0] as Pair);
  for (let row = 0; row < labels.length; row++) counts[place(row)]![labels[row]! as 0 | 1]++;
  return counts;
}

/**
 * Kinds of values of a number in which a record of the outcome shows: the usual one, any other, known, missing. Not its
 * bins: the outermost of a good number are pure, and that is no fault.
 */
function kindsOf(column: NumberColumn, labels: Uint8Array): Pair[] {
  const { values } = column;
  const usual = Number(columnValues(column).top);
  const [missing, usually, otherwise] = countsOf(labels, 3, (row) =>
    Number.isNaN(values[row]!) ? 0 : values[row] === usual ? 1 : 2,
  ) as [Pair, Pair, Pair];
  return [missing, usually, otherwise, [usually[0] + otherwise[0], usually[1] + otherwise[1]]];
}

/** How many contacts a row of each side stands for. */
function populationOf(labels: Uint8Array, { attained, notAttained }: SelectionInput['population']): Pair {
  const rows = labels.reduce((sum, label) => sum + label, 0);
  return [notAttained / (labels.length - rows), attained / rows];
}

/** AUC of ordering the places by their rates. */
function aucOfCounts(counts: Pair[]): number {
  const sorted = counts.filter(([no, yes]) => no + yes > 0).sort(([n, y], [no, yes]) => y / (n + y) - yes / (no + yes));
  let [above, negatives, positives] = [0, 0, 0];
  for (const [no, yes] of sorted) {
    above += yes * (negatives + no / 2);
    negatives += no;
    positives += yes;
  }
  return negatives * positives > 0 ? above / (negatives * positives) : 0.5;
}

/** A kind of value that hardly anybody on the other side has, be it recorded because of the outcome or of its absence. */
function pureDrop(kinds: Pair[], weights: Pair): Drop | undefined {
  const totals = kinds.reduce(([a, b], [no, yes]) => [a + no, b + yes], [0, 0]);
  const rarer = totals[1]! * weights[1] <= totals[0]! * weights[0] ? 1 : 0;
  for (const pair of kinds) {
    const share = (pair[rarer] * weights[rarer]) / (pair[0] * weights[0] + pair[1] * weights[1]);
    const covered = pair[rarer] / totals[rarer]!;
    if (pair[0] + pair[1] < PURE_CONTACTS || share < PURE || covered < PURE_SHARE) continue;
    const detail = `One of its values covers ${(covered * 100).toFixed(0)} % of those who ${rarer ? 'attained' : 'did not attain'} the outcome and ${(share * 100).toFixed(1)} % of the contacts with it are among them: it looks recorded because of the outcome.`;
    return { reason: 'too_perfect', detail };
  }
  return undefined;
}
