import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, exists, gte, inArray, isNull, lt, lte, max, not, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { type DatasetError, type DatasetRow, datasets, type FileDeletion } from './contacts.tables.ts';
import { CANCELLED, ImportCancelled } from './import/faults.ts';
import type { Funnel, ImportResult } from './import/funnel.ts';
import type { Mapping } from './mapping/mapping.ts';

const UNDER_WAY = ['starting', 'running'] as const;
/** No worker reads the file. */
const AT_REST = ['new', 'ready', 'error'] as const;
const isUnderWay = (status: string): boolean => (UNDER_WAY as readonly string[]).includes(status);

const HAS_FILE = isNull(datasets.fileDeletedAt);
/** Not being deleted. */
const PRESENT = isNull(datasets.deletion);

/** An import that waits for a worker. */
export type QueuedImport = Pick<DatasetRow, 'id' | 'bytes'>;
const QUEUED = { id: datasets.id, bytes: datasets.bytes };

/** The columns of a dataset that describe its stored file. */
export type StoredFile = Pick<
  DatasetRow,
  | 'name'
  | 'fileName'
  | 'bytes'
  | 'sha256'
  | 'format'
  | 'columns'
  | 'suggestedMapping'
  | 'fileStoredAt'
  | 'fileFirstStoredAt'
  | 'bytesFirstStoredAt'
