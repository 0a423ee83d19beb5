import type { Tree } from './tree.ts';

/** The condition language of the API; docs/conditions.md. */
export type Condition = Tree<ConditionLeaf>;
export type ConditionLeaf =
  | { everyone: true }
  | TraitLeaf
  | EventLeaf
  | { persona: { set: string; in: string[] } }
  | OutcomeLeaf
  | { cohort: string }
  | { audience: string }
  | { contactable: Contactable }
  | { consent: string; is: ConsentState };

export interface TraitLeaf {
  trait: string;
  op: string;
  value?: unknown;
}

/** The score by the published version of an outcome. */
export interface OutcomeLeaf {
  outcome: string;
  /** 0 to 100 among everyone scored. */
  percentile?: Comparison;
  /** 0 to 1. */
  probability?: Comparison;
}

export interface PropertyFilter {
  property: string;
  op: string;
  value?: unknown;
}

export interface EventLeaf {
  event: string;
  count?: Comparison;
  sum?: Comparison;
  average?: Comparison;
  recency?: Comparison;
  value?: Comparison;
  where?: PropertyFilter[];
  within?: Window;
}

export type Comparator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte';
export type Comparison = Partial<Record<Comparator, number>> & { between?: [number, number] };
export type Unit = 'days' | 'weeks' | 'months' | 'years';
export type Duration = Partial<Record<Unit, number>>;
export type Window = Duration & { from?: unknown; to?: unknown };
export type Contactable = 'email' | 'phone' | 'address' | 'mail' | 'mobileAdId' | 'externalId' | 'facebook' | 'google';
export type ConsentState = 'granted' | 'denied' | 'unspecified';
