import type { ConditionLeaf, EventLeaf, OutcomeLeaf, TraitLeaf } from '../api/types/condition.ts';

export type LeafKind =
  | 'trait'
  | 'event'
  | 'persona'
  | 'outcome'
  | 'cohort'
  | 'audience'
  | 'contactable'
  | 'consent'
  | 'everyone';

export const LEAF_NAMES: Record<LeafKind, string> = {
  trait: 'Trait',
  event: 'Event',
  persona: 'Persona',
  outcome: 'Outcome score',
  cohort: 'Cohort',
  audience: 'Audience',
  contactable: 'Contactable by',
  consent: 'Consent',
  everyone: 'Everyone',
};

export const isTrait = (leaf: ConditionLeaf): leaf is TraitLeaf => 'trait' in leaf;
export const isOutcome = (leaf: ConditionLeaf): leaf is OutcomeLeaf => 'outcome' in leaf;
export const isEvent = (leaf: ConditionLeaf): leaf is EventLeaf => 'event' in leaf;

export const leafKind = (leaf: ConditionLeaf): LeafKind =>
  (Object.keys(LEAF_NAMES) as LeafKind[]).find((kind) => kind in leaf) ?? 'everyone';
