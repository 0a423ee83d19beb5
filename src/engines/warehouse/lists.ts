/** Values bound to `{name:Type}` placeholders. Never put a value into SQL text. */
export type SqlParams = Record<string, unknown>;

/**
 * A server refuses a parameter of more than 128 KiB (`http_max_field_value_size`). Half of it leaves room for escapes.
 * https://clickhouse.com/docs/operations/settings/settings#http_max_field_value_size
 */
export const MAX_LIST_BYTES = 64 * 1024;

/** A list that goes to the server as a temporary table. */
export interface LongList {
  table: string;
  /** Of one value. */
  type: string;
  rows: { position: number; value: unknown }[];
}

export interface Statement {
  query: string;
  params: SqlParams;
  lists: LongList[];
}

/**
 * Takes lists that are too long for a parameter out of a statement, which then reads them from temporary tables. `GLOBAL`
 * takes their values to the other servers of a cluster, and changes nothing where there are none.
 */
export function withLongLists(query: string, params: SqlParams): Statement {
  const statement: Statement = { query, params: { ...params }, lists: [] };
  for (const [name, values] of longLists(params)) {
    const placeholder = new RegExp(`(\\b(?:NOT\\s+)?IN\\s*)?\\{${name}:Array\\(([^{}]+)\\)\\}`, 'g');
    const type = placeholder.exec(query)?.[2];
    if (!type) continue;
    const table = `long_list_${name}`;
    statement.query = statement.query.replaceAll(placeholder, (_, membership) =>
      membership
        ? `GLOBAL ${membership}(SELECT value FROM ${table})`
        : `(SELECT arrayMap(row -> row.2, arraySort(groupArray((position, value)))) FROM ${table})`,
    );
    delete statement.params[name];
    statement.lists.push({ table, type, rows: values.map((value, position) => ({ position, value })) });
  }
  return statement;
}

/** The parameters, as often as it takes for a list that is too long: each time with a part of it. */
export function* inParts(params: SqlParams): Generator<SqlParams> {
  const [first] = longLists(params);
  if (!first) {
    yield params;
    return;
  }
  const [name, values] = first;
  const half = Math.ceil(values.length / 2);
  yield* inParts({ ...params, [name]: values.slice(0, half) });
  yield* inParts({ ...params, [name]: values.slice(half) });
}

const longLists = (params: SqlParams): [string, unknown[]][] =>
  Object.entries(params).filter(
    (entry): entry is [string, unknown[]] =>
      Array.isArray(entry[1]) && entry[1].length > 1 && Buffer.byteLength(JSON.stringify(entry[1])) > MAX_LIST_BYTES,
  );
