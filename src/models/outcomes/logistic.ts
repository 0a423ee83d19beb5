import type { Design } from './design.ts';

/** One coordinate each, as `Design` orders them. */
export type Weights = Float64Array;

export interface Fit {
  weights: Weights;
  /** Newton steps taken. */
  steps: number;
}

const MAX_STEPS = 50;
const MAX_INNER = 60;
const TOLERANCE = 1e-10;

export interface FitOptions {
  /** Weights to begin at, such as those of a neighbouring λ. */
  start?: Weights;
  /** The search ends when a step promises to lower the loss by less than this a row. */
  tolerance?: number;
}

/**
 * Logistic regression with a ridge penalty: minimises Σ log(1 + e^(−±x·w)) + λ/2 Σ c·w², where c is each coordinate's
 * share of the penalty (none for the intercept).
 * Newton's method; each step is solved by conjugate gradients with a diagonal preconditioner, which needs only products
 * with the sparse design.
 * @param rows of the design to learn from.
 */
export function fitLogistic(
  design: Design,
  labels: Uint8Array,
  rows: Int32Array,
  lambda: number,
  options: FitOptions = {},
): Fit {
  const { start, tolerance = TOLERANCE } = options;
  let weights = start ? start.slice() : startWeights(design, labels, rows);
  let odds = logOddsOf(design, rows, weights);
  const penalty = design.penalties.map((share) => lambda * share);
  let loss = lossOf(odds, labels, rows, weights, penalty);
  for (let step = 1; step <= MAX_STEPS; step++) {
    const { gradient, curvature, diagonal } = derivatives(design, labels, rows, odds, weights, penalty);
    const direction = solve(design, rows, curvature, gradient, diagonal, penalty);
    const promised = -dot(gradient, direction) / 2;
    if (promised < tolerance * rows.length) return { weights, steps: step - 1 };
    const change = logOddsOf(design, rows, direction);
    let rate = 1;
    for (let halved = 0; ; halved++) {
      const [next, nextOdds] = [plus(weights, rate, direction), plus(odds, rate, change)];
      const nextLoss = lossOf(nextOdds, labels, rows, next, penalty);
      if (nextLoss <= loss - 1e-4 * rate * promised || halved === 30) {
        [weights, odds, loss] = [next, nextOdds, nextLoss];
        break;
      }
      rate /= 2;
    }
  }
  return { weights, steps: MAX_STEPS };
}

/** Nothing but the intercept, at the share of positives. */
function startWeights(design: Design, labels: Uint8Array, rows: Int32Array): Weights {
  const weights = new Float64Array(design.width);
  let positives = 0;
  for (const row of rows) positives += labels[row]!;
  const share = (positives + 0.5) / (rows.length + 1);
  weights[design.width - 1] = Math.log(share / (1 - share));
  return weights;
}

/** x·w of some rows. */
export function logOddsOf(design: Design, rows: Int32Array, weights: Weights): Float64Array {
  const { set, slopes, sloped, width } = design;
  const [traits, firstSlope] = [design.traits.length, width - 1 - sloped];
  const odds = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    let sum = weights[width - 1]!;
    const at = rows[i]! * traits;
    for (let t = 0; t < traits; t++) sum += weights[set[at + t]!]!;
    const from = rows[i]! * sloped;
    for (let s = 0; s < sloped; s++) sum += weights[firstSlope + s]! * slopes[from + s]!;
    odds[i] = sum;
  }
  return odds;
}

/** Adds Σ value·x to `into`, over some rows. */
function addTransposed(design: Design, rows: Int32Array, values: Float64Array, into: Float64Array): void {
  const { set, slopes, sloped, width } = design;
  const [traits, firstSlope] = [design.traits.length, width - 1 - sloped];
  for (let i = 0; i < rows.length; i++) {
    const value = values[i]!;
    into[width - 1]! += value;
    const at = rows[i]! * traits;
    for (let t = 0; t < traits; t++) into[set[at + t]!]! += value;
    const from = rows[i]! * sloped;
    for (let s = 0; s < sloped; s++) into[firstSlope + s]! += value * slopes[from + s]!;
  }
}

function lossOf(
  odds: Float64Array,
  labels: Uint8Array,
  rows: Int32Array,
  weights: Weights,
  penalty: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < odds.length; i++) sum += softplus(labels[rows[i]!] ? -odds[i]! : odds[i]!);
  return (
    sum +
    dot(
      penalty,
      weights.map((weight) => weight ** 2),
    ) /
      2
  );
}

function derivatives(
  design: Design,
  labels: Uint8Array,
  rows: Int32Array,
  odds: Float64Array,
  weights: Weights,
  penalty: Float64Array,
) {
  const [error, curvature] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  for (let i = 0; i < rows.length; i++) {
    const p = 1 / (1 + Math.exp(-odds[i]!));
    error[i] = p - labels[rows[i]!]!;
    curvature[i] = Math.max(p * (1 - p), 1e-12);
  }
  const gradient = weights.map((weight, j) => penalty[j]! * weight);
  addTransposed(design, rows, error, gradient);
  const diagonal = penalty.slice();
  addTransposed({ ...design, slopes: design.squares }, rows, curvature, diagonal);
  return { gradient, curvature, diagonal };
}

/** The Newton step −H⁻¹g, closely enough: H = XᵀCX + the penalty. */
function solve(
  design: Design,
  rows: Int32Array,
  curvature: Float64Array,
  gradient: Float64Array,
  diagonal: Float64Array,
  penalty: Float64Array,
): Float64Array {
  const step = new Float64Array(design.width);
  const residual = gradient.map((value) => -value);
  let scaled = residual.map((value, j) => value / diagonal[j]!);
  let search: Float64Array = scaled;
  let size = dot(residual, scaled);
  const enough = size * Math.min(0.25, Math.sqrt(size / rows.length)) ** 2;
  for (let i = 0; i < MAX_INNER && size > enough && size > 0; i++) {
    const image = search.map((value, j) => penalty[j]! * value);
    const through = logOddsOf(design, rows, search);
    for (let r = 0; r < through.length; r++) through[r]! *= curvature[r]!;
    addTransposed(design, rows, through, image);
    const length = size / dot(search, image);
    for (let j = 0; j < step.length; j++) {
      step[j]! += length * search[j]!;
      residual[j]! -= length * image[j]!;
    }
    scaled = residual.map((value, j) => value / diagonal[j]!);
    const next = dot(residual, scaled);
    search = plus(scaled, next / size, search);
    size = next;
  }
  return step;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const plus = (a: Float64Array, rate: number, b: Float64Array): Float64Array =>
  a.map((value, i) => value + rate * b[i]!);

/** log(1 + e^x) without overflow. */
export const softplus = (x: number): number => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
