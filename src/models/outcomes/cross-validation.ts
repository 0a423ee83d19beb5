import { type Random, sampleIndexes, seededRandom } from '../random.ts';
import { type Design, stiffened } from './design.ts';
import { fitLogistic, logOddsOf, softplus, type Weights } from './logistic.ts';

/** The log loss of one strength of the penalty on contacts that were not learnt from. */
export interface LambdaPoint {
  lambda: number;
  logLoss: number;
}

export interface CrossValidation {
  lambda: number;
  curve: LambdaPoint[];
  /** Log-odds of every row by a model that did not see it. */
  outOfFold: Float64Array;
  /** The design with its penalties shared out as they were chosen. */
  design: Design;
}

export const FOLDS = 5;
/** From strong to weak, so that each fit starts close to the next. */
const LAMBDAS = [300, 100, 30, 10, 3, 1, 0.3];
/** The penalty is chosen on this many rows, more where they hold fewer of the rarer side; it means the same for more. */
const CHOICE_ROWS = 8_000;
const CHOICE_RARER = 1_000;
/** Past the best by this much, weaker penalties are not tried. */
const WORSE = 1.0002;

/** Loss a row that is not worth another step: far below what tells penalties apart. */
const ROUGHLY = 1e-5;

interface Fold {
  learn: Int32Array;
  test: Int32Array;
}

/** Chooses the penalty by k-fold cross-validation, then predicts every row by the folds that do not hold it. */
export function crossValidate(
  given: Design,
  labels: Uint8Array,
  seed: number,
  onProgress: (share: number) => void = () => {},
): CrossValidation {
  const random = seededRandom(seed);
  const foldOf = stratifiedFolds(labels, random);
  const some = sampleIndexes(given.rows, choiceRows(labels), random).sort((a, b) => a - b);
  const someFolds = foldsOf(foldOf, some);
  const choice = chooseLambda(given, labels, someFolds, (share) => onProgress(share * 0.5));
  const { curve, best } = choice;
  const { design, starts } = chooseStiffness(given, labels, someFolds, choice);
  onProgress(0.6);
  const outOfFold = new Float64Array(design.rows);
  const all = Array.from({ length: design.rows }, (_, row) => row);
  for (const [f, { learn, test }] of foldsOf(foldOf, all).entries()) {
    const { weights } = fitLogistic(design, labels, learn, best.lambda, { start: starts[f], tolerance: ROUGHLY });
    logOddsOf(design, test, weights).forEach((odds, i) => {
      outOfFold[test[i]!] = odds;
    });
    onProgress(0.6 + (0.4 * (f + 1)) / FOLDS);
  }
  return { lambda: best.lambda, curve, outOfFold, design };
}

function choiceRows(labels: Uint8Array): number {
  const attained = labels.reduce((sum, label) => sum + label, 0);
  const rarer = Math.min(attained, labels.length - attained);
  return Math.min(labels.length, Math.max(CHOICE_ROWS, Math.ceil((labels.length * CHOICE_RARER) / rarer)));
}

function chooseLambda(design: Design, labels: Uint8Array, folds: Fold[], onProgress: (share: number) => void) {
  const curve: LambdaPoint[] = [];
  let weights: (Weights | undefined)[] = folds.map(() => undefined);
  let [best, starts]: [LambdaPoint, (Weights | undefined)[]] = [{ lambda: 0, logLoss: Number.POSITIVE_INFINITY }, []];
  for (const lambda of LAMBDAS) {
    weights = folds.map(
      ({ learn }, f) => fitLogistic(design, labels, learn, lambda, { start: weights[f], tolerance: ROUGHLY }).weights,
    );
    const logLoss = meanLoss(design, labels, folds, weights as Weights[]);
    curve.push({ lambda, logLoss });
    if (logLoss < best.logLoss) [best, starts] = [{ lambda, logLoss }, weights];
    onProgress(curve.length / LAMBDAS.length);
    if (logLoss > best.logLoss * WORSE) break;
  }
  return { curve, best, starts };
}

/** Whether less bending predicts better at the chosen strength. */
function chooseStiffness(
  design: Design,
  labels: Uint8Array,
  folds: Fold[],
  { best, starts }: ReturnType<typeof chooseLambda>,
): { design: Design; starts: (Weights | undefined)[] } {
  const stiff = stiffened(design);
  const weights = folds.map(
    ({ learn }, f) => fitLogistic(stiff, labels, learn, best.lambda, { start: starts[f], tolerance: ROUGHLY }).weights,
  );
  const better = meanLoss(stiff, labels, folds, weights) < best.logLoss;
  return better ? { design: stiff, starts: weights } : { design, starts };
}

function meanLoss(design: Design, labels: Uint8Array, folds: Fold[], weights: Weights[]): number {
  let [sum, count] = [0, 0];
  for (const [f, { test }] of folds.entries()) {
    const odds = logOddsOf(design, test, weights[f]!);
    for (let i = 0; i < test.length; i++) sum += softplus(labels[test[i]!] ? -odds[i]! : odds[i]!);
    count += test.length;
  }
  return sum / count;
}

/** Deals each class out evenly. */
function stratifiedFolds(labels: Uint8Array, random: Random): Uint8Array {
  const folds = new Uint8Array(labels.length);
  for (const label of [0, 1]) {
    const rows = Array.from(labels.keys()).filter((row) => labels[row] === label);
    for (const [place, i] of sampleIndexes(rows.length, rows.length, random).entries()) folds[rows[i]!] = place % FOLDS;
  }
  return folds;
}

function foldsOf(foldOf: Uint8Array, rows: number[]): Fold[] {
  return Array.from({ length: FOLDS }, (_, fold) => ({
    learn: Int32Array.from(rows.filter((row) => foldOf[row] !== fold)),
    test: Int32Array.from(rows.filter((row) => foldOf[row] === fold)),
  }));
}
