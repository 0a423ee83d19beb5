import { Inject, Injectable } from '@nestjs/common';
import { eq, max } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import type { PersonaModel } from '../models/persona-model.ts';
import { PersonaSetsRepository } from './persona-sets.repository.ts';
import { personaSets, personas } from './personas.tables.ts';
import { personaView } from './personas.view.ts';

/** The live model of a persona set, for those who assign contacts one by one. */
export interface LivePersonaSet {
  setId: string;
  name: string;
  versionId: string;
  version: number;
  model: PersonaModel;
  /** What the personas are called, by key. */
  names: Map<string, string>;
}

/** The live models of an account, and a cheap way to know that they are still the same. */
@Injectable()
export class LivePersonas {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly sets: PersonaSetsRepository,
  ) {}

  /** Every live model of the account. */
  async live(account: AccountId): Promise<LivePersonaSet[]> {
    const published = (await this.sets.all(account)).filter(({ publishedVersionId }) => publishedVersionId);
    const found = await Promise.all(
      published.map(async ({ id: setId, name, publishedVersionId }) => {
        const version = await this.sets.versionById(account, publishedVersionId!);
        if (!version?.model) return [];
        const named = (await this.sets.personasOf([version.id])).map(personaView);
        const names = new Map(named.map((persona) => [persona.key, persona.name]));
        return [{ setId, name, versionId: version.id, version: version.version, model: version.model, names }];
      }),
    );
    return found.flat();
  }

  /** Changes whenever `live` answers something else. */
  async stamp(account: AccountId): Promise<string> {
    const sets = await this.db
      .select({ id: personaSets.id, name: personaSets.name, version: personaSets.publishedVersionId })
      .from(personaSets)
      .where(eq(personaSets.accountId, account))
      .orderBy(personaSets.id);
    const [renamed] = await this.db
      .select({ at: max(personas.updatedAt) })
      .from(personas)
      .where(eq(personas.accountId, account));
    return JSON.stringify([sets, renamed?.at]);
  }
}
