import { seededRandom } from '../random.ts';
import { softplus } from './logistic.ts';
import { probabilityOf } from './outcome-model.ts';

/** One point of the ROC curve. */
export interface RocPoint {
  falsePositives: number;
  truePositives: number;
}

/** A tenth of the contacts, best scored first. Bands hold 95 % of bootstrap samples. */
export interface Decile {
  decile: number;
  /** Contacts of the sample, standing for the whole cohort. */
  contacts: number;
  attained: number;
  /** Share that attained the outcome. */
  rate: number;
  /** Rate over that of everyone. */
  lift: number;
  liftLow: number;
  liftHigh: number;
  /** Share of all attainments in this decile and those above. */
  captured: number;
  /** Lowest probability in it. */
  from: number;
}

/** Contacts of similar probability: what was said and what happened. */
export interface CalibrationBin {
  predicted: number;
  observed: number;
  contacts: number;
}

export type Grade = 'excellent' | 'good' | 'fair' | 'weak' | 'none';

/** Figures of a model on contacts that it did not learn from. */
export interface OutcomeQuality {
  auc: number;
  aucLow: number;
  aucHigh: number;
  /** By AUC: `excellent` from 0.9, `good` from 0.8, `fair` from 0.7, `weak` from 0.6, else `none`. */
  grade: Grade;
  roc: RocPoint[];
  deciles: Decile[];
  logLoss: number;
  /** Log loss of saying the base rate of everyone. */
  baseLogLoss: number;
  brier: number;
  baseRate: number;
  calibration: CalibrationBin[];
  /** Mean gap between what was said and what happened, weighted by contacts. */
  calibrationError: number;
}

/** A sample in which the two sides stand for different numbers of contacts. */
export interface Scored {
  logOdds: Float64Array;
  labels: Uint8Array;
  /** Contacts that one row stands for: not attained, attained. */
  weights: [number, number];
}

const ROC_POINTS = 100;
const BINS = 10;
const RESAMPLES = 200;
const GRADES: [number, Grade][] = [
  [0.9, 'excellent'],
  [0.8, 'good'],
  [0.7, 'fair'],
  [0.6, 'weak'],
];

export function qualityOf(scored: Scored, seed: number): OutcomeQuality {
  const { logOdds, labels, weights } = scored;
  const order = descending(logOdds);
  const tenths = tenthsOf(order, labels, weights);
  const bands = bootstrap(order, tenths, scored, seed);
  const total = totals(scored);
  const baseRate = total.attained / total.contacts;
  const auc = aucOf(logOdds, labels);
  const calibration = calibrationOf(order, tenths, scored);
  let [loss, brier] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const weight = weights[labels[row]! as 0 | 1];
    loss += weight * softplus(labels[row] ? -logOdds[row]! : logOdds[row]!);
    brier += weight * (probabilityOf(logOdds[row]!) - labels[row]!) ** 2;
  }
  return {
    auc,
    aucLow: bands.auc[0],
    aucHigh: bands.auc[1],
    grade: GRADES.find(([least]) => auc >= least)?.[1] ?? 'none',
    roc: rocOf(order, scored),
    deciles: decilesOf(order, tenths, scored, bands.lifts),
    logLoss: loss / total.contacts,
    baseLogLoss: -(baseRate * Math.log(baseRate) + (1 - baseRate) * Math.log(1 - baseRate)),
    brier: brier / total.contacts,
    baseRate,
    calibration,
    calibrationError: calibration.reduce(
      (sum, { predicted, observed, contacts }) => sum + (Math.abs(predicted - observed) * contacts) / total.contacts,
      0,
    ),
  };
}

/** The chance that one who attained is scored above one who did not; ties count half. */
export function aucOf(scores: Float64Array, labels: Uint8Array): number {
  const order = descending(scores);
  let [above, pairs, positives] = [0, 0, 0];
  for (let i = 0; i < order.length; ) {
    let [yes, no, j] = [0, 0, i];
    for (; j < order.length && scores[order[j]!] === scores[order[i]!]; j++) {
      if (labels[order[j]!]) yes++;
      else no++;
    }
    above += no * (positives + yes / 2);
    positives += yes;
    i = j;
  }
  pairs = positives * (labels.length - positives);
  return pairs > 0 ? above / pairs : 0.5;
}

export function descending(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
}

function totals({ labels, weights }: Scored): { contacts: number; attained: number } {
  const yes = labels.reduce((sum, label) => sum + label, 0);
  return { contacts: yes * weights[1] + (labels.length - yes) * weights[0], attained: yes * weights[1] };
}

