import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { percentileOf } from './score.ts';

/** The number that follows in memory, or comes before. */
function neighbour(value: number, bits: 1n | -1n): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  bytes.setBigInt64(0, bytes.getBigInt64(0) + bits);
  return bytes.getFloat64(0);
}

describe('a percentile', () => {
  it('lies between cuts in proportion, and at the ends beyond them', () => {
    const cuts = Array.from({ length: 101 }, (_, i) => 0.1 + i / 200);
    expect(percentileOf(cuts, 0.35)).toBeCloseTo(50);
    expect(percentileOf(cuts, 0.3525)).toBeCloseTo(50.5);
    expect([percentileOf(cuts, 0.01), percentileOf(cuts, 0.99), percentileOf([], 0.5)]).toEqual([0, 100, 0]);
  });

  it('is the same for probabilities that differ in the last bit, however many people share them', () => {
    const probability = fc.double({ min: 1e-6, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(probability, fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 100 }), (p, first, ties) => {
        const end = Math.min(101, first + ties);
        const cuts = Array.from({ length: 101 }, (_, i) => (i < first ? p / 2 : i < end ? p : (1 + p) / 2));
        expect(percentileOf(cuts, p)).toBe(first);
        expect(percentileOf(cuts, neighbour(p, 1n))).toBe(first);
        expect(percentileOf(cuts, neighbour(p, -1n))).toBe(first);
      }),
    );
  });
});
