import { kmeans } from 'ml-kmeans';
import { TrainingError } from './errors.ts';
import { type Random, sampleIndexes, seededRandom } from './random.ts';

/** Points grouped around centroids. */
export interface Clustering {
  centroids: number[][];
  /** Index of the nearest centroid of each point; the lowest index on a tie. */
  labels: number[];
  /** Sum of squared distances of the points to their centroid. */
  inertia: number;
}

export interface ClusterOptions {
  seed: number;
  /** Tries with different starts, of which the one with the lowest inertia wins. */
  restarts: number;
  /** Centroids of an earlier clustering, at most k: a further try starts there and wins unless another is clearly better. */
  start?: number[][];
  /** Centroids that stay where they are, at most k; they come first in the result. */
  pinned?: number[][];
}

/** Restarts run on at most this many points; the best is then refined on all of them. */
const RESTART_POINTS = 10_000;
const MAX_ITERATIONS = 200;
/** Centroids that move less than this, squared, have settled. */
const TOLERANCE = 1e-5;
/**
 * A warm start is kept while its inertia is within this factor of the best: clusters stay where people know them. Starts
 * of other seeds differ by up to 2.5 %, which is no reason to move anybody.
 */
const WARM_ALLOWANCE = 1.03;

/**
 * Lloyd's k-means from seeded k-means++ starts. The same points, k and seed give the same result.
 * @throws TrainingError `too_few_distinct` when there are fewer different points than clusters.
 */
export function cluster(points: number[][], k: number, options: ClusterOptions): Clustering {
  requireDistinct(points, k);
  const random = seededRandom(options.seed);
  const some = points.length > RESTART_POINTS ? drawPoints(points, RESTART_POINTS, k, random) : points;
  const pinned = options.pinned ?? [];
  const starts = Array.from({ length: options.restarts }, () => spreadStart(some, k, random, pinned));
  const best = starts
    .map((start) => settle(some, start, pinned.length))
    .reduce((a, b) => (b.inertia < a.inertia ? b : a));
  const warm = options.start && settle(some, spreadStart(some, k, random, options.start), pinned.length);
  const taken = warm && warm.inertia <= best.inertia * WARM_ALLOWANCE ? warm : best;
  return some === points ? taken : settle(points, taken.centroids, pinned.length);
}

/** Moves centroids until they rest; the first `pinned` stay. */
function settle(points: number[][], start: number[][], pinned: number): Clustering {
  if (pinned > 0) return settleAround(points, start, pinned);
  const { centroids } = kmeans(points, start.length, {
    initialization: start,
    maxIterations: MAX_ITERATIONS,
    tolerance: TOLERANCE,
  });
  return { centroids, ...assign(points, centroids) };
}

/** Lloyd's steps in which only the centroids behind the pinned ones move: the package has no such thing. */
function settleAround(points: number[][], start: number[][], pinned: number): Clustering {
  let centroids = start;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const means = meansOf(points, assign(points, centroids).labels, centroids.length);
    const next = centroids.map((centroid, c) => (c < pinned ? centroid : (means[c] ?? centroid)));
    const settled = next.every((centroid, c) => squaredDistance(centroid, centroids[c]!) < TOLERANCE);
    centroids = next;
    if (settled) break;
  }
  return { centroids, ...assign(points, centroids) };
}

/** The mean of the points with each label from 0; nothing where there are none. */
export function meansOf(points: number[][], labels: number[], k: number): (number[] | undefined)[] {
  const sums = Array.from({ length: k }, () => new Float64Array(points[0]?.length ?? 0));
  const counts = new Array<number>(k).fill(0);
  for (const [i, point] of points.entries()) {
    const [sum, label] = [sums[labels[i]!]!, labels[i]!];
    counts[label]!++;
    for (let d = 0; d < sum.length; d++) sum[d]! += point[d]!;
  }
  return sums.map((sum, c) => (counts[c]! > 0 ? Array.from(sum, (value) => value / counts[c]!) : undefined));
}

/**
 * Greedy k-means++: each next start is the best of a few points drawn with a chance that grows with their squared
 * distance to the starts so far, those in `from` first. (The package's own does the same, but copies every point for
 * every distance.)
 */
function spreadStart(points: number[][], k: number, random: Random, from: number[][] = []): number[][] {
  const starts = from.length > 0 ? [...from] : [points[random.int(points.length)]!];
  let nearest = Float64Array.from(points, (point) => Math.min(...starts.map((start) => squaredDistance(point, start))));
  const draws = 2 + Math.floor(Math.log(k));
  while (starts.length < k) {
    const total = nearest.reduce((sum, distance) => sum + distance, 0);
    const tries = Array.from({ length: draws }, () => points[drawIndex(nearest, random.next() * total)]!);
    const after = tries.map((start) => nearest.map((d, i) => Math.min(d, squaredDistance(points[i]!, start))));
    const sums = after.map((distances) => distances.reduce((sum, distance) => sum + distance, 0));
    const best = sums.indexOf(Math.min(...sums));
    starts.push(tries[best]!);
    nearest = after[best]!;
  }
  return starts;
}

function drawIndex(weights: Float64Array, target: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    if (sum > target) return i;
  }
  return Math.max(
    0,
    weights.findLastIndex((weight) => weight > 0),
  );
}

/** The nearest centroid of every point. */
export function assign(points: number[][], centroids: number[][]): Pick<Clustering, 'labels' | 'inertia'> {
  let inertia = 0;
  const labels = points.map((point) => {
    let label = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (let c = 0; c < centroids.length; c++) {
      const distance = squaredDistance(point, centroids[c]!);
      if (distance < nearest) {
        nearest = distance;
        label = c;
      }
    }
    inertia += nearest;
    return label;
  });
  return { labels, inertia };
}

export function squaredDistance(a: number[], b: number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** Some points drawn at random, and with them `distinct` different ones where there are as many. */
export function drawPoints(points: number[][], size: number, distinct: number, random: Random): number[][] {
  const drawn = sampleIndexes(points.length, size, random).map((i) => points[i]!);
  return countDistinct(drawn, distinct) < distinct ? [...drawn, ...firstOfEach(points, distinct)] : drawn;
}

function firstOfEach(points: number[][], most: number): number[][] {
  const found = new Map<string, number[]>();
  for (const point of points) {
    if (found.size === most) break;
    const key = point.join();
    if (!found.has(key)) found.set(key, point);
  }
  return [...found.values()];
}

/** How many different points there are, counted no further than `most`. */
export const countDistinct = (points: number[][], most: number): number => firstOfEach(points, most).length;

function requireDistinct(points: number[][], k: number): void {
  const distinct = countDistinct(points, k);
  if (distinct >= k) return;
  throw new TrainingError(
    'too_few_distinct',
    `The contacts have only ${distinct} different combinations of the chosen traits, too few for ${k} personas. Ask for fewer personas or add traits.`,
  );
}
