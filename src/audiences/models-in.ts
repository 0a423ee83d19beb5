import type { Condition } from '../conditions/condition.ts';
import { referencesOf } from '../conditions/references.ts';
import type { AudienceDefinition } from './definition.ts';

/** Models by which it is decided who is in: ids of persona sets and outcomes. */
export interface Models {
  personaSets: Set<string>;
  outcomes: Set<string>;
}

/** The models that an audience asks, itself or through the cohorts and audiences that it mentions. Pure. */
export function modelsIn(
  audienceId: string,
  audiences: ReadonlyMap<string, AudienceDefinition>,
  cohorts: ReadonlyMap<string, Condition>,
): Models {
  const models: Models = { personaSets: new Set(), outcomes: new Set() };
  const seen = new Set<unknown>();
  const read = (input: unknown): void => {
    if (seen.has(input)) return;
    seen.add(input);
    const mentioned = referencesOf(input);
    for (const id of mentioned.personaSets) models.personaSets.add(id);
    for (const id of mentioned.outcomes) models.outcomes.add(id);
    for (const id of mentioned.cohorts) read(cohorts.get(id));
    for (const id of mentioned.audiences) readAudience(id);
  };
  const readAudience = (id: string): void => {
    const definition = audiences.get(id);
    if (!definition || seen.has(definition)) return;
    seen.add(definition);
    read(membership(definition));
  };
  readAudience(audienceId);
  return models;
}

/** What decides who is in, as one condition: a set that only describes the members does not. */
const membership = ({ include, exclude, personaSetId, personas }: AudienceDefinition) => ({
  all: [
    include.condition,
    exclude.condition,
    ...[...include.cohorts, ...exclude.cohorts].map((cohort) => ({ cohort })),
    ...(personas ? [{ persona: { set: personaSetId } }] : []),
  ],
});
