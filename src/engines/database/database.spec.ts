import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { openDatabase } from './database.ts';
import { CannotStartError } from './schema-version.ts';

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
});
