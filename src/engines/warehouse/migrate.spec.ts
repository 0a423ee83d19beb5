import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from './migrations.ts';
import { createTable } from './table.ts';
import { Warehouse } from './warehouse.ts';

const tables = migrations.flatMap((migration) => migration.tables);

describe('warehouse migrations', () => {
  it.each(tables.map((table) => [table.name, table] as const))('%s sorts by account first', (_, table) => {
    expect(table.orderBy.startsWith('(account_id')).toBe(true);
  });

  it.each(tables.map((table) => [table.name, table] as const))(
    '%s becomes a replicated and a distributed table on a cluster',
    (name, table) => {
      const [local, distributed] = createTable(table, 'main');
      expect(local).toContain(`${name}_local ON CLUSTER 'main'`);
      expect(local).toContain(`ENGINE = Replicated${table.engine}`);
      expect(distributed).toContain(`Distributed('main', currentDatabase(), '${name}_local', cityHash64(account_id, `);
    },
  );

  it('keeps what was written when the store is opened again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'reach-warehouse-'));
    const options = { dataDir, memory: 1_000_000_000 };
    const first = await Warehouse.open(options);
    await first.insert('cohort_sizes', [{ account_id: 'a', cohort_id: 'c', at: '2026-01-01T00:00:00.000Z', size: 3 }]);
    await first.close();
    const second = await Warehouse.open(options);
    expect(
      await second.one('SELECT size FROM cohort_sizes WHERE account_id = {account:String}', { account: 'a' }),
    ).toEqual({ size: 3 });
    await second.close();
    rmSync(dataDir, { recursive: true });
  });
});
