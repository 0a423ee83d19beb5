import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, lt } from 'drizzle-orm';
import type { VendorCall } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { newId } from '../http/ids.ts';
import type { PageQuery } from '../http/page.ts';
import { connections, vendorCalls } from './connections.tables.ts';

export type ConnectionRow = typeof connections.$inferSelect;

@Injectable()
export class ConnectionsRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  async insert(row: ConnectionRow): Promise<void> {
    await this.db.insert(connections).values(row);
  }

  async find(account: AccountId, id: string): Promise<ConnectionRow | undefined> {
    const [row] = await this.db.select().from(connections).where(this.one(account, id));
    return row;
  }

  async all(account: AccountId): Promise<ConnectionRow[]> {
    return this.db.select().from(connections).where(eq(connections.accountId, account)).orderBy(connections.id);
  }

  async page(account: AccountId, { limit, cursor }: PageQuery): Promise<ConnectionRow[]> {
    const where = and(eq(connections.accountId, account), cursor ? lt(connections.id, cursor) : undefined);
    return this.db
      .select()
      .from(connections)
      .where(where)
      .orderBy(desc(connections.id))
      .limit(limit + 1);
  }

  async update(account: AccountId, id: string, change: Partial<ConnectionRow>): Promise<void> {
    await this.db.update(connections).set(change).where(this.one(account, id));
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(connections).where(this.one(account, id));
  }

  async recordCall(
    account: AccountId,
    connectionId: string,
    runId: string | undefined,
    call: VendorCall,
  ): Promise<void> {
    await this.db.insert(vendorCalls).values({
      id: newId('call'),
      accountId: account,
      connectionId,
      runId: runId ?? null,
      at: call.at,
      method: call.method,
      target: call.target,
      status: String(call.status),
      milliseconds: Math.round(call.milliseconds),
      vendorRequestId: call.vendorRequestId ?? null,
      code: call.code ?? null,
    });
  }

  async calls(account: AccountId, filter: { connectionId?: string; runId?: string }, { limit, cursor }: PageQuery) {
    const where = and(
      eq(vendorCalls.accountId, account),
      filter.connectionId ? eq(vendorCalls.connectionId, filter.connectionId) : undefined,
      filter.runId ? eq(vendorCalls.runId, filter.runId) : undefined,
      cursor ? lt(vendorCalls.id, cursor) : undefined,
    );
    return this.db
      .select()
      .from(vendorCalls)
      .where(where)
      .orderBy(desc(vendorCalls.id))
      .limit(limit + 1);
  }

  private one(account: AccountId, id: string) {
    return and(eq(connections.accountId, account), eq(connections.id, id));
  }
}