/** The tenth (0 to 9) of each place in the order, each with a tenth of the weight. */
function tenthsOf(order: Uint32Array, labels: Uint8Array, weights: [number, number]): Uint8Array {
  const total = order.reduce((sum, row) => sum + weights[labels[row]! as 0 | 1], 0);
  let before = 0;
  return Uint8Array.from(order, (row) => {
    const weight = weights[labels[row]! as 0 | 1];
    const middle = before + weight / 2;
    before += weight;
    return Math.min(BINS - 1, Math.floor((BINS * middle) / total));
  });
}

function rocOf(order: Uint32Array, { logOdds, labels }: Scored): RocPoint[] {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  const points: RocPoint[] = [{ falsePositives: 0, truePositives: 0 }];
  let [yes, no] = [0, 0];
  for (const [place, row] of order.entries()) {
    if (labels[row]) yes++;
    else no++;
    const tied = place + 1 < order.length && logOdds[order[place + 1]!] === logOdds[row];
    const point = { falsePositives: no / negatives, truePositives: yes / positives };
    const last = points.at(-1)!;
    const far = point.falsePositives - last.falsePositives + point.truePositives - last.truePositives >= 2 / ROC_POINTS;
    if (!tied && (far || place + 1 === order.length)) points.push(point);
  }
  return points;
}

function decilesOf(order: Uint32Array, tenths: Uint8Array, scored: Scored, bands: [number, number][]): Decile[] {
  const { labels, weights, logOdds } = scored;
  const total = totals(scored);
  const deciles = Array.from({ length: BINS }, () => ({ contacts: 0, attained: 0, from: 1 }));
  for (const [place, row] of order.entries()) {
    const decile = deciles[tenths[place]!]!;
    decile.contacts += weights[labels[row]! as 0 | 1];
    decile.attained += labels[row]! * weights[1];
    decile.from = probabilityOf(logOdds[row]!);
  }
  let captured = 0;
  return deciles.map((decile, i) => {
    captured += decile.attained / total.attained;
    const rate = decile.contacts > 0 ? decile.attained / decile.contacts : 0;
    return {
      decile: i + 1,
      ...decile,
      contacts: Math.round(decile.contacts),
      attained: Math.round(decile.attained),
      rate,
      lift: rate / (total.attained / total.contacts),
      liftLow: bands[i]![0],
      liftHigh: bands[i]![1],
      captured,
    };
  });
}

/** Resamples contacts (by Poisson weights, in one pass each) and gives the middle 95 % of AUC and lifts. */
function bootstrap(order: Uint32Array, tenths: Uint8Array, { labels, weights }: Scored, seed: number) {
  const random = seededRandom(seed);
  const [aucs, lifts] = [[] as number[], Array.from({ length: BINS }, () => [] as number[])];
  for (let sample = 0; sample < RESAMPLES; sample++) {
    const [yes, no] = [new Float64Array(BINS), new Float64Array(BINS)];
    let [above, positives, negatives] = [0, 0, 0];
    for (let place = 0; place < order.length; place++) {
      const times = poissonOne(random.next());
      if (times === 0) continue;
      if (labels[order[place]!]) {
        positives += times;
        yes[tenths[place]!]! += times * weights[1];
      } else {
        negatives += times;
        above += times * positives;
        no[tenths[place]!]! += times * weights[0];
      }
    }
    if (positives === 0 || negatives === 0) continue;
    aucs.push(above / (positives * negatives));
    const rate = sumOf(yes) / (sumOf(yes) + sumOf(no));
    for (let i = 0; i < BINS; i++) lifts[i]!.push(yes[i]! / Math.max(1e-9, yes[i]! + no[i]!) / rate);
  }
  return { auc: middle(aucs), lifts: lifts.map(middle) };
}

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** Cumulative chances of 0, 1, 2 … of a Poisson distribution with mean 1. */
const POISSON = [0.36788, 0.735759, 0.919699, 0.981012, 0.99634, 0.999406, 0.999917];

function poissonOne(uniform: number): number {
  let k = 0;
  while (k < POISSON.length && uniform >= POISSON[k]!) k++;
  return k;
}

function middle(values: number[]): [number, number] {
  const sorted = values.sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return [at(0.025), at(0.975)];
}

function calibrationOf(order: Uint32Array, tenths: Uint8Array, { labels, weights, logOdds }: Scored): CalibrationBin[] {
  const bins = Array.from({ length: BINS }, () => ({ predicted: 0, observed: 0, contacts: 0 }));
  for (const [place, row] of order.entries()) {
    const [bin, weight] = [bins[tenths[place]!]!, weights[labels[row]! as 0 | 1]];
    bin.predicted += weight * probabilityOf(logOdds[row]!);
    bin.observed += weight * labels[row]!;
    bin.contacts += weight;
  }
  return bins
    .filter(({ contacts }) => contacts > 0)
    .map(({ predicted, observed, contacts }) => ({
      predicted: predicted / contacts,
      observed: observed / contacts,
      contacts: Math.round(contacts),
    }));
}
