import type { RawRecord } from './csv.ts';
import { isSuspect } from './decode.ts';

/** Separates the values of one cell that came as a list; splits like the mapping's own separator. */
export const LIST_SEPARATOR = '\u001F';

/** A cell as people read it: the values of a list with commas between them. */
export const readableCell = (cell: string): string =>
  cell.includes(LIST_SEPARATOR) ? cell.replaceAll(LIST_SEPARATOR, ', ') : cell;

/** Levels of nested objects that become columns; deeper objects stay one value. */
const MAX_DEPTH = 20;
/** Integers that a number cannot hold have at least so many digits. */
const LONG_NUMBER = /\d{16}/;

/** A JSON value in which integers beyond 2^53 are texts with all their digits. @throws SyntaxError */
export function parseJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isRounded = typeof value === 'number' && (Math.abs(value) > Number.MAX_SAFE_INTEGER || !Number.isFinite(value));
  return isRounded ? (context?.source ?? value) : value;
}

/** One object of a JSON file as a record; nothing for blank text. A broken one is a record with a fault. */
export function jsonRecord(text: string, line: number, columns: string[]): RawRecord | undefined {
  if (text.trim() === '') return undefined;
  const faulty = (code: string, reason: string): RawRecord => ({ line, cells: [], fault: { code, text: reason } });
  try {
    const value = parseJson(text);
    if (!isObject(value)) return faulty('json_not_an_object', 'the line is not a JSON object');
    const cells = columns.map((column) => cellOf(lookUp(value, column)));
    return isSuspect(text) || text.includes('\\u0000') ? { line, cells, suspect: true } : { line, cells };
  } catch (error) {
    if (error instanceof RangeError) return faulty('json_too_deep', 'the objects are nested too deeply');
    return faulty('json_syntax', jsonReason(error));
  }
}

/** V8's reason without the excerpt of the line, which may hold identifiers. */
function jsonReason(error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return position ? `not valid JSON at character ${Number(position) + 1}` : 'not valid JSON: the line ends too early';
}

/** Every value of an object with its name; nested objects become `outer.inner`. */
export function* valuesOf(
  object: Record<string, unknown>,
  prefix = '',
  depth = 1,
): Generator<[name: string, value: unknown]> {
  for (const [key, value] of Object.entries(object)) {
    const name = `${prefix}${key}`;
    if (isObject(value) && depth < MAX_DEPTH) yield* valuesOf(value, `${name}.`, depth + 1);
    else yield [name, value];
  }
}

export function lookUp(object: Record<string, unknown>, column: string): unknown {
  if (Object.hasOwn(object, column)) return object[column];
  let value: unknown = object;
  for (const part of column.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
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
