import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import { queries } from '../api/queries.ts';
import type { ConditionLeaf } from '../api/types/condition.ts';
import type { Stream, Trait } from '../api/types/contacts.ts';
import type { Audience, Cohort } from '../api/types/groups.ts';
import type { Outcome } from '../api/types/outcomes.ts';
import type { PersonaSet } from '../api/types/personas.ts';
import type { LeafKind } from './leaves.ts';
import { isWithin } from './tree.ts';

/** What conditions can speak of, and what is wrong with the one being edited. */
export interface Choices {
  traits: Trait[];
  streams: Stream[];
  cohorts: Cohort[];
  audiences: Audience[];
  /** Those with a published version. */
  personaSets: PersonaSet[];
  /** Those with a published version. */
  outcomes: Outcome[];
  /** Only the conditions of audiences mention audiences. */
  inAudience: boolean;
  problems: FieldProblem[];
}

const Context = createContext<Choices | null>(null);

export function ChoicesProvider({
  inAudience = false,
  problems,
  children,
}: {
  inAudience?: boolean;
  problems: FieldProblem[];
  children: ReactNode;
}) {
  const choices: Choices = {
    traits: useQuery(queries.traits()).data?.items ?? [],
    streams: useQuery(queries.streams()).data?.items ?? [],
    cohorts: useQuery(queries.cohorts()).data?.items ?? [],
    audiences: useQuery({ ...queries.audiences(), enabled: inAudience }).data?.items ?? [],
    personaSets: (useQuery(queries.personaSets()).data?.items ?? []).filter((set) => set.publishedVersion !== null),
    outcomes: (useQuery(queries.outcomes()).data?.items ?? []).filter((outcome) => outcome.publishedVersion !== null),
    inAudience,
    problems,
  };
  return <Context value={choices}>{children}</Context>;
}

export function useChoices(): Choices {
  const choices = use(Context);
  if (!choices) throw new Error('a condition is edited outside of its choices');
  return choices;
}

/** Problems of a node itself, not of its parts. */
export function useProblems(path: string, parts: string[] = []): FieldProblem[] {
  const { problems } = useChoices();
  return problems.filter(
    (problem) => isWithin(problem.path, path) && !parts.some((part) => isWithin(problem.path, part)),
  );
}

/** A leaf of a kind to begin with, about the first thing there is. */
export function newLeaf(kind: LeafKind, choices: Choices): ConditionLeaf {
  const { traits, streams, cohorts, audiences, personaSets, outcomes } = choices;
  const [set] = personaSets;
  const first = traits[0];
  const leaves: Record<LeafKind, () => ConditionLeaf> = {
    trait: () => ({ trait: first?.name ?? '', op: 'exists' }),
    event: () => ({ event: streams[0]?.stream ?? 'order', count: { gte: 1 } }),
    persona: () => ({ persona: { set: set?.id ?? '', in: set?.personas[0] ? [set.personas[0].key] : [] } }),
    outcome: () => ({ outcome: outcomes[0]?.id ?? '', percentile: { gte: 90 } }),
    cohort: () => ({ cohort: cohorts[0]?.id ?? '' }),
    audience: () => ({ audience: audiences[0]?.id ?? '' }),
    contactable: () => ({ contactable: 'email' }),
    consent: () => ({ consent: 'advertising', is: 'granted' }),
    everyone: () => ({ everyone: true }),
  };
  return leaves[kind]();
}
