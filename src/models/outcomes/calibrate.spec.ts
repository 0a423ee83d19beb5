import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random.ts';
import { calibrate } from './calibrate.ts';
import { probabilityOf } from './outcome-model.ts';

/** Contacts whose true log-odds are `base + spread × normal`, told as `factor` times as wide. */
function contacts({ count = 4000, base = -1, spread = 0.8, factor = 1, seed = 1 }) {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const truth = Float64Array.from({ length: count }, () => base + spread * normal());
  return {
    logOdds: truth.map((each) => factor * each),
    labels: Uint8Array.from(truth, (each) => Number(random.next() < probabilityOf(each))),
  };
}

describe('calibration', () => {
  it('leaves log-odds that are right as they are', () => {
    const { logOdds, labels } = contacts({});
    const { intercept, slope } = calibrate(logOdds, labels);
    expect(Math.abs(slope - 1)).toBeLessThan(0.1);
    expect(Math.abs(intercept)).toBeLessThan(0.1);
  });

  it.each([2, 4, 8, 30])('narrows log-odds that are %d times too wide', (factor) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { logOdds, labels } = contacts({ count: 1500, factor, seed });
      const { intercept, slope } = calibrate(logOdds, labels);
      expect(Math.abs(slope * factor - 1)).toBeLessThan(0.5);
      expect(Math.abs(intercept)).toBeLessThan(0.5);
    }
  });

  it('ends where chances are as many as there were events', () => {
    const { logOdds, labels } = contacts({ factor: 4 });
    const { intercept, slope } = calibrate(logOdds, labels);
    const expected = logOdds.reduce((sum, each) => sum + probabilityOf(intercept + slope * each), 0);
    const happened = labels.reduce((sum, each) => sum + each, 0);
    // but for the firmness of the prior
    expect(Math.abs(expected - happened)).toBeLessThan(10 * Math.abs(intercept) + 1e-6);
  });
});
