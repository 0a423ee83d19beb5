import { Inject, Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { keysOf } from '../models/persona-model.ts';
import type { TrainResult } from '../models/train.ts';
import { type Claimed, TRAINED, TrainingClaims } from '../trainings/training-claims.ts';
import type { PersonaRow } from './persona-sets.repository.ts';
import { personaProfiles, personaSets, personas, personaVersions } from './personas.tables.ts';

/** Trainings of persona versions in the database. */
@Injectable()
export class TrainingRepository extends TrainingClaims {
  constructor(@Inject(DB) private readonly database: Db) {
    super(database, personaVersions);
  }

  /** Stores a finished training: all of it or, when the version was deleted or taken over meanwhile, nothing. */
  async finish(
    claimed: Claimed,
    result: TrainResult,
    facts: { cohortSize: number; readAt: Date; now: Date; personas: PersonaRow[] },
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [done] = await tx
        .update(personaVersions)
        .set({
          ...TRAINED,
          k: keysOf(result.model).length,
          model: result.model,
          quality: result.quality,
          choice: result.choice ?? null,
          selection: result.selection,
          sampleSize: result.sampleSize,
          cohortSize: facts.cohortSize,
          trainedAt: facts.now,
        })
        .where(this.mine(claimed))
        .returning({ setId: personaVersions.setId });
      if (!done) return;
      await tx.insert(personas).values(facts.personas).onConflictDoNothing();
      await tx.insert(personaProfiles).values(
        result.personas.map(({ name: suggestedName, ...persona }, place) => ({
          ...persona,
          versionId: claimed.id,
          place,
          suggestedName,
        })),
      );
      await tx
        .update(personaSets)
        .set({ lastUpdatedOutputAt: facts.now, lastReadInputAt: facts.readAt })
        .where(eq(personaSets.id, done.setId));
    });
  }
}
