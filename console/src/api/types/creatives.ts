import type { Group, Tree } from './tree.ts';

/** A comparison of a number, such as `{"gte": 2}`. */
export type Comparison = Partial<Record<'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte', number>> & {
  between?: [number, number];
};

export type Measure = 'salient' | 'lift' | 'average' | 'median' | 'share';

export interface TraitRule {
  trait: string;
  value?: string | boolean;
  salient?: true;
  lift?: Comparison;
  average?: Comparison;
  median?: Comparison;
  share?: Comparison;
}

export type RuleLeaf =
  | { persona: { in: string[]; set?: string } }
  | TraitRule
  | { personaSize: Comparison }
  | { personaShare: Comparison }
  | { tone: string }
  | { offer: string };
export type RuleGroup = Group<RuleLeaf>;
export type Rule = Tree<RuleLeaf>;

/** What a person sees of a creative. */
export interface CreativeContent {
  headline: string;
  body?: string | null;
  imageUrl?: string | null;
  callToAction?: string | null;
  linkUrl?: string | null;
}

export interface Creative extends CreativeContent {
  id: string;
  name: string;
  channels: string[];
  rules: Rule | null;
  activeFrom: string | null;
  activeUntil: string | null;
  state: 'planned' | 'active' | 'ended';
  revision: number;
  updatedAt: string;
}

/** A creative as a run carried it. */
export interface SegmentCreative extends CreativeContent {
  id: string;
  revision: number;
  name: string;
  /** Where several personas share the segment. */
  persona?: string;
  reasons: string[];
}

/** Which creatives travel with a delivery. */
export interface AttachedCreatives {
  attach: boolean;
  perSegment: number;
  channel: string | null;
  pins: Record<string, string[]>;
}

export interface NearMiss {
  creativeId: string;
  creativeName: string;
  personaKey: string;
  personaName: string;
  reasons: string[];
}

export interface Coverage {
  setId: string;
  name: string;
  channel: string | null;
  asOf: string;
  covered: number;
  personas: {
    key: string;
    name: string;
    color: string;
    size: number;
    share: number;
    creatives: { id: string; name: string; headline: string; score: number; reasons: string[] }[];
    nearest: NearMiss | null;
  }[];
  unmatched: { id: string; name: string; headline: string; reasons: string[]; nearest: NearMiss | null }[];
}
