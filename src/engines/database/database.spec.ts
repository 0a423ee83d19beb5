import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { openDatabase } from './database.ts';
import { CannotStartError } from './schema-version.ts';

const { TEST_DATABASE_URL } = process.env;

describe('the database', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-database-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('opens again what it has migrated, and refuses what a later version has migrated', async () => {
    const first = await openDatabase({ dataDir });
    await first.close();
    const second = await openDatabase({ dataDir });
    const inAYear = Date.now() + 365 * 86_400_000;
    await second.db.execute(
      sql`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('a later one', ${inAYear})`,
    );
    await second.close();
    const refused = openDatabase({ dataDir });
    await expect(refused).rejects.toThrow(CannotStartError);
    await expect(refused).rejects.toThrow(/later version/);
  });

  (TEST_DATABASE_URL ? it : it.skip)('is migrated by one of several processes that start at once', async () => {
    const name = `reach_${randomUUID()}`;
    const admin = new pg.Client({ connectionString: TEST_DATABASE_URL });
    await admin.connect();
    await admin.query(`CREATE DATABASE "${name}"`);
    const url = new URL(TEST_DATABASE_URL!);
    url.pathname = `/${name}`;
    const opened = await Promise.all([1, 2, 3].map(() => openDatabase({ url: url.toString(), dataDir })));
    for (const { close } of opened) await close();
    await admin.query(`DROP DATABASE "${name}"`);
    await admin.end();
    expect(opened).toHaveLength(3);
  });
});
