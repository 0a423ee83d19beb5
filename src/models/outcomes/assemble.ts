import { placesOf } from './bins.ts';
import type { Calibration } from './calibrate.ts';
import { type Design, isSloped } from './design.ts';
import type { Weights } from './logistic.ts';
import type { OutcomeModel, TraitPoints } from './outcome-model.ts';

/**
 * Makes the scorecard of fitted weights: corrected by the calibration, and each trait's points moved so that they are 0
 * on average over the cohort. Places that nobody was in add 0: they say nothing.
 * @param shift added to the log-odds, where the sample held the two sides in other proportions than the cohort.
 */
export function assemble(input: {
  design: Design;
  weights: Weights;
  calibration: Calibration;
  rowWeight: (row: number) => number;
  shift: number;
}): OutcomeModel {
  const { design, weights, calibration, rowWeight, shift } = input;
  let intercept = calibration.intercept + calibration.slope * weights[design.width - 1]! + shift;
  let slopeAt = design.width - 1 - design.sloped;
  const mass = massOf(design, rowWeight);
  const traits = design.traits.map((bins, t): TraitPoints => {
    const offset = design.offsets[t]!;
    const of = (place: number) => calibration.slope * weights[offset + place]!;
    const slope = isSloped(bins) ? calibration.slope * weights[slopeAt]! : 0;
    const along = isSloped(bins) ? slope * mass.slopes[slopeAt - (design.width - 1 - design.sloped)]! : 0;
    if (isSloped(bins)) slopeAt++;
    let mean = along;
    for (let place = 0; place < placesOf(bins); place++) mean += mass.places[offset + place]! * of(place);
    intercept += mean;
    const centred = (place: number) => (mass.places[offset + place] === 0 ? 0 : of(place) - mean);
    if (bins.kind === 'category') {
      const { kind, trait, levels } = bins;
      const points = levels.map((_, place) => centred(place));
      return { kind, trait, levels, points, other: centred(levels.length), missing: centred(levels.length + 1) };
    }
    const { sloped: _, ...cut } = bins;
    const points = Array.from({ length: bins.edges.length + 1 }, (_, place) => of(place) - mean);
    return { ...cut, points, slope, missing: centred(bins.edges.length + 1) };
  });
  return { schema: 1, intercept, traits };
}

/** The share of the cohort in each place, and the mean along each slope. */
function massOf(design: Design, rowWeight: (row: number) => number) {
  const [places, slopes] = [new Float64Array(design.width), new Float64Array(design.sloped)];
  let total = 0;
  for (let row = 0; row < design.rows; row++) {
    const weight = rowWeight(row);
    total += weight;
    for (let t = 0; t < design.traits.length; t++) places[design.set[row * design.traits.length + t]!]! += weight;
    for (let s = 0; s < design.sloped; s++) slopes[s]! += weight * design.slopes[row * design.sloped + s]!;
  }
  return { places: places.map((mass) => mass / total), slopes: slopes.map((sum) => sum / total) };
}
