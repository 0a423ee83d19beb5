import { Inject, Injectable } from '@nestjs/common';
import { and, eq, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { fitsAnyType, namesTrait, renamedTrait } from './trait-references.ts';

/** Something that would break without a trait. */
export interface TraitUser {
  kind: string;
  id: string;
  name: string;
}

/** A table in whose JSON columns traits are named. */
export interface TraitStore {
  table: PgTable;
  /** What identifies a row. */
  keys: PgColumn[];
  columns: string[];
  /** Columns that only follow a new name. */
  follows?: string[];
  /** Rows of an account. */
  of: (account: AccountId) => SQL | undefined;
  /** The user that a row is; nothing for rows that only follow a new name. Absent: they all only follow. */
  user?: (row: Record<string, unknown>) => TraitUser | undefined;
}

/** Who uses a trait: features register the tables in which they name traits, so that the catalogue need not know them. */
@Injectable()
export class TraitUsage {
  private readonly stores: TraitStore[] = [];

  constructor(@Inject(DB) private readonly db: Db) {}

  register(...stores: TraitStore[]): void {
    this.stores.push(...stores);
  }

  /** What uses each of some traits, by name. */
  async users(account: AccountId, names: string[]): Promise<Map<string, TraitUser[]>> {
    const rows = await this.rows(account);
    return new Map(
      names.map((name) => [name, rows.flatMap(({ user, value }) => (namesTrait(value, name) ? [user] : []))]),
    );
  }

  /** What asks more of a trait than that it is known: it would break with another type. */
  async boundToType(account: AccountId, name: string): Promise<TraitUser[]> {
    return (await this.rows(account)).flatMap(({ user, value }) => (fitsAnyType(value, name) ? [] : [user]));
  }

  /** Writes another name wherever a trait is named. */
  async rename(tx: Db, account: AccountId, from: string, to: string): Promise<void> {
    for (const store of this.stores) {
      const rows: Record<string, unknown>[] = await tx.select().from(store.table).where(store.of(account));
      for (const row of rows) {
        const value = namedIn([...store.columns, ...(store.follows ?? [])], row);
        if (!namesTrait(value, from)) continue;
        const same = store.keys.map((key) => eq(key, row[propertyOf(store.table, key)]));
        // an editor that has the definition with the old name open must not write it back
        const revision = typeof row.revision === 'number' ? { revision: row.revision + 1 } : {};
        await tx
          .update(store.table)
          .set({ ...renamedTrait(value, from, to), ...revision })
          .where(and(...same));
      }
    }
  }

  private async rows(account: AccountId): Promise<{ user: TraitUser; value: object }[]> {
    const found = await Promise.all(
      this.stores.map(async (store) => {
        if (!store.user) return [];
        const rows: Record<string, unknown>[] = await this.db.select().from(store.table).where(store.of(account));
        return rows.flatMap((row) => {
          const user = store.user?.(row);
          return user ? [{ user, value: namedIn(store.columns, row) }] : [];
        });
      }),
    );
    return found.flat();
  }
}

const namedIn = (columns: string[], row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(columns.map((column) => [column, row[column]]));

/** The property of a row that holds a column. */
const propertyOf = (table: PgTable, column: PgColumn): string =>
  Object.entries(table).find(([, each]) => each === column)![0];
