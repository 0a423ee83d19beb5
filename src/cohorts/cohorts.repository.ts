import { Inject, Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { Sql } from '../conditions/condition.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { cohorts } from './cohorts.tables.ts';
import { CountedRepository } from './definitions.repository.ts';

export type CohortRow = typeof cohorts.$inferSelect;

@Injectable()
export class CohortsRepository extends CountedRepository<CohortRow> {
  constructor(
    @Inject(DB) db: Db,
    private readonly warehouse: Warehouse,
  ) {
    super(db, cohorts);
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
}
