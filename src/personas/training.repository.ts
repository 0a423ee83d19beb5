import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, isNull, lt, or } from 'drizzle-orm';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { keysOf } from '../models/persona-model.ts';
import type { TrainResult } from '../models/train.ts';
import type { PersonaRow, VersionRow } from './persona-sets.repository.ts';
import { personaProfiles, personaSets, personas, personaVersions, type StatusError } from './personas.tables.ts';

const UNDER_WAY = ['new', 'starting', 'running'] as const;

/** The life of a training in the database. A worker works only on what it has claimed. */
@Injectable()
export class TrainingRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Takes a training to work on. @returns nothing when it is done, or another worker was heard of since `deadline`. */
  async claim(id: string, claim: string, now: Date, deadline: Date): Promise<VersionRow | undefined> {
    const free = or(isNull(personaVersions.heardAt), lt(personaVersions.heardAt, deadline));
    const [row] = await this.db
      .update(personaVersions)
      .set({ status: 'starting', claim, heardAt: now, progress: 0, step: 'reading contacts' })
      .where(and(eq(personaVersions.id, id), inArray(personaVersions.status, [...UNDER_WAY]), free))
      .returning();
    return row;
  }

  /** Trainings whose worker let go, or was not heard of since a time. */
  async orphans(unheardSince: Date): Promise<string[]> {
    const silent = or(isNull(personaVersions.heardAt), lt(personaVersions.heardAt, unheardSince));
    const rows = await this.db
      .select({ id: personaVersions.id })
      .from(personaVersions)
      .where(and(inArray(personaVersions.status, ['starting', 'running']), silent))
      .orderBy(asc(personaVersions.id));
    return rows.map((row) => row.id);
  }

  /** Frees a training for whoever takes its job, unless its worker was heard of after all. */
  async forget(id: string, unheardSince: Date): Promise<void> {
    await this.db
      .update(personaVersions)
      .set({ heardAt: null, claim: null })
      .where(and(eq(personaVersions.id, id), lt(personaVersions.heardAt, unheardSince)));
  }

  async heard(version: VersionRow, now: Date, progress: number, step: string): Promise<void> {
    await this.db
      .update(personaVersions)
      .set({ status: 'running', heardAt: now, progress, step })
      .where(this.mine(version));
  }

  /** Lets go of a training that this process cannot finish; the next one to look takes it up. */
  async release(version: VersionRow): Promise<void> {
    await this.db.update(personaVersions).set({ heardAt: null, claim: null }).where(this.mine(version));
  }

  async fail(version: VersionRow, statusError: StatusError): Promise<void> {
    await this.db
      .update(personaVersions)
      .set({ status: 'error', statusError, heardAt: null, claim: null })
      .where(this.mine(version));
  }

  /** Stores a finished training: all of it or, when the version was deleted or taken over meanwhile, nothing. */
  async finish(
    version: VersionRow,
    result: TrainResult,
    facts: { cohortSize: number; readAt: Date; now: Date; personas: PersonaRow[] },
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      const done = await tx
        .update(personaVersions)
        .set({
          status: 'ready',
          statusError: null,
          progress: 1,
          step: '',
          claim: null,
          heardAt: null,
          k: keysOf(result.model).length,
          model: result.model,
          quality: result.quality,
          choice: result.choice ?? null,
          selection: result.selection,
          sampleSize: result.sampleSize,
          cohortSize: facts.cohortSize,
          trainedAt: facts.now,
        })
        .where(this.mine(version))
        .returning({ id: personaVersions.id });
      if (done.length === 0) return;
      await tx.insert(personas).values(facts.personas).onConflictDoNothing();
      await tx.insert(personaProfiles).values(
        result.personas.map(({ name: suggestedName, ...persona }, place) => ({
          ...persona,
          versionId: version.id,
          place,
          suggestedName,
        })),
      );
      await tx
        .update(personaSets)
        .set({ lastUpdatedOutputAt: facts.now, lastReadInputAt: facts.readAt })
        .where(eq(personaSets.id, version.setId));
    });
  }

  private mine(version: VersionRow) {
    return and(eq(personaVersions.id, version.id), eq(personaVersions.claim, version.claim!));
  }
}
