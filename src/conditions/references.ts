import type { Condition } from './condition.ts';

/** What a value mentions where a condition would: ids of cohorts, persona sets, outcomes and audiences, names of streams and of purposes. */
export interface References {
  cohorts: Set<string>;
  personaSets: Set<string>;
  outcomes: Set<string>;
  audiences: Set<string>;
  events: Set<string>;
  purposes: Set<string>;
}

/**
 * What a condition mentions, itself only. Reads unchecked input too, since what it mentions must be loaded before it can
 * be checked; it stops at a depth that validation refuses anyway.
 */
export function referencesOf(input: Condition | unknown): References {
  const found: References = {
    cohorts: new Set(),
    personaSets: new Set(),
    outcomes: new Set(),
    audiences: new Set(),
    events: new Set(),
    purposes: new Set(),
  };
  collect(input, found, 0);
  return found;
}

function collect(input: unknown, found: References, depth: number): void {
  if (typeof input !== 'object' || input === null || depth > 100) return;
  if (Array.isArray(input)) {
    for (const each of input) collect(each, found, depth + 1);
    return;
  }
  const node = input as Record<string, unknown>;
  const note = (value: unknown, set: Set<string>) => typeof value === 'string' && set.add(value);
  note(node.cohort, found.cohorts);
  note(node.audience, found.audiences);
  note(node.event, found.events);
  note(node.consent, found.purposes);
  note(node.outcome, found.outcomes);
  if (typeof node.persona === 'object') note((node.persona as { set?: unknown } | null)?.set, found.personaSets);
  collect([node.all, node.any, node.not].filter(Boolean), found, depth + 1);
}
