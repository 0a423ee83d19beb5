import { setTimeout as sleep } from 'node:timers/promises';
import type { Allowance, ConnectorEnvironment } from './destination.ts';
import type { DestinationError } from './errors.ts';

const MINUTE_MS = 60_000;
/** A day, and the rest of the minute that its first call was in. */
const MINUTES_A_DAY = 1_441;
/** A longer wait is the engine's affair, which can do something else meanwhile. */
const PATIENCE_MS = 20_000;

/** What a pace needs of whoever calls. */
export interface Turn {
  /** As many calls may start in any minute, and in any day; it may change from call to call. */
  allowance: Allowance;
  environment: Pick<ConnectorEnvironment, 'signal' | 'quota'>;
  /** The error of a turn that is too far away, with the seconds until then. */
  throttled(retryAfterSeconds: number): DestinationError;
  /** The error of a turn that was waited for when the call was cancelled. */
  cancelled(): DestinationError;
}

/**
 * Starts at most so many calls in any minute, and in any day. Callers wait for their turn, or are told when to come back
 * when that is further away than `patienceMs`. Counts the calls of this process, and those of all others where the
 * environment keeps count for them.
 */
export class Pace {
  /** When each of the last calls starts, as many as may start in a minute, oldest first. */
  private starts: number[] = [];
  /** Calls of the last day, by the minute they started in, oldest first. */
  private readonly day = new Map<number, number>();
  private today = 0;

  constructor(
    private readonly name: string,
    private readonly patienceMs = PATIENCE_MS,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** @throws what `throttled` or `cancelled` make */
  async turn(caller: Turn): Promise<void> {
    await this.ownTurn(caller);
    await this.sharedTurn(caller);
  }

  private async ownTurn(caller: Turn): Promise<void> {
    const { perMinute, perDay } = caller.allowance;
    const now = this.clock();
    this.starts = this.starts.slice(-perMinute);
    const oldest = this.starts.length < perMinute ? undefined : this.starts[0];
    const wait = Math.max(oldest === undefined ? 0 : oldest + MINUTE_MS - now, this.untilTomorrow(now, perDay), 0);
    if (wait > this.patienceMs) throw caller.throttled(Math.ceil(wait / 1000));
    this.count(now + wait);
    await this.pass(wait, caller);
  }

  /** Asks until there is room among the calls of all processes, or until that is too far away. */
  private async sharedTurn(caller: Turn): Promise<void> {
    const { environment, allowance } = caller;
    for (let patience = this.patienceMs; ; ) {
      const wait = (await environment.quota?.(this.name, allowance)) ?? 0;
      if (wait === 0) return;
      if (wait > patience) throw caller.throttled(Math.ceil(wait / 1000));
      patience -= wait;
      await this.pass(wait, caller);
    }
  }

  private async pass(wait: number, { environment, cancelled }: Turn): Promise<void> {
    if (wait === 0) return;
    await sleep(wait, undefined, { signal: environment.signal }).catch(() => Promise.reject(cancelled()));
  }

  private count(start: number): void {
    this.starts.push(start);
    const minute = Math.floor(start / MINUTE_MS);
    this.day.set(minute, (this.day.get(minute) ?? 0) + 1);
    this.today++;
  }

  /** Milliseconds until the day's allowance has room again. */
  private untilTomorrow(now: number, perDay = Number.POSITIVE_INFINITY): number {
    const minute = Math.floor(now / MINUTE_MS);
    for (const [old, calls] of this.day) {
      if (old > minute - MINUTES_A_DAY) break;
      this.day.delete(old);
      this.today -= calls;
    }
    const [oldest] = this.day.keys();
    return this.today < perDay || oldest === undefined ? 0 : (oldest + MINUTES_A_DAY) * MINUTE_MS - now;
  }
}

/** The paces of everyone who limits calls: a limit belongs to the receiver or project, whichever connections share it. */
export class Paces {
  private readonly paces = new Map<string, Pace>();

  of(name: string): Pace {
    const pace = this.paces.get(name) ?? new Pace(name);
    this.paces.set(name, pace);
    return pace;
  }
}
