import { type Column, presentCount, type Table } from '../table.ts';
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
function alone(column: Column, { labels, today }: SelectionInput): { auc: number; drop?: Drop } {
  const bins = fitBins(column, today);
  const place = placer(bins, column, today);
  const counts = Array.from({ length: placesOf(bins) }, () => [0, 0] as [number, number]);
  for (let row = 0; row < labels.length; row++) counts[place(row)]![labels[row]! as 0 | 1]++;
  const auc = aucOfCounts(counts);
  if (auc > PERFECT_AUC) {
    const detail = `It alone tells the outcome almost without error (AUC ${auc.toFixed(3)}): it looks recorded because of the outcome, or after it.`;
    return { auc, drop: { reason: 'too_perfect', detail } };
  }
  return { auc, drop: pureDrop(counts) };
}

/** AUC of ordering the places by their rates. */
function aucOfCounts(counts: [number, number][]): number {
  const sorted = counts.filter(([no, yes]) => no + yes > 0).sort(([n, y], [no, yes]) => y / (n + y) - yes / (no + yes));
  let [above, negatives, positives] = [0, 0, 0];
  for (const [no, yes] of sorted) {
    above += yes * (negatives + no / 2);
    negatives += no;
    positives += yes;
  }
  return negatives * positives > 0 ? above / (negatives * positives) : 0.5;
}

function pureDrop(counts: [number, number][]): Drop | undefined {
  const totals = counts.reduce(([a, b], [no, yes]) => [a + no, b + yes], [0, 0]);
  const rarer = totals[1]! <= totals[0]! ? 1 : 0;
  for (const pair of counts) {
    const [all, of] = [pair[0] + pair[1], pair[rarer]];
    if (all < PURE_CONTACTS || of / all < PURE || of / totals[rarer]! < PURE_SHARE) continue;
    const detail = `One of its values covers ${((of / totals[rarer]!) * 100).toFixed(0)} % of those who ${rarer ? 'attained' : 'did not attain'} the outcome and ${((of / all) * 100).toFixed(1)} % of the contacts with it are among them: it looks recorded because of the outcome.`;
    return { reason: 'too_perfect', detail };
  }
  return undefined;
}
