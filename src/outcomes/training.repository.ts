import { Inject, Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Claimed, TRAINED, TrainingClaims } from '../trainings/training-claims.ts';
import type { OutcomeVersionRow } from './outcomes.repository.ts';
import { outcomes, outcomeVersions } from './outcomes.tables.ts';

/** What a finished training stores. */
export type Trained = Pick<OutcomeVersionRow, 'model' | 'report' | 'counts' | 'asOf' | 'streams'>;

/** Trainings of outcome versions in the database. */
@Injectable()
export class OutcomeTrainingRepository extends TrainingClaims {
  constructor(@Inject(DB) private readonly database: Db) {
    super(database, outcomeVersions);
  }

  /** Stores a finished training: all of it or, when the version was deleted or taken over meanwhile, nothing. */
  async finish(claimed: Claimed, trained: Trained, readAt: Date, now: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [done] = await tx
        .update(outcomeVersions)
        .set({ ...TRAINED, ...trained, trainedAt: now })
        .where(this.mine(claimed))
        .returning({ outcomeId: outcomeVersions.outcomeId });
      if (!done) return;
      await tx
        .update(outcomes)
        .set({ lastUpdatedOutputAt: now, lastReadInputAt: readAt })
        .where(eq(outcomes.id, done.outcomeId));
    });
  }
}
