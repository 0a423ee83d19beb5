import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../../src/engines/database/database.ts';

describe('an empty database', () => {
  it('is migrated once when several processes start at the same time', async () => {
    const url = new URL(process.env.TEST_DATABASE_URL!);
    const admin = new pg.Client({ connectionString: url.toString() });
    await admin.connect();
    const name = `reach_${randomUUID()}`;
    await admin.query(`CREATE DATABASE "${name}"`);
    url.pathname = `/${name}`;
    const opened = await Promise.all([1, 2, 3].map(() => openDatabase({ url: url.toString(), dataDir: '/nowhere' })));
    for (const { close } of opened) await close();
    await admin.query(`DROP DATABASE "${name}"`);
    await admin.end();
    expect(opened).toHaveLength(3);
  });
});
