import { migrations } from './migrations.ts';
import { createTable } from './table.ts';

/** What migrations need of a warehouse. */
interface Store {
  command(query: string): Promise<void>;
  query<T>(query: string): Promise<T[]>;
  insert<T>(table: string, rows: T[]): Promise<void>;
}

/**
 * Applies every migration that the store has not seen, in order. On a cluster each table becomes a replicated local
 * table plus a Distributed one of the plain name, sharded by account and contact so that joins stay on one shard.
 */
export async function migrateWarehouse(warehouse: Store, cluster?: string): Promise<void> {
  const on = cluster ? ` ON CLUSTER '${cluster.replaceAll("'", '')}'` : '';
  await warehouse.command(
    `CREATE TABLE IF NOT EXISTS reach_migrations${on} (name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = ${cluster ? 'ReplicatedMergeTree' : 'MergeTree'} ORDER BY name`,
  );
  const done = new Set(
    (await warehouse.query<{ name: string }>('SELECT name FROM reach_migrations')).map((r) => r.name),
  );
  for (const migration of migrations) {
    if (done.has(migration.name)) continue;
    for (const table of migration.tables) {
      for (const statement of createTable(table, cluster)) await warehouse.command(statement);
    }
    await warehouse.insert('reach_migrations', [{ name: migration.name }]);
  }
}
