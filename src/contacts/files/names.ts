import { cleanCell } from '../values/clean.ts';
import { FileFault } from './csv.ts';
import type { Notice } from './notice.ts';

/** More columns than any export has; a file with more was written by mistake, or to do harm. */
export const MAX_COLUMNS = 2_000;
const LONGEST_NAME = 500;

/** A column's name as people see it: composed letters, no invisible marks, single blanks. */
export const cleanName = (name: string): string => cleanCell(name).replaceAll(/\s+/g, ' ').slice(0, LONGEST_NAME);

/**
 * Unique names in the file's order; a nameless column gets its place, a repeated one a number.
 * @throws FileFault for more columns than a file may have
 */
export function uniqueNames(cells: string[], line: number, notices: Notice[]): string[] {
  checkColumnCount(cells.length);
  const names = cells.map((cell) => cleanName(cell));
  const taken = new Set(names);
  const seen = new Map<string, number>();
  return names.map((name, i) => {
    if (name === '') {
      const column = free(`column_${i + 1}`, 2, taken);
      const message = `Column ${i + 1} has no name; it is called "${column}" here. Name it in the file, or map it under this name.`;
      notices.push({ code: 'column_unnamed', message, line, column });
      return column;
    }
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    if (before === 0) return name;
    const column = free(`${name}_${before + 1}`, before + 2, taken, name);
    const message = `The column "${name}" appears again as column ${i + 1}; it is called "${column}" here.`;
    notices.push({ code: 'column_repeated', message, line, column });
    return column;
  });
}

/** The wanted name, or its first free numbered form. */
function free(wish: string, next: number, taken: Set<string>, base = wish): string {
  let name = wish;
  for (let n = next; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return name;
}

/** Names of the columns of a file without a header. @throws FileFault for more columns than a file may have */
export function placeNames(count: number): string[] {
  checkColumnCount(count);
  return Array.from({ length: count }, (_, i) => `column_${i + 1}`);
}

/** @throws FileFault for more columns than a file may have */
export function checkColumnCount(count: number): void {
  if (count <= MAX_COLUMNS) return;
  throw new FileFault(
    'too_many_columns',
    `The file has ${count.toLocaleString('en')} columns; at most ${MAX_COLUMNS.toLocaleString('en')} can be read. Leave out what you do not need, or choose the right delimiter.`,
  );
}
