import type { Prerequisite } from '../../connectors/destination.ts';

/** How a prerequisite stands; `untried` where another one kept it from being looked at. */
export type Standing = 'ok' | 'failing' | 'untried';

/** A prerequisite with how long it has stood like this. */
export type PrerequisiteState = Prerequisite & {
  /** ISO 8601 time of the check that first found it so. */
  since: string;
};

/** A prerequisite that is otherwise than at the check before; `from` is null when there was no such check. */
export interface PrerequisiteChange {
  name: string;
  title: string;
  from: Standing | null;
  to: Standing;
}

/** Days before an end at which people are told, from the first word to the last. */
export const COUNTDOWN = [30, 14, 7, 1];

export const standingOf = ({ ok, untried }: Prerequisite): Standing => (ok ? 'ok' : untried ? 'untried' : 'failing');

/** How near an end is: 0 while it is far, then the number of days in `COUNTDOWN` that have been reached. */
export const urgencyOf = ({ daysLeft }: Prerequisite): number =>
  daysLeft === undefined ? 0 : COUNTDOWN.filter((days) => daysLeft <= days).length;

/** The end that comes first, of all that are known. */
export function nearestEnd(states: PrerequisiteState[] | null): { title: string; daysLeft: number } | null {
  const ends = (states ?? []).flatMap(({ title, daysLeft }) => (daysLeft === undefined ? [] : [{ title, daysLeft }]));
  return ends.sort((a, b) => a.daysLeft - b.daysLeft)[0] ?? null;
}

/** Sets what a check found against what was known. Whatever a failed check did not come to is kept as untried. */
export function follow(
  before: PrerequisiteState[],
  found: Prerequisite[],
  at: Date,
): { states: PrerequisiteState[]; changes: PrerequisiteChange[] } {
  const unreached = found.every(({ ok }) => ok)
    ? []
    : before.filter(({ name }) => !found.some((each) => each.name === name)).map(notTried);
  const states = [...found, ...unreached].map((each) => {
    const known = before.find(({ name }) => name === each.name);
    const same = known && standingOf(known) === standingOf(each);
    return { ...each, since: same ? known.since : at.toISOString() };
  });
  const changes = states.flatMap((each) => {
    const known = before.find(({ name }) => name === each.name);
    const [from, to] = [known ? standingOf(known) : null, standingOf(each)];
    return from === to ? [] : [{ name: each.name, title: each.title, from, to }];
  });
  return { states, changes };
}

const notTried = ({ name, title }: PrerequisiteState): Prerequisite => ({
  name,
  title,
  ok: false,
  untried: true,
  detail: 'Not tried before the others are met.',
});
