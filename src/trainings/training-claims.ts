import { randomUUID } from 'node:crypto';
import { and, eq, inArray, isNull, lt, ne, or, type SQL } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import type { TrainingStatusError } from './training.columns.ts';

/** A table of versions with `stateColumns` and `claimColumns`. */
export type VersionTable = PgTable &
  Record<'id' | 'accountId' | 'status' | 'claim' | 'heardAt' | 'createdAt', AnyPgColumn>;

/** A training in this worker's hands. */
export interface Claimed {
  id: string;
  account: AccountId;
  claim: string;
}

/** What a version is set to when its training is done, beside what it gave. */
export const TRAINED = {
  status: 'ready',
  statusError: null,
  progress: 1,
  step: '',
  claim: null,
  heardAt: null,
} as const;

const UNDER_WAY = ['new', 'starting', 'running'];
const FREE = { claim: null, heardAt: null };

/** Who works on which training. A worker writes only to what it has claimed, and a dead one's claim runs out. */
export class TrainingClaims {
  constructor(
    private readonly db: Db,
    private readonly table: VersionTable,
  ) {}

  /** Takes a training to work on. @returns nothing when it is done, or another worker was heard of since `deadline`. */
  async take(id: string, now: Date, deadline: Date): Promise<Claimed | undefined> {
    const { table } = this;
    const claim = randomUUID();
    const free = or(isNull(table.claim), lt(table.heardAt, deadline));
    const taken = await this.db
      .update(table)
      .set({ status: 'starting', claim, heardAt: now, progress: 0, step: 'reading contacts' })
      .where(and(eq(table.id, id), inArray(table.status, UNDER_WAY), free))
      .returning({ account: table.accountId });
    return taken[0] && { id, account: taken[0].account as AccountId, claim };
  }

  /**
   * Trainings to queue again: their worker let go or was not heard of since a time, or none took them since they were
   * queued before it, for a job may be lost. @returns their ids
   */
  async orphans(unheardSince: Date, now: Date): Promise<string[]> {
    const { table } = this;
    const unheard = or(ne(table.status, 'new'), lt(table.createdAt, unheardSince));
    const silent = or(lt(table.heardAt, unheardSince), and(isNull(table.heardAt), unheard));
    const rows = await this.db
      .update(table)
      .set({ claim: null, heardAt: now })
      .where(and(inArray(table.status, UNDER_WAY), silent))
      .returning({ id: table.id });
    return rows.map(({ id }) => id as string);
  }

  async heard(claimed: Claimed, now: Date, progress: number, step: string): Promise<void> {
    const change = { status: 'running', heardAt: now, progress, step };
    await this.db.update(this.table).set(change).where(this.mine(claimed));
  }

  /** Lets go of a training that this process cannot finish; the next one to look takes it up. */
  async release(claimed: Claimed): Promise<void> {
    await this.db.update(this.table).set(FREE).where(this.mine(claimed));
  }

  async fail(claimed: Claimed, statusError: TrainingStatusError): Promise<void> {
    const change = { ...FREE, status: 'error', statusError };
    await this.db.update(this.table).set(change).where(this.mine(claimed));
  }

  /** True of the version as long as nobody took it over. */
  mine({ id, claim }: Claimed): SQL | undefined {
    return and(eq(this.table.id, id), eq(this.table.claim, claim));
  }
}
