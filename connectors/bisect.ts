import type { ErrorRule } from './errors.ts';

/** Most requests for one batch; halving 10,000 members down to a single faulty one takes about 28. */
const MOST_REQUESTS = 40;
/** The last of them go down to single members when every wider group was refused, so that each batch gets further. */
const NARROWING_REQUESTS = MOST_REQUESTS / 2;

/** What became of a group of members. */
export interface Tried<Group> {
  /** Whether the platform took any of it. */
  taken: boolean;
  /** What to send instead of what it refused, each group smaller than this one. */
  instead: Group[];
}

/**
 * Sends groups although one malformed member makes the platform refuse all of its group: what `send` makes of a refused
 * one follows, the widest groups first, within a bounded number of requests.
 * @returns the groups that are refused or unsent by then: who of them is faulty is not known
 */
export async function bisect<Group>(groups: Group[], send: (group: Group) => Promise<Tried<Group>>): Promise<Group[]> {
  const waiting = [...groups];
  let anyTaken = false;
  let narrowing = false;
  for (let left = waiting.length + MOST_REQUESTS; waiting.length > 0 && left > 0; left--) {
    narrowing ||= !anyTaken && left <= NARROWING_REQUESTS;
    const { taken, instead } = await send((narrowing ? waiting.pop() : waiting.shift())!);
    anyTaken ||= taken;
    waiting.push(...instead);
  }
  return waiting;
}

/** @returns the two halves of a list, neither empty where it has two elements */
export function halves<T>(list: T[]): [T[], T[]] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}

/** Stands in the error table of a platform for those whom `bisect` could not tell apart. */
export const tooManyRefusals = (platform: string): ErrorRule => ({
  vendor: 'reach/too_many_refusals',
  code: 'transient',
  text: `${platform} refused the batch again and again without naming all faulty members. Who of these is faulty is not known; they are sent again with the next run.`,
});
