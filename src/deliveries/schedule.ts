import { Cron } from 'croner';
import { timeZoneNamed } from '../http/time-zone.ts';

/** When a delivery runs by itself. */
export interface Schedule {
  /** Five or six fields; absent: only after the events below. */
  cron?: string;
  /** IANA name of the time zone that the cron fields are read in; daylight saving is that zone's. */
  timeZone: string;
  /** After every finished import, and after what is computed from it. */
  afterImport: boolean;
  /** After personas that split it, or decide who is in its audience, were published anew. */
  afterRebuild: boolean;
}

type Timing = Pick<Schedule, 'cron' | 'timeZone'>;

/** The shortest time between two runs of a schedule. */
const MIN_MINUTES = 5;
/** More than a day: minutes and hours repeat after one, and clocks move by one at most, where a zone changes its date. */
const OVER_A_DAY_MS = 25 * 3_600_000;

/** What is wrong with a cron expression and time zone, or nothing. */
export function scheduleFault(schedule: Timing): { path: 'cron' | 'timeZone'; message: string } | undefined {
  const { cron, timeZone } = schedule;
  if (!timeZoneNamed(timeZone))
    return { path: 'timeZone', message: `"${timeZone}" is not a time zone; use a name such as Europe/Berlin.` };
  if (cron === undefined) return undefined;
  try {
    const first = onWall(cron).nextRun();
    if (!first) return { path: 'cron', message: 'This schedule never fires.' };
    return isTooOften(cron, first)
      ? { path: 'cron', message: `Leave at least ${MIN_MINUTES} minutes between two runs.` }
      : undefined;
  } catch (error) {
    return { path: 'cron', message: error instanceof Error ? error.message : 'not a cron expression' };
  }
}

/**
 * The first time after `from` that the schedule names. A schedule of every hour fires in each real hour. Any other follows the
 * clock on the wall: a time that the clocks skip in spring is moved on by as much as they skip, and a time that comes twice
 * in autumn counts when it comes first.
 */
export function nextRun(schedule: Timing | null, from: Date): Date | null {
  if (!schedule?.cron) return null;
  const { cron, timeZone } = schedule;
  if (isHourly(cron)) return new Cron(cron, { timezone: timeZone, paused: true }).nextRun(from);
  let wall: Date | null = new Date(wallOf(from, timeZone).getTime() - OVER_A_DAY_MS);
  const times = onWall(cron);
  for (;;) {
    wall = times.nextRun(wall);
    const at = wall && instantOf(wall, timeZone);
    if (!at || at > from) return at;
  }
}

const isHourly = (cron: string): boolean => /^(\*|\*\/1|0-23)$/.test(cron.trim().split(/\s+/).at(-4) ?? '');

/** Looks at one day of times, which are far enough apart or end the search. */
function isTooOften(cron: string, first: Date): boolean {
  const times = onWall(cron);
  let last = first;
  while (last.getTime() - first.getTime() < OVER_A_DAY_MS) {
    const next = times.nextRun(last);
    if (!next) return false;
    if (next.getTime() - last.getTime() < MIN_MINUTES * 60_000) return true;
    last = next;
  }
  return false;
}

/** The times of a cron expression on a clock that never changes, as if it showed UTC. */
const onWall = (cron: string): Cron => new Cron(cron, { timezone: 'UTC', paused: true });

/** What the clocks of a zone show, as if it were UTC. */
const wallOf = (at: Date, timeZone: string): Date =>
  new Date(`${new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at)}Z`);

/** The first moment at which the clocks of a zone show a time, or would if they did not skip it. */
const instantOf = (wall: Date, timeZone: string): Date | null =>
  new Cron(wall.toISOString().slice(0, 19), { timezone: timeZone, paused: true }).nextRun(new Date(0));
