import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import pg from 'pg';
import { fromPglite } from 'pg-boss';
import { assertSchemaKnown } from './schema-version.ts';

/** What repositories use: one Drizzle surface, whichever store is below. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/** An opened control-plane store. */
export interface OpenDatabase {
  db: Db;
  /** What pg-boss needs to live in the same store: its own connection string, or the embedded instance. */
  boss: { connectionString: string } | { db: ReturnType<typeof fromPglite>; backend: 'pglite' };
  /** Does work that only one process may do at a time, such as changing a schema. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Key of the lock that is held while schemas change. */
const MIGRATION_LOCK = 7_243_891;

/** PGlite clears its buffers at every start. At the default of 128 MB, that takes most of the time of a start. */
const PGLITE_PARAMS = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** Opens PostgreSQL at `url`, or PGlite below `dataDir` when there is none, and brings its schema up to date. */
export async function openDatabase(options: { url?: string; dataDir: string }): Promise<OpenDatabase> {
  return options.url ? openPostgres(options.url) : openPglite(join(options.dataDir, 'database'));
}

async function openPostgres(connectionString: string): Promise<OpenDatabase> {
  const pool = new pg.Pool({ connectionString, max: 10 });
  pool.on('error', () => undefined); // an idle connection that drops is replaced by the pool; queries report their own
  const db = drizzlePg(pool);
  const exclusively = <T>(work: () => Promise<T>) => withLock(pool, work);
  try {
    await exclusively(() => migratePg(db, { migrationsFolder }));
    await assertSchemaKnown(db as unknown as Db, migrationsFolder);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { db: db as unknown as Db, boss: { connectionString }, exclusively, close: () => pool.end() };
}

/** The lock ends with its connection, so a process that dies leaves none. */
async function withLock<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work();
  } finally {
    client.release(true);
  }
}

async function openPglite(path: string): Promise<OpenDatabase> {
  mkdirSync(path, { recursive: true });
  const client = await PGlite.create(path, { startParams: PGLITE_PARAMS });
  const db = drizzlePglite(client);
  await migratePglite(db, { migrationsFolder });
  await assertSchemaKnown(db as unknown as Db, migrationsFolder).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  return {
    db: db as unknown as Db,
    boss: { db: fromPglite(client), backend: 'pglite' },
    exclusively: (work) => work(), // the folder belongs to one process
    close: () => client.close(),
  };
}
