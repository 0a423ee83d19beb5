import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, lt, max, sql } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import type { PersonaModel } from '../models/persona-model.ts';
import { personaProfiles, personaSets, personas, personaVersions } from './personas.tables.ts';

export type SetRow = typeof personaSets.$inferSelect;
export type VersionRow = typeof personaVersions.$inferSelect;
export type NewPersonaVersion = Omit<typeof personaVersions.$inferInsert, 'version'>;
export type PersonaRow = typeof personas.$inferSelect;
export type ProfileRow = typeof personaProfiles.$inferSelect;

/** A persona of one version: what it is called, and what the version measured. */
export type VersionPersona = PersonaRow & { measured: Omit<ProfileRow, 'profile'> };

// models and profiles are large: read only where they are asked for
const { profile: _profile, ...MEASURED } = getTableColumns(personaProfiles);
const { model: _model, ...WITHOUT_MODEL } = getTableColumns(personaVersions);

/** Persona sets, their versions and personas in the database. */
@Injectable()
export class PersonaSetsRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** A new set with its first version, both or neither. */
  async create(set: SetRow, version: NewPersonaVersion): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.insert(personaSets).values(set);
      await tx.insert(personaVersions).values({ ...version, version: 1 });
    });
  }

  /** One more version, with the changed wishes of its set. @returns its number */
  async addVersion(set: SetRow, version: NewPersonaVersion): Promise<number> {
    const { traits, k, seed, excludeProtected, lastUpdatedConfigAt } = set;
    return this.db.transaction(async (tx) => {
      // holds the set until the end, so that of two at once the second counts the first one's version
      await tx
        .update(personaSets)
        .set({ traits, k, seed, excludeProtected, lastUpdatedConfigAt })
        .where(this.is(set.accountId as AccountId, set.id));
      const [row] = await tx
        .select({ last: max(personaVersions.version) })
        .from(personaVersions)
        .where(eq(personaVersions.setId, set.id));
      const number = (row?.last ?? 0) + 1;
      await tx.insert(personaVersions).values({ ...version, version: number });
      return number;
    });
  }

  async find(account: AccountId, id: string): Promise<SetRow | undefined> {
    const [row] = await this.db.select().from(personaSets).where(this.is(account, id));
    return row;
  }

  async page(account: AccountId, page: PageQuery): Promise<Page<SetRow>> {
    const where = and(eq(personaSets.accountId, account), page.cursor ? lt(personaSets.id, page.cursor) : undefined);
    const rows = await this.db
      .select()
      .from(personaSets)
      .where(where)
      .orderBy(desc(personaSets.id))
      .limit(page.limit + 1);
    return pageOf(rows, page.limit);
  }

  /** Sets of a cohort, for who asks whether the cohort is used. */
  async ofCohort(account: AccountId, cohortId: string): Promise<SetRow[]> {
    return this.db
      .select()
      .from(personaSets)
      .where(and(eq(personaSets.accountId, account), eq(personaSets.cohortId, cohortId)));
  }

  async all(account: AccountId): Promise<SetRow[]> {
    return this.db.select().from(personaSets).where(eq(personaSets.accountId, account)).orderBy(asc(personaSets.id));
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(personaSets).where(this.is(account, id));
  }

  /** Versions of some sets, newest first. Without their models. */
  async versions(setIds: string[]): Promise<Omit<VersionRow, 'model'>[]> {
    if (setIds.length === 0) return [];
    return this.db
      .select(WITHOUT_MODEL)
      .from(personaVersions)
      .where(inArray(personaVersions.setId, setIds))
      .orderBy(desc(personaVersions.version));
  }

  async version(account: AccountId, setId: string, version: number): Promise<VersionRow | undefined> {
    const where = and(
      eq(personaVersions.accountId, account),
      eq(personaVersions.setId, setId),
      eq(personaVersions.version, version),
    );
    const [row] = await this.db.select().from(personaVersions).where(where);
    return row;
  }

  async versionById(account: AccountId, id: string): Promise<VersionRow | undefined> {
    const where = and(eq(personaVersions.accountId, account), eq(personaVersions.id, id));
    const [row] = await this.db.select().from(personaVersions).where(where);
    return row;
  }

  /** The version that a new training goes on from: the published one, or the newest that is ready. */
  async base(account: AccountId, set: SetRow): Promise<VersionRow | undefined> {
    const which = set.publishedVersionId
      ? eq(personaVersions.id, set.publishedVersionId)
      : and(eq(personaVersions.setId, set.id), eq(personaVersions.status, 'ready'));
    const [row] = await this.db
      .select()
      .from(personaVersions)
      .where(and(eq(personaVersions.accountId, account), which))
      .orderBy(desc(personaVersions.version))
      .limit(1);
    return row;
  }

  /** The pinned personas of a set, each with the model that it was pinned in. */
  async pins(account: AccountId, setId: string): Promise<{ key: string; model: PersonaModel }[]> {
    const rows = await this.db
      .select({ key: personas.key, model: personaVersions.model })
      .from(personas)
      .innerJoin(personaVersions, eq(personaVersions.id, personas.pinnedVersionId))
      .where(and(eq(personas.accountId, account), eq(personas.setId, setId), isNotNull(personas.pinnedVersionId)))
      .orderBy(asc(personas.createdAt), asc(personas.key));
    return rows.map(({ key, model }) => ({ key, model: model! }));
  }

  /** Keys that were merged away in a version or before it, and the persona each went into. */
  async merged(versionId: string): Promise<Record<string, string>> {
    const [row] = await this.db
      .select({ merged: sql<Record<string, string> | null>`${personaVersions.model} -> 'merged'` })
      .from(personaVersions)
      .where(eq(personaVersions.id, versionId));
    return row?.merged ?? {};
  }

  /** The personas of some versions in the order of their size at training. */
  async personasOf(versionIds: string[]): Promise<VersionPersona[]> {
    if (versionIds.length === 0) return [];
    const rows = await this.db
      .select({ persona: personas, measured: MEASURED })
      .from(personaProfiles)
      .innerJoin(personaVersions, eq(personaVersions.id, personaProfiles.versionId))
      .innerJoin(personas, and(eq(personas.setId, personaVersions.setId), eq(personas.key, personaProfiles.key)))
      .where(inArray(personaProfiles.versionId, versionIds))
      .orderBy(asc(personaProfiles.place));
    return rows.map(({ persona, measured }) => ({ ...persona, measured }));
  }

  /** The profiles of a version's personas by key. */
  async profiles(versionId: string): Promise<Map<string, ProfileRow['profile']>> {
    const rows = await this.db
      .select({ key: personaProfiles.key, profile: personaProfiles.profile })
      .from(personaProfiles)
      .where(eq(personaProfiles.versionId, versionId));
    return new Map(rows.map(({ key, profile }) => [key, profile]));
  }

  async persona(account: AccountId, setId: string, key: string): Promise<PersonaRow | undefined> {
    const [row] = await this.db
      .select()
      .from(personas)
      .where(this.isPersona(account, setId, key));
    return row;
  }

  /** Every persona a set ever had. */
  async personasEver(setId: string): Promise<PersonaRow[]> {
    return this.db.select().from(personas).where(eq(personas.setId, setId)).orderBy(asc(personas.createdAt));
  }

  /** What the newest version that has a persona measured of it. */
  async lastMeasured(setId: string, key: string): Promise<VersionPersona['measured'] | undefined> {
    const [row] = await this.db
      .select(MEASURED)
      .from(personaProfiles)
      .innerJoin(personaVersions, eq(personaVersions.id, personaProfiles.versionId))
      .where(and(eq(personaVersions.setId, setId), eq(personaProfiles.key, key)))
      .orderBy(desc(personaVersions.version))
      .limit(1);
    return row;
  }

  async updatePersona(account: AccountId, setId: string, key: string, change: Partial<PersonaRow>): Promise<void> {
    await this.db
      .update(personas)
      .set(change)
      .where(this.isPersona(account, setId, key));
  }

  private is(account: AccountId, id: string) {
    return and(eq(personaSets.accountId, account), eq(personaSets.id, id));
  }

  private isPersona(account: AccountId, setId: string, key: string) {
    return and(eq(personas.accountId, account), eq(personas.setId, setId), eq(personas.key, key));
  }
}
