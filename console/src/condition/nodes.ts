import type { Condition, EventLeaf, OutcomeLeaf, TraitLeaf } from '../api/types/condition.ts';

export type GroupKind = 'all' | 'any';
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

export type Group = { all: Condition[] } | { any: Condition[] };

export const isGroup = (node: Condition): node is Group => 'all' in node || 'any' in node;
export const isNot = (node: Condition): node is { not: Condition } => 'not' in node;
export const isTrait = (node: Condition): node is TraitLeaf => 'trait' in node;
export const isOutcome = (node: Condition): node is OutcomeLeaf => 'outcome' in node;
export const isEvent = (node: Condition): node is EventLeaf => 'event' in node;

export const groupKind = (node: Group): GroupKind => ('all' in node ? 'all' : 'any');
export const partsOf = (node: Group): Condition[] => ('all' in node ? node.all : node.any);
export const group = (kind: GroupKind, parts: Condition[]): Group => (kind === 'all' ? { all: parts } : { any: parts });

export const leafKind = (node: Condition): LeafKind =>
  (Object.keys(LEAF_NAMES) as LeafKind[]).find((kind) => kind in node) ?? 'everyone';

/** The path of a part, in the spelling of the API's problems. */
export const partPath = (path: string, node: Group, index: number): string =>
  `${join(path, groupKind(node))}[${index}]`;
export const join = (path: string, name: string): string => (path ? `${path}.${name}` : name);

/** A condition that always has a group on top, for editing. */
export const asGroup = (condition: Condition | undefined): Group =>
  condition === undefined ? { all: [] } : isGroup(condition) ? condition : { all: [condition] };

/** A group as it is sent: nothing when it is empty, its only part when it has one. */
export function asCondition(node: Condition): Condition | undefined {
  if (!isGroup(node)) return node;
  const parts = partsOf(node);
  return parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : node;
}
