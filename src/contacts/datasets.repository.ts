import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, gte, inArray, isNull, lt, lte, max, or, sql } from 'drizzle-orm';
import { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { type DatasetError, type DatasetRow, datasets } from './contacts.tables.ts';
import type { Funnel, ImportResult } from './import/funnel.ts';
import type { Mapping } from './mapping/mapping.ts';

const UNDER_WAY = ['starting', 'running'] as const;
const isUnderWay = (status: string): boolean => (UNDER_WAY as readonly string[]).includes(status);

@Injectable()
export class DatasetsRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  async insert(row: typeof datasets.$inferInsert): Promise<DatasetRow> {
    const [inserted] = await this.db.insert(datasets).values(row).returning();
    return inserted!;
  }

  async find(account: AccountId, id: string): Promise<DatasetRow | undefined> {
    const [row] = await this.db.select().from(datasets).where(this.of(account, id));
    return row;
  }

  /** Datasets uploaded until a time whose file nobody reads: those that were imported, and those that never were. */
  async atRest(account: AccountId, until: Date): Promise<string[]> {
    return this.idsOf(account, until, ['new', 'ready', 'error']);
  }

  /** Datasets uploaded until a time that are being imported. */
  async underWay(account: AccountId, until: Date): Promise<string[]> {
    return this.idsOf(account, until, [...UNDER_WAY]);
  }

  private async idsOf(account: AccountId, until: Date, statuses: DatasetRow['status'][]): Promise<string[]> {
    const uploaded = and(eq(datasets.accountId, account), lte(datasets.createdAt, until));
    const where = and(uploaded, inArray(datasets.status, statuses));
    return (await this.db.select({ id: datasets.id }).from(datasets).where(where)).map(({ id }) => id);
  }

  /** When the newest finished import ended. */
  async newestImportAt(account: AccountId): Promise<Date | null> {
    const where = and(eq(datasets.accountId, account), eq(datasets.status, 'ready'));
    const [row] = await this.db
      .select({ at: max(datasets.lastUpdatedOutputAt) })
      .from(datasets)
      .where(where);
    return row?.at ? new Date(row.at) : null;
  }

  async page(account: AccountId, page: PageQuery): Promise<Page<DatasetRow>> {
    const where = and(eq(datasets.accountId, account), page.cursor ? lt(datasets.id, page.cursor) : undefined);
    const rows = await this.db
      .select()
      .from(datasets)
      .where(where)
      .orderBy(desc(datasets.id))
      .limit(page.limit + 1);
    return pageOf(rows, page.limit);
  }

  /** Stores how the file is read from now on, and what was detected in that form. */
  async setFormat(
    account: AccountId,
    id: string,
    found: Pick<DatasetRow, 'format' | 'columns' | 'suggestedMapping'>,
    now: Date,
  ): Promise<DatasetRow> {
    const [row] = await this.db
      .update(datasets)
      .set({ ...found, mapping: null, status: 'new', statusError: null, lastUpdatedConfigAt: now })
      .where(this.of(account, id))
      .returning();
    return row!;
  }

  /** Sets the mapping and queues the import. @returns nothing when one is under way. */
  async start(account: AccountId, id: string, mapping: Mapping, now: Date): Promise<DatasetRow | undefined> {
    const [row] = await this.db
      .update(datasets)
      .set({
        mapping,
        status: 'starting',
        statusError: null,
        funnel: null,
        result: null,
        rowsRead: 0,
        bytesRead: 0,
        claim: null,
        heardAt: now,
        startedAt: null,
        lastUpdatedConfigAt: now,
      })
      .where(and(this.of(account, id), inArray(datasets.status, ['new', 'ready', 'error'])))
      .returning();
    return row;
  }

  /**
   * Takes an import to work on, one an account at a time, since two merges at once could lose one's values.
   * @returns `done` when there is nothing to do any more, `busy` when another worker was heard of since `deadline`
   */
  async claim(id: string, claim: string, now: Date, deadline: Date): Promise<DatasetRow | 'done' | 'busy'> {
    return this.db.transaction(async (tx) => {
      const [wanted] = await tx.select().from(datasets).where(eq(datasets.id, id));
      if (!wanted || !isUnderWay(wanted.status)) return 'done';
      await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${wanted.accountId}))`);
      const heard = and(eq(datasets.status, 'running'), gte(datasets.heardAt, deadline));
      const active = await tx
        .select({ id: datasets.id })
        .from(datasets)
        .where(and(eq(datasets.accountId, wanted.accountId), heard));
      if (active.length > 0) {
        const waiting = and(eq(datasets.id, id), eq(datasets.status, 'starting'));
        await tx.update(datasets).set({ heardAt: now }).where(waiting);
        return 'busy';
      }
      const [row] = await tx
        .update(datasets)
        .set({
          status: 'running',
          claim,
          heardAt: now,
          attempt: sql`${datasets.attempt} + 1`,
          startedAt: wanted.startedAt ?? now,
          lastReadInputAt: now,
        })
        .where(and(eq(datasets.id, id), inArray(datasets.status, [...UNDER_WAY])))
        .returning();
      return row ?? 'done';
    });
  }

  /**
   * Imports to queue again: their worker let go or was not heard of since a time, or none took them since they were
   * queued before it, for a job may be lost. @returns their ids
   */
  async orphans(unheardSince: Date, now: Date): Promise<string[]> {
    const silent = or(isNull(datasets.heardAt), lt(datasets.heardAt, unheardSince));
    const rows = await this.db
      .update(datasets)
      .set({ status: 'starting', heardAt: now, claim: null })
      .where(and(inArray(datasets.status, [...UNDER_WAY]), silent))
      .returning({ id: datasets.id });
    return rows.map((row) => row.id);
  }

  /** Lets go of an import that this process cannot finish; the next one to look takes it up. */
  async release(dataset: DatasetRow): Promise<void> {
    await this.owned(dataset, { heardAt: null });
  }

  /** Says that the import is alive, and how far it is. @throws when another worker has taken it over */
  async heard(dataset: DatasetRow, now: Date, progress: { rowsRead?: number; bytesRead?: number } = {}): Promise<void> {
    await this.owned(dataset, { ...progress, heardAt: now });
  }

  async finish(
    dataset: DatasetRow,
    now: Date,
    outcome: { funnel: Funnel; result: ImportResult; rowsRead: number },
  ): Promise<void> {
    const read = { ...outcome, bytesRead: dataset.bytes };
    const ended = { status: 'ready' as const, untold: true, heardAt: null, claim: null, lastUpdatedOutputAt: now };
    await this.owned(dataset, { ...read, ...ended });
  }

  /** Notes that everyone was told of the end of this import. */
  async told({ id, attempt }: Pick<DatasetRow, 'id' | 'attempt'>): Promise<void> {
    const same = and(eq(datasets.id, id), eq(datasets.attempt, attempt));
    await this.db.update(datasets).set({ untold: false }).where(same);
  }

  /** Imports that ended before a time, and that nobody was told of. */
  async untold(endedBefore: Date): Promise<DatasetRow[]> {
    const ended = and(inArray(datasets.status, ['ready', 'error']), lte(datasets.lastUpdatedOutputAt, endedBefore));
    return this.db
      .select()
      .from(datasets)
      .where(and(eq(datasets.untold, true), ended));
  }

  /** Ends an import in error; does nothing when another worker has taken it over. */
  async fail(dataset: DatasetRow, statusError: DatasetError, now: Date): Promise<void> {
    await this.db
      .update(datasets)
      .set({ status: 'error', statusError, heardAt: null, claim: null, lastUpdatedOutputAt: now })
      .where(and(eq(datasets.id, dataset.id), eq(datasets.claim, dataset.claim!)));
  }

  private async owned(dataset: DatasetRow, set: Partial<typeof datasets.$inferInsert>): Promise<void> {
    const mine = and(eq(datasets.id, dataset.id), eq(datasets.claim, dataset.claim!));
    const rows = await this.db.update(datasets).set(set).where(mine).returning({ id: datasets.id });
    if (rows.length === 0) throw new Error('this import was taken over by another worker');
  }

  private of(account: AccountId, id: string) {
    return and(eq(datasets.accountId, account), eq(datasets.id, id));
  }
}
