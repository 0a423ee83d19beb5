import type { Assignment } from '../models/persona-model.ts';
import type { Traits, TraitType } from '../models/table.ts';
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
}

const isOfEvents = (name: string): boolean => name.startsWith('event:');

/** Traits of models that are made of events and stand in no catalogue. */
export const eventTraits = (outcomes: LiveOutcome[]): string[] =>
  outcomes.flatMap(({ model }) => model.traits.map(({ trait }) => trait)).filter(isOfEvents);

/** What of posted traits is stored: not those made of events, which are counted from the events anew each time. */
export const storedOf = ({ num, cat }: Traits): Traits => ({
  num: Object.fromEntries(Object.entries(num).filter(([name]) => !isOfEvents(name))),
  cat,
});

/** Streams whose events have to be read for contacts that are known. */
export const streamsOf = ({ outcomes }: Pick<Models, 'outcomes'>): string[] =>
  [...new Set(outcomes.flatMap(({ streams }) => streams))].sort();
