import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from './failure.ts';

const WINDOW_MS = 60_000;

/**
 * Starts at most `perMinute` calls in any minute; callers wait for their turn, or are told when to come back when
 * that is further away than `patienceMs`.
 */
export class Pace {
  /** When each of the last `perMinute` calls starts, oldest first. */
  private readonly starts: number[] = [];

  constructor(
    private readonly perMinute: number,
    private readonly patienceMs = 20_000,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** @throws DestinationError `throttled`, or `transient` when aborted while waiting */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.clock();
    const oldest = this.starts.length < this.perMinute ? undefined : this.starts[0];
    const wait = oldest === undefined ? 0 : Math.max(0, oldest + WINDOW_MS - now);
    if (wait > this.patienceMs)
      throw failure([{ code: 'RESOURCE_EXHAUSTED' }], { retryAfterSeconds: Math.ceil(wait / 1000) });
    this.starts.push(now + wait);
    if (this.starts.length > this.perMinute) this.starts.shift();
    if (wait > 0)
      await sleep(wait, undefined, { signal }).catch(() => Promise.reject(failure([{ code: 'cancelled' }])));
  }
}

/** Google counts ingestion writes, ingestion reads and everything else apart. */
export type Quota = 'write' | 'read' | 'other';

/** Calls a minute that Google allows a Cloud project. @see https://developers.google.com/data-manager/api/devguides/limits */
const PER_MINUTE = 300;

/** The paces of every Cloud project in use: quotas belong to the project, whichever connections share it. */
export class ProjectPaces {
  private readonly paces = new Map<string, Pace>();

  /** The number before the dash of an OAuth client id is the project's. */
  of(clientId: string, quota: Quota): Pace {
    const key = `${/^\d+(?=-)/.exec(clientId)?.[0] ?? clientId}:${quota}`;
    const pace = this.paces.get(key) ?? new Pace(PER_MINUTE);
    this.paces.set(key, pace);
    return pace;
  }
}
