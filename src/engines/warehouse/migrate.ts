import { migrations } from './migrations.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Applies every migration that the store has not seen, in order. On a cluster each table becomes a replicated local
 * table plus a Distributed one of the plain name, sharded by account and contact so that joins stay on one shard.
 */
export async function migrateWarehouse(warehouse: Warehouse, cluster?: string): Promise<void> {
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

/** One table of a migration: columns in SQL, the engine without its Replicated prefix, and the sorting key. */
export interface TableDefinition {
  name: string;
  columns: string;
  /** `MergeTree`, `ReplacingMergeTree(version)`, … */
  engine: string;
  partitionBy?: string;
  /** Starts with account_id. */
  orderBy: string;
  settings?: string;
  /** Shard key on a cluster. */
  shardBy?: string;
}

/** The statements that create a table, on one machine or on a cluster. Pure, so the cluster form is tested as text. */
export function createTable(table: TableDefinition, cluster?: string): string[] {
  const partition = table.partitionBy ? ` PARTITION BY ${table.partitionBy}` : '';
  const settings = table.settings ? ` SETTINGS ${table.settings}` : '';
  const body = (name: string, engine: string, on: string) =>
    `CREATE TABLE IF NOT EXISTS ${name}${on} (${table.columns}) ENGINE = ${engine}${partition} ORDER BY ${table.orderBy}${settings}`;
  if (!cluster) return [body(table.name, table.engine, '')];
  const on = ` ON CLUSTER '${cluster}'`;
  const shard = table.shardBy ?? 'cityHash64(account_id, contact_id)';
  return [
    body(`${table.name}_local`, `Replicated${table.engine}`, on),
    `CREATE TABLE IF NOT EXISTS ${table.name}${on} AS ${table.name}_local ENGINE = Distributed('${cluster}', currentDatabase(), '${table.name}_local', ${shard})`,
  ];
}
