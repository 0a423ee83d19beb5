import type { Comparison, TraitType } from '../conditions/condition.ts';
import type { TraitProfile } from '../models/profile.ts';

/**
 * Which personas a creative is for: a tree of `all`, `any` and `not` over leaves that each say one thing of a persona.
 * Plain JSON that people write by hand; docs/creatives.md shows every leaf.
 */
export type Rule = { all: Rule[] } | { any: Rule[] } | { not: Rule } | RuleLeaf;
export type RuleLeaf = PersonaRule | TraitRule | PersonaSizeRule | PersonaShareRule | ToneRule | OfferRule;

/** Limits that keep rules readable. */
export const LIMITS = {
  /** Levels of nesting. */
  depth: 6,
  /** Nodes of one creative's rules. */
  nodes: 50,
} as const;

/** The persona is one of these, by key or by name; with `set`, of that persona set only. */
export interface PersonaRule {
  persona: { in: string[]; set?: string };
}

/** Exactly one measure of a trait in the persona's profile. */
export interface TraitRule {
  trait: string;
  /** Of a category or boolean: the value that `share` and `lift` are about. */
  value?: string | boolean;
  /** The trait sets the persona apart. */
  salient?: true;
  /** How many times as often as among everyone: of the value, else of what stands out. */
  lift?: Comparison;
  /** Mean or median of a number. */
  average?: Comparison;
  median?: Comparison;
  /** Share of the persona's contacts that have the value, 0 to 1. */
  share?: Comparison;
}

export const MEASURES = ['salient', 'lift', 'average', 'median', 'share'] as const;
export type Measure = (typeof MEASURES)[number];

/** Contacts of the persona. */
export interface PersonaSizeRule {
  personaSize: Comparison;
}

/** The persona's share of all contacts that have one, 0 to 1. */
export interface PersonaShareRule {
  personaShare: Comparison;
}

/** Equal to the persona's tone or offer, whatever the case and outer spaces. */
export interface ToneRule {
  tone: string;
}
export interface OfferRule {
  offer: string;
}

/** What rules are checked against when they are written. */
export interface RuleContext {
  traits: ReadonlyMap<string, TraitType>;
  personaSets: { id: string; name: string; personas: { key: string; name: string }[] }[];
}

/** What rules are judged on. */
export interface PersonaFacts {
  setId: string;
  key: string;
  name: string;
  color: string;
  size: number;
  share: number;
  salientTraits: { trait: string; statement: string; lift: number }[];
  tone?: string;
  offer?: string;
  profile: TraitProfile[];
}
