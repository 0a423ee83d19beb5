import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, inArray, isNull, lt } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { informTriggers } from './inform.tables.ts';

export type TriggerRow = typeof informTriggers.$inferSelect;

/** Triggers in the database. */
@Injectable()
export class TriggersRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  async insert(row: TriggerRow): Promise<void> {
    await this.db.insert(informTriggers).values(row);
  }

  async find(account: AccountId, id: string): Promise<TriggerRow | undefined> {
    const [row] = await this.db.select().from(informTriggers).where(this.is(account, id));
    return row;
  }

  /** Those that wait for events of some streams. */
  async waiting(account: AccountId, streams: string[]): Promise<TriggerRow[]> {
    const { accountId, stream, pausedAt } = informTriggers;
    return this.db
      .select()
      .from(informTriggers)
      .where(and(eq(accountId, account), inArray(stream, streams), isNull(pausedAt)));
  }

  async all(account: AccountId): Promise<TriggerRow[]> {
    return this.db.select().from(informTriggers).where(eq(informTriggers.accountId, account));
  }

  async page(account: AccountId, { limit, cursor }: PageQuery): Promise<Page<TriggerRow>> {
    const where = and(eq(informTriggers.accountId, account), cursor ? lt(informTriggers.id, cursor) : undefined);
    const rows = await this.db
      .select()
      .from(informTriggers)
      .where(where)
      .orderBy(desc(informTriggers.id))
      .limit(limit + 1);
    return pageOf(rows, limit);
  }

  async update(account: AccountId, id: string, change: Partial<TriggerRow>): Promise<void> {
    await this.db.update(informTriggers).set(change).where(this.is(account, id));
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(informTriggers).where(this.is(account, id));
  }

  private is(account: AccountId, id: string) {
    return and(eq(informTriggers.accountId, account), eq(informTriggers.id, id));
  }
}
