import type { DistributionRow, TraitComparison } from '../../api/types/insights.ts';
import { decimal, percent } from '../../app/format.ts';

export const plain = (value: number | string | null): string =>
  value === null ? '–' : typeof value === 'number' ? decimal(value) : value;

/** What a trait is in one group, in a few words: a mean, or a share. */
export function inGroup(row: TraitComparison, side: 'A' | 'B'): string {
  const share = row[`share${side}`];
  if (row.type === 'category' || row.type === 'boolean') return share === null ? '–' : percent(share);
  return plain(row[`mean${side}`]);
}

const TESTS = {
  'welch-t': 'Welch’s t-test',
  'two-proportion-z': 'two-proportion z-test',
  'chi-square': 'chi-square test',
};
const EXACT = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** A probability: `0.03`, `< 0.0001`. */
export const probability = (p: number): string => (p < 0.0001 ? '< 0.0001' : EXACT.format(p));

/** How a difference was tested. */
export const tested = ({ test, p, q, note }: TraitComparison): string =>
  test === null || p === null || q === null
    ? (note ?? '')
    : `${TESTS[test]}: p ${probability(p)}, adjusted for all traits ${probability(q)}`;

/** A bin or value as the label of a bar. */
export function binLabel({ value, from, to }: DistributionRow): string {
  if (value !== null) return value;
  if (from === null || to === null) return 'other values';
  return from === to ? plain(from) : `${plain(from)} – ${plain(to)}`;
}
