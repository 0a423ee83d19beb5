import { Matrix, solve } from 'ml-matrix';
import { probabilityOf } from './outcome-model.ts';

/** Corrected log-odds: `intercept + slope × log-odds`. */
export interface Calibration {
  intercept: number;
  slope: number;
}

/** How firmly (1, 0) is believed beforehand; matters only where folds hold very few contacts. */
const PRIOR = 10;
const STEPS = 25;

/** Platt scaling: fits log-odds of contacts that were not learnt from to what happened, by Newton's method. */
export function calibrate(logOdds: Float64Array, labels: Uint8Array): Calibration {
  let [intercept, slope] = [0, 1];
  for (let step = 0; step < STEPS; step++) {
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
    const change = solve(hessian, Matrix.columnVector(gradient)).to1DArray();
    intercept -= change[0]!;
    slope -= change[1]!;
    if (Math.abs(change[0]!) + Math.abs(change[1]!) < 1e-10) break;
  }
  return { intercept, slope };
}
