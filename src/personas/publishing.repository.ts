import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNull } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import type { VersionRow } from './persona-sets.repository.ts';
import { personaProfiles, personaSets, personas, personaVersions } from './personas.tables.ts';

/** Moves what is live. The pointer, the stages, names and sizes change together or not at all. */
@Injectable()
export class PublishingRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Notes when publishing began; a repeat after a crash gets the first time. */
  async begin(account: AccountId, version: VersionRow, now: Date): Promise<Date> {
    if (version.publishingAt) return version.publishingAt;
    await this.db
      .update(personaVersions)
      .set({ publishingAt: now })
      .where(and(eq(personaVersions.accountId, account), eq(personaVersions.id, version.id)));
    return now;
  }

  /** Makes a fully assigned version the live one. @param names for personas that have none yet, by key. */
  async goLive(
    account: AccountId,
    version: VersionRow,
    facts: { now: Date; sizes: Map<string, number>; names: Map<string, string> },
  ): Promise<void> {
    const { now, sizes, names } = facts;
    await this.db.transaction(async (tx) => {
      await tx
        .update(personaVersions)
        .set({ stage: 'retired', publishingAt: null })
        .where(and(eq(personaVersions.setId, version.setId), eq(personaVersions.stage, 'published')));
      await tx
        .update(personaVersions)
        .set({ stage: 'published', publishedAt: now, assignedAt: now })
        .where(eq(personaVersions.id, version.id));
      await tx
        .update(personaSets)
        .set({ publishedVersionId: version.id, lastUpdatedOutputAt: now })
        .where(and(eq(personaSets.accountId, account), eq(personaSets.id, version.setId)));
      for (const [key, name] of names) {
        const unnamed = and(eq(personas.setId, version.setId), eq(personas.key, key), isNull(personas.name));
        await tx.update(personas).set({ name }).where(unnamed);
      }
      await writeSizes(tx, version.id, sizes);
    });
  }

  /** Notes that everyone is assigned by the live version and that who depends on it was told. */
  async finished(versionId: string): Promise<void> {
    await this.db.update(personaVersions).set({ publishingAt: null }).where(eq(personaVersions.id, versionId));
  }

  /** Notes that everyone was assigned again by the live version. */
  async assigned(versionId: string, now: Date, sizes: Map<string, number>): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.update(personaVersions).set({ assignedAt: now }).where(eq(personaVersions.id, versionId));
      await writeSizes(tx, versionId, sizes);
    });
  }
}

/** Sizes of a version's personas; one that nobody is in has 0. */
async function writeSizes(tx: Pick<Db, 'update'>, versionId: string, sizes: Map<string, number>): Promise<void> {
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  await tx.update(personaProfiles).set({ size: 0, share: 0 }).where(eq(personaProfiles.versionId, versionId));
  for (const [key, size] of sizes) {
    await tx
      .update(personaProfiles)
      .set({ size, share: size / total })
      .where(and(eq(personaProfiles.versionId, versionId), eq(personaProfiles.key, key)));
  }
}
