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
  /** Every row that is inserted into another table, created before, comes here too: those of its columns. */
  fedBy?: { table: string; columns: string };
}

/** The statements that create a table, on one machine or on a cluster. Pure, so the cluster form is tested as text. */
export function createTable(table: TableDefinition, cluster?: string): string[] {
  const partition = table.partitionBy ? ` PARTITION BY ${table.partitionBy}` : '';
  const settings = table.settings ? ` SETTINGS ${table.settings}` : '';
  const body = (name: string, engine: string, on: string) =>
    `CREATE TABLE IF NOT EXISTS ${name}${on} (${table.columns}) ENGINE = ${engine}${partition} ORDER BY ${table.orderBy}${settings}`;
  const feed = (local: string, on: string) =>
    table.fedBy
      ? [
          `CREATE MATERIALIZED VIEW IF NOT EXISTS ${table.name}_feed${on} TO ${table.name}${local} AS SELECT ${table.fedBy.columns} FROM ${table.fedBy.table}${local}`,
        ]
      : [];
  if (!cluster) return [body(table.name, table.engine, ''), ...feed('', '')];
  const on = ` ON CLUSTER '${cluster}'`;
  const shard = table.shardBy ?? 'cityHash64(account_id, contact_id)';
  return [
    body(`${table.name}_local`, `Replicated${table.engine}`, on),
    `CREATE TABLE IF NOT EXISTS ${table.name}${on} AS ${table.name}_local ENGINE = Distributed('${cluster}', currentDatabase(), '${table.name}_local', ${shard})`,
    ...feed('_local', on),
  ];
}
