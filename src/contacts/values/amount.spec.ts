import fc from 'fast-check';
import { isTooLarge, millionths, roundAmount } from './amount.ts';

describe('amounts', () => {
  it.each([
    [0.1, 100_000n],
    [-50.5, -50_500_000n],
    [0.30000000000000004, 300_000n],
    [-0, 0n],
    [0.0000005, 1n],
    [-0.0000005, -1n],
    [1e-300, 0n],
    [1_234_567_890.12, 1_234_567_890_120_000n],
    [4_503_599_627_370.1, 4_503_599_627_370_100_000n],
    [-Number.MAX_SAFE_INTEGER, -9_007_199_254_740_991_000_000n],
  ])('stores %d as %d millionths', (value, stored) => {
    expect(millionths(value)).toBe(stored);
  });

  it('keep every value of up to six decimals and fifteen digits', () => {
    const digits = fc.tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.nat(6));
    fc.assert(
      fc.property(digits, ([whole, decimals]) => {
        const value = Number(`${whole}e-${decimals}`);
        expect(millionths(value)).toBe(BigInt(whole) * 10n ** BigInt(6 - decimals));
        expect(roundAmount(value)).toBe(value + 0);
      }),
    );
  });

  it('round the rest', () => {
    expect(roundAmount(0.1 + 0.2)).toBe(0.3);
    expect(roundAmount(1.23456789)).toBe(1.234568);
    expect(Object.is(roundAmount(-1e-9), 0)).toBe(true);
  });

  it('count as too large beyond 2^53', () => {
    expect([2 ** 53, -(2 ** 53), 2 ** 53 - 1].map(isTooLarge)).toEqual([true, true, false]);
  });
});