> & { mapping?: Mapping | null };

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

  /** @throws Problem 404 when the account has no such dataset */
  async mustFind(account: AccountId, id: string): Promise<DatasetRow> {
    const dataset = await this.find(account, id);
    if (!dataset) throw Problem.notFound('dataset', id);
    return dataset;
  }

  /** Changes the settings of a dataset. @throws Problem 404 when the account has no such dataset */
  async update(
    account: AccountId,
    id: string,
    change: Partial<Pick<DatasetRow, 'name' | 'expectEveryHours'>>,
  ): Promise<DatasetRow> {
    if (Object.values(change).every((value) => value === undefined)) return this.mustFind(account, id);
    const [row] = await this.db.update(datasets).set(change).where(this.of(account, id)).returning();
    if (!row) throw Problem.notFound('dataset', id);
    return row;
  }

  /** When a file with these bytes was first uploaded to any dataset; nothing if none was. */
  async bytesFirstStoredAt(account: AccountId, sha256: string): Promise<Date | undefined> {
    const [first] = await this.db
      .select({ at: datasets.bytesFirstStoredAt })
      .from(datasets)
      .where(and(eq(datasets.accountId, account), eq(datasets.sha256, sha256)))
      .orderBy(asc(datasets.bytesFirstStoredAt))
      .limit(1);
    return first?.at;
  }

  /** The names of some datasets by their ids. */
  async names(account: AccountId, ids: string[]): Promise<Map<string, string>> {
    const where = and(eq(datasets.accountId, account), inArray(datasets.id, ids));
    const rows = await this.db.select({ id: datasets.id, name: datasets.name }).from(datasets).where(where);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** Whether files that were stored until a time are being imported. */
  async isImporting(account: AccountId, until: Date): Promise<boolean> {
    const storedUntil = and(eq(datasets.accountId, account), lte(datasets.fileStoredAt, until));
    const where = and(storedUntil, inArray(datasets.status, [...UNDER_WAY]));
    return (await this.db.select({ id: datasets.id }).from(datasets).where(where).limit(1)).length > 0;
  }

  /** Datasets whose file was stored until a time and is not being read. */
  async filesAtRest(account: AccountId, until: Date): Promise<string[]> {
    const storedUntil = and(eq(datasets.accountId, account), lte(datasets.fileStoredAt, until));
    return this.idsOf(and(storedUntil, HAS_FILE, inArray(datasets.status, [...AT_REST])));
  }

  /** Datasets whose file is no longer needed: imported until a time, or unused since another. */
  async filesToDelete(importedUntil: Date, unusedSince: Date): Promise<{ imported: string[]; unused: string[] }> {
    const atRest = and(HAS_FILE, inArray(datasets.status, [...AT_REST]));
    const isImported = and(eq(datasets.status, 'ready'), gte(datasets.importedAt, datasets.fileStoredAt));
    const { fileStoredAt, lastUpdatedConfigAt, lastUpdatedOutputAt } = datasets;
    const lastUse = sql`greatest(${fileStoredAt}, ${lastUpdatedConfigAt}, ${lastUpdatedOutputAt})`;
    return {
      imported: await this.idsOf(and(atRest, isImported, lte(datasets.importedAt, importedUntil))),
      unused: await this.idsOf(and(atRest, lte(lastUse, unusedSince))),
    };
  }

  /** All datasets whose file is stored, of every account. */
  storedFiles(): Promise<string[]> {
    return this.idsOf(HAS_FILE);
  }

  /** Records that the files of datasets were deleted. */
  async filesDeleted(ids: string[], why: FileDeletion, now: Date): Promise<void> {
    await this.db
      .update(datasets)
      .set({ fileDeletedAt: now, fileDeletedBecause: why })
      .where(and(inArray(datasets.id, ids), HAS_FILE));
  }

  /** Records that a new file replaces that of a dataset. @returns false when it is being imported */
  async makeRoomForFile(account: AccountId, id: string, now: Date): Promise<boolean> {
    const rows = await this.db
      .update(datasets)
      .set({
        fileDeletedAt: sql`coalesce(${datasets.fileDeletedAt}, ${now.toISOString()}::timestamptz)`,
        fileDeletedBecause: sql`coalesce(${datasets.fileDeletedBecause}, 'replaced')`,
      })
      .where(and(this.of(account, id), inArray(datasets.status, [...AT_REST])))
      .returning({ id: datasets.id });
    return rows.length > 0;
  }

  /** Records the new file of a dataset. */
  async fileStored(account: AccountId, id: string, file: StoredFile): Promise<DatasetRow> {
    const [row] = await this.db
      .update(datasets)
      .set({ ...file, fileDeletedAt: null, fileDeletedBecause: null })
      .where(this.of(account, id))
      .returning();
    return row!;
  }

  private async idsOf(where: SQL | undefined): Promise<string[]> {
    return (await this.db.select({ id: datasets.id }).from(datasets).where(where)).map(({ id }) => id);
  }

  /** When the newest finished import ended. */
  async newestImportAt(account: AccountId): Promise<Date | null> {
    const [row] = await this.db
      .select({ at: max(datasets.importedAt) })
      .from(datasets)
      .where(eq(datasets.accountId, account));
    return row?.at ? new Date(row.at) : null;
  }

  async page(account: AccountId, page: PageQuery): Promise<Page<DatasetRow>> {
    const after = page.cursor ? lt(datasets.id, page.cursor) : undefined;
    const where = and(eq(datasets.accountId, account), PRESENT, after);
    const rows = await this.db
      .select()
      .from(datasets)
      .where(where)
      .orderBy(desc(datasets.id))
      .limit(page.limit + 1);
    return pageOf(rows, page.limit);
  }

  /** Stores the format of the file. @returns undefined during an import or when the file was deleted */
  async setFormat(
    account: AccountId,
    id: string,
    found: Pick<DatasetRow, 'format' | 'columns' | 'suggestedMapping'>,
    now: Date,
  ): Promise<DatasetRow | undefined> {
    const [row] = await this.db
      .update(datasets)
      .set({ ...found, mapping: null, lastUpdatedConfigAt: now })
      .where(and(this.of(account, id), HAS_FILE, inArray(datasets.status, [...AT_REST])))
      .returning();
    return row;
  }

  /** Sets the mapping and queues the import. @returns undefined when an import is running or the file was deleted */
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
        progressAt: now,
        queuedAt: now,
        cancelRequestedAt: null,
        mergingSince: null,
        startedAt: null,
        lastUpdatedConfigAt: now,
      })
      .where(and(this.of(account, id), HAS_FILE, inArray(datasets.status, [...AT_REST])))
      .returning();
    return row;
  }

  /**
   * Claims an import, one an account at a time, because two merges at once could lose values.
   * @returns nothing when there is nothing to do, another import of the account has a heartbeat since `deadline`,
   * or a dataset of the account is being deleted; the end of either queues the next import
   */
  async claim(id: string, claim: string, now: Date, deadline: Date): Promise<DatasetRow | undefined> {
    return this.db.transaction(async (tx) => {
      const [wanted] = await tx.select().from(datasets).where(eq(datasets.id, id));
      if (!wanted || !isUnderWay(wanted.status)) return undefined;
      await lockImports(tx as unknown as Db, wanted.accountId as AccountId);
      const heard = or(and(eq(datasets.status, 'running'), gte(datasets.heardAt, deadline)), not(PRESENT));
      const active = await tx
        .select({ id: datasets.id })
        .from(datasets)
        .where(and(eq(datasets.accountId, wanted.accountId), heard));
      if (active.length > 0) return undefined;
      const [row] = await tx
        .update(datasets)
        .set({
          status: 'running',
          claim,
          heardAt: now,
          progressAt: now,
          attempt: sql`${datasets.attempt} + 1`,
          startedAt: wanted.startedAt ?? now,
          lastReadInputAt: now,
        })
        .where(and(eq(datasets.id, id), inArray(datasets.status, [...UNDER_WAY])))
        .returning();
      return row;
    });
  }

  /** The import of an account that has waited longest, if any. */
  async nextQueued(account: AccountId): Promise<QueuedImport | undefined> {
    const [row] = await this.db
      .select(QUEUED)
      .from(datasets)
      .where(and(eq(datasets.accountId, account), eq(datasets.status, 'starting')))
      .orderBy(asc(datasets.queuedAt), asc(datasets.id))
      .limit(1);
    return row;
  }

  /**
   * Imports to queue again: their worker released them or sent no heartbeat since a time, or no worker claimed them
   * because their job was lost. Imports that wait for another one of their account are not among them.
   */
  async orphans(unheardSince: Date, now: Date): Promise<QueuedImport[]> {
    const silent = or(isNull(datasets.heardAt), lt(datasets.heardAt, unheardSince));
    const others = alias(datasets, 'others');
    const isHeard = and(eq(others.status, 'running'), gte(others.heardAt, unheardSince));
    const waits = exists(
      this.db
        .select({ id: others.id })
        .from(others)
        .where(and(eq(others.accountId, datasets.accountId), isHeard)),
    );
    return this.db
      .update(datasets)
      .set({ status: 'starting', heardAt: now, claim: null })
      .where(and(inArray(datasets.status, [...UNDER_WAY]), silent, not(waits)))
      .returning(QUEUED);
  }

  /** Ends an import that no worker has claimed. @returns undefined when there is none */
  async cancelQueued(account: AccountId, id: string, now: Date): Promise<DatasetRow | undefined> {
    const isUntouched = and(eq(datasets.status, 'starting'), isNull(datasets.startedAt));
    const [row] = await this.db
      .update(datasets)
      .set({ status: 'error', statusError: CANCELLED, cancelRequestedAt: now, heardAt: null, lastUpdatedOutputAt: now })
      .where(and(this.of(account, id), isUntouched))
      .returning();
    return row;
  }

  /** Requests the cancellation of an import. @returns undefined when there is none, or it already changes contacts */
  async requestCancel(account: AccountId, id: string, now: Date): Promise<DatasetRow | undefined> {
    const isCancellable = and(inArray(datasets.status, [...UNDER_WAY]), isNull(datasets.mergingSince));
    const [row] = await this.db
      .update(datasets)
      .set({ cancelRequestedAt: now })
      .where(and(this.of(account, id), isCancellable))
      .returning();
    return row;
  }

  /**
   * Records that the import changes contacts from now on. @returns since when, which may be an earlier attempt
   * @throws ImportCancelled when a cancellation was requested
   */
  async beginMerge(dataset: DatasetRow, now: Date): Promise<Date> {
    const { mergingSince, cancelRequestedAt } = datasets;
    const [row] = await this.db
      .update(datasets)
      .set({ progressAt: now, mergingSince: sql`coalesce(${mergingSince}, ${now.toISOString()}::timestamptz)` })
      .where(and(this.mine(dataset), isNull(cancelRequestedAt)))
      .returning();
    if (!row) throw new ImportCancelled();
    return row.mergingSince!;
  }

  /** Releases an import that this process cannot finish; the next sweep queues it again. */
  async release(dataset: DatasetRow): Promise<void> {
    await this.owned(dataset, { heardAt: null });
  }

  /** Records a heartbeat. @returns whether a cancellation was requested @throws when another worker has taken it over */
  async heartbeat(dataset: DatasetRow, now: Date): Promise<boolean> {
    return (await this.owned(dataset, { heardAt: now })).cancelRequestedAt !== null;
  }

  /** Records the progress of the import. @throws when another worker has taken it over */
  async progressed(dataset: DatasetRow, now: Date, progress: { rowsRead?: number; bytesRead?: number }): Promise<void> {
    await this.owned(dataset, { ...progress, heardAt: now, progressAt: now });
  }

  async finish(
    dataset: DatasetRow,
    now: Date,
    outcome: { funnel: Funnel; result: ImportResult; rowsRead: number },
  ): Promise<void> {
    const read = { ...outcome, bytesRead: dataset.bytes };
    const ended = { status: 'ready' as const, untold: true, heardAt: null, claim: null };
    await this.owned(dataset, { ...read, ...ended, importedAt: now, lastUpdatedOutputAt: now });
  }

  /** Records that every listener was notified of the end of this import. */
  async notified({ id, attempt }: Pick<DatasetRow, 'id' | 'attempt'>): Promise<void> {
    const same = and(eq(datasets.id, id), eq(datasets.attempt, attempt));
    await this.db.update(datasets).set({ untold: false }).where(same);
  }

  /** Imports that ended before a time and whose listeners were not notified. */
  async withPendingNotification(endedBefore: Date): Promise<DatasetRow[]> {
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
      .where(this.mine(dataset));
  }

  private async owned(dataset: DatasetRow, set: Partial<typeof datasets.$inferInsert>): Promise<DatasetRow> {
    const [row] = await this.db.update(datasets).set(set).where(this.mine(dataset)).returning();
    if (!row) throw new Error('this import was taken over by another worker');
    return row;
  }

  private mine(dataset: DatasetRow) {
    return and(eq(datasets.id, dataset.id), eq(datasets.claim, dataset.claim!));
  }

  private of(account: AccountId, id: string) {
    return and(eq(datasets.accountId, account), eq(datasets.id, id), PRESENT);
  }
}

/** Until the transaction ends, no import of the account begins and no dataset of it is deleted elsewhere. */
export async function lockImports(tx: Db, account: AccountId): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${account}))`);
}
