import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Gate, LONGEST_WAIT_IN_HAND, Postponed } from './actions.ts';
import { connectionPauses } from './deliveries.tables.ts';

/** No platform keeps us out for longer by one answer; after this it is asked again. */
const LONGEST_PAUSE_SECONDS = 86_400;
const LOOK_MS = 1_000;

export interface Pause {
  until: Date;
  /** Plain words of the platform's answer, without identifiers. */
  because: string;
}

/**
 * Connections that their platform wants left alone for a while: quotas belong to the ad account or the project, so one
 * upload's throttle concerns all uploads of the connection. Kept in the database, so that every process keeps to it.
 */
@Injectable()
export class ConnectionPauses {
  /** What this process learned: a pause counts before it is written down. */
  private readonly learned = new Map<string, Pause>();

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /** Pauses a connection from now on. A pause that ends later already stays. */
  async shut(connectionId: string, seconds: number, because: string): Promise<void> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + Math.min(seconds, LONGEST_PAUSE_SECONDS) * 1000);
    if (until <= now) return;
    const learned = this.learned.get(connectionId);
    if (!learned || learned.until < until) this.learned.set(connectionId, { until, because });
    const known = await this.of(connectionId);
    if (known && known.until > until) return;
    const change = { until, because };
    await this.db
      .insert(connectionPauses)
      .values({ connectionId, ...change })
      .onConflictDoUpdate({ target: connectionPauses.connectionId, set: change });
  }

  /** The pause that a connection is in now, if any. */
  async of(connectionId: string): Promise<Pause | undefined> {
    const [row] = await this.db.select().from(connectionPauses).where(eq(connectionPauses.connectionId, connectionId));
    const now = this.clock.now();
    const [longest] = [this.learned.get(connectionId), row && { until: new Date(row.until), because: row.because }]
      .filter((pause) => pause !== undefined)
      .filter(({ until }) => until > now)
      .sort((a, b) => b.until.getTime() - a.until.getTime());
    if (!longest) this.learned.delete(connectionId);
    return longest;
  }

  /** @throws Postponed while the connection is paused */
  async assertOpen(connectionId: string): Promise<void> {
    const pause = await this.of(connectionId);
    if (pause) throw new Postponed(this.secondsLeft(pause), pause.because);
  }

  /** What every call of a connection passes before it is made. */
  gate(connectionId: string, signal: AbortSignal): Gate {
    return {
      pass: async () => {
        for (let pause = await this.of(connectionId); pause; pause = await this.of(connectionId)) {
          const seconds = this.secondsLeft(pause);
          if (seconds > LONGEST_WAIT_IN_HAND) throw new Postponed(seconds, pause.because);
          await sleep(Math.min(LOOK_MS, seconds * 1000), undefined, { signal });
        }
      },
      shut: (seconds, because) => this.shut(connectionId, seconds, because),
    };
  }

  private secondsLeft({ until }: Pause): number {
    return Math.max(0, (until.getTime() - this.clock.now().getTime()) / 1000);
  }
}
