import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { Caller } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { sealedColumns } from '../engines/sealed-columns.ts';
import { Sealer } from '../engines/sealing.ts';

/** How long an answer for the health check is kept. */
const KNOWN_MS = 5_000;

/** How many sealed values there are, by the key that sealed them. */
export interface SealedCounts {
  /** By the key that seals now. */
  current: number;
  /** By a former key that can still be read. */
  former: number;
  /** By a key that is not there. */
  unreadable: number;
}

/** The encryption key over all sealed values of the installation: whether it opens them, and their change to a new one. */
@Injectable()
export class EncryptionService implements OnApplicationBootstrap {
  private readonly logger = new Logger(EncryptionService.name);
  private known = { isComplete: true, at: Number.NEGATIVE_INFINITY };

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly sealer: Sealer,
    private readonly accounts: AccountsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { unreadable } = await this.counts();
    if (unreadable > 0)
      this.logger.error({
        msg: 'values were sealed with another encryption key; restore it, or enter the credentials of connections again',
        unreadable,
      });
  }

  /** Whether every sealed value can be opened, as of some seconds ago at most. */
  async isComplete(): Promise<boolean> {
    if (performance.now() - this.known.at > KNOWN_MS)
      this.known = { isComplete: (await this.counts()).unreadable === 0, at: performance.now() };
    return this.known.isComplete;
  }

  async counts(): Promise<SealedCounts> {
    const counts: SealedCounts = { current: 0, former: 0, unreadable: 0 };
    for (const column of sealedColumns()) {
      const rows = await this.db
        .select({ key: keyOf(column), count: sql<number>`count(*)::int` })
        .from(tableOf(column))
        .where(isNotNull(column))
        .groupBy(keyOf(column));
      for (const { key, count } of rows) counts[this.sealer.standingOf(key)] += count;
    }
    return counts;
  }

  /** Seals all values of former keys with the current key. A value that is written meanwhile stays as it is written. */
  async reseal(caller: Caller): Promise<SealedCounts> {
    for (const column of sealedColumns()) await this.resealColumn(column);
    const counts = await this.counts();
    await this.accounts.audit(caller, 'encryption.reseal', this.sealer.keyId, counts);
    return counts;
  }

  private async resealColumn(column: PgColumn): Promise<void> {
    const table = tableOf(column);
    const isOld = sql`${keyOf(column)} <> ${this.sealer.keyId}`;
    const rows = await this.db
      .select({ sealed: sql<string>`${column}` })
      .from(table)
      .where(and(isNotNull(column), isOld));
    for (const { sealed } of rows) {
      if (!this.sealer.canOpen(sealed)) continue;
      const change = { [propertyOf(table, column)]: this.sealer.seal(this.sealer.unseal(sealed)) };
      // sealed texts are never the same twice, so one names its row
      await this.db.update(table).set(change).where(eq(column, sealed));
    }
  }
}

/** A sealed text names the key that sealed it. */
const keyOf = (column: PgColumn): SQL<string> => sql<string>`split_part(${column}, '.', 2)`;

const tableOf = (column: PgColumn): PgTable => column.table as PgTable;

function propertyOf(table: PgTable, column: PgColumn): string {
  const [name] = Object.entries(table).find(([, value]) => value === column) ?? [];
  if (!name) throw new Error(`${column.name} is no column of its table`);
  return name;
}
