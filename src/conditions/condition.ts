/**
 * The condition language: a tree of `all`, `any` and `not` over leaves that each say one thing of a contact. It is
 * plain JSON that people write by hand; docs/conditions.md shows every leaf. Every node is true or false for every
 * contact, never unknown: `not` is an exact complement, and so are `ne` and `notIn`, which therefore hold for contacts
 * that lack the trait. Add `exists` to leave those out.
 */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | EveryoneLeaf
  | TraitLeaf
  | EventLeaf
  | PersonaLeaf
  | OutcomeLeaf
  | CohortLeaf
  | AudienceLeaf
  | ContactableLeaf
  | ConsentLeaf;

/** Limits that keep a condition readable and its statement small. */
export const LIMITS = {
  /** Levels of nesting. */
  depth: 20,
  /** Nodes of one condition as written. */
  nodes: 500,
  /** Nodes once the cohorts it mentions are put in. */
  expandedNodes: 5_000,
  /** Values in one list. */
  values: 10_000,
  /** Characters in one text. */
  text: 1_000,
} as const;

/** Every contact of the account. */
export interface EveryoneLeaf {
  everyone: true;
}

export type TraitType = 'number' | 'category' | 'boolean' | 'date';

/** A trait compared with a value. Which operators and values fit depends on the trait's type (see attribute.ts). */
export interface TraitLeaf {
  trait: string;
  op: string;
  value?: unknown;
}

/**
 * What a contact did in a stream of events. Without `count`, `sum`, `average` or `recency` it means "at least once".
 * A contact without matching events has count 0 and sum 0, and neither average nor recency.
 */
export interface EventLeaf {
  event: string;
  /** How many matching events. */
  count?: Comparison;
  /** Exact total of their values; events without a value add nothing. */
  sum?: Comparison;
  /** Exact mean of their values; events without a value are left out. */
  average?: Comparison;
  /** Whole days since the last one up to now. */
  recency?: Comparison;
  /** Only events whose own value compares so. */
  value?: Comparison;
  /** Only events whose properties all compare so. */
  where?: PropertyFilter[];
  /** Only events in this time; without it, all that are known. */
  within?: Window;
}

/** A property of an event; numbers are compared as numbers, everything else as text. */
export interface PropertyFilter {
  property: string;
  op: string;
  value?: unknown;
}

/** One or more bounds on a number; all must hold. */
export interface Comparison {
  eq?: number;
  ne?: number;
  gt?: number;
  gte?: number;
  lt?: number;
  lte?: number;
  /** Both ends included. */
  between?: [number, number];
}

/** The contact's persona in the published version of a set. */
export interface PersonaLeaf {
  persona: { set: string; in: string[] };
}

/** The contact's score by the published version of an outcome; contacts that are not scored never match. */
export interface OutcomeLeaf {
  outcome: string;
  /** 0 (lowest) to 100 (highest) among everyone scored. */
  percentile?: Comparison;
  /** 0 to 1. */
  probability?: Comparison;
}

/** Members of a cohort, by its current definition. */
export interface CohortLeaf {
  cohort: string;
}

/** Members of an audience, its limit included. Only in the conditions of audiences. */
export interface AudienceLeaf {
  audience: string;
}

export type Contactable = 'email' | 'phone' | 'address' | 'mail' | 'mobileAdId' | 'externalId' | 'facebook' | 'google';

/** The contact has what a channel or a platform needs to find it. */
export interface ContactableLeaf {
  contactable: Contactable;
}

export type ConsentState = 'granted' | 'denied' | 'unspecified';

/** Consent for a purpose, or for advertising as a whole (see purposes.ts); what was never recorded is `unspecified`. */
export interface ConsentLeaf {
  consent: string;
  is: ConsentState;
}

/** Exactly one unit, a whole number from 0. Months and years follow the calendar, clamped to the month's last day. */
export type Duration = { days: number } | { weeks: number } | { months: number } | { years: number };

/** `YYYY-MM-DD`, or relative to today (UTC). */
export type DateValue = string | { ago: Duration } | { fromNow: Duration };

/** The last so much time up to now, or days from and to (each optional, both included). */
export type Window = Duration | { from?: DateValue; to?: DateValue };

/** What a persona set offers to conditions: its published version. */
export interface PublishedPersonas {
  name: string;
  versionId: string;
  personas: { key: string; name: string }[];
}

/** What an outcome offers to conditions: its published version. */
export interface PublishedOutcome {
  name: string;
  versionId: string;
}

/** An attribute of a contact in SQL over a row of `contacts`. `value` may be anything where `known` is false. */
export interface FieldSql {
  known: string;
  value: string;
}

/** Everything outside the tree that its meaning depends on, read beforehand, so that this room stays pure. */
export interface ConditionContext {
  account: string;
  now: Date;
  /** Types by name. Those that are not in `fields` are read from the contact's maps. */
  traits: ReadonlyMap<string, TraitType>;
  /** Traits that are columns of the contact, as of `now`. */
  fields?: ReadonlyMap<string, FieldSql>;
  /** Names of the streams that have events. */
  streams: ReadonlySet<string>;
  /** Purposes other than advertising that contacts have a consent for. */
  purposes?: ReadonlySet<string>;
  /** By set id; a set without a published version is absent. */
  personaSets: ReadonlyMap<string, PublishedPersonas>;
  /** By id; an outcome without a published version is absent. */
  outcomes?: ReadonlyMap<string, PublishedOutcome>;
  cohorts: ReadonlyMap<string, { name: string; condition: Condition }>;
  /** By id; absent where conditions may not mention audiences. */
  audiences?: ReadonlyMap<string, MentionedAudience>;
}

/** An audience that a condition mentions: a query for its `contact_id`s, or why there is none. */
export type MentionedAudience = { name: string } & ({ query: Sql } | { code: string; message: string });

/** A piece of a statement with the values of its `{name:Type}` placeholders. */
export interface Sql {
  sql: string;
  params: Record<string, unknown>;
}

/** One wrong place in a condition: its path from the root (`all[1].not.trait`), a stable code, and what to do. */
export interface ConditionProblem {
  path: string;
  code: string;
  message: string;
}
