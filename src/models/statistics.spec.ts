import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom } from './random.ts';
import {
  benjaminiHochberg,
  chiSquare,
  chiSquareTail,
  cohensH,
  hedgesG,
  newcombe,
  type Sample,
  standardisedDifference,
  twoProportions,
  welchT,
  wilson,
} from './statistics.ts';

function sampleOf(values: number[]): Sample {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { n, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) };
}

describe('values that textbooks and other programs give', () => {
  it('Welch: the example of the Wikipedia article, as scipy computes it', () => {
    const a = sampleOf([27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]);
    const b = sampleOf([27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.1]);
    // scipy.stats.ttest_ind(equal_var=False)
    expect(welchT(a, b)!.statistic).toBeCloseTo(-2.83530888071154, 10);
    expect(welchT(a, b)!.p).toBeCloseTo(0.008425436725602349, 12);
    expect(welchT(a, b)!.df).toBeCloseTo(27.8806, 4);
  });

  it('chi-square: 2 × 3 counts, as scipy computes them; the table of critical values', () => {
    // scipy.stats.chi2_contingency([[10, 20, 30], [6, 9, 17]])
    const result = chiSquare([
      [10, 6],
      [20, 9],
      [30, 17],
    ])!;
    expect(result).toMatchObject({ df: 2 });
    expect(result.statistic).toBeCloseTo(0.27157465150403504, 12);
    expect(result.p).toBeCloseTo(0.873028283380073, 12);
    // https://www.itl.nist.gov/div898/handbook/eda/section3/eda3674.htm
    for (const [df, critical] of [
      [1, 3.841],
      [5, 11.07],
      [10, 18.307],
      [100, 124.342],
    ] as const)
      expect(chiSquareTail(critical, df)).toBeCloseTo(0.05, 4);
  });

  it('two proportions: heart attacks with aspirin and placebo (Agresti, Categorical Data Analysis, 2.2)', () => {
    const result = twoProportions({ n: 11_037, hits: 104 }, { n: 11_034, hits: 189 })!;
    expect(result.statistic).toBeCloseTo(-5.001, 3);
    expect(result.p).toBeCloseTo(5.71e-7, 8);
  });

  it('Benjamini–Hochberg: the fifteen p-values of their paper, of which four are significant', () => {
    const ps = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    const qs = benjaminiHochberg(ps);
    expect(qs.filter((q) => q < 0.05)).toHaveLength(4);
    // R: p.adjust(ps, "BH")
    expect(qs.slice(0, 5).map((q) => Number(q.toFixed(6)))).toEqual([0.0015, 0.003, 0.0095, 0.035625, 0.0603]);
    expect(qs.at(-1)).toBe(1);
  });

  it('Wilson and Newcombe: intervals printed in Newcombe’s papers of 1998', () => {
    const bounds = ({ low, high }: { low: number; high: number }) => [low.toFixed(4), high.toFixed(4)];
    expect(bounds(wilson({ n: 263, hits: 81 }))).toEqual(['0.2553', '0.3662']);
    expect(bounds(wilson({ n: 148, hits: 15 }))).toEqual(['0.0624', '0.1605']);
    expect(bounds(wilson({ n: 20, hits: 0 }))).toEqual(['0.0000', '0.1611']);
    expect(bounds(wilson({ n: 29, hits: 1 }))).toEqual(['0.0061', '0.1718']);
    expect(bounds(newcombe({ n: 70, hits: 56 }, { n: 80, hits: 48 })!)).toEqual(['0.0524', '0.3339']);
    expect(bounds(newcombe({ n: 10, hits: 9 }, { n: 10, hits: 3 })!)).toEqual(['0.1705', '0.8090']);
    expect(bounds(newcombe({ n: 10, hits: 10 }, { n: 20, hits: 0 })!)).toEqual(['0.6791', '1.0000']);
  });

  it('effect sizes: Cohen’s h of 50 % and 25 %, Hedges’ g of one standard deviation', () => {
    expect(cohensH(0.5, 0.25)).toBeCloseTo(Math.PI / 6, 12);
    expect(cohensH(1, 0)).toBeCloseTo(Math.PI, 12);
    const [a, b] = [
      { n: 10, mean: 12, variance: 4 },
      { n: 10, mean: 10, variance: 4 },
    ];
    expect(hedgesG(a, b)).toBeCloseTo(1 - 3 / 71, 12);
  });

  it('standardised difference: of one stratum it is Newcombe’s, and none of few is not certainly none', () => {
    const [a, b] = [
      { n: 3, hits: 0 },
      { n: 100, hits: 0 },
    ];
    const result = standardisedDifference([{ a, b }])!;
    expect(result.low).toBeCloseTo(-0.036993498207, 10);
    expect(result.high).toBeCloseTo(0.561497031755, 10);
    const one = standardisedDifference([{ a: { n: 70, hits: 56 }, b: { n: 80, hits: 48 } }])!;
    expect([one.low.toFixed(4), one.high.toFixed(4)]).toEqual(['0.0524', '0.3339']);
  });

  it('standardised difference: by hand, and by nothing when no stratum has both', () => {
    const strata = [
      { a: { n: 100, hits: 50 }, b: { n: 50, hits: 20 } },
      { a: { n: 300, hits: 30 }, b: { n: 100, hits: 5 } },
      { a: { n: 10, hits: 10 }, b: { n: 0, hits: 0 } },
    ];
    // 0.25 × (0.5 − 0.4) + 0.75 × (0.1 − 0.05)
    const result = standardisedDifference(strata)!;
    expect(result.difference).toBeCloseTo(0.0625, 12);
    // bounds computed apart from this code: Wilson's as roots of (p − t)² = z² t (1 − t) / n, found by bisection
    expect(result.low).toBeCloseTo(-0.003765534912, 10);
    expect(result.high).toBeCloseTo(0.115942457843, 10);
    expect(standardisedDifference([strata[2]!])).toBeUndefined();
  });
});

