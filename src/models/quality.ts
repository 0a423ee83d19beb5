import { assign, type Clustering, cluster, countDistinct, meansOf, squaredDistance } from './kmeans.ts';
import { sampleIndexes, seededRandom } from './random.ts';

/** How good a clustering is. */
export interface Quality {
  /** Mean silhouette, −1 to 1: how much closer contacts are to their own persona than to the next. */
  silhouette: number;
  /** `strong` from 0.5, `fair` from 0.25, else `weak` (Kaufman and Rousseeuw's reading of the silhouette). */
  grade: 'strong' | 'fair' | 'weak';
  /** Sum of squared distances to the centroids. */
  inertia: number;
  /** Share of the variance that the personas explain, 0 to 1. */
  explained: number;
  /** Share of the sample in each persona, in the order of the model's keys. */
  shares: number[];
  /** Agreement of clusterings of bootstrap samples with this one (adjusted Rand index), up to 1. */
  stability: number;
  /** How well each persona comes back in them (Jaccard), in the order of the model's keys; under 0.75 it is doubtful. */
  clusterStability: number[];
}

/** Distances between the points of a sample, computed once for every k. */
export interface DistanceSample {
  indexes: number[];
  distances: Float32Array;
}

const SILHOUETTE_POINTS = 2000;
const BOOTSTRAP_POINTS = 1500;
const BOOTSTRAPS = 5;
const BOOTSTRAP_RESTARTS = 2;

/** Picks points for the silhouette and measures them against each other. */
export function sampleDistances(points: number[][], seed: number): DistanceSample {
  const indexes = sampleIndexes(points.length, SILHOUETTE_POINTS, seededRandom(seed));
  const size = indexes.length;
  const distances = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      const distance = Math.sqrt(squaredDistance(points[indexes[i]!]!, points[indexes[j]!]!));
      distances[i * size + j] = distance;
      distances[j * size + i] = distance;
    }
  }
  return { indexes, distances };
}

/** Mean silhouette of the sampled points; a point alone in its cluster counts 0. */
export function silhouette(sample: DistanceSample, labels: number[], k: number): number {
  const own = sample.indexes.map((index) => labels[index]!);
  const sizes = new Array<number>(k).fill(0);
  for (const label of own) sizes[label]!++;
  const size = own.length;
  let total = 0;
  for (let i = 0; i < size; i++) {
    const sums = new Float64Array(k);
    for (let j = 0; j < size; j++) sums[own[j]!]! += sample.distances[i * size + j]!;
    total += silhouetteOf(sums, sizes, own[i]!);
  }
  return size > 0 ? total / size : 0;
}

function silhouetteOf(sums: Float64Array, sizes: number[], own: number): number {
  if (sizes[own]! < 2) return 0;
  const inside = sums[own]! / (sizes[own]! - 1);
  let outside = Number.POSITIVE_INFINITY;
  for (let c = 0; c < sizes.length; c++) {
    if (c !== own && sizes[c]! > 0) outside = Math.min(outside, sums[c]! / sizes[c]!);
  }
  const larger = Math.max(inside, outside);
  return Number.isFinite(outside) && larger > 0 ? (outside - inside) / larger : 0;
}

