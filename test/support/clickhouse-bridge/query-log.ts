import { exception } from './errors.ts';
import { literal } from './statement.ts';

/** How long after its end a query is in the log: https://clickhouse.com/docs/operations/system-tables/query_log */
const FLUSH_MS = 7_500;
const KEPT = 10_000;

interface Entry {
  query_id: string;
  query: string;
  type: 'QueryFinish' | 'ExceptionWhileProcessing';
  exception_code: number;
  exception: string;
  endedAt: number;
  flushed: boolean;
}

/** The queries of the server, under the ids that clients gave them: `system.processes` and `system.query_log`. */
export class QueryLog {
  private readonly running = new Map<string, { query: string; since: number }>();
  private readonly ended: Entry[] = [];

  async record<T>(id: string, query: string, work: () => Promise<T>): Promise<T> {
    if (this.running.has(id))
      throw exception(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', `Query with id = ${id} is already running`);
    this.running.set(id, { query, since: Date.now() });
    try {
      const result = await work();
      this.end(id, query);
      return result;
    } catch (error) {
      this.end(id, query, error);
      throw error;
    } finally {
      this.running.delete(id);
    }
  }

  flush(): void {
    for (const entry of this.ended) entry.flushed = true;
  }

  /** The statement, reading the two tables from here. */
  bind(query: string): string {
    return query.replaceAll(/\bsystem\.(processes|query_log)\b/g, (_, table) =>
      table === 'processes' ? this.processes() : this.log(),
    );
  }

  private end(id: string, query: string, error?: unknown): void {
    const message = error instanceof Error ? error.message : '';
    this.ended.push({
      query_id: id,
      query,
      type: error === undefined ? 'QueryFinish' : 'ExceptionWhileProcessing',
      exception_code: Number(/^Code: (\d+)/.exec(message)?.[1] ?? 0),
      exception: message,
      endedAt: Date.now(),
      flushed: false,
    });
    if (this.ended.length > KEPT) this.ended.splice(0, KEPT / 2);
  }

  private processes(): string {
    const rows = [...this.running].map(([query_id, { query, since }]) => ({
      query_id,
      query,
      elapsed: (Date.now() - since) / 1000,
    }));
    return table('query_id String, query String, elapsed Float64', rows);
  }

  private log(): string {
    const rows = this.ended
      .filter(({ flushed, endedAt }) => flushed || Date.now() - endedAt >= FLUSH_MS)
      .map(({ query_id, type, exception_code, exception: text }) => ({
        query_id,
        type,
        exception_code,
        exception: text,
      }));
    return table('query_id String, type String, exception_code Int32, exception String', rows);
  }
}

const table = (structure: string, rows: object[]): string =>
  `format(JSONEachRow, ${literal(structure)}, ${literal(rows.map((row) => JSON.stringify(row)).join('\n'))})`;
