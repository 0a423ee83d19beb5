import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, lt, lte, ne, sql } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { informPushes } from './inform.tables.ts';

export type PushRow = typeof informPushes.$inferSelect;
export type PushView = Omit<PushRow, 'body' | 'accountId'>;

const PUSHES_A_SWEEP = 1_000;

/** Pushes in the database. */
@Injectable()
export class PushesRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** @returns false when there is one of that id already */
  async insert(row: PushRow): Promise<boolean> {
    const added = await this.db
      .insert(informPushes)
      .values(row)
      .onConflictDoNothing()
      .returning({ id: informPushes.id });
    return added.length === 1;
  }

  /** Takes a push that is due, for one try: nobody else gets it before `until`. */
  async claim(id: string, now: Date, until: Date): Promise<PushRow | undefined> {
    const due = and(eq(informPushes.id, id), eq(informPushes.status, 'pending'), lte(informPushes.nextAt, now));
    const change = { nextAt: until, attempts: sql`${informPushes.attempts} + 1` };
    const [row] = await this.db.update(informPushes).set(change).where(due).returning();
    return row;
  }

  async update(id: string, change: Partial<PushRow>): Promise<void> {
    await this.db.update(informPushes).set(change).where(eq(informPushes.id, id));
  }

  async page(account: AccountId, { limit, cursor }: PageQuery): Promise<Page<PushView>> {
    const where = and(eq(informPushes.accountId, account), cursor ? lt(informPushes.id, cursor) : undefined);
    const rows = await this.db
      .select()
      .from(informPushes)
      .where(where)
      .orderBy(desc(informPushes.id))
      .limit(limit + 1);
    const { items, nextCursor } = pageOf(rows, limit);
    return { items: items.map(({ body: _body, accountId: _account, ...shown }) => shown), nextCursor };
  }

  /** Pushes whose time came before `before`: their job was lost with its process. */
  async overdue(before: Date): Promise<string[]> {
    const rows = await this.db
      .select({ id: informPushes.id })
      .from(informPushes)
      .where(and(eq(informPushes.status, 'pending'), lt(informPushes.nextAt, before)))
      .limit(PUSHES_A_SWEEP);
    return rows.map(({ id }) => id);
  }

  /** Those that arrived or were given up. */
  async forget(before: Date): Promise<void> {
    await this.db
      .delete(informPushes)
      .where(and(ne(informPushes.status, 'pending'), lt(informPushes.createdAt, before)));
  }
}
