import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Life } from '../cohorts/life.ts';
import type { Sql } from '../conditions/condition.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { audiences } from './audiences.tables.ts';
import type { PreviewRow } from './statements.ts';

export type AudienceRow = typeof audiences.$inferSelect;

@Injectable()
export class AudiencesRepository {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly warehouse: Warehouse,
  ) {}

  async create(row: AudienceRow): Promise<void> {
    await this.db.insert(audiences).values(row);
  }

  async find(account: AccountId, id: string): Promise<AudienceRow | undefined> {
    const [row] = await this.db.select().from(audiences).where(this.is(account, id));
    return row;
  }

  async all(account: AccountId): Promise<AudienceRow[]> {
    return this.db.select().from(audiences).where(eq(audiences.accountId, account)).orderBy(audiences.id);
  }

  async page(account: AccountId, page: PageQuery): Promise<Page<AudienceRow>> {
    const where = and(eq(audiences.accountId, account), page.cursor ? lt(audiences.id, page.cursor) : undefined);
    const rows = await this.db
      .select()
      .from(audiences)
      .where(where)
      .orderBy(desc(audiences.id))
      .limit(page.limit + 1);
    return pageOf(rows, page.limit);
  }

  /** Changes the row if it still has `revision`. @returns whether it had. */
  async update(account: AccountId, id: string, revision: number, change: Partial<AudienceRow>): Promise<boolean> {
    const where = and(this.is(account, id), eq(audiences.revision, revision));
    const rows = await this.db.update(audiences).set(change).where(where).returning({ id: audiences.id });
    return rows.length > 0;
  }

  /** Writes the outcome of a count, unless the definition changed since `configAt`. */
  async recordCount(account: AccountId, id: string, configAt: Date, life: Partial<Life>): Promise<void> {
    const where = and(this.is(account, id), eq(audiences.lastUpdatedConfigAt, configAt));
    await this.db.update(audiences).set(life).where(where);
  }

  async setStatus(account: AccountId, ids: string[], life: Partial<Life>): Promise<void> {
    if (ids.length === 0) return;
    await this.db
      .update(audiences)
      .set(life)
      .where(and(eq(audiences.accountId, account), inArray(audiences.id, ids)));
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(audiences).where(this.is(account, id));
  }

  async count(members: Sql): Promise<number> {
    const sql = `SELECT count() AS size FROM (${members.sql})`;
    return Number((await this.warehouse.one<{ size: number }>(sql, members.params)).size);
  }

  async preview(query: Sql): Promise<PreviewRow[]> {
    return this.warehouse.query<PreviewRow>(query.sql, query.params);
  }

  /** Nothing when there is no such contact. */
  async explain(query: Sql): Promise<{ held: boolean[]; member: number } | undefined> {
    const [row] = await this.warehouse.query<{ held: boolean[]; member: number }>(query.sql, query.params);
    return row;
  }

  private is(account: AccountId, id: string) {
    return and(eq(audiences.accountId, account), eq(audiences.id, id));
  }
}
