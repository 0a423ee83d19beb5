import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import type { PageQuery } from '../http/page.ts';
import { batches, deliveries, deliverySegments, runSegments, runs, uploads } from './deliveries.tables.ts';
import { ENDED_UPLOAD } from './states.ts';

export type DeliveryRow = typeof deliveries.$inferSelect;
export type RunRow = typeof runs.$inferSelect;
/** A persona's remote audience, bound to a segment for life. */
export type BoundSegment = typeof deliverySegments.$inferSelect;
export type RunSegmentRow = typeof runSegments.$inferSelect;
export type UploadRow = typeof uploads.$inferSelect;
export type BatchRow = typeof batches.$inferSelect;

/** People in a remote audience as the platform counted them then: all uploads together, a range where it gives one. */
export interface AudienceSize {
  asOf: Date;
  /** The run whose confirmation told it. */
  runId: string;
  from: number | null;
  to: number | null;
  /** Share of what was sent that the platform matched to people, in its own words. */
  matchRate: string | null;
}

/** Control-plane state of runs. Every step is a row that a restart finds. */
@Injectable()
export class RunsRepository {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /** Begins a run, which is also the one that was due. @returns false while another of the delivery is under way */
  async insertRun(row: RunRow): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const inserted = await tx.insert(runs).values(row).onConflictDoNothing().returning({ id: runs.id });
      if (inserted.length === 0) return false;
      await tx.update(deliveries).set({ due: null }).where(eq(deliveries.id, row.deliveryId));
      return true;
    });
  }

  async run(id: string): Promise<RunRow | undefined> {
    const [row] = await this.db.select().from(runs).where(eq(runs.id, id));
    return row;
  }

  async findRun(account: AccountId, id: string): Promise<RunRow | undefined> {
    const [row] = await this.db
      .select()
      .from(runs)
      .where(and(eq(runs.accountId, account), eq(runs.id, id)));
    return row;
  }

  async runsById(account: AccountId, ids: string[]): Promise<RunRow[]> {
    if (ids.length === 0) return [];
    return this.db
      .select()
      .from(runs)
      .where(and(eq(runs.accountId, account), inArray(runs.id, ids)));
  }

  async activeRun(deliveryId: string): Promise<RunRow | undefined> {
    const [row] = await this.db
      .select()
      .from(runs)
      .where(and(eq(runs.deliveryId, deliveryId), isNull(runs.finishedAt)));
    return row;
  }

  async pageRuns(account: AccountId, deliveryId: string | undefined, { limit, cursor }: PageQuery): Promise<RunRow[]> {
    const where = and(
      eq(runs.accountId, account),
      deliveryId ? eq(runs.deliveryId, deliveryId) : undefined,
      cursor ? lt(runs.id, cursor) : undefined,
    );
    return this.db
      .select()
      .from(runs)
      .where(where)
      .orderBy(desc(runs.id))
      .limit(limit + 1);
  }

  async updateRun(id: string, change: Partial<RunRow>): Promise<void> {
    await this.db.update(runs).set(change).where(eq(runs.id, id));
  }

  /** Moves a run on, once: false when another worker already did. */
  async advanceRun(id: string, from: RunRow['status'], change: Partial<RunRow>): Promise<boolean> {
    const rows = await this.db
      .update(runs)
      .set(change)
      .where(and(eq(runs.id, id), eq(runs.status, from)))
      .returning({ id: runs.id });
    return rows.length === 1;
  }

  /** Writes the whole plan and points the run at it, or nothing. */
  async savePlan(
    runId: string,
    change: Partial<RunRow>,
    segments: RunSegmentRow[],
    planned: UploadRow[],
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      if (segments.length > 0) await tx.insert(runSegments).values(segments);
      if (planned.length > 0) await tx.insert(uploads).values(planned);
      await tx.update(runs).set(change).where(eq(runs.id, runId));
    });
  }

  async segments(runId: string): Promise<RunSegmentRow[]> {
    return this.db.select().from(runSegments).where(eq(runSegments.runId, runId)).orderBy(asc(runSegments.key));
  }

  async upload(id: string): Promise<UploadRow | undefined> {
    const [row] = await this.db.select().from(uploads).where(eq(uploads.id, id));
    return row;
  }

  async uploads(runId: string): Promise<UploadRow[]> {
    return this.db
      .select()
      .from(uploads)
      .where(eq(uploads.runId, runId))
      .orderBy(asc(uploads.phase), asc(uploads.segmentKey));
  }

  /** Adds an upload to a run that is sending, unless it is there already. */
  async addUpload(row: UploadRow): Promise<void> {
    await this.db.insert(uploads).values(row).onConflictDoNothing();
  }

  async updateUpload(id: string, change: Partial<UploadRow>): Promise<void> {
    await this.db.update(uploads).set(change).where(eq(uploads.id, id));
  }

  /** Ends an upload, and takes off its batches whoever it turned out late not to have taken, in one step. */
  async endUpload(
    { id, attempt }: UploadRow,
    change: Partial<UploadRow>,
    late: { seq: number; contacts: number }[],
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      for (const { seq, contacts } of late)
        await tx
          .update(batches)
          .set({
            accepted: sql`${batches.accepted} - ${contacts}`,
            unattributed: sql`${batches.unattributed} + ${contacts}`,
          })
          .where(oneBatch({ uploadId: id, attempt, seq }));
      await tx.update(uploads).set(change).where(eq(uploads.id, id));
    });
  }

  /** Ends uploads that have not begun, and makes those that wait for a platform due, so that they end too. */
  async cancelWaiting(runId: string): Promise<void> {
    const own = (status: UploadRow['status']) => and(eq(uploads.runId, runId), eq(uploads.status, status));
    await this.db.update(uploads).set({ status: 'cancelled', finishedAt: this.clock.now() }).where(own('pending'));
    await this.db.update(uploads).set({ nextAt: null }).where(own('sending'));
  }

  async batches(uploadIds: string[]): Promise<BatchRow[]> {
    if (uploadIds.length === 0) return [];
    return this.db
      .select()
      .from(batches)
      .where(inArray(batches.uploadId, uploadIds))
      .orderBy(asc(batches.uploadId), asc(batches.attempt), asc(batches.seq));
  }

  async insertBatch(row: typeof batches.$inferInsert): Promise<void> {
    await this.db.insert(batches).values(row).onConflictDoNothing();
  }

  async countTry(batch: Pick<BatchRow, 'uploadId' | 'attempt' | 'seq'>): Promise<void> {
    await this.db
      .update(batches)
      .set({ tries: sql`${batches.tries} + 1` })
      .where(oneBatch(batch));
  }

  /** Acknowledges a batch and moves its upload's cursor in one step, so that no contact is counted twice. */
  async acknowledge(
    batch: Pick<BatchRow, 'uploadId' | 'attempt' | 'seq' | 'cursorEnd'>,
    result: Partial<BatchRow>,
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx
        .update(batches)
        .set({ ...result, status: 'acknowledged', acknowledgedAt: this.clock.now() })
        .where(oneBatch(batch));
      await tx
        .update(uploads)
        .set({ cursor: batch.cursorEnd, seq: batch.seq, faults: 0 })
        .where(eq(uploads.id, batch.uploadId));
    });
  }

  /** What the platform counted in each segment's audience at the end of past uploads, the latest first. */
  async sizes(deliveryId: string, limit = 500): Promise<{ segmentKey: string; size: AudienceSize }[]> {
    const told = or(
      isNotNull(sql`${uploads.confirmation} -> 'audienceSize'`),
      isNotNull(sql`${uploads.confirmation} -> 'matchRate'`),
    );
    const { segmentKey, runId, finishedAt, confirmation } = uploads;
    const rows = await this.db
      .select({ segmentKey, runId, finishedAt, confirmation })
      .from(uploads)
      .innerJoin(runs, eq(runs.id, uploads.runId))
      .where(and(eq(runs.deliveryId, deliveryId), isNotNull(uploads.finishedAt), told))
      .orderBy(desc(uploads.finishedAt), desc(uploads.phase))
      .limit(limit);
    return rows.map((row) => ({
      segmentKey: row.segmentKey,
      size: {
        asOf: row.finishedAt!,
        runId: row.runId,
        from: row.confirmation?.audienceSize?.from ?? null,
        to: row.confirmation?.audienceSize?.to ?? null,
        matchRate: row.confirmation?.matchRate ?? null,
      },
    }));
  }

  async bound(deliveryId: string): Promise<Map<string, BoundSegment>> {
    const rows = await this.db.select().from(deliverySegments).where(eq(deliverySegments.deliveryId, deliveryId));
    return new Map(rows.map((row) => [row.key, row]));
  }

  /** Whether a segment got its remote audience in this run. */
  async isNewlyBound({ deliveryId, createdAt }: RunRow, segmentKey: string): Promise<boolean> {
    const bound = (await this.bound(deliveryId)).get(segmentKey);
    return bound !== undefined && bound.boundAt >= createdAt;
  }

  /** Ids of remote audiences that belong to other segments of a delivery's connection, archived deliveries included. */
  async boundToOthers({ id, connectionId }: DeliveryRow, key: string): Promise<Set<string>> {
    const isOther = or(ne(deliverySegments.deliveryId, id), ne(deliverySegments.key, key));
    const rows = await this.db
      .select({ remote: deliverySegments.remote })
      .from(deliverySegments)
      .innerJoin(deliveries, eq(deliveries.id, deliverySegments.deliveryId))
      .where(and(eq(deliveries.connectionId, connectionId), isOther));
    return new Set(rows.map(({ remote }) => remote.id));
  }

  /** Binds a persona to its remote audience before anything is sent there. */
  async bind(runId: string, bound: Omit<BoundSegment, 'key' | 'boundAt'>): Promise<void> {
    const { remote, segment, audienceName } = bound;
    const row = { ...bound, key: segment.key, boundAt: this.clock.now() };
    const isSame = sql`${deliverySegments.remote} ->> 'id' = ${remote.id}`;
    const boundAt = sql`CASE WHEN ${isSame} THEN ${deliverySegments.boundAt} ELSE ${row.boundAt.toISOString()}::timestamptz END`;
    await this.db.transaction(async (tx) => {
      await tx
        .insert(deliverySegments)
        .values(row)
        .onConflictDoUpdate({
          target: [deliverySegments.deliveryId, deliverySegments.key],
          set: { remote, segment, audienceName, boundAt },
        });
      await tx
        .update(runSegments)
        .set({ remote })
        .where(and(eq(runSegments.runId, runId), eq(runSegments.key, segment.key)));
    });
  }

  /**
   * Unfinished runs, and their uploads that are due and in nobody's hands: what a sweep sets going again. A pause keeps a
   * run from going on, and not from ending: by a cancellation, or because its hold is over.
   */
  async stalled(): Promise<{ runs: RunRow[]; uploads: UploadRow[] }> {
    const now = this.clock.now();
    const unheld = (table: typeof runs | typeof uploads) => or(isNull(table.leaseUntil), lt(table.leaseUntil, now));
    const moves = or(isNull(runs.pausedAt), isNotNull(runs.cancelRequestedAt), eq(runs.status, 'held'));
    const found = await this.db
      .select()
      .from(runs)
      .where(and(isNull(runs.finishedAt), moves, unheld(runs)));
    const due = or(isNull(uploads.nextAt), lt(uploads.nextAt, now));
    const open =
      found.length === 0
        ? []
        : await this.db
            .select()
            .from(uploads)
            .where(
              and(
                inArray(
                  uploads.runId,
                  found.map((run) => run.id),
                ),
                isNull(uploads.finishedAt),
                ne(uploads.status, 'pending'),
                due,
                unheld(uploads),
              ),
            );
    return { runs: found, uploads: open.filter((upload) => !ENDED_UPLOAD.has(upload.status)) };
  }

  async deliveryOf(id: string): Promise<DeliveryRow | undefined> {
    const [row] = await this.db.select().from(deliveries).where(eq(deliveries.id, id));
    return row;
  }
}

const oneBatch = (batch: Pick<BatchRow, 'uploadId' | 'attempt' | 'seq'>) =>
  and(eq(batches.uploadId, batch.uploadId), eq(batches.attempt, batch.attempt), eq(batches.seq, batch.seq));

/** Whether an upload may be taken up again, after a platform or a fault of ours asked for a pause. */
export const isDue = (upload: UploadRow, now: Date): boolean => !upload.nextAt || new Date(upload.nextAt) <= now;
