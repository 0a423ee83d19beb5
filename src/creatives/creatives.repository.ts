import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, lt } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { creatives } from './creatives.tables.ts';

export type CreativeRow = typeof creatives.$inferSelect;

@Injectable()
export class CreativesRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  async create(row: CreativeRow): Promise<void> {
    await this.db.insert(creatives).values(row);
  }

  async find(account: AccountId, id: string): Promise<CreativeRow | undefined> {
    const [row] = await this.db.select().from(creatives).where(this.is(account, id));
    return row;
  }

  async all(account: AccountId): Promise<CreativeRow[]> {
    return this.db.select().from(creatives).where(eq(creatives.accountId, account)).orderBy(asc(creatives.id));
  }

  async page(account: AccountId, page: PageQuery): Promise<Page<CreativeRow>> {
    const where = and(eq(creatives.accountId, account), page.cursor ? lt(creatives.id, page.cursor) : undefined);
    const rows = await this.db
      .select()
      .from(creatives)
      .where(where)
      .orderBy(desc(creatives.id))
      .limit(page.limit + 1);
    return pageOf(rows, page.limit);
  }

  /** Changes the row if it still has `revision`. @returns whether it had. */
  async update(account: AccountId, id: string, revision: number, change: Partial<CreativeRow>): Promise<boolean> {
    const where = and(this.is(account, id), eq(creatives.revision, revision));
    const rows = await this.db.update(creatives).set(change).where(where).returning({ id: creatives.id });
    return rows.length > 0;
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(creatives).where(this.is(account, id));
  }

  private is(account: AccountId, id: string) {
    return and(eq(creatives.accountId, account), eq(creatives.id, id));
  }
}
