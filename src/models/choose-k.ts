import { cluster, countDistinct, drawPoints } from './kmeans.ts';
import { type DistanceSample, sampleDistances, sharesOf, silhouette, stability } from './quality.ts';
import { seededRandom } from './random.ts';

/** What one number of personas would look like. */
export interface CurvePoint {
  k: number;
  silhouette: number;
  /** Agreement of bootstrap clusterings, and how well the least stable cluster comes back in them. */
  stability: number;
  leastStable: number;
  inertia: number;
  /** Share of the smallest cluster. */
  smallestShare: number;
  /** Why this k was not taken, absent for the one that was. */
  rejected?: 'small_cluster' | 'unstable' | 'less_separated' | 'fewer_personas';
}

/** The chosen number of personas and the curve it was chosen from. */
export interface ChosenK {
  k: number;
  curve: CurvePoint[];
  /** The rule in words, with this curve's numbers. */
  reason: string;
}

export const MIN_AUTO_K = 2;
export const MAX_AUTO_K = 10;
/** The least share of the sample that a persona must have to be worth a segment of its own. */
export const SHARE_FLOOR = 0.03;

const CURVE_POINTS = 3000;
const CURVE_RESTARTS = 3;
/** Every persona must come back in bootstrap samples this well (Hennig, 2007). */
const STABLE = 0.75;
/** Above this silhouette contacts fall into groups of their own; below, where to cut is a matter of use. */
const CLEAR = 0.35;
/** What one more persona must add to the silhouette where groups are clear. */
const PERSONA_COST = 0.005;
/** How much silhouette more personas may cost where groups are vague, absolute and as a share of the best. */
const CONCESSION = 0.08;
const CONCESSION_SHARE = 0.65;

/**
 * Chooses how many personas a sample supports. Each must be large enough and come back in bootstrap samples. Where groups
 * are clear, the best separated number is taken; where they are vague, the most that are separated about as well.
 */
export function chooseK(points: number[][], seed: number, onProgress: (share: number) => void = () => {}): ChosenK {
  const random = seededRandom(seed);
  const some = drawPoints(points, CURVE_POINTS, MAX_AUTO_K, random);
  const most = Math.max(MIN_AUTO_K, Math.min(countDistinct(some, MAX_AUTO_K), some.length - 1));
  const distances = sampleDistances(some, seed);
  const curve: CurvePoint[] = [];
  for (let k = MIN_AUTO_K; k <= most; k++) {
    curve.push(curvePoint(some, distances, k, seed + k));
    onProgress((k - MIN_AUTO_K + 1) / (most - MIN_AUTO_K + 1));
  }
  return choose(curve);
}

function curvePoint(points: number[][], distances: DistanceSample, k: number, seed: number): CurvePoint {
  const clustering = cluster(points, k, { seed, restarts: CURVE_RESTARTS });
  const { agreement, clusters } = stability(points, clustering.centroids, seed);
  return {
    k,
    silhouette: silhouette(distances, clustering.labels, k),
    stability: agreement,
    leastStable: Math.min(...clusters),
    inertia: clustering.inertia,
    smallestShare: Math.min(...sharesOf(clustering.labels, k)),
  };
}

/** Applies the rule to a curve; what no k fulfils is not asked for. */
export function choose(curve: CurvePoint[]): ChosenK {
  const large = orAll(curve, (point) => point.smallestShare >= SHARE_FLOOR);
  const pool = orAll(large, (point) => point.leastStable >= STABLE);
  const most = (score: (point: CurvePoint) => number) => pool.reduce((a, b) => (score(b) > score(a) ? b : a));
  const best = most((point) => point.silhouette);
  const clear = best.silhouette >= CLEAR;
  const least = Math.max(best.silhouette - CONCESSION, best.silhouette * CONCESSION_SHARE);
  const chosen = clear
    ? most((point) => point.silhouette - PERSONA_COST * point.k)
    : pool.findLast((point) => point.silhouette >= least)!;
  const verdict = (point: CurvePoint): CurvePoint['rejected'] => {
    if (point === chosen) return undefined;
    if (!large.includes(point)) return 'small_cluster';
    if (!pool.includes(point)) return 'unstable';
    return clear || point.silhouette < least ? 'less_separated' : 'fewer_personas';
  };
  const rule = clear
    ? 'separates the contacts best'
    : `is the most that separates the contacts about as well as ${best.k} (silhouette ${chosen.silhouette.toFixed(2)} and ${best.silhouette.toFixed(2)})`;
  return {
    k: chosen.k,
    curve: curve.map((point) => ({ ...point, rejected: verdict(point) })),
    reason: `${chosen.k} ${rule}, with every persona stable in bootstrap samples and none under ${SHARE_FLOOR * 100} % of contacts.`,
  };
}

/** The points that fulfil a condition, or all of them when none does. */
function orAll(points: CurvePoint[], condition: (point: CurvePoint) => boolean): CurvePoint[] {
  const fulfilling = points.filter(condition);
  return fulfilling.length > 0 ? fulfilling : points;
}
