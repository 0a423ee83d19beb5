import { Inject, Injectable } from '@nestjs/common';
import { CountedRepository } from '../cohorts/definitions.repository.ts';
import type { Sql } from '../conditions/condition.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { audiences } from './audiences.tables.ts';
import type { PreviewRow } from './statements.ts';

export type AudienceRow = typeof audiences.$inferSelect;

@Injectable()
export class AudiencesRepository extends CountedRepository<AudienceRow> {
  constructor(
    @Inject(DB) db: Db,
    private readonly warehouse: Warehouse,
  ) {
    super(db, audiences);
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
}
