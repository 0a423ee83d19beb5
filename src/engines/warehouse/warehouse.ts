import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { inParts, type LongList, type SqlParams, withLongLists } from './lists.ts';
import { migrateWarehouse } from './migrate.ts';
import { outcomeOf } from './outcome.ts';

export type { SqlParams };

/** Column name → type, in the order in which rows hold them. */
export type InsertColumns = Record<string, string>;

export interface WarehouseOptions {
  url?: string;
  cluster?: string;
  dataDir: string;
  /** Memory limit of one query in bytes. */
  memory: number;
  /** How long a server may be silent about a statement, in milliseconds. */
  timeoutMs?: number;
}

const SILENT_MS = 3_600_000;

/**
 * A sign of life for proxies, which end a connection that is silent for a minute. An hour of them fits into the headers
 * that Node accepts.
 */
const SERVER_SETTINGS = {
  send_progress_in_http_headers: 1 as const,
  http_headers_progress_interval_ms: '55000',
};

/**
 * What makes a statement mean the same over several shards as on one machine. Every subquery of an `IN` or a join reads
 * all shards, whatever the rows are sharded by, and an insert returns when the shards have the rows.
 * https://clickhouse.com/docs/operations/settings/settings#distributed_product_mode
 * https://clickhouse.com/docs/operations/settings/settings#distributed_foreground_insert
 */
const CLUSTER_SETTINGS = {
  distributed_product_mode: 'global' as const,
  distributed_foreground_insert: 1 as const,
};

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
    const client = createClient({ ...common(options), ...transport(options) });
    const warehouse = new Warehouse(client, options.cluster, inbox && resolve(inbox));
    await migrateWarehouse(warehouse, options.cluster);
    return warehouse;
  }

  /** Runs a statement that returns no rows. */
  async command(query: string, params: SqlParams = {}): Promise<void> {
    await using bound = await this.bind(query, params);
    await this.write((query_id) => this.client.command({ ...bound.request, query_id }));
  }

  /** All rows of a query; only for results that are small by nature. */
  async query<T>(query: string, params: SqlParams = {}): Promise<T[]> {
    await using bound = await this.bind(query, params);
    const result = await this.client.query({ ...bound.request, format: 'JSONEachRow' });
    return await result.json<T>();
  }

  /** The only row of a query. */
  async one<T>(query: string, params: SqlParams = {}): Promise<T> {
    const [row] = await this.query<T>(query, params);
    if (row === undefined) throw new Error('expected one row from the warehouse, got none');
    return row;
  }

  /** Rows of a query in chunks, in bounded memory whatever the size of the result. */
  async *stream<T>(query: string, params: SqlParams = {}): AsyncGenerator<T[]> {
    await using bound = await this.bind(query, params);
    const result = await this.client.query({ ...bound.request, format: 'JSONEachRow' });
    for await (const rows of result.stream<T>()) {
      yield (rows as { json<R>(): R }[]).map((row) => row.json<T>());
    }
  }

  /** Inserts rows. Keep batches bounded (≤ 50,000 rows): the embedded engine holds an insert in memory. */
  async insert<T>(table: string, rows: T[]): Promise<void> {
    if (rows.length === 0) return;
    await this.write((query_id) => this.client.insert({ table, values: rows, format: 'JSONEachRow', query_id }));
  }

  /**
   * Inserts rows that are in RowBinary already: many times as fast as `insert`. The embedded engine reads them from a
   * file, because it takes statements as text only. The same bound holds: one chunk is in memory at once.
   */
  async insertBinary(table: string, columns: InsertColumns, rows: Uint8Array): Promise<void> {
    if (rows.length === 0) return;
    const target = `INSERT INTO ${table} (${Object.keys(columns).join(', ')})`;
    if (!this.inbox) {
      await this.write(async (query_id) => {
        const values = Readable.from([rows], { objectMode: false });
        const { stream } = await this.client.exec({ query: `${target} FORMAT RowBinary`, values, query_id });
        await buffer(stream);
      });
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

  /**
   * Deletes rows for good, in every part and on every shard. For erasure and deletion: ordinary writes never delete.
   * A long list is taken in parts, so the condition says of it that a row's value is `IN` it.
   */
  async erase(table: string, where: string, params: SqlParams): Promise<void> {
    const target = this.cluster ? `${table}_local ON CLUSTER '${this.cluster}'` : table;
    // the condition may read other tables, which the caller keeps from changing
    for (const part of inParts(params))
      await this.command(`DELETE FROM ${target} WHERE ${where} SETTINGS allow_nondeterministic_mutations = 1`, part);
  }

  /** Deletes rows and frees their disk at once, by writing the rest of their parts again. For sweeps that nobody waits for. */
  async purge(table: string, where: string, params: SqlParams): Promise<void> {
    const target = this.cluster ? `${table}_local ON CLUSTER '${this.cluster}'` : table;
    await this.command(`ALTER TABLE ${target} DELETE WHERE ${where} SETTINGS mutations_sync = 1`, params);
  }

  async ping(): Promise<boolean> {
    return (await this.one<{ ok: number }>('SELECT 1 AS ok')).ok === 1;
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** What the client needs to send a statement. Long lists go to a server first, and are gone after the statement. */
  private async bind(query: string, params: SqlParams): Promise<Bound> {
    const statement = this.inbox ? { query, params, lists: [] } : withLongLists(query, params);
    const request = { query: statement.query, query_params: statement.params };
    if (statement.lists.length === 0) return { request, [Symbol.asyncDispose]: async () => {} };
    const session_id = randomUUID();
    for (const list of statement.lists) await this.keepList(list, session_id);
    return {
      request: { ...request, session_id },
      [Symbol.asyncDispose]: async () => {
        // a server that cannot be asked drops them when the session times out
        for (const { table } of statement.lists)
          await this.client.command({ query: `DROP TEMPORARY TABLE ${table}`, session_id }).catch(() => undefined);
      },
    };
  }

  private async keepList({ table, type, rows }: LongList, session_id: string): Promise<void> {
    const columns = `position UInt32, value ${type}`;
    await this.client.command({ query: `CREATE TEMPORARY TABLE ${table} (${columns}) ENGINE = Memory`, session_id });
    await this.client.insert({ table, values: rows, format: 'JSONEachRow', session_id });
  }

  /** A statement that changes something and outlives its connection is waited for, never sent twice. */
  private async write(send: (queryId: string) => Promise<unknown>): Promise<void> {
    const queryId = randomUUID();
    try {
      await send(queryId);
    } catch (error) {
      if (this.inbox || error instanceof ClickHouseError) throw error;
      await outcomeOf(this.client, queryId, error, this.cluster);
    }
  }
}

interface Bound extends AsyncDisposable {
  request: { query: string; query_params: SqlParams; session_id?: string };
}

function transport(options: WarehouseOptions): ClickHouseClientConfigOptions {
  if (options.url)
    return {
      url: options.url,
      request_timeout: options.timeoutMs ?? SILENT_MS,
      // a parameter in the URL would meet the limits of whatever is between here and the server
      use_multipart_params_auto: true,
      // the client would log lines that are no JSON; errors reach the caller
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: {
        ...common(options).clickhouse_settings,
        ...SERVER_SETTINGS,
        ...(options.cluster ? CLUSTER_SETTINGS : {}),
      },
    };
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
      // expressions of a model with hundreds of traits are longer than the default of 256 KiB
      max_query_size: '16777216',
    },
  };
}
