import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, lt, lte, notInArray, sql } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import type { ChecksQuery } from './connections.dto.ts';
import type { ConnectionRow } from './connections.repository.ts';
import { connectionChecks, connections, vendorCalls } from './connections.tables.ts';

export type CheckRow = typeof connectionChecks.$inferSelect;

/** Checks kept of one connection: more than a year of daily ones. */
const KEPT_CHECKS = 400;

/** Checks that were made and those that are due. */
@Injectable()
export class ChecksRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /**
   * Enters a check together with what it makes of the connection.
   * @param asOf when the connection that was checked had been changed last; of one changed meanwhile nothing is entered
   * @param lease of a daily check; when it is no longer held, somebody else has made the check and nothing is entered
   */
  async enter(check: CheckRow, change: Partial<ConnectionRow>, asOf: Date, lease?: Date): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const held = lease ? eq(connections.nextCheckAt, lease) : undefined;
      const updated = await tx
        .update(connections)
        .set(change)
        .where(and(eq(connections.id, check.connectionId), eq(connections.updatedAt, asOf), held))
        .returning({ id: connections.id });
      if (updated.length === 0) return false;
      await tx.insert(connectionChecks).values(check);
      const own = eq(connectionChecks.connectionId, check.connectionId);
      const kept = tx
        .select({ id: connectionChecks.id })
        .from(connectionChecks)
        .where(own)
        .orderBy(desc(connectionChecks.id))
        .limit(KEPT_CHECKS);
      await tx.delete(connectionChecks).where(and(own, notInArray(connectionChecks.id, kept)));
      return true;
    });
  }

  async page(account: AccountId, connectionId: string, { limit, cursor, changed }: ChecksQuery): Promise<CheckRow[]> {
    const where = and(
      eq(connectionChecks.accountId, account),
      eq(connectionChecks.connectionId, connectionId),
      changed ? sql`jsonb_array_length(${connectionChecks.changes}) > 0` : undefined,
      cursor ? lt(connectionChecks.id, cursor) : undefined,
    );
    return this.db
      .select()
      .from(connectionChecks)
      .where(where)
      .orderBy(desc(connectionChecks.id))
      .limit(limit + 1);
  }

  /** Takes every check that is due until `lease`, when it becomes due again unless it was made. */
  async takeDue(now: Date, lease: Date): Promise<{ id: string }[]> {
    return this.db
      .update(connections)
      .set({ nextCheckAt: lease })
      .where(lte(connections.nextCheckAt, now))
      .returning({ id: connections.id });
  }

  async due(connectionId: string, lease: Date): Promise<ConnectionRow | undefined> {
    const [row] = await this.db
      .select()
      .from(connections)
      .where(and(eq(connections.id, connectionId), eq(connections.nextCheckAt, lease)));
    return row;
  }

  async forget(connectionId: string): Promise<void> {
    await this.db.delete(connectionChecks).where(eq(connectionChecks.connectionId, connectionId));
  }

  async forgetCallsBefore(connectionId: string, before: Date): Promise<void> {
    await this.db
      .delete(vendorCalls)
      .where(and(eq(vendorCalls.connectionId, connectionId), lt(vendorCalls.at, before)));
  }
}
