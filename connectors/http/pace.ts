import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorTable } from '../destination.ts';
import { failure } from './errors.ts';

const WINDOW_MS = 60_000;
/** A longer wait is the engine's affair, which can do something else meanwhile. */
const PATIENCE_MS = 20_000;

/** Starts at most `perMinute` calls in any minute. Callers wait for their turn, or are told when to come back. */
export class Pace {
  /** When each of the last `perMinute` calls starts, oldest first. */
  private starts: number[] = [];

  constructor(private readonly clock: () => number = () => performance.now()) {}

  /** @throws DestinationError `throttled`, or `transient` when aborted while waiting */
  async turn(perMinute: number, signal: AbortSignal, errors: ErrorTable): Promise<void> {
    const now = this.clock();
    this.starts = this.starts.slice(-perMinute);
    const oldest = this.starts.length < perMinute ? undefined : this.starts[0];
    const wait = oldest === undefined ? 0 : Math.max(0, oldest + WINDOW_MS - now);
    if (wait > PATIENCE_MS) throw failure(errors, '429', { retryAfterSeconds: Math.ceil(wait / 1000) });
    this.starts.push(now + wait);
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => Promise.reject(failure(errors, 'cancelled')));
  }
}

/** The paces of every receiver in use: a limit belongs to the receiver, whichever runs share it. */
export class Paces {
  private readonly paces = new Map<string, Pace>();

  of(receiver: string): Pace {
    const pace = this.paces.get(receiver) ?? new Pace();
    this.paces.set(receiver, pace);
    return pace;
  }
}
