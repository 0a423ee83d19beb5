import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNull, lt, or } from 'drizzle-orm';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { newId } from '../http/ids.ts';
import { runs, uploads } from './deliveries.tables.ts';

const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;

type Leased = typeof runs | typeof uploads;

/** Steps in somebody's hands. A lease belongs to one piece of work, so it also keeps two jobs of one process apart. */
@Injectable()
export class Leases {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /**
   * Does `work` while nobody else can, and renews the lease meanwhile; `lost` is aborted when that fails.
   * @returns what the work returns, or nothing when somebody else holds the step
   */
  async hold<T>(table: Leased, id: string, work: (lost: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const owner = newId('lse');
    const free = or(isNull(table.leaseUntil), lt(table.leaseUntil, this.clock.now()));
    if (!(await this.extend(table, id, owner, free))) return undefined;
    const lost = new AbortController();
    let renewedAt = Date.now();
    const renew = async () => {
      const held = await this.extend(table, id, owner, eq(table.leaseOwner, owner)).catch(() => undefined);
      if (held) renewedAt = Date.now();
      // a store that does not answer proves nothing until the lease has run out
      else if (held === false || Date.now() - renewedAt > LEASE_SECONDS * 1000) lost.abort(new Error('lease lost'));
    };
    const renewal = setInterval(() => void renew(), RENEW_MS);
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(renewal);
      await this.release(table, id, owner).catch(() => undefined); // it runs out by itself
    }
  }

  /** With embedded engines there is no other process, so every lease found at start belongs to one that died. */
  async releaseAll(): Promise<void> {
    for (const table of [runs, uploads]) {
      await this.db.update(table).set({ leaseOwner: null, leaseUntil: null }).where(isNull(table.finishedAt));
    }
  }

  private async extend(table: Leased, id: string, owner: string, when: ReturnType<typeof or>): Promise<boolean> {
    const leaseUntil = new Date(this.clock.now().getTime() + LEASE_SECONDS * 1000);
    const rows = await this.db
      .update(table)
      .set({ leaseOwner: owner, leaseUntil })
      .where(and(eq(table.id, id), when))
      .returning({ id: table.id });
    return rows.length === 1;
  }

  private async release(table: Leased, id: string, owner: string): Promise<void> {
    await this.db
      .update(table)
      .set({ leaseOwner: null, leaseUntil: null })
      .where(and(eq(table.id, id), eq(table.leaseOwner, owner)));
  }
}