describe('what cannot be tested', () => {
  it('is not tested', () => {
    const some = { n: 5, mean: 1, variance: 1 };
    for (const none of [
      { n: 0, mean: 0, variance: 0 },
      { n: 1, mean: 3, variance: 0 },
    ]) {
      expect(welchT(none, some)).toBeUndefined();
      expect(welchT(some, none)).toBeUndefined();
    }
    const constant = { n: 5, mean: 1, variance: 0 };
    expect(welchT(constant, constant)).toBeUndefined();
    expect(hedgesG(constant, constant)).toBeUndefined();
    expect(hedgesG({ n: 0, mean: 0, variance: 0 }, some)).toBeUndefined();
    expect(twoProportions({ n: 0, hits: 0 }, { n: 10, hits: 5 })).toBeUndefined();
    expect(twoProportions({ n: 9, hits: 4 }, { n: 1000, hits: 500 })).toBeUndefined();
    expect(twoProportions({ n: 100, hits: 0 }, { n: 100, hits: 0 })).toBeUndefined();
    expect(chiSquare([])).toBeUndefined();
    expect(chiSquare([[5, 5]])).toBeUndefined();
    expect(
      chiSquare([
        [50, 0],
        [50, 0],
      ]),
    ).toBeUndefined();
    expect(newcombe({ n: 0, hits: 0 }, { n: 3, hits: 1 })).toBeUndefined();
    expect(wilson({ n: 0, hits: 0 })).toEqual({ low: 0, high: 1 });
    expect(benjaminiHochberg([])).toEqual([]);
  });

  it('is counted together when it is too rare by itself', () => {
    const pairs: [number, number][] = [
      [100, 100],
      [3, 1],
      [1, 3],
    ];
    // 8 of 208 expected evenly: 4 a side, still too rare, so they go to the only other one
    expect(chiSquare(pairs)).toBeUndefined();
    expect(chiSquare([...pairs, [2, 2]])).toMatchObject({ df: 1, statistic: expect.closeTo(0, 10) });
  });
});

