import type { ContactField } from '../contacts/contact-fields.ts';
import type { Assignment } from '../models/persona-model.ts';
import type { Traits, TraitType } from '../models/table.ts';
import { isOfEvents, type ReadFeatures } from '../outcomes/features.ts';
import type { LiveOutcome } from '../outcomes/outcomes.service.ts';
import type { LivePersonaSet } from '../personas/live-personas.ts';

/** A live persona set, ready to assign. */
export interface ReadySet extends LivePersonaSet {
  assign: (traits: Traits) => Assignment | undefined;
  /** Names of the traits it looks at. */
  traits: string[];
}

export interface ReadyOutcome extends LiveOutcome {
  traits: string[];
}

/** Everything that contacts are scored by. */
export interface Models {
  sets: ReadySet[];
  outcomes: ReadyOutcome[];
  /** The catalogue, and the traits that models make of events. */
  types: ReadonlyMap<string, TraitType>;
  /** The contact fields of the catalogue. */
  fields: readonly ContactField[];
}

/** Traits of models that are made of events and stand in no catalogue. */
export const eventTraits = (outcomes: LiveOutcome[]): string[] =>
  outcomes.flatMap(({ model }) => model.traits.map(({ trait }) => trait)).filter(isOfEvents);

/**
 * What of posted traits is stored as traits: not those made of events, which are counted from the events each time, and
 * no contact fields, which are columns of their own.
 */
export function storedOf({ num, cat }: Traits, fields: readonly ContactField[]): Traits {
  const ofFields = new Set(fields.map(({ name }) => name));
  const own = <T>(values: Record<string, T>) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !isOfEvents(name) && !ofFields.has(name)));
  return { num: own(num), cat: own(cat) };
}

/** What the models read of contacts that are known, beside their own traits. */
export function featuresOf({ sets, outcomes, fields }: Models): ReadFeatures {
  const traits = new Set([...sets, ...outcomes].flatMap((model) => model.traits));
  return {
    streams: [...new Set(outcomes.flatMap(({ streams }) => streams))].sort(),
    fields: fields.filter(({ name }) => traits.has(name)),
  };
}
