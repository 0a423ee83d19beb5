import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';

const LOOK_MS = 1000;
/** The server writes its log at least every 7.5 seconds, unless it may be asked to do so at once. */
const LOGGED_WITHIN_MS = 20_000;

/**
 * Waits for a statement whose connection broke, and finds out how it ended: the server goes on with it, so that sending
 * it once more could do it twice. https://clickhouse.com/docs/operations/system-tables/query_log
 * @param broken why the connection broke
 * @throws the statement's error, or `broken` where the server does not know the statement
 */
export async function outcomeOf(
  client: ClickHouseClient,
  queryId: string,
  broken: unknown,
  cluster?: string,
): Promise<void> {
  const read = <T>(columns: string, table: string, where: string) =>
    client
      .query({
        query: `SELECT ${columns} FROM ${everywhere(table, cluster)} WHERE query_id = {id:String} ${where} LIMIT 1`,
        query_params: { id: queryId },
        format: 'JSONEachRow',
      })
      .then((result) => result.json<T>())
      .catch(() => {
        throw broken;
      });
  while ((await read('query_id', 'system.processes', '')).length > 0) await sleep(LOOK_MS);
  const flushed = await client.command({ query: 'SYSTEM FLUSH LOGS' }).then(
    () => true,
    () => false,
  );
  for (let waited = 0; waited <= LOGGED_WITHIN_MS; waited += LOOK_MS) {
    const [end] = await read<End>('type, exception_code, exception', 'system.query_log', "AND type != 'QueryStart'");
    if (end?.type === 'QueryFinish') return;
    if (end) throw new ClickHouseError({ code: String(end.exception_code), message: end.exception });
    if (flushed) break;
    await sleep(LOOK_MS);
  }
  throw broken;
}

interface End {
  type: string;
  exception_code: number;
  exception: string;
}

const everywhere = (table: string, cluster: string | undefined): string =>
  cluster ? `clusterAllReplicas('${cluster.replaceAll("'", '')}', ${table})` : table;