describe('properties', () => {
  const sample = fc.record({
    n: fc.integer({ min: 2, max: 1e6 }),
    mean: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    variance: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  });
  const share = fc
    .integer({ min: 1, max: 1e6 })
    .chain((n) => fc.record({ n: fc.constant(n), hits: fc.integer({ min: 0, max: n }) }));

  it('tests and effects change their sign with the order of the groups, and nothing else', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [one, two] = [welchT(a, b)!, welchT(b, a)!];
        expect(two.statistic).toBeCloseTo(-one.statistic, 6);
        expect(two.p).toBe(one.p);
        expect(one.p).toBeGreaterThanOrEqual(0);
        expect(one.p).toBeLessThanOrEqual(1);
        expect(one.df).toBeGreaterThanOrEqual(Math.min(a.n, b.n) - 1 - 1e-6);
        expect(one.df).toBeLessThanOrEqual(a.n + b.n - 2 + 1e-3);
        expect(hedgesG(a, b)! + hedgesG(b, a)!).toBeCloseTo(0, 9);
      }),
    );
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [one, two] = [newcombe(a, b)!, newcombe(b, a)!];
        const difference = a.hits / a.n - b.hits / b.n;
        expect(one.low).toBeCloseTo(-two.high, 9);
        expect(one.low).toBeLessThanOrEqual(difference + 1e-9);
        expect(one.high).toBeGreaterThanOrEqual(difference - 1e-9);
        expect(twoProportions(a, b)?.p).toBe(twoProportions(b, a)?.p);
      }),
    );
  });

  it('z² of two proportions is the chi-square of the table of hits and misses', () => {
    fc.assert(
      fc.property(share, share, (a, b) => {
        const z = twoProportions(a, b);
        if (!z) return;
        const table = chiSquare([
          [a.hits, b.hits],
          [a.n - a.hits, b.n - b.hits],
        ])!;
        expect(table.statistic / (z.statistic ** 2 || 1)).toBeCloseTo(z.statistic === 0 ? table.statistic : 1, 6);
        expect(table.p).toBeCloseTo(z.p, 9);
      }),
    );
  });

  it('chi-square does not depend on the order of categories, and is 0 when shares are equal', () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(counts, (cells) => {
        const [one, two] = [chiSquare(cells), chiSquare([...cells].reverse())];
        expect(two === undefined).toBe(one === undefined);
        if (!one) return;
        expect(one.df).toBeLessThan(cells.length);
        expect(one.p).toBeLessThanOrEqual(1);
        expect(chiSquare(cells.map(([a, b]): [number, number] => [a + b, 3 * (a + b)]))?.statistic ?? 0).toBeCloseTo(
          0,
          6,
        );
      }),
    );
  });

  it('q-values keep the order of p-values and are never below them', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 }), (ps) => {
        const qs = benjaminiHochberg(ps);
        expect(qs).toHaveLength(ps.length);
        for (const [i, p] of ps.entries()) {
          expect(qs[i]).toBeGreaterThanOrEqual(p);
          expect(qs[i]).toBeLessThanOrEqual(1);
          for (const [j, other] of ps.entries()) if (p < other) expect(qs[i]).toBeLessThanOrEqual(qs[j]!);
        }
      }),
    );
  });

  it('calls one in twenty different when there is no difference, few when many are looked at', () => {
    const random = seededRandom(11);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const draw = (n: number, spread: number) => sampleOf(Array.from({ length: n }, () => normal() * spread));
    const ps = Array.from({ length: 2000 }, () => welchT(draw(12, 1), draw(30, 3))!.p);
    const share = ps.filter((p) => p < 0.05).length / ps.length;
    expect(share).toBeGreaterThan(0.035);
    expect(share).toBeLessThan(0.065);
    expect(benjaminiHochberg(ps).filter((q) => q < 0.05).length).toBeLessThan(3);
  });
});
