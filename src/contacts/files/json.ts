import type { RawRecord } from './csv.ts';
import { isSuspect } from './decode.ts';

/** Separates the values of one cell that came as a list; splits like the mapping's own separator. */
export const LIST_SEPARATOR = '\u001F';

/** One line of JSON as a record; nothing for a blank line. A broken line is a record with a fault. */
export function jsonRecord(text: string, line: number, columns: string[]): RawRecord | undefined {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { line, cells: [], fault: { code: 'json_syntax', text: jsonReason(error) } };
  }
  if (!isObject(value))
    return { line, cells: [], fault: { code: 'json_not_an_object', text: 'the line is not a JSON object' } };
  const object = value;
  const cells = columns.map((column) => cellOf(lookUp(object, column)));
  return isSuspect(text) || text.includes('\\u0000') ? { line, cells, suspect: true } : { line, cells };
}

/** V8's reason without the excerpt of the line, which may hold identifiers. */
function jsonReason(error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return position ? `not valid JSON at character ${Number(position) + 1}` : 'not valid JSON: the line ends too early';
}

/** Names of all values of an object; nested objects become `outer.inner`. */
export function columnsOf(object: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(object).flatMap(([key, value]) =>
    isObject(value) ? columnsOf(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

export function lookUp(object: Record<string, unknown>, column: string): unknown {
  if (column in object) return object[column];
  let value: unknown = object;
  for (const part of column.split('.')) {
    if (!isObject(value)) return undefined;
    value = value[part];
  }
  return value;
}

/** The text of a value, as a CSV cell would hold it. */
export function cellOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as Iterable<unknown>, cellOf).join(LIST_SEPARATOR);
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !ArrayBuffer.isView(value)
  );
}
