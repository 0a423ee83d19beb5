import type { FieldProblem } from '../http/problem.ts';
import type { Day } from '../models/outcomes/outcome-model.ts';
import { percentileOf, probability, type Reason, reasonsOf } from '../models/outcomes/score.ts';
import { categoryOf, numberOf, type Traits } from '../models/table.ts';
import type { Models, ReadyOutcome, ReadySet } from './models.ts';

/** A contact's place in a persona set. Without enough traits `key` and what follows from it are null. */
export interface PersonaResult {
  setId: string;
  setName: string;
  versionId: string;
  version: number;
  key: string | null;
  name: string | null;
  /** 0 (could be either) to 1 (clear). */
  margin: number | null;
  distance: number | null;
  second: { key: string; name: string; distance: number } | null;
}

/** A contact's score by an outcome. Null where nothing at all is known of the contact. */
export interface OutcomeResult {
  outcomeId: string;
  outcomeName: string;
  versionId: string;
  version: number;
  /** 0 to 1. */
  probability: number | null;
  /** 0 to 100: the share of everyone scored that lies below. */
  percentile: number | null;
  reasons: Reason[];
}

export interface Scored {
  personas: PersonaResult[];
  outcomes: OutcomeResult[];
  warnings: FieldProblem[];
}

const MOST_MISSING = 50;

/** Scores one contact by some models. Pure. @param path of the contact's traits, for warnings */
export function scoreContact(
  { sets, outcomes }: Pick<Models, 'sets' | 'outcomes'>,
  traits: Traits,
  today: Day,
  path: string,
): Scored {
  const known = hasAny(traits);
  const warnings = known ? [] : [{ path, code: 'no_traits', message: 'Nothing is known of the contact to score by.' }];
  const personas = sets.map((set) => personaOf(set, traits));
  for (const { setName, key } of personas) {
    if (known && key === null)
      warnings.push({ path, code: 'too_few_traits', message: `Too few traits to say a persona of "${setName}".` });
  }
  if (known) warnings.push(...missing(sets, outcomes, traits, path));
  return { personas, outcomes: outcomes.map((outcome) => outcomeOf(outcome, traits, today, known)), warnings };
}

function personaOf(set: ReadySet, traits: Traits): PersonaResult {
  const { setId, name: setName, versionId, version, names } = set;
  const found = set.assign(traits);
  if (!found) {
    return { setId, setName, versionId, version, key: null, name: null, margin: null, distance: null, second: null };
  }
  const { key, secondKey, margin, distance, secondDistance } = found;
  const second = { key: secondKey, name: names.get(secondKey) ?? secondKey, distance: secondDistance };
  return { setId, setName, versionId, version, key, name: names.get(key) ?? key, margin, distance, second };
}

function outcomeOf(outcome: ReadyOutcome, traits: Traits, today: Day, known: boolean): OutcomeResult {
  const { outcomeId, name: outcomeName, versionId, version, model, cuts } = outcome;
  const which = { outcomeId, outcomeName, versionId, version };
  if (!known) return { ...which, probability: null, percentile: null, reasons: [] };
  const p = probability(model, traits, today);
  return { ...which, probability: p, percentile: percentileOf(cuts, p), reasons: reasonsOf(model, traits, today) };
}

/** One warning that names the traits the models look at and the contact lacks. */
function missing(sets: ReadySet[], outcomes: ReadyOutcome[], traits: Traits, path: string): FieldProblem[] {
  const wanted = new Set([...sets, ...outcomes].flatMap((model) => model.traits));
  const lacking = [...wanted].filter((name) => Number.isNaN(numberOf(traits, name)) && categoryOf(traits, name) === '');
  if (lacking.length === 0) return [];
  const named = lacking.slice(0, MOST_MISSING).join(', ');
  const more = lacking.length > MOST_MISSING ? ` and ${lacking.length - MOST_MISSING} more` : '';
  return [{ path, code: 'missing_traits', message: `Not known, and scored as such: ${named}${more}.` }];
}

function hasAny({ num, cat }: Traits): boolean {
  for (const _ in num) return true;
  for (const _ in cat) return true;
  return false;
}
