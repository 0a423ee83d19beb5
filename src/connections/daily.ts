import { createHash } from 'node:crypto';

const DAY_SECONDS = 86_400;

/** The next moment after `now` at the time of day that belongs to a connection, so that checks spread over the day. */
export function nextDailyCheck(connectionId: string, now: Date): Date {
  const second = createHash('sha256').update(connectionId).digest().readUInt32BE() % DAY_SECONDS;
  const midnight = Math.floor(now.getTime() / (DAY_SECONDS * 1000)) * DAY_SECONDS;
  const today = new Date((midnight + second) * 1000);
  return today > now ? today : new Date(today.getTime() + DAY_SECONDS * 1000);
}
