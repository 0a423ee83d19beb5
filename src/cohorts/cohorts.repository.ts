import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Sql } from '../conditions/condition.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { cohorts } from './cohorts.tables.ts';
import type { Life } from './life.ts';

export type CohortRow = typeof cohorts.$inferSelect;

@Injectable()
export class CohortsRepository {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly warehouse: Warehouse,
  ) {}

  async create(row: CohortRow): Promise<void> {
    await this.db.insert(cohorts).values(row);
  }

  async find(account: AccountId, id: string): Promise<CohortRow | undefined> {
    const [row] = await this.db.select().from(cohorts).where(this.is(account, id));
    return row;
  }

  /** Every cohort of the account: definitions are few and mention each other. */
  async all(account: AccountId): Promise<CohortRow[]> {
    return this.db.select().from(cohorts).where(eq(cohorts.accountId, account)).orderBy(cohorts.id);
  }

  async page(account: AccountId, page: PageQuery): Promise<Page<CohortRow>> {
    const where = and(eq(cohorts.accountId, account), page.cursor ? lt(cohorts.id, page.cursor) : undefined);
    const rows = await this.db
      .select()
      .from(cohorts)
      .where(where)
      .orderBy(desc(cohorts.id))
      .limit(page.limit + 1);
    return pageOf(rows, page.limit);
  }

  /** Changes the row if it still has `revision`. @returns whether it had. */
  async update(account: AccountId, id: string, revision: number, change: Partial<CohortRow>): Promise<boolean> {
    const where = and(this.is(account, id), eq(cohorts.revision, revision));
    const rows = await this.db.update(cohorts).set(change).where(where).returning({ id: cohorts.id });
    return rows.length > 0;
  }

  /** Writes the outcome of a count, unless the definition changed since `configAt`. @returns whether it was written. */
  async recordCount(account: AccountId, id: string, configAt: Date, life: Partial<Life>): Promise<boolean> {
    const where = and(this.is(account, id), eq(cohorts.lastUpdatedConfigAt, configAt));
    const rows = await this.db.update(cohorts).set(life).where(where).returning({ id: cohorts.id });
    return rows.length > 0;
  }

  async setStatus(account: AccountId, ids: string[], life: Partial<Life>): Promise<void> {
    if (ids.length === 0) return;
    await this.db
      .update(cohorts)
      .set(life)
      .where(and(eq(cohorts.accountId, account), inArray(cohorts.id, ids)));
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(cohorts).where(this.is(account, id));
  }

  /** Sizes of several groups in one scan, in the order given. Each expression is over `contacts FINAL`. */
  async sizes(account: AccountId, groups: Sql[]): Promise<number[]> {
    const counts = groups.map(({ sql }, i) => `countIf(${sql}) AS size${i}`).join(', ');
    const params = Object.assign({ account }, ...groups.map((group) => group.params));
    const row = await this.warehouse.one<Record<string, number>>(
      `SELECT ${counts} FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0`,
      params,
    );
    return groups.map((_, i) => Number(row[`size${i}`]));
  }

  async addSize(account: AccountId, cohortId: string, at: Date, size: number): Promise<void> {
    await this.warehouse.insert('cohort_sizes', [
      { account_id: account, cohort_id: cohortId, at: at.toISOString(), size },
    ]);
  }

  /** The latest sizes, newest first. */
  async history(account: AccountId, cohortId: string, limit: number): Promise<{ at: string; size: number }[]> {
    return this.warehouse.query(
      'SELECT at, size FROM cohort_sizes WHERE account_id = {account:String} AND cohort_id = {cohortId:String} ORDER BY at DESC LIMIT {limit:UInt32}',
      { account, cohortId, limit },
    );
  }

  private is(account: AccountId, id: string) {
    return and(eq(cohorts.accountId, account), eq(cohorts.id, id));
  }
}
