import { Inject, Injectable } from '@nestjs/common';
import { and, eq, exists, inArray, isNull, lt, not, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '../../engines/database/database.ts';
import { DB } from '../../engines/database/token.ts';
import { type DatasetRow, datasets } from '../contacts.tables.ts';
import { CANCELLED } from './faults.ts';

const PRESENT = isNull(datasets.deletion);

/** Imports of all accounts that need a person. */
@Injectable()
export class LateImportsRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Datasets whose newest import failed. One that a user cancelled did not fail. */
  async failed(): Promise<DatasetRow[]> {
    const code = sql`${datasets.statusError} ->> 'code'`;
    return this.db
      .select()
      .from(datasets)
      .where(and(PRESENT, eq(datasets.status, 'error'), sql`${code} IS DISTINCT FROM ${CANCELLED.code}`));
  }

  /** Imports without progress since a time. Those that wait for another one of their account are none of these. */
  async stuck(since: Date): Promise<DatasetRow[]> {
    const others = alias(datasets, 'others');
    const waits = and(
      eq(datasets.status, 'starting'),
      exists(
        this.db
          .select({ id: others.id })
          .from(others)
          .where(and(eq(others.accountId, datasets.accountId), eq(others.status, 'running'))),
      ),
    );
    const isUnderWay = inArray(datasets.status, ['starting', 'running']);
    return this.db
      .select()
      .from(datasets)
      .where(and(PRESENT, isUnderWay, lt(datasets.progressAt, since), not(waits!)));
  }

  /** Datasets whose next file has not come in the interval that a user expects. */
  async missing(now: Date): Promise<DatasetRow[]> {
    const due = sql`${datasets.fileStoredAt} + make_interval(hours => ${datasets.expectEveryHours}) < ${now.toISOString()}::timestamptz`;
    return this.db
      .select()
      .from(datasets)
      .where(and(PRESENT, sql`${datasets.expectEveryHours} IS NOT NULL`, due));
  }
}
