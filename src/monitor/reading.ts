import { type ChangedRow, changeOf, type ToldOutcome, valuesOf } from '../deliveries/changes.ts';
import { type Drift, driftOf } from '../models/drift.ts';

/** Members that went from one value to another, `''` being none. */
export interface Move {
  /** `persona`, or a band's name such as `will_buy_band`. */
  of: string;
  from: string;
  to: string;
  contacts: number;
}

/** What members are told apart by: the personas of a set, and the bands of outcomes. */
export interface Basis {
  personaSetId: string | null;
  outcomes: ToldOutcome[];
}

/** What a run of changes says of a cohort as a whole. */
export interface Reading {
  members: number;
  counts: Record<'entered' | 'moved' | 'left' | 'unchanged' | 'withheld', number>;
  /** Of those who moved, the most frequent first. */
  moves: Move[];
  /** Shares of the members by persona and by band, 0 to 1; `''` is for those without. */
  shares: Record<string, Record<string, number>>;
  /** What the shares are by: those by other personas or bands cannot be compared. */
  basis?: Basis;
  /** How far each of them has moved from the baseline; absent for the baseline itself. */
  drift?: Record<string, Drift>;
}

const STAY = new Set(['add', 'change', 'refresh', 'unchanged']);
const MOST_MOVES = 100;

/** Reads a plan's changes. Pure. */
export function readingOf(rows: (ChangedRow & { contacts: number })[]): Reading {
  const counts = { entered: 0, moved: 0, left: 0, unchanged: 0, withheld: 0 };
  const totals: Record<string, Record<string, number>> = {};
  const moves = new Map<string, Move>();
  let members = 0;
  for (const row of rows) {
    const { action, told, previous, contacts } = row;
    const kind = kindOf(row);
    if (kind) counts[kind] += contacts;
    if (kind === 'moved') countMoves(moves, told, previous, contacts);
    if (!STAY.has(action)) continue;
    members += contacts;
    for (const [name, value] of valuesOf(told)) {
      const own = totals[name] ?? {};
      totals[name] = { ...own, [value]: (own[value] ?? 0) + contacts };
    }
  }
  return {
    members,
    counts,
    moves: [...moves.values()].sort((a, b) => b.contacts - a.contacts).slice(0, MOST_MOVES),
    shares: Object.fromEntries(Object.entries(totals).map(([name, own]) => [name, sharesOf(own, members)])),
  };
}

function kindOf(row: ChangedRow): keyof Reading['counts'] | undefined {
  if (row.action === 'withheld') return 'withheld';
  if (row.action === 'refused') return undefined;
  if (row.action === 'unchanged') return 'unchanged';
  const change = changeOf(row);
  return change === 'same' ? 'unchanged' : change;
}

function countMoves(moves: Map<string, Move>, told: string[], previous: string[], contacts: number): void {
  const before = valuesOf(previous);
  for (const [of, to] of valuesOf(told)) {
    const from = before.get(of) ?? '';
    if (from === to) continue;
    const key = JSON.stringify([of, from, to]);
    const move = moves.get(key) ?? { of, from, to, contacts: 0 };
    move.contacts += contacts;
    moves.set(key, move);
  }
}

const sharesOf = (counts: Record<string, number>, total: number): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([value, count]) => [value, count / total]));

/** Whether both tell members apart by the same personas and bands, in whatever order. */
export function sameBasis(a: Basis | undefined, b: Basis | undefined): boolean {
  return a !== undefined && b !== undefined && basisText(a) === basisText(b);
}

const basisText = ({ personaSetId, outcomes }: Basis): string => {
  const told = outcomes.map(({ outcomeId, as, bands }) => {
    const begins = [...bands].sort((a, b) => a.from - b.from).map(({ name, from }) => [name, from]);
    return JSON.stringify([as, outcomeId, begins]);
  });
  return JSON.stringify([personaSetId, told.sort()]);
};

/** How far the shares of a reading are from a baseline's, for what both have. An empty cohort has not drifted. */
export function driftBetween(baseline: Reading, now: Reading): Record<string, Drift> {
  if (baseline.members === 0 || now.members === 0) return {};
  const both = Object.keys(now.shares).filter((name) => baseline.shares[name]);
  return Object.fromEntries(
    both.map((name) => {
      const [before, after] = [baseline.shares[name]!, now.shares[name]!];
      const labels = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
      return [name, driftOf(labels.map((label) => ({ label, before: before[label] ?? 0, now: after[label] ?? 0 })))];
    }),
  );
}
