import { Inject, Injectable } from '@nestjs/common';
import { and, eq, gt, lte, min, sql, sum } from 'drizzle-orm';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { quotaCalls } from './quotas.tables.ts';

/** The calls that all processes have counted, by minute. */
@Injectable()
export class QuotasRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** Counts a call of this minute unless there are as many already. @returns how many there are now, or undefined */
  async take(name: string, minute: number, perMinute: number): Promise<number | undefined> {
    const [row] = await this.db
      .insert(quotaCalls)
      .values({ name, minute, calls: 1 })
      .onConflictDoUpdate({
        target: [quotaCalls.name, quotaCalls.minute],
        set: { calls: sql`${quotaCalls.calls} + 1` },
        setWhere: sql`${quotaCalls.calls} < ${perMinute}`,
      })
      .returning({ calls: quotaCalls.calls });
    return row?.calls;
  }

  /** Calls after a minute, and the first minute that has any. */
  async since(name: string, minute: number): Promise<{ calls: number; oldest: number | null }> {
    const [row] = await this.db
      .select({ calls: sum(quotaCalls.calls), oldest: min(quotaCalls.minute) })
      .from(quotaCalls)
      .where(and(eq(quotaCalls.name, name), gt(quotaCalls.minute, minute)));
    return { calls: Number(row?.calls ?? 0), oldest: row?.oldest ?? null };
  }

  async forget(name: string, upTo: number): Promise<void> {
    await this.db.delete(quotaCalls).where(and(eq(quotaCalls.name, name), lte(quotaCalls.minute, upTo)));
  }
}
