import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { migrateWarehouse } from './migrate.ts';

/** Values bound to `{name:Type}` placeholders. Never put a value into SQL text. */
export type SqlParams = Record<string, unknown>;

/** Column name → type, in the order in which rows hold them. */
export type InsertColumns = Record<string, string>;

export interface WarehouseOptions {
  url?: string;
  cluster?: string;
  dataDir: string;
  /** Memory limit of one query in bytes. */
  memory: number;
}

/** The data plane: one ClickHouse dialect on chDB (embedded) or a ClickHouse server. */
export class Warehouse {
  private constructor(
    private readonly client: ClickHouseClient,
    private readonly cluster: string | undefined,
    /** Folder from which the embedded engine reads rows; a server takes them over the wire. */
    private readonly inbox: string | undefined,
  ) {}

  /** Opens the store and brings its tables up to date. */
  static async open(options: WarehouseOptions): Promise<Warehouse> {
    const inbox = options.url ? undefined : join(options.dataDir, 'warehouse-inbox');
    if (inbox) {
      rmSync(inbox, { recursive: true, force: true });
      mkdirSync(inbox, { recursive: true });
    }
    const client = createClient({ ...transport(options), ...common(options) });
    const warehouse = new Warehouse(client, options.cluster, inbox && resolve(inbox));
    await migrateWarehouse(warehouse, options.cluster);
    return warehouse;
  }

  /** Runs a statement that returns no rows. */
  async command(query: string, params: SqlParams = {}): Promise<void> {
    await this.client.command({ query, query_params: params });
  }

  /** All rows of a query; only for results that are small by nature. */
  async query<T>(query: string, params: SqlParams = {}): Promise<T[]> {
    const result = await this.client.query({ query, query_params: params, format: 'JSONEachRow' });
    return result.json<T>();
  }

  /** The only row of a query. */
  async one<T>(query: string, params: SqlParams = {}): Promise<T> {
    const [row] = await this.query<T>(query, params);
    if (row === undefined) throw new Error('expected one row from the warehouse, got none');
    return row;
  }

  /** Rows of a query in chunks, in bounded memory whatever the size of the result. */
  async *stream<T>(query: string, params: SqlParams = {}): AsyncGenerator<T[]> {
    const result = await this.client.query({ query, query_params: params, format: 'JSONEachRow' });
    for await (const rows of result.stream<T>()) {
      yield (rows as { json<R>(): R }[]).map((row) => row.json<T>());
    }
  }

  /** Inserts rows. Keep batches bounded (≤ 50,000 rows): the embedded engine holds an insert in memory. */
  async insert<T>(table: string, rows: T[]): Promise<void> {
    if (rows.length === 0) return;
    await this.client.insert({ table, values: rows, format: 'JSONEachRow' });
  }

  /**
   * Inserts rows that are in RowBinary already: many times as fast as `insert`. The embedded engine reads them from a
   * file, because it takes statements as text only. The same bound holds: one chunk is in memory at once.
   */
  async insertBinary(table: string, columns: InsertColumns, rows: Uint8Array): Promise<void> {
    if (rows.length === 0) return;
    const target = `INSERT INTO ${table} (${Object.keys(columns).join(', ')})`;
    if (!this.inbox) {
      const values = Readable.from([rows], { objectMode: false });
      const { stream } = await this.client.exec({ query: `${target} FORMAT RowBinary`, values });
      stream.destroy();
      return;
    }
    const structure = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    const path = join(this.inbox, randomUUID());
    await writeFile(path, rows);
    try {
      await this.command(`${target} SELECT * FROM file({path:String}, 'RowBinary', {structure:String})`, {
        path,
        structure: structure.join(', '),
      });
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Drops what a table that is partitioned by one String column holds under `partition`. */
  async dropPartition(table: string, partition: string): Promise<void> {
    const target = this.cluster ? `${table}_local ON CLUSTER '${this.cluster}'` : table;
    await this.command(`ALTER TABLE ${target} DROP PARTITION {partition:String}`, { partition });
  }

  /** Deletes rows for good, in every part and on every shard. For erasure and deletion: ordinary writes never delete. */
  async erase(table: string, where: string, params: SqlParams): Promise<void> {
    const target = this.cluster ? `${table}_local ON CLUSTER '${this.cluster}'` : table;
    // the condition may read other tables, which the caller keeps from changing
    await this.command(`DELETE FROM ${target} WHERE ${where} SETTINGS allow_nondeterministic_mutations = 1`, params);
  }

  async ping(): Promise<boolean> {
    return (await this.one<{ ok: number }>('SELECT 1 AS ok')).ok === 1;
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

function transport(options: WarehouseOptions): ClickHouseClientConfigOptions {
  if (options.url) return { url: options.url };
  const path = join(options.dataDir, 'warehouse');
  mkdirSync(path, { recursive: true });
  // chDB is typed against another copy of the same client types
  const connection = createChdbConnection({ path }) as unknown as ClickHouseClientConfigOptions['connection'];
  return { connection };
}

function common(options: WarehouseOptions) {
  return {
    application: 'reach',
    clickhouse_settings: {
      max_memory_usage: String(options.memory),
      date_time_input_format: 'best_effort' as const,
      date_time_output_format: 'iso' as const,
      output_format_json_quote_64bit_integers: 0 as const,
      join_use_nulls: 0 as const,
    },
  };
}
