/** Names of a URL that are no settings: https://clickhouse.com/docs/interfaces/http */
const RESERVED = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'quota_key',
  'role',
  'session_id',
  'session_timeout',
  'session_check',
  'compress',
  'decompress',
  'buffer_size',
  'wait_end_of_query',
]);

/** A request as the HTTP interface reads it, whether its fields came in the URL or in a form. */
export interface Fields {
  /** Values as they came: in the escaped text form. */
  params: Map<string, string>;
  settings: Map<string, string>;
  /** The other fields. */
  reserved: Map<string, string>;
}

/** Sorts the fields of a request into parameters of the query, settings and the rest. */
export function sortFields(fields: Iterable<[string, string]>): Fields {
  const sorted: Fields = { params: new Map(), settings: new Map(), reserved: new Map() };
  for (const [name, value] of fields) {
    if (name.startsWith('param_')) sorted.params.set(name.slice('param_'.length), value);
    else if (RESERVED.has(name)) sorted.reserved.set(name, value);
    else sorted.settings.set(name, value);
  }
  return sorted;
}

/** A literal of ClickHouse's SQL. */
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/**
 * An INSERT whose rows follow in the body of the request, made to read them from a file.
 * https://clickhouse.com/docs/sql-reference/statements/insert-into
 * @returns undefined where no rows follow: another statement, or INSERT … SELECT
 */
export function insertFromFile(query: string, path: string): string | undefined {
  const head = /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?[\w.`"]+\s*(?:\([^()]*\))?\s*/i.exec(query)?.[0];
  if (!head) return undefined;
  const tail = query.slice(head.length).trim().replace(/;$/, '');
  const clause = /^((?:SETTINGS\s+.*?)?)\s*(?:FORMAT\s+(\w+)|(VALUES))$/is.exec(tail);
  if (!clause) return undefined;
  const [, settings = '', format] = clause;
  return `${head.trim()} FROM INFILE ${literal(path)} ${settings} FORMAT ${format ?? 'Values'}`;
}

/** Statements whose result the engine gives out in chunks. */
export const isStreamable = (query: string): boolean =>
  /^[\s(]*(SELECT|WITH)\b/i.test(query) && !/^\s*WITH\b.*\bINSERT\s+INTO\b/is.test(query);
