import { and, asc, desc, eq, inArray, lt, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import type { Life } from './life.ts';

type Table<Columns extends string> = PgTable & Record<Columns | 'id' | 'accountId' | 'revision', PgColumn>;

/** What users define and change by revision: rows of one account, few enough to be read whole. */
export abstract class DefinitionsRepository<Row extends { id: string }> {
  constructor(
    private readonly db: Db,
    private readonly definitions: Table<never>,
  ) {}

  async create(row: Row): Promise<void> {
    await this.db.insert(this.definitions).values(row);
  }

  async find(account: AccountId, id: string): Promise<Row | undefined> {
    const [row] = await this.db.select().from(this.definitions).where(this.is(account, id));
    return row as Row | undefined;
  }

  async all(account: AccountId): Promise<Row[]> {
    const { id, accountId } = this.definitions;
    const rows = this.db.select().from(this.definitions).where(eq(accountId, account)).orderBy(asc(id));
    return (await rows) as Row[];
  }

  async page(account: AccountId, { limit, cursor }: PageQuery): Promise<Page<Row>> {
    const { id, accountId } = this.definitions;
    const where = and(eq(accountId, account), cursor ? lt(id, cursor) : undefined);
    const rows = this.db.select().from(this.definitions).where(where).orderBy(desc(id));
    return pageOf((await rows.limit(limit + 1)) as Row[], limit);
  }

  /** Changes the row if it still has `revision`. @returns whether it had. */
  async update(account: AccountId, id: string, revision: number, change: Partial<Row>): Promise<boolean> {
    return this.changed(change, this.is(account, id), eq(this.definitions.revision, revision));
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(this.definitions).where(this.is(account, id));
  }

  protected is(account: AccountId, id: string): SQL | undefined {
    return and(eq(this.definitions.accountId, account), eq(this.definitions.id, id));
  }

  protected async changed(change: object, ...where: (SQL | undefined)[]): Promise<boolean> {
    const { id } = this.definitions;
    const update = this.db.update(this.definitions).set(change);
    return (await update.where(and(...where)).returning({ id })).length > 0;
  }
}

/** Definitions whose members are counted. */
export abstract class CountedRepository<Row extends { id: string }> extends DefinitionsRepository<Row> {
  constructor(
    db: Db,
    private readonly counted: Table<'lastUpdatedConfigAt'>,
  ) {
    super(db, counted);
  }

  /** Writes the outcome of a count, unless the definition changed since `configAt`. @returns whether it was written. */
  async recordCount(account: AccountId, id: string, configAt: Date, life: Partial<Life>): Promise<boolean> {
    return this.changed(life, this.is(account, id), eq(this.counted.lastUpdatedConfigAt, configAt));
  }

  async setStatus(account: AccountId, ids: string[], life: Partial<Life>): Promise<void> {
    if (ids.length === 0) return;
    await this.changed(life, eq(this.counted.accountId, account), inArray(this.counted.id, ids));
  }
}
