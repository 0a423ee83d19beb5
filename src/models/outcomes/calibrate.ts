import { Matrix, solve } from 'ml-matrix';
import { softplus } from './logistic.ts';
import { probabilityOf } from './outcome-model.ts';

/** Corrected log-odds: `intercept + slope × log-odds`. */
export interface Calibration {
  intercept: number;
  slope: number;
}

/** How firmly (1, 0) is believed beforehand; matters only where folds hold very few contacts. */
const PRIOR = 10;
const STEPS = 50;
const SHORTEST = 1e-9;
/** Of a loss, what may be rounding. */
const ROUNDING = 1e-12;

/**
 * Platt scaling: fits log-odds of contacts that were not learnt from to what happened, by Newton's method. A step that
 * would fit worse is halved until it does not: log-odds far too wide would throw whole steps ever further off.
 */
export function calibrate(logOdds: Float64Array, labels: Uint8Array): Calibration {
  let at: Calibration = { intercept: 0, slope: 1 };
  let loss = lossOf(at, logOdds, labels);
  for (let step = 0; step < STEPS; step++) {
    const [down = 0, tilt = 0] = newtonStep(at, logOdds, labels);
    for (let share = 1; ; share /= 2) {
      const next = { intercept: at.intercept - share * down, slope: at.slope - share * tilt };
      const nextLoss = lossOf(next, logOdds, labels);
      if (nextLoss > loss * (1 + ROUNDING) && share > SHORTEST) continue;
      [at, loss] = [next, nextLoss];
      break;
    }
    if (Math.abs(down) + Math.abs(tilt) < 1e-10) break;
  }
  return at;
}

/** Minus the log-likelihood of what happened, and of the calibration beforehand. */
function lossOf({ intercept, slope }: Calibration, logOdds: Float64Array, labels: Uint8Array): number {
  let loss = (PRIOR / 2) * (intercept ** 2 + (slope - 1) ** 2);
  for (let row = 0; row < labels.length; row++) {
    const z = intercept + slope * logOdds[row]!;
    loss += softplus(labels[row] ? -z : z);
  }
  return loss;
}

/** What a whole step of Newton's method takes off intercept and slope. */
function newtonStep({ intercept, slope }: Calibration, logOdds: Float64Array, labels: Uint8Array): number[] {
  const gradient = [PRIOR * intercept, PRIOR * (slope - 1)];
  const hessian = new Matrix([
    [PRIOR, 0],
    [0, PRIOR],
  ]);
  for (let row = 0; row < labels.length; row++) {
    const x = logOdds[row]!;
    const p = probabilityOf(intercept + slope * x);
    const [error, curvature] = [p - labels[row]!, p * (1 - p)];
    gradient[0]! += error;
    gradient[1]! += error * x;
    hessian.set(0, 0, hessian.get(0, 0) + curvature);
    hessian.set(0, 1, hessian.get(0, 1) + curvature * x);
    hessian.set(1, 1, hessian.get(1, 1) + curvature * x * x);
  }
  hessian.set(1, 0, hessian.get(0, 1));
  return solve(hessian, Matrix.columnVector(gradient)).to1DArray();
}
