import upperGamma from '@stdlib/math-base-special-gammainc';
import tCdf from '@stdlib/stats-base-dists-t-cdf';

/** Size, mean and sample variance (divisor n − 1) of one group's values. */
export interface Sample {
  n: number;
  mean: number;
  variance: number;
}

/** How many of a group have something. */
export interface Share {
  n: number;
  hits: number;
}

/** A test's answer. `p` is two-sided, 0 to 1: how often chance alone would give a difference at least this large. */
export interface TestResult {
  statistic: number;
  df: number;
  p: number;
}

/** z of a 95 % interval. */
const Z95 = 1.959963984540054;
/** Least expected count of a cell for which the chi-square approximation is trusted (Cochran 1954). */
export const LEAST_EXPECTED = 5;

/**
 * Welch's t-test of two means with unequal variances, with the Welch–Satterthwaite degrees of freedom.
 * Welch 1947, Biometrika 34:28–35, https://doi.org/10.1093/biomet/34.1-2.28
 * @returns nothing when a group has fewer than two values, or no value differs from its group's mean.
 */
export function welchT(a: Sample, b: Sample): TestResult | undefined {
  const [ea, eb] = [a.variance / a.n, b.variance / b.n];
  if (a.n < 2 || b.n < 2 || !(ea + eb > 0)) return undefined;
  const statistic = (a.mean - b.mean) / Math.sqrt(ea + eb);
  const df = (ea + eb) ** 2 / (ea ** 2 / (a.n - 1) + eb ** 2 / (b.n - 1));
  return { statistic, df, p: Math.min(1, 2 * tCdf(-Math.abs(statistic), df)) };
}

/**
 * Cohen's d with the pooled standard deviation, corrected for small samples (Hedges' g): the difference of the means in
 * standard deviations. Hedges 1981, J. Educ. Stat. 6:107–128, https://doi.org/10.3102/10769986006002107
 */
export function hedgesG(a: Sample, b: Sample): number | undefined {
  const df = a.n + b.n - 2;
  const pooled = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / df;
  if (a.n < 1 || b.n < 1 || df < 1 || !(pooled > 0)) return undefined;
  return ((a.mean - b.mean) / Math.sqrt(pooled)) * (1 - 3 / (4 * df - 1));
}

/**
 * Two-proportion z-test with the pooled share; `statistic` is z, and p that of z² by chi-square with one degree of freedom.
 * https://www.itl.nist.gov/div898/software/dataplot/refman1/auxillar/proptest.htm
 * @returns nothing when fewer than five hits or misses are expected in a group: the normal form is not to be trusted.
 */
export function twoProportions(a: Share, b: Share): TestResult | undefined {
  const pooled = (a.hits + b.hits) / (a.n + b.n);
  const rarest = Math.min(pooled, 1 - pooled) * Math.min(a.n, b.n);
  if (!(rarest >= LEAST_EXPECTED)) return undefined;
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.n + 1 / b.n));
  const statistic = (a.hits / a.n - b.hits / b.n) / error;
  return { statistic, df: 1, p: chiSquareTail(statistic ** 2, 1) };
}

/**
 * Cohen's h: the difference of two shares on the arcsine scale, −π to π. 0.2 is small, 0.5 medium, 0.8 large, as for d.
 * Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, chapter 6.
 */
export const cohensH = (a: number, b: number): number => 2 * Math.asin(Math.sqrt(a)) - 2 * Math.asin(Math.sqrt(b));

/**
 * Pearson's chi-square test that two groups have the same shares of categories. Categories too rare in a group (fewer than
 * five expected) are counted together. https://www.itl.nist.gov/div898/handbook/prc/section4/prc45.htm
 * @param counts [in a, in b] by category.
 * @returns nothing when fewer than two categories remain.
 */
export function chiSquare(counts: [number, number][]): TestResult | undefined {
  const total = sum(counts);
  const all = total[0] + total[1];
  if (total[0] === 0 || total[1] === 0) return undefined;
  const smaller = Math.min(total[0], total[1]) / all;
  const isRare = ([a, b]: [number, number]) => (a + b) * smaller < LEAST_EXPECTED;
  const together = sum(counts.filter(isRare));
  const cells = counts.filter((cell) => !isRare(cell));
  if (together[0] + together[1] > 0) {
    if (!isRare(together)) cells.push(together);
    else if (cells.length > 0) joinToRarest(cells, together);
  }
  if (cells.length < 2) return undefined;
  const statistic = cells.reduce((sum, cell) => {
    const expected = [0, 1].map((side) => ((cell[0] + cell[1]) * total[side]!) / all);
    return sum + (cell[0] - expected[0]!) ** 2 / expected[0]! + (cell[1] - expected[1]!) ** 2 / expected[1]!;
  }, 0);
  const df = cells.length - 1;
  return { statistic, df, p: chiSquareTail(statistic, df) };
}

