import type { Table } from '../table.ts';
import { assemble } from './assemble.ts';
import { type BiasReadOut, biasOf, type People } from './bias.ts';
import { fitBins } from './bins.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import { crossValidate, type LambdaPoint } from './cross-validation.ts';
import { designOf } from './design.ts';
import { OutcomeError, requireExamples } from './errors.ts';
import { importanceOf, type TraitImportance } from './importance.ts';
import { fitLogistic } from './logistic.ts';
import type { Day, OutcomeModel } from './outcome-model.ts';
import { type OutcomeQuality, qualityOf, type Scored } from './quality.ts';
import { type OutcomeTrait, selectOutcomeTraits } from './select-traits.ts';

/** What a training is asked for. Plain data, so that it can cross into a worker thread. */
export interface OutcomeRequest {
  /** Sample of the eligible contacts, their traits as of `today`. */
  table: Table;
  /** 1 where the outcome was attained. */
  labels: Uint8Array;
  /** How many contacts the two sides of the sample stand for. */
  population: { attained: number; notAttained: number };
  /** For the read-out of bias. */
  people?: People;
  /** The day that the traits are as of. */
  today: Day;
  /** Whether that day lies before the outcome. */
  past: boolean;
  traits?: string[];
  excludeProtected?: boolean;
  /** Traits that the outcome's cohorts are defined by. */
  defining?: string[];
  seed: number;
}

export interface OutcomeResult {
  model: OutcomeModel;
  quality: OutcomeQuality;
  importance: TraitImportance[];
  bias: BiasReadOut[];
  selection: OutcomeTrait[];
  /** Strength of the penalty, the curve it was chosen from, and what corrects the probabilities. */
  fit: { lambda: number; curve: LambdaPoint[]; calibration: Calibration };
  sampleSize: number;
}

/** Told where a training is: 0 to 1, and what is being done. */
export type OnProgress = (share: number, step: string) => void;

/**
 * Trains one outcome version. Pure: the same request gives the same result. Every figure is of contacts that the model
 * they were scored by did not see.
 * @throws OutcomeError when the sample cannot give a model.
 */
export function trainOutcome(request: OutcomeRequest, onProgress: OnProgress = () => {}): OutcomeResult {
  const { labels, today, seed, population } = request;
  const attained = labels.reduce((sum, label) => sum + label, 0);
  requireExamples(attained, labels.length - attained);
  onProgress(0, 'choosing traits');
  const selection = selectOutcomeTraits({ ...request, chosen: request.traits });
  const table = usedTable(request, selection);
  const bins = table.columns.map((column) => fitBins(column, today));
  const given = designOf(table, bins, today);
  onProgress(0.15, 'cross-validating');
  const { lambda, curve, outOfFold, design } = crossValidate(given, labels, seed, (share) =>
    onProgress(0.15 + 0.6 * share, 'cross-validating'),
  );
  onProgress(0.75, 'fitting');
  const rows = Int32Array.from(labels.keys());
  const { weights } = fitLogistic(design, labels, rows, lambda);
  const calibration = calibrate(outOfFold, labels);
  const rowWeights: [number, number] = [
    population.notAttained / (labels.length - attained),
    population.attained / attained,
  ];
  const shift = Math.log(rowWeights[1] / rowWeights[0]);
  const rowWeight = (row: number) => rowWeights[labels[row]! as 0 | 1];
  const model = assemble({ design, weights, calibration, rowWeight, shift });
  onProgress(0.85, 'measuring quality');
  const logOdds = outOfFold.map((odds) => calibration.intercept + calibration.slope * odds + shift);
  const scored: Scored = { logOdds, labels, weights: rowWeights };
  return {
    model,
    quality: qualityOf(scored, seed),
    importance: importanceOf(model, table, labels, rowWeights, today),
    bias: biasOf(scored, request.table, request.people, today),
    selection,
    fit: { lambda, curve, calibration },
    sampleSize: labels.length,
  };
}

/** The columns to learn from. @throws OutcomeError when there are none. */
function usedTable({ table, traits }: OutcomeRequest, selection: OutcomeTrait[]): Table {
  const used = new Set(selection.filter((entry) => entry.used).map((entry) => entry.trait));
  if (used.size > 0) return { size: table.size, columns: table.columns.filter(({ trait }) => used.has(trait)) };
  const dropped = selection
    .filter(({ reason }) => reason !== 'not_chosen')
    .map(({ trait, reason }) => `${trait} (${reason})`);
  const why = dropped.length > 0 ? ` Left out: ${dropped.slice(0, 10).join(', ')}.` : '';
  throw new OutcomeError(
    'too_few_traits',
    `No trait is left to learn from.${why} Import or choose more traits.`,
    traits && 'traits',
  );
}
