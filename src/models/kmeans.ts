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
  /** Centroids to start one further try from. */
  start?: number[][];
}

/** Restarts run on at most this many points; the best is then refined on all of them. */
const RESTART_POINTS = 10_000;
const MAX_ITERATIONS = 200;
/** Centroids that move less than this, squared, have settled. */
const TOLERANCE = 1e-5;

/**
 * Lloyd's k-means from seeded k-means++ starts. The same points, k and seed give the same result.
 * @throws TrainingError `too_few_distinct` when there are fewer different points than clusters.
 */
export function cluster(points: number[][], k: number, options: ClusterOptions): Clustering {
  requireDistinct(points, k);
  const random = seededRandom(options.seed);
  const some =
    points.length > RESTART_POINTS
      ? sampleIndexes(points.length, RESTART_POINTS, random).map((i) => points[i]!)
      : points;
  const starts = Array.from({ length: options.restarts }, () => spreadStart(some, k, random));
  const tries = (options.start ? [options.start, ...starts] : starts).map((start) => settle(some, start));
  const best = tries.reduce((a, b) => (b.inertia < a.inertia ? b : a));
  return some === points ? best : settle(points, best.centroids);
}

function settle(points: number[][], start: number[][]): Clustering {
  const { centroids } = kmeans(points, start.length, {
    initialization: start,
    maxIterations: MAX_ITERATIONS,
    tolerance: TOLERANCE,
  });
  return { centroids, ...assign(points, centroids) };
}

/**
 * Greedy k-means++: each next start is the best of a few points drawn with a chance that grows with their squared
 * distance to the starts so far. (The package's own does the same, but copies every point for every distance.)
 */
function spreadStart(points: number[][], k: number, random: Random): number[][] {
  const starts = [points[random.int(points.length)]!];
  let nearest = Float64Array.from(points, (point) => squaredDistance(point, starts[0]!));
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
  return weights.findLastIndex((weight) => weight > 0);
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

function requireDistinct(points: number[][], k: number): void {
  const seen = new Set<string>();
  for (const point of points) {
    seen.add(point.join());
    if (seen.size >= k) return;
  }
  throw new TrainingError(
    'too_few_distinct',
    `The contacts have only ${seen.size} different combinations of the chosen traits, too few for ${k} personas. Ask for fewer personas or add traits.`,
  );
}