const sum = (counts: [number, number][]): [number, number] =>
  counts.reduce<[number, number]>(([a, b], [x, y]) => [a + x, b + y], [0, 0]);

/** Rare categories that even together are too few go to the rarest of the others. */
function joinToRarest(cells: [number, number][], [a, b]: [number, number]): void {
  const sizes = cells.map(([x, y]) => x + y);
  const place = sizes.indexOf(Math.min(...sizes));
  cells[place] = [cells[place]![0] + a, cells[place]![1] + b];
}

/** Probability of a chi-square value at least this large: Q(df / 2, x / 2), https://dlmf.nist.gov/8.2#E4 */
export const chiSquareTail = (x: number, df: number): number => (x <= 0 ? 1 : upperGamma(x / 2, df / 2, true, true));

/**
 * Adjusts p-values for having looked at many: calling those below α significant, the expected share of false ones among
 * them stays below α. Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57:289–300,
 * https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
 * @returns q-values in the order of `ps`.
 */
export function benjaminiHochberg(ps: number[]): number[] {
  const order = [...ps.keys()].sort((i, j) => ps[j]! - ps[i]!);
  const adjusted: number[] = [];
  let least = 1;
  for (const [place, i] of order.entries()) {
    least = Math.min(least, ps[i]! * (ps.length / (ps.length - place)));
    adjusted[i] = least;
  }
  return adjusted;
}

/** Bounds of a 95 % interval. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * 95 % interval of a share by Wilson's score method; with nobody, all of 0 to 1.
 * Wilson 1927, J. Am. Stat. Assoc. 22:209–212, https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilson({ n, hits }: Share): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const [p, zz] = [hits / n, Z95 ** 2];
  const middle = (p + zz / (2 * n)) / (1 + zz / n);
  const half = (Z95 / (1 + zz / n)) * Math.sqrt((p * (1 - p)) / n + zz / (4 * n * n));
  return { low: hits === 0 ? 0 : middle - half, high: hits === n ? 1 : middle + half };
}

/**
 * 95 % interval of the difference of two independent shares, a − b, by the hybrid score method.
 * Newcombe 1998, Statist. Med. 17:873–890 (method 10), https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
 */
export function newcombe(a: Share, b: Share): Interval | undefined {
  if (a.n === 0 || b.n === 0) return undefined;
  const [pa, pb, ia, ib] = [a.hits / a.n, b.hits / b.n, wilson(a), wilson(b)];
  return {
    low: pa - pb - Math.hypot(pa - ia.low, ib.high - pb),
    high: pa - pb + Math.hypot(ia.high - pa, pb - ib.low),
  };
}

/**
 * Difference of two shares within strata, weighted by the size of group a: what a would have done as b, stratum by stratum
 * (direct standardisation). Strata without one of the groups are left out. The 95 % interval puts the strata's hybrid score
 * intervals together: each bound's distances, weighted, by the root of their squares' sum (MOVER).
 * Rothman, Greenland & Lash 2008, Modern Epidemiology, chapter 15; Zou & Donner 2008, Statist. Med. 27:1693–1702,
 * https://doi.org/10.1002/sim.3095
 */
export function standardisedDifference(
  strata: { a: Share; b: Share }[],
): (Interval & { difference: number }) | undefined {
  const used = strata.filter(({ a, b }) => a.n > 0 && b.n > 0);
  const total = used.reduce((sum, { a }) => sum + a.n, 0);
  if (total === 0) return undefined;
  let [difference, below, above] = [0, 0, 0];
  for (const { a, b } of used) {
    const [weight, own, { low, high }] = [a.n / total, a.hits / a.n - b.hits / b.n, newcombe(a, b)!];
    difference += weight * own;
    below += (weight * (own - low)) ** 2;
    above += (weight * (high - own)) ** 2;
  }
  return { difference, low: difference - Math.sqrt(below), high: difference + Math.sqrt(above) };
}
