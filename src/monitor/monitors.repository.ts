import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, isNotNull, isNull, lt, ne } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import { runs } from '../deliveries/deliveries.tables.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { monitorReadings, monitors } from './monitor.tables.ts';

export type MonitorRow = typeof monitors.$inferSelect;
export type ReadingRow = typeof monitorReadings.$inferSelect;

/** Monitors and their readings in the database. */
@Injectable()
export class MonitorsRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  async insert(row: MonitorRow): Promise<void> {
    await this.db.insert(monitors).values(row);
  }

  async find(account: AccountId, id: string): Promise<MonitorRow | undefined> {
    const [row] = await this.db.select().from(monitors).where(this.is(account, id));
    return row;
  }

  async ofDelivery(account: AccountId, deliveryId: string): Promise<MonitorRow | undefined> {
    const where = and(eq(monitors.accountId, account), eq(monitors.deliveryId, deliveryId));
    const [row] = await this.db.select().from(monitors).where(where);
    return row;
  }

  async page(account: AccountId, { limit, cursor }: PageQuery): Promise<Page<MonitorRow>> {
    const where = and(eq(monitors.accountId, account), cursor ? lt(monitors.id, cursor) : undefined);
    const rows = await this.db
      .select()
      .from(monitors)
      .where(where)
      .orderBy(desc(monitors.id))
      .limit(limit + 1);
    return pageOf(rows, limit);
  }

  async update(account: AccountId, id: string, change: Partial<MonitorRow>): Promise<void> {
    await this.db.update(monitors).set(change).where(this.is(account, id));
  }

  async delete(account: AccountId, id: string): Promise<void> {
    await this.db.delete(monitors).where(this.is(account, id));
  }

  /** Sent and finished runs of monitors that have no reading, oldest first. */
  async unread(): Promise<{ accountId: string; monitorId: string; runId: string }[]> {
    return this.db
      .select({ accountId: monitors.accountId, monitorId: monitors.id, runId: runs.id })
      .from(monitors)
      .innerJoin(runs, eq(runs.deliveryId, monitors.deliveryId))
      .leftJoin(monitorReadings, eq(monitorReadings.id, runs.id))
      .where(
        and(isNotNull(runs.sentAt), isNotNull(runs.finishedAt), ne(runs.trigger, 'retry'), isNull(monitorReadings.id)),
      )
      .orderBy(asc(runs.id));
  }

  async addReading(row: ReadingRow): Promise<void> {
    await this.db.insert(monitorReadings).values(row).onConflictDoNothing();
  }

  async reading(account: AccountId, monitorId: string, runId: string): Promise<ReadingRow | undefined> {
    const [row] = await this.db
      .select()
      .from(monitorReadings)
      .where(and(this.of(account, monitorId), eq(monitorReadings.id, runId)));
    return row;
  }

  async firstReading(account: AccountId, monitorId: string): Promise<ReadingRow | undefined> {
    const [row] = await this.db
      .select()
      .from(monitorReadings)
      .where(this.of(account, monitorId))
      .orderBy(asc(monitorReadings.id))
      .limit(1);
    return row;
  }

  async readings(account: AccountId, monitorId: string, { limit, cursor }: PageQuery): Promise<Page<ReadingRow>> {
    const where = and(this.of(account, monitorId), cursor ? lt(monitorReadings.id, cursor) : undefined);
    const rows = await this.db
      .select()
      .from(monitorReadings)
      .where(where)
      .orderBy(desc(monitorReadings.id))
      .limit(limit + 1);
    return pageOf(rows, limit);
  }

  private is(account: AccountId, id: string) {
    return and(eq(monitors.accountId, account), eq(monitors.id, id));
  }

  private of(account: AccountId, monitorId: string) {
    return and(eq(monitorReadings.accountId, account), eq(monitorReadings.monitorId, monitorId));
  }
}
