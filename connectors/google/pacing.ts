import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from './failure.ts';

const MINUTE_MS = 60_000;
/** A day, and the rest of the minute that its first call was in. */
const MINUTES_A_DAY = 1_441;

/** Calls that Google allows a Cloud project. */
export interface Allowance {
  perMinute: number;
  perDay: number;
}

/**
 * Starts at most so many calls in any minute, and in any day; callers wait for their turn, or are told when to come back
 * when that is further away than `patienceMs`.
 */
export class Pace {
  /** When each of the last `perMinute` calls starts, oldest first. */
  private readonly starts: number[] = [];
  /** Calls of the last day, by the minute they started in, oldest first. */
  private readonly day = new Map<number, number>();
  private today = 0;

  constructor(
    private readonly allowance: Allowance,
    private readonly patienceMs = 20_000,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** @throws DestinationError `throttled`, or `transient` when aborted while waiting */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.clock();
    const oldest = this.starts.length < this.allowance.perMinute ? undefined : this.starts[0];
    const wait = Math.max(oldest === undefined ? 0 : oldest + MINUTE_MS - now, this.untilTomorrow(now), 0);
    if (wait > this.patienceMs)
      throw failure([{ code: 'RESOURCE_EXHAUSTED' }], { retryAfterSeconds: Math.ceil(wait / 1000) });
    this.count(now + wait);
    if (wait > 0)
      await sleep(wait, undefined, { signal }).catch(() => Promise.reject(failure([{ code: 'cancelled' }])));
  }

  private count(start: number): void {
    this.starts.push(start);
    if (this.starts.length > this.allowance.perMinute) this.starts.shift();
    const minute = Math.floor(start / MINUTE_MS);
    this.day.set(minute, (this.day.get(minute) ?? 0) + 1);
    this.today++;
  }

  /** Milliseconds until the day's quota has room again. */
  private untilTomorrow(now: number): number {
    const minute = Math.floor(now / MINUTE_MS);
    for (const [old, calls] of this.day) {
      if (old > minute - MINUTES_A_DAY) break;
      this.day.delete(old);
      this.today -= calls;
    }
    const [oldest] = this.day.keys();
    return this.today < this.allowance.perDay || oldest === undefined ? 0 : (oldest + MINUTES_A_DAY) * MINUTE_MS - now;
  }
}

/** Google counts ingestion writes, ingestion reads and everything else apart. */
export type Quota = 'write' | 'read' | 'other';

/** @see https://developers.google.com/data-manager/api/devguides/limits */
const ALLOWANCES: Record<Quota, Allowance> = {
  write: { perMinute: 300, perDay: 100_000 },
  read: { perMinute: 300, perDay: 100_000 },
  other: { perMinute: 300, perDay: 50_000 },
};

/** The paces of every Cloud project in use: quotas belong to the project, whichever connections share it. */
export class ProjectPaces {
  private readonly paces = new Map<string, Pace>();

  /** The number before the dash of an OAuth client id is the project's. */
  of(clientId: string, quota: Quota): Pace {
    const key = `${/^\d+(?=-)/.exec(clientId)?.[0] ?? clientId}:${quota}`;
    const pace = this.paces.get(key) ?? new Pace(ALLOWANCES[quota]);
    this.paces.set(key, pace);
    return pace;
  }
}
