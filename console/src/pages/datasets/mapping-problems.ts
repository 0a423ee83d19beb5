import { ApiError, type FieldProblem, fieldsOf } from '../../api/problem.ts';
import type { Mapping } from '../../api/types/contacts.ts';
import { words } from '../../app/format.ts';
import { roleLabel } from './roles.ts';

const COLUMN = /^columns\[(\d+)\]/;
const EVENT = /^events\[(\d+)\](?:\.(\w+))?/;
const FALLBACK = /^fallbackKeys\[(\d+)\]/;

const withoutRoot = (path: string): string => path.replace(/^mapping\./, '');

/** What to do about a problem, in the labels of the page, by its code. */
const TEXTS: Record<string, string> = {
  events_only:
    'A file of events changes no contact. Choose "Do not import", or choose "A contact" under "Each row is".',
  events_missing: 'Add an event, or choose "A contact" under "Each row is".',
  key_ignored: 'The column is set to "Do not import". Choose another meaning or another key.',
  key_needs_one: 'Choose the column that tells people apart.',
};

/** The labels of the page for a path of the API, such as `mapping.events[0].time`. */
function placeOf(path: string, { columns, events, fallbackKeys }: Mapping): string {
  const place = withoutRoot(path);
  const column = COLUMN.exec(place);
  if (column) return columns[Number(column[1])]?.column ?? 'Columns';
  const event = EVENT.exec(place);
  if (event) {
    const stream = events?.[Number(event[1])]?.stream ?? '';
    return [`Event ${stream}`.trim(), ...(event[2] ? [event[2] === 'id' ? 'ID' : words(event[2])] : [])].join(', ');
  }
  const fallback = FALLBACK.exec(place);
  if (fallback) return `Fallback key ${fallbackKeys?.[Number(fallback[1])]?.column ?? ''}`.trim();
  if (place.startsWith('key')) return 'Key';
  if (place.startsWith('everyone')) return 'Every row of the file';
  return words(place);
}

function textOf({ code, message }: FieldProblem, { columns }: Mapping): string {
  const text = message
    .replaceAll(/columns\[(\d+)\]/g, (place, index) => `"${columns[Number(index)]?.column ?? place}"`)
    .replaceAll(/mapped as (\w+)/g, (_, role) => `set to "${roleLabel(role)}"`)
    .replace(/^an? (\w+) does not tell people apart$/, (_, role) => `"${roleLabel(role)}" does not tell people apart.`);
  return TEXTS[code] ?? text.charAt(0).toUpperCase() + text.slice(1);
}

/** The problems of the column at an index. */
export function columnProblems(error: Error | null, index: number, mapping: Mapping): string[] {
  return fieldsOf(error)
    .filter(({ path }) => Number(COLUMN.exec(withoutRoot(path))?.[1] ?? -1) === index)
    .map((problem) => textOf(problem, mapping));
}

/** The error with the labels of the page instead of the paths of the API. */
export function labelled(error: Error, mapping: Mapping): Error {
  const fields = fieldsOf(error);
  if (!(error instanceof ApiError)) return error;
  if (error.code === 'file_deleted') return new Error('The stored file was deleted. Upload it again, then import it.');
  if (fields.length === 0) return error;
  const shown = fields.map((problem) => ({
    ...problem,
    path: placeOf(problem.path, mapping),
    message: textOf(problem, mapping),
  }));
  const detail = shown.map(({ path, message }) => `${path}: ${message}`).join(' ');
  return new ApiError(error.status, error.code, detail, shown);
}
