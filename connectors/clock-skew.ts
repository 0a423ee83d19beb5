import type { Prerequisite } from './destination.ts';

/** Signatures, and times that a platform compares with its own, need clocks that agree better than this. */
export const MOST_SKEW_MS = 4 * 60_000;

/** Milliseconds that our clock is ahead of a server, by the `Date` header of its answer; undefined when it has none. */
export function skewOf(dateHeader: unknown, now: Date): number | undefined {
  const theirs = typeof dateHeader === 'string' ? Date.parse(dateHeader) : Number.NaN;
  return Number.isNaN(theirs) ? undefined : now.getTime() - theirs;
}

/** The prerequisite that our clock agrees with the platform's. */
export function clockPrerequisite(skewMs: number | undefined, platform: string): Prerequisite {
  const seconds = Math.round(Math.abs(skewMs ?? 0) / 1000);
  const ok = skewMs === undefined || Math.abs(skewMs) <= MOST_SKEW_MS;
  const detail =
    skewMs === undefined
      ? `${platform} does not say what time it is.`
      : ok
        ? `Within ${seconds} s of ${platform}.`
        : `The clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ${platform}. Set it right.`;
  return { name: 'clock', title: 'Clock agrees with the platform', ok, detail };
}
