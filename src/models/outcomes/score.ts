import { categoryOf, numberOf, type Traits } from '../table.ts';
import { valueLabel } from './labels.ts';
import { type Day, measure, type OutcomeModel, pointsOf, probabilityOf, type TraitPoints } from './outcome-model.ts';

/** Why a contact is scored as it is: what one of its traits adds to the log-odds, against the average contact. */
export interface Reason {
  trait: string;
  /** The contact's value as people read it; `unknown` when it has none. */
  value: string;
  /** Log-odds added; negative lowers the probability. */
  effect: number;
  /** The same as a factor on the odds: 2 doubles them. */
  odds: number;
  direction: 'raises' | 'lowers';
}

const REASONS = 5;
/** Effects on the log-odds below this are nothing to mention. */
const WORTH_SAYING = 0.05;

/** The probability that a contact attains the outcome. Agrees with `probabilitySql` on every contact. */
export function probability(model: OutcomeModel, traits: Traits, today: Day): number {
  let logOdds = model.intercept;
  for (const trait of model.traits) logOdds += pointsOf(trait, traits, today);
  return probabilityOf(logOdds);
}

/** The traits that move a contact most, strongest first. */
export function reasonsOf(model: OutcomeModel, traits: Traits, today: Day, count = REASONS): Reason[] {
  return model.traits
    .map((trait) => ({ trait, effect: pointsOf(trait, traits, today) }))
    .filter(({ effect }) => Math.abs(effect) >= WORTH_SAYING)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    .slice(0, count)
    .map(({ trait, effect }) => ({
      trait: trait.trait,
      value: valueLabel(trait, measured(trait, traits, today)),
      effect,
      odds: Math.exp(effect),
      direction: effect > 0 ? 'raises' : 'lowers',
    }));
}

function measured(trait: TraitPoints, traits: Traits, today: Day): number | string {
  if (trait.kind === 'category') return categoryOf(traits, trait.trait);
  return measure(trait.type, numberOf(traits, trait.trait), today);
}

/** Ascending probabilities at 0, 1 … 100 % of a scored population, against which single contacts are placed. */
export type Cuts = number[];

/** JS and the warehouse may differ in the last bits of a probability; nearer than this, as a share of it, is equal. */
const SAME = 1e-9;

/** The share of the population (0 to 100) that is scored below a probability, between cuts in proportion. */
export function percentileOf(cuts: Cuts, probability: number): number {
  const tolerance = probability * SAME;
  const above = cuts.findIndex((cut) => cut >= probability - tolerance);
  if (above < 0) return cuts.length > 0 ? 100 : 0;
  if (above === 0 || cuts[above]! <= probability + tolerance) return above;
  const [from, to] = [cuts[above - 1]!, cuts[above]!];
  return above - 1 + (probability - from) / (to - from);
}