/** How alike two labellings of the same points are: 1 equal, 0 as by chance. Hubert and Arabie, 1985. */
export function adjustedRand(a: number[], b: number[]): number {
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const [rows, columns, cells] = [new Map<number, number>(), new Map<number, number>(), new Map<string, number>()];
  const add = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
  for (let i = 0; i < a.length; i++) {
    add(rows, a[i]!);
    add(columns, b[i]!);
    add(cells, `${a[i]} ${b[i]}`);
  }
  const sum = (map: Map<unknown, number>) => [...map.values()].reduce((total, count) => total + pairs(count), 0);
  const [x, y, both] = [sum(rows), sum(columns), sum(cells)];
  const expected = (x * y) / pairs(a.length);
  const most = (x + y) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

/** How well a clustering comes back when it is made again from bootstrap samples. */
export interface Stability {
  /** Median adjusted Rand index, up to 1. */
  agreement: number;
  /** Each cluster's median Jaccard similarity with the most similar cluster found again; under 0.75 it is doubtful. */
  clusters: number[];
}

/**
 * Clusters bootstrap samples and compares. Clusterwise as in Hennig, 2007. Where clusters were merged, `groups` says which
 * persona each is of, and a cluster found again counts for the persona that most of its points are in.
 */
export function stability(points: number[][], centroids: number[][], seed: number, groups?: number[]): Stability {
  const random = seededRandom(seed);
  const some = sampleIndexes(points.length, BOOTSTRAP_POINTS, random).map((i) => points[i]!);
  const found = assign(some, centroids).labels;
  const base = groups ? found.map((c) => groups[c]!) : found;
  const count = groups ? Math.max(...groups) + 1 : centroids.length;
  const again = Array.from({ length: BOOTSTRAPS }, () => {
    const drawn = some.map(() => some[random.int(some.length)]!);
    const redone = bootstrapCentroids(drawn, centroids.length, random.int(2 ** 31 - 1));
    const labels = redone ? assign(some, redone).labels : some.map(() => 0);
    return groups ? grouped(base, labels, centroids.length, count) : labels;
  });
  const jaccards = again.map((labels) => bestJaccards(base, labels, count));
  return {
    agreement: median(again.map((labels) => adjustedRand(base, labels))),
    clusters: Array.from({ length: count }, (_, c) => median(jaccards.map((each) => each[c]!))),
  };
}

/** Labels by cluster as labels by the group that most of each cluster's points are in. */
function grouped(base: number[], labels: number[], k: number, count: number): number[] {
  const votes = Array.from({ length: k }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < labels.length; i++) votes[labels[i]!]![base[i]!]!++;
  const groups = votes.map((row) => row.indexOf(Math.max(...row)));
  return labels.map((label) => groups[label]!);
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Of each cluster, its similarity with the most similar cluster of another labelling of the same points. */
function bestJaccards(base: number[], labels: number[], k: number): number[] {
  const both = Array.from({ length: k }, () => new Array<number>(k).fill(0));
  const [sizes, others] = [new Array<number>(k).fill(0), new Array<number>(k).fill(0)];
  for (let i = 0; i < base.length; i++) {
    both[base[i]!]![labels[i]!]!++;
    sizes[base[i]!]!++;
    others[labels[i]!]!++;
  }
  return both.map((row, c) => Math.max(...row.map((n, o) => (n > 0 ? n / (sizes[c]! + others[o]! - n) : 0))));
}

/** A draw of a tiny sample can have fewer different points than clusters: then it agrees with nothing. */
function bootstrapCentroids(points: number[][], k: number, seed: number): number[][] | undefined {
  return countDistinct(points, k) < k
    ? undefined
    : cluster(points, k, { seed, restarts: BOOTSTRAP_RESTARTS }).centroids;
}

/** Share of the points in each cluster. */
export function sharesOf(labels: number[], k: number): number[] {
  const counts = new Array<number>(k).fill(0);
  for (const label of labels) counts[label]!++;
  return counts.map((count) => count / labels.length);
}

/** The figures of a clustering, or of the groups that its clusters were merged into. */
export function qualityOf(points: number[][], clustering: Clustering, seed: number, groups?: number[]): Quality {
  const { centroids, inertia } = clustering;
  const labels = groups ? clustering.labels.map((c) => groups[c]!) : clustering.labels;
  const count = groups ? Math.max(...groups) + 1 : centroids.length;
  const mean = centreOf(points);
  const total = points.reduce((sum, point) => sum + squaredDistance(point, mean), 0);
  const within = groups ? spreadOf(points, labels, count) : inertia;
  const value = silhouette(sampleDistances(points, seed), labels, count);
  const { agreement, clusters } = stability(points, centroids, seed + 1, groups);
  return {
    silhouette: value,
    grade: value >= 0.5 ? 'strong' : value >= 0.25 ? 'fair' : 'weak',
    inertia,
    explained: total > 0 ? 1 - within / total : 0,
    shares: sharesOf(labels, count),
    stability: agreement,
    clusterStability: clusters,
  };
}

/** Sum of squared distances of the points to the mean of those with their label. */
function spreadOf(points: number[][], labels: number[], count: number): number {
  const means = meansOf(points, labels, count);
  return points.reduce((sum, point, i) => sum + squaredDistance(point, means[labels[i]!]!), 0);
}

function centreOf(points: number[][]): number[] {
  const sum = new Array<number>(points[0]!.length).fill(0);
  for (const point of points) for (let d = 0; d < sum.length; d++) sum[d]! += point[d]!;
  return sum.map((value) => value / points.length);
}
