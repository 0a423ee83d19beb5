import { describe, expect, it } from '@jest/globals';
import { type CurvePoint, choose, chooseK } from './choose-k.ts';
import { TrainingError } from './errors.ts';
import { cluster } from './kmeans.ts';
import { bestAssignment } from './match-keys.ts';
import { adjustedRand, qualityOf, sampleDistances, silhouette } from './quality.ts';
import { sampleIndexes, seededRandom } from './random.ts';

/** Points around `k` centres that are `apart` standard deviations from each other, and which centre each is from. */
function mixture(k: number, size: number, apart = 8, seed = 1) {
  const random = seededRandom(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const labels = Array.from({ length: size }, () => random.int(k));
  const points = labels.map((label) =>
    Array.from({ length: k }, (_, d) => gauss() + (d === label ? apart / Math.SQRT2 : 0)),
  );
  return { points, labels };
}

describe('clustering', () => {
  it.each([2, 3, 5, 8])('finds %i groups again', (k) => {
    const { points, labels } = mixture(k, 600);
    expect(adjustedRand(cluster(points, k, { seed: 1, restarts: 4 }).labels, labels)).toBeGreaterThan(0.98);
  });

  it('gives the same for the same seed, and no better for fewer restarts', () => {
    const { points } = mixture(6, 400, 3);
    const [one, again] = [cluster(points, 6, { seed: 5, restarts: 6 }), cluster(points, 6, { seed: 5, restarts: 6 })];
    expect(again).toEqual(one);
    expect(cluster(points, 6, { seed: 5, restarts: 1 }).inertia).toBeGreaterThanOrEqual(one.inertia);
  });

  it('refines on all points what it found on some', () => {
    const { points, labels } = mixture(3, 12_000);
    expect(adjustedRand(cluster(points, 3, { seed: 1, restarts: 2 }).labels, labels)).toBeGreaterThan(0.98);
  });

  it('says so when there are fewer different points than clusters', () => {
    const points = [
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ];
    expect(() => cluster(points, 3, { seed: 1, restarts: 1 })).toThrow(TrainingError);
    expect(cluster(points, 2, { seed: 1, restarts: 1 }).inertia).toBe(0);
  });
});

describe('quality', () => {
  it('is high for groups that are apart and low for one that is cut in two', () => {
    const [apart, one] = [mixture(2, 300, 12).points, mixture(1, 300).points];
    expect(qualityOf(apart, cluster(apart, 2, { seed: 1, restarts: 2 }), 1)).toMatchObject({
      grade: 'strong',
      stability: 1,
    });
    const split = qualityOf(one, cluster(one, 2, { seed: 1, restarts: 2 }), 1);
    expect(split.clusterStability.every((value) => value > 0 && value <= 1)).toBe(true);
    expect(split.explained).toBeLessThan(0.8);
  });

  it('measures the silhouette as its definition says', () => {
    const points = [[0], [1], [10], [12]];
    const labels = [0, 0, 1, 1];
    const by = (a: number, b: number) => (b - a) / Math.max(a, b);
    const expected = (by(1, 11) + by(1, 10) + by(2, 9.5) + by(2, 11.5)) / 4;
    expect(silhouette(sampleDistances(points, 1), labels, 2)).toBeCloseTo(expected, 6);
  });

  it('compares labellings by what they hold together, not by their numbers', () => {
    expect(adjustedRand([0, 0, 1, 1, 2], [2, 2, 0, 0, 1])).toBe(1);
    expect(adjustedRand([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5);
  });
});

describe('the number of personas', () => {
  it.each([2, 3, 4, 6])('is %i for as many groups', (k) => {
    const { k: chosen, curve, reason } = chooseK(mixture(k, 900).points, 1);
    expect(chosen).toBe(k);
    expect(curve.find((point) => point.k === k)).not.toHaveProperty('rejected', expect.anything());
    expect(reason).toContain(`${k} separates the contacts best`);
  });

  const point = (k: number, silhouette: number, leastStable = 1, smallestShare = 0.1): CurvePoint => ({
    k,
    silhouette,
    leastStable,
    smallestShare,
    stability: 1,
    inertia: 1,
  });

  it('is the most that separates about as well where groups are vague', () => {
    const { k, curve } = choose([point(2, 0.24), point(3, 0.23), point(4, 0.2), point(5, 0.19, 0.5), point(6, 0.1)]);
    expect(k).toBe(4);
    expect(curve.map(({ rejected }) => rejected)).toEqual([
      'fewer_personas',
      'fewer_personas',
      undefined,
      'unstable',
      'less_separated',
    ]);
  });

  it('leaves out numbers with a persona that is too small to deliver to', () => {
    expect(choose([point(2, 0.5), point(3, 0.9, 1, 0.01)])).toMatchObject({
      k: 2,
      curve: [{}, { rejected: 'small_cluster' }],
    });
    expect(choose([point(2, 0.5, 1, 0.01)]).k).toBe(2);
  });

  it('is found in a crowd of equals, where a sample may hold but one of them', () => {
    const rare = [[9], [18], [27], [36]];
    const points = [...Array.from({ length: 30_000 }, () => [0]), ...rare];
    expect(chooseK(points, 1).curve.map(({ k }) => k)).toEqual([2, 3, 4, 5]);
    const { centroids } = cluster(points, 5, { seed: 1, restarts: 3 });
    expect(centroids.map(([x]) => x).sort((a, b) => a! - b!)).toEqual([0, 9, 18, 27, 36]);
  });

  it('never exceeds what there is to tell apart', () => {
    expect(chooseK([[0], [0], [1], [1]], 1).curve.map(({ k }) => k)).toEqual([2]);
  });
});

describe('helpers', () => {
  it('draw the same sample for the same seed, without repeats', () => {
    const drawn = sampleIndexes(100, 10, seededRandom(3));
    expect(sampleIndexes(100, 10, seededRandom(3))).toEqual(drawn);
    expect(new Set(drawn).size).toBe(10);
    expect(sampleIndexes(5, 10, seededRandom(3)).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('assign rows to columns for the largest sum, with rows left over or columns', () => {
    expect(
      bestAssignment([
        [5, 9],
        [8, 9],
      ]),
    ).toEqual([1, 0]);
    expect(bestAssignment([[1], [3], [2]])).toEqual([-1, 0, -1]);
    expect(bestAssignment([[1, 7, 3]])).toEqual([1]);
    expect(bestAssignment([])).toEqual([]);
  });
});
