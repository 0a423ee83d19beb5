import type { Trait } from '../../api/types/contacts.ts';
import type { Comparison, Measure, RuleLeaf, TraitRule } from '../../api/types/creatives.ts';

export type LeafKind = 'trait' | 'persona' | 'tone' | 'offer' | 'personaSize' | 'personaShare';

export const LEAF_NAMES: Record<LeafKind, string> = {
  trait: 'Trait',
  persona: 'Persona',
  tone: 'Tone',
  offer: 'Offer',
  personaSize: 'Size',
  personaShare: 'Share of everyone',
};

export const MEASURES: Record<Measure, string> = {
  salient: 'stands out',
  lift: 'lift',
  average: 'average',
  median: 'median',
  share: 'share with value',
};

export const OPERATORS = { gte: 'at least', lte: 'at most', gt: 'more than', lt: 'less than', eq: 'exactly' } as const;
export type Operator = keyof typeof OPERATORS;

export const isTrait = (rule: RuleLeaf): rule is TraitRule => 'trait' in rule;

export const leafKind = (leaf: RuleLeaf): LeafKind =>
  (Object.keys(LEAF_NAMES) as LeafKind[]).find((kind) => kind in leaf) ?? 'trait';
export const measureOf = (leaf: TraitRule): Measure =>
  (Object.keys(MEASURES) as Measure[]).find((measure) => leaf[measure] !== undefined) ?? 'salient';

const HALF: Comparison = { gte: 0.5 };

/** A leaf of a kind to begin with, about the first thing there is. */
export function newLeaf(kind: LeafKind, traits: Trait[], personas: string[]): RuleLeaf {
  const leaves: Record<LeafKind, () => RuleLeaf> = {
    trait: () => ({ trait: traits[0]?.name ?? '', salient: true }),
    persona: () => ({ persona: { in: personas.slice(0, 1) } }),
    tone: () => ({ tone: '' }),
    offer: () => ({ offer: '' }),
    personaSize: () => ({ personaSize: { gte: 1000 } }),
    personaShare: () => ({ personaShare: { gte: 0.1 } }),
  };
  return leaves[kind]();
}

/** Measures that a type has. */
export const measuresOf = (type: Trait['type'] | undefined): Measure[] =>
  type === 'number'
    ? ['salient', 'lift', 'average', 'median']
    : type === 'date'
      ? ['salient', 'lift']
      : ['salient', 'lift', 'share'];

/** A trait's rule by another measure, with something to begin with. */
export function withMeasure({ trait, value }: TraitRule, measure: Measure, type: Trait['type'] | undefined): TraitRule {
  const starts: Record<Measure, Partial<TraitRule>> = {
    salient: { salient: true },
    lift: { lift: { gte: 1.5 } },
    average: { average: { gte: 0 } },
    median: { median: { gte: 0 } },
    share: { share: HALF, value: value ?? (type === 'boolean' ? true : '') },
  };
  return { trait, ...starts[measure] };
}
