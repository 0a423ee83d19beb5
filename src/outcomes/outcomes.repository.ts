import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, getTableColumns, inArray, lt, max, or } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import type { Cuts } from '../models/outcomes/score.ts';
import { outcomes, outcomeVersions } from './outcomes.tables.ts';

export type OutcomeRow = typeof outcomes.$inferSelect;
export type OutcomeVersionRow = typeof outcomeVersions.$inferSelect;
export type NewOutcomeVersion = Omit<typeof outcomeVersions.$inferInsert, 'version'>;

// models are large: read only where they are asked for
const { model: _model, cuts: _cuts, ...WITHOUT_MODEL } = getTableColumns(outcomeVersions);
export type OutcomeVersionFacts = Omit<OutcomeVersionRow, 'model' | 'cuts'>;

/** Outcomes and their versions in the database. */
@Injectable()
export class OutcomesRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** A new outcome with its first version, both or neither. */
  async create(outcome: OutcomeRow, version: NewOutcomeVersion): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.insert(outcomes).values(outcome);
      await tx.insert(outcomeVersions).values({ ...version, version: 1 });
    });
  }

  /** One more version, with the changed wishes of its outcome. @returns its number */
  async addVersion(outcome: OutcomeRow, version: NewOutcomeVersion): Promise<number> {
    const { traits, seed, excludeProtected, lastUpdatedConfigAt } = outcome;
    return this.db.transaction(async (tx) => {
      // holds the outcome until the end, so that of two at once the second counts the first one's version
      await tx
        .update(outcomes)
        .set({ traits, seed, excludeProtected, lastUpdatedConfigAt })
        .where(this.is(outcome.accountId as AccountId, outcome.id));
      const [row] = await tx
        .select({ last: max(outcomeVersions.version) })
        .from(outcomeVersions)
        .where(eq(outcomeVersions.outcomeId, outcome.id));
      const number = (row?.last ?? 0) + 1;
      await tx.insert(outcomeVersions).values({ ...version, version: number });
      return number;
    });
  }

  async find(account: AccountId, id: string): Promise<OutcomeRow | undefined> {
    const [row] = await this.db.select().from(outcomes).where(this.is(account, id));
    return row;
  }

  async page(account: AccountId, page: PageQuery): Promise<Page<OutcomeRow>> {
    const rows = await this.db
      .select()
      .from(outcomes)
      .where(and(eq(outcomes.accountId, account), page.cursor ? lt(outcomes.id, page.cursor) : undefined))
      .orderBy(desc(outcomes.id))
      .limit(page.limit + 1);
    return pageOf(rows, page.limit);
  }

  async all(account: AccountId): Promise<OutcomeRow[]> {
    return this.db.select().from(outcomes).where(eq(outcomes.accountId, account)).orderBy(asc(outcomes.id));
  }

  /** Changes whenever a live model or its cuts do. */
  async liveStamp(account: AccountId): Promise<string> {
    const { id, name, publishedVersionId: version } = outcomes;
    const rows = await this.db
      .select({ id, name, version, scoredAt: outcomeVersions.scoredAt })
      .from(outcomes)
      .innerJoin(outcomeVersions, eq(outcomeVersions.id, outcomes.publishedVersionId))
      .where(eq(outcomes.accountId, account))
      .orderBy(asc(outcomes.id));
    return JSON.stringify(rows);
  }

  /** Outcomes that a cohort defines, for who asks whether the cohort is used. */
  async ofCohort(account: AccountId, cohortId: string): Promise<OutcomeRow[]> {
    const uses = or(
      eq(outcomes.eligibleCohortId, cohortId),
      eq(outcomes.attainedCohortId, cohortId),
      eq(outcomes.attritionCohortId, cohortId),
    );
    return this.db
      .select()
      .from(outcomes)
      .where(and(eq(outcomes.accountId, account), uses));
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(outcomes).where(this.is(account, id));
  }

  /** Versions of some outcomes, newest first. Without their models. */
  async versions(outcomeIds: string[]): Promise<OutcomeVersionFacts[]> {
    if (outcomeIds.length === 0) return [];
    return this.db
      .select(WITHOUT_MODEL)
      .from(outcomeVersions)
      .where(inArray(outcomeVersions.outcomeId, outcomeIds))
      .orderBy(desc(outcomeVersions.version));
  }

  async version(account: AccountId, outcomeId: string, version: number): Promise<OutcomeVersionRow | undefined> {
    const where = and(
      eq(outcomeVersions.accountId, account),
      eq(outcomeVersions.outcomeId, outcomeId),
      eq(outcomeVersions.version, version),
    );
    const [row] = await this.db.select().from(outcomeVersions).where(where);
    return row;
  }

  async versionById(account: AccountId, id: string): Promise<OutcomeVersionRow | undefined> {
    const where = and(eq(outcomeVersions.accountId, account), eq(outcomeVersions.id, id));
    const [row] = await this.db.select().from(outcomeVersions).where(where);
    return row;
  }

  /** Notes that everyone was scored by a version. */
  async scored(versionId: string, now: Date, facts: { cuts: Cuts; contacts: number }): Promise<void> {
    await this.db
      .update(outcomeVersions)
      .set({ scoredAt: now, cuts: facts.cuts, scoredContacts: facts.contacts })
      .where(eq(outcomeVersions.id, versionId));
  }

  /** Makes a version that everyone is scored by the live one. */
  async goLive(account: AccountId, version: OutcomeVersionRow, now: Date): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx
        .update(outcomeVersions)
        .set({ stage: 'retired', publishingAt: null })
        .where(and(eq(outcomeVersions.outcomeId, version.outcomeId), eq(outcomeVersions.stage, 'published')));
      await tx
        .update(outcomeVersions)
        .set({ stage: 'published', publishingAt: now, publishedAt: now })
        .where(eq(outcomeVersions.id, version.id));
      await tx
        .update(outcomes)
        .set({ publishedVersionId: version.id, lastUpdatedOutputAt: now })
        .where(this.is(account, version.outcomeId));
    });
  }

  /** Notes that everyone is scored by the live version and that who depends on it was told. */
  async finished(versionId: string): Promise<void> {
    await this.db.update(outcomeVersions).set({ publishingAt: null }).where(eq(outcomeVersions.id, versionId));
  }

  private is(account: AccountId, id: string) {
    return and(eq(outcomes.accountId, account), eq(outcomes.id, id));
  }
}
