import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, isNull, lt, or } from 'drizzle-orm';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import type { OutcomeVersionRow } from './outcomes.repository.ts';
import { type OutcomeStatusError, outcomes, outcomeVersions } from './outcomes.tables.ts';

const UNDER_WAY = ['new', 'starting', 'running'] as const;

/** What a finished training stores. */
export type Trained = Pick<OutcomeVersionRow, 'model' | 'report' | 'counts' | 'asOf' | 'streams'>;

/** The life of a training in the database. A worker works only on what it has claimed. */
@Injectable()
export class OutcomeTrainingRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Takes a training to work on. @returns nothing when it is done, or another worker was heard of since `deadline`. */
  async claim(id: string, claim: string, now: Date, deadline: Date): Promise<OutcomeVersionRow | undefined> {
    const free = or(isNull(outcomeVersions.heardAt), lt(outcomeVersions.heardAt, deadline));
    const [row] = await this.db
      .update(outcomeVersions)
      .set({ status: 'starting', claim, heardAt: now, progress: 0, step: 'reading contacts' })
      .where(and(eq(outcomeVersions.id, id), inArray(outcomeVersions.status, [...UNDER_WAY]), free))
      .returning();
    return row;
  }

  /** Trainings whose worker let go, or was not heard of since a time. */
  async orphans(unheardSince: Date): Promise<string[]> {
    const silent = or(isNull(outcomeVersions.heardAt), lt(outcomeVersions.heardAt, unheardSince));
    const rows = await this.db
      .select({ id: outcomeVersions.id })
      .from(outcomeVersions)
      .where(and(inArray(outcomeVersions.status, ['starting', 'running']), silent))
      .orderBy(asc(outcomeVersions.id));
    return rows.map((row) => row.id);
  }

  /** Frees a training for whoever takes its job, unless its worker was heard of after all. */
  async forget(id: string, unheardSince: Date): Promise<void> {
    await this.db
      .update(outcomeVersions)
      .set({ heardAt: null, claim: null })
      .where(and(eq(outcomeVersions.id, id), lt(outcomeVersions.heardAt, unheardSince)));
  }

  async heard(version: OutcomeVersionRow, now: Date, progress: number, step: string): Promise<void> {
    await this.db
      .update(outcomeVersions)
      .set({ status: 'running', heardAt: now, progress, step })
      .where(this.mine(version));
  }

  /** Lets go of a training that this process cannot finish; the next one to look takes it up. */
  async release(version: OutcomeVersionRow): Promise<void> {
    await this.db.update(outcomeVersions).set({ heardAt: null, claim: null }).where(this.mine(version));
  }

  async fail(version: OutcomeVersionRow, statusError: OutcomeStatusError): Promise<void> {
    await this.db
      .update(outcomeVersions)
      .set({ status: 'error', statusError, heardAt: null, claim: null })
      .where(this.mine(version));
  }

  /** Stores a finished training: all of it or, when the version was deleted or taken over meanwhile, nothing. */
  async finish(version: OutcomeVersionRow, trained: Trained, readAt: Date, now: Date): Promise<void> {
    const over = { status: 'ready', statusError: null, progress: 1, step: '', claim: null, heardAt: null } as const;
    await this.db.transaction(async (tx) => {
      const done = await tx
        .update(outcomeVersions)
        .set({ ...over, ...trained, trainedAt: now })
        .where(this.mine(version))
        .returning({ id: outcomeVersions.id });
      if (done.length === 0) return;
      await tx
        .update(outcomes)
        .set({ lastUpdatedOutputAt: now, lastReadInputAt: readAt })
        .where(eq(outcomes.id, version.outcomeId));
    });
  }

  private mine(version: OutcomeVersionRow) {
    return and(eq(outcomeVersions.id, version.id), eq(outcomeVersions.claim, version.claim!));
  }
}
