import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** The stores cannot be opened as they are; the message says what to do. */
export class CannotStartError extends Error {}

/**
 * Refuses a database that a later version of Reach has migrated: this version would write what that one cannot read.
 * @throws CannotStartError
 */
export async function assertSchemaKnown(
  db: PgDatabase<PgQueryResultHKT, Record<string, never>>,
  migrationsFolder: string,
): Promise<void> {
  const newest = Math.max(...readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis));
  const table = sql`drizzle.__drizzle_migrations`;
  const [found] = await db.select({ newer: sql<number>`count(*)::int` }).from(table).where(sql`created_at > ${newest}`);
  if (found && found.newer > 0)
    throw new CannotStartError(
      'A later version of Reach has changed this database. Start that version, or restore a backup of before the change.',
    );
}
