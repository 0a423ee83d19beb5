import { Cron } from 'croner';

/** When a delivery runs by itself. */
export interface Schedule {
  /** Five or six fields; absent: only after the events below. */
  cron?: string;
  /** IANA name of the time zone that the cron fields are read in; daylight saving is that zone's. */
  timezone: string;
  /** After every finished import, and after what is computed from it. */
  afterImport: boolean;
  /** After personas that split it, or decide who is in its audience, were published anew. */
  afterRebuild: boolean;
}

/** What is wrong with a cron expression and time zone, or nothing. */
export function scheduleFault({
  cron,
  timezone,
}: Pick<Schedule, 'cron' | 'timezone'>): { path: 'cron' | 'timezone'; message: string } | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    return { path: 'timezone', message: `"${timezone}" is not a time zone; use a name such as Europe/Berlin.` };
  }
  if (cron === undefined) return undefined;
  try {
    return new Cron(cron, { timezone, paused: true }).nextRun()
      ? undefined
      : { path: 'cron', message: 'This never comes round.' };
  } catch (error) {
    return { path: 'cron', message: error instanceof Error ? error.message : 'not a cron expression' };
  }
}

/**
 * The first time after `from` that the schedule names. A time that the clocks skip in spring comes at the next existing
 * one, a time that comes twice in autumn is taken once.
 */
export function nextRun(schedule: Schedule | null, from: Date): Date | null {
  if (!schedule?.cron) return null;
  return new Cron(schedule.cron, { timezone: schedule.timezone, paused: true }).nextRun(from);
}
