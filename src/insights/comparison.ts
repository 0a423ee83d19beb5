import {
  benjaminiHochberg,
  chiSquare,
  cohensH,
  hedgesG,
  type Sample,
  type Share,
  type TestResult,
  twoProportions,
  welchT,
} from '../models/statistics.ts';
import type { CategoryRow, NumberRow } from './comparison.repository.ts';

export type TraitType = 'number' | 'category' | 'boolean' | 'date';

/** How far apart two groups are, in Cohen's words for d and h: 0.2, 0.5, 0.8. */
export type Strength = 'negligible' | 'small' | 'medium' | 'large';
export type TestName = 'welch-t' | 'two-proportion-z' | 'chi-square';

/** One trait in two groups. Means and medians are of contacts that have the trait; of dates they are days. */
export interface TraitComparison {
  trait: string;
  type: TraitType;
  /** Contacts that have the trait. */
  knownA: number;
  knownB: number;
  meanA: number | string | null;
  meanB: number | string | null;
  medianA: number | string | null;
  medianB: number | string | null;
  deviationA: number | null;
  deviationB: number | null;
  /** Of a category: the value whose shares differ most. Shares are of those that have the trait. */
  value: string | null;
  shareA: number | null;
  shareB: number | null;
  /** Signed: above 0 when a has more. Hedges' g of numbers and dates; Cohen's h of shares. Null when it cannot be told. */
  effect: number | null;
  strength: Strength | null;
  test: TestName | null;
  statistic: number | null;
  df: number | null;
  /** Two-sided. */
  p: number | null;
  /** p adjusted for all traits compared (Benjamini–Hochberg). */
  q: number | null;
  significant: boolean;
  /** Why there is no test. */
  note: string | null;
}

const NOTHING = {
  meanA: null,
  meanB: null,
  medianA: null,
  medianB: null,
  deviationA: null,
  deviationB: null,
  value: null,
  shareA: null,
  shareB: null,
};
const DAY_MS = 86_400_000;
/** Significant when q is below: at most one in twenty of those is expected to be false. */
export const ALPHA = 0.05;

/** Days since 1970-01-01 as a date. */
export const dateOf = (days: number): string => new Date(Math.round(days) * DAY_MS).toISOString().slice(0, 10);

type Found = { numbers: NumberRow[]; categories: CategoryRow[] };

/** Every trait compared: the largest effects first, then those that could not be told, by name. */
export function compareTraits(traits: { name: string; type: TraitType }[], found: Found): TraitComparison[] {
  const compared = traits.map(({ name, type }) =>
    type === 'category'
      ? compareCategory(
          name,
          found.categories.filter(({ trait }) => trait === name),
        )
      : compareNumber(
          name,
          type,
          found.numbers.filter(({ trait }) => trait === name),
        ),
  );
  const tested = compared.filter(({ p }) => p !== null);
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p!));
  for (const [i, each] of tested.entries()) Object.assign(each, { q: adjusted[i], significant: adjusted[i]! < ALPHA });
  const size = ({ effect }: TraitComparison) => (effect === null ? -1 : Math.abs(effect));
  return compared.sort((x, y) => size(y) - size(x) || (x.trait < y.trait ? -1 : 1));
}

function compareNumber(trait: string, type: Exclude<TraitType, 'category'>, rows: NumberRow[]): TraitComparison {
  const [a, b] = (['a', 'b'] as const).map((side) => rows.find((row) => row.side === side));
  const [sampleA, sampleB] = [sampleOf(a), sampleOf(b)];
  const base = { trait, type, knownA: sampleA.n, knownB: sampleB.n, ...NOTHING };
  if (type === 'boolean') {
    const [sharesA, sharesB] = [hitsOf(sampleA), hitsOf(sampleB)];
    const [shareA, shareB] = [shareOf(sharesA), shareOf(sharesB)];
    const effect = shareA === null || shareB === null ? null : cohensH(shareA, shareB);
    return { ...base, shareA, shareB, ...judged('two-proportion-z', effect, twoProportions(sharesA, sharesB), base) };
  }
  const shown = (value: number | undefined) =>
    value === undefined ? null : type === 'date' ? dateOf(value) : Number(value);
  return {
    ...base,
    meanA: shown(a?.mean),
    meanB: shown(b?.mean),
    medianA: shown(a?.median),
    medianB: shown(b?.median),
    deviationA: a && sampleA.n > 1 ? Math.sqrt(sampleA.variance) : null,
    deviationB: b && sampleB.n > 1 ? Math.sqrt(sampleB.variance) : null,
    ...judged('welch-t', hedgesG(sampleA, sampleB) ?? null, welchT(sampleA, sampleB), base),
  };
}

function compareCategory(trait: string, rows: CategoryRow[]): TraitComparison {
  const [knownA, knownB] = [Number(rows[0]?.knownA ?? 0), Number(rows[0]?.knownB ?? 0)];
  const base = { trait, type: 'category' as const, knownA, knownB, ...NOTHING };
  if (knownA === 0 || knownB === 0) return { ...base, ...judged('chi-square', null, undefined, base) };
  const shares = rows.map((row) => {
    const [shareA, shareB] = [Number(row.a) / knownA, Number(row.b) / knownB];
    return { value: row.value, shareA, shareB, effect: cohensH(shareA, shareB) };
  });
  const most = shares.reduce((best, each) => (Math.abs(each.effect) > Math.abs(best.effect) ? each : best));
  const { effect, ...shown } = most;
  return { ...base, ...shown, ...judged('chi-square', effect, chiSquare(cellsOf(rows)), base) };
}

/** Counts by value, those of all values that are not told apart at the end. */
export function cellsOf(rows: CategoryRow[]): [number, number][] {
  const cells = rows.map(({ a, b }): [number, number] => [Number(a), Number(b)]);
  const rest = (known: number, side: 0 | 1) => known - cells.reduce((sum, cell) => sum + cell[side], 0);
  const [a, b] = [rest(Number(rows[0]?.knownA ?? 0), 0), rest(Number(rows[0]?.knownB ?? 0), 1)];
  return a + b > 0 ? [...cells, [a, b]] : cells;
}

function judged(
  test: TestName,
  effect: number | null,
  result: TestResult | undefined,
  base: { knownA: number; knownB: number },
) {
  const strength = effect === null ? null : strengthOf(Math.abs(effect));
  const common = { effect, strength, q: null, significant: false };
  if (!result) return { ...common, test: null, statistic: null, df: null, p: null, note: noteOf(base) };
  return { ...common, test, ...result, note: null };
}

function noteOf({ knownA, knownB }: { knownA: number; knownB: number }): string {
  if (knownA === 0 && knownB === 0) return 'Nobody in either group has it.';
  if (knownA === 0 || knownB === 0) return `Nobody in group ${knownA === 0 ? 'a' : 'b'} has it.`;
  return 'Too few contacts, or too little difference between them, for a test.';
}

const strengthOf = (size: number): Strength =>
  size < 0.2 ? 'negligible' : size < 0.5 ? 'small' : size < 0.8 ? 'medium' : 'large';

const sampleOf = (row: NumberRow | undefined): Sample => ({
  n: Number(row?.n ?? 0),
  mean: row?.mean ?? 0,
  variance: row?.variance ?? 0,
});
const hitsOf = ({ n, mean }: Sample): Share => ({ n, hits: Math.round(n * mean) });
const shareOf = ({ n, hits }: Share): number | null => (n > 0 ? hits / n : null);
