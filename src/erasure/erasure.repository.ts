import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, isNull, lt, lte, or } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import type { PageQuery } from '../http/page.ts';
import { erasures } from './erasure.tables.ts';

export type ErasureRow = typeof erasures.$inferSelect;

@Injectable()
export class ErasureRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  async insert(row: ErasureRow): Promise<void> {
    await this.db.insert(erasures).values(row);
  }

  async find(account: AccountId, id: string): Promise<ErasureRow | undefined> {
    const [row] = await this.db
      .select()
      .from(erasures)
      .where(and(eq(erasures.accountId, account), eq(erasures.id, id)));
    return row;
  }

  async page(account: AccountId, { limit, cursor }: PageQuery): Promise<ErasureRow[]> {
    const where = and(eq(erasures.accountId, account), cursor ? lt(erasures.id, cursor) : undefined);
    return this.db
      .select()
      .from(erasures)
      .where(where)
      .orderBy(desc(erasures.id))
      .limit(limit + 1);
  }

  async update(id: string, change: Partial<ErasureRow>): Promise<void> {
    await this.db.update(erasures).set(change).where(eq(erasures.id, id));
  }

  /** Begins a finished erasure again. @returns false when it is not waiting for a person */
  async beginAgain(account: AccountId, id: string, change: Partial<ErasureRow>): Promise<boolean> {
    const where = and(eq(erasures.accountId, account), eq(erasures.id, id), eq(erasures.status, 'needs-person'));
    return (await this.db.update(erasures).set(change).where(where).returning({ id: erasures.id })).length === 1;
  }

  /** Takes an erasure in hand. @returns nothing when it is finished, not due, or in other hands */
  async take(id: string, now: Date, leaseUntil: Date): Promise<ErasureRow | undefined> {
    const [row] = await this.db
      .update(erasures)
      .set({ leaseUntil })
      .where(and(eq(erasures.id, id), this.due(now)))
      .returning();
    return row;
  }

  /** Those with something to do that nobody has in hand. */
  async waiting(now: Date): Promise<string[]> {
    const rows = await this.db.select({ id: erasures.id }).from(erasures).where(this.due(now));
    return rows.map(({ id }) => id);
  }

  /** With embedded engines there is no other process, so whatever is in hand at start was in the hands of one that died. */
  async releaseAll(): Promise<void> {
    await this.db.update(erasures).set({ leaseUntil: null }).where(eq(erasures.status, 'running'));
  }

  private due(now: Date) {
    const free = or(isNull(erasures.leaseUntil), lt(erasures.leaseUntil, now));
    return and(eq(erasures.status, 'running'), lte(erasures.nextAt, now), free);
  }
}
