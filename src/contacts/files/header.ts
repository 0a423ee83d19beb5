import type { RawRecord } from './csv.ts';

/** Where the table of a file begins. */
export interface FoundHeader {
  /** Place of the header, or of the first row when there is none, among the records. */
  index: number;
  header: boolean;
  /** Lines below the header that name the columns once more. */
  extraHeaderLines: number[];
}

/** Titles stand above a table, and not many of them. */
const MAX_TITLES = 30;
const LOOK_ROWS = 50;

/** What cannot be mistaken for a word. */
type Kind = 'email' | 'number' | 'date' | 'text' | 'empty';

const LONGEST_LOOKED_AT = 100;
const KINDS: [Kind, RegExp][] = [
  ['empty', /^\s*(?:null|n\/?a|none|nil|-+|\\n)?\s*$/i],
  ['email', /^[^\s@]+@[^\s@]+\.[^\s@]+$/],
  ['date', /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ].*)?$/],
  ['number', /^[\p{Sc}\s]*[+\-−]?\d[\d.,'\s ]*[%\p{Sc}\s]*$/u],
];

const kindOf = (cell: string | undefined): Kind => {
  const text = (cell ?? '').slice(0, LONGEST_LOOKED_AT).trim();
  return KINDS.find(([, form]) => form.test(text))?.[0] ?? 'text';
};

/** A column that holds e-mails, numbers or dates in nearly all rows; `text` for any other. */
function columnKinds(rows: RawRecord[], width: number): Kind[] {
  return Array.from({ length: width }, (_, i) => {
    const kinds = rows.map(({ cells }) => kindOf(cells[i])).filter((kind) => kind !== 'empty');
    const most = (['email', 'number', 'date'] as const).find(
      (kind) => kinds.length > 0 && kinds.filter((k) => k === kind).length >= kinds.length * 0.8,
    );
    return most ?? (kinds.length === 0 ? 'empty' : 'text');
  });
}

/** Finds the header below titles, comments and blank lines, and says whether it is one. */
export function findHeader(records: RawRecord[], width: number, declared: { header?: boolean } = {}): FoundHeader {
  const below = firstOfTable(records, width);
  const isNamed = (index: number) => looksLikeHeader(records[index]!, records.slice(index + 1), width);
  // a first line of several cells above data is a header that names too few columns, not a title
  const index = below > 0 && filled(records[0]!) > 1 && !isComment(records[0]!, width) && !isNamed(below) ? 0 : below;
  const header = declared.header ?? isNamed(index);
  return { index, header, extraHeaderLines: header ? secondHeaders(records.slice(index + 1), width) : [] };
}

/** The first record that is as wide and as full as those that follow. */
function firstOfTable(records: RawRecord[], width: number): number {
  const least = usual(records.slice(0, LOOK_ROWS).map(filled)) / 2;
  const fits = (record: RawRecord) =>
    !isComment(record, width) && (width === 1 || (record.cells.length >= Math.min(width, 2) && filled(record) > least));
  const found = records.slice(0, MAX_TITLES).findIndex(fits);
  return found === -1 ? 0 : found;
}

/** The middle one. */
const usual = (counts: number[]): number => [...counts].sort((a, b) => a - b)[counts.length >> 1] ?? 0;

const filled = ({ cells }: RawRecord): number => cells.filter((cell) => cell.trim() !== '').length;

/** A line that begins like a comment, where it has not as many cells as a row: `#` may also begin a name. */
const isComment = ({ cells }: RawRecord, width: number): boolean =>
  /^\s*(?:#|\/\/)/.test(cells[0] ?? '') && (width === 1 || cells.length !== width);

/**
 * Names stand above e-mails, numbers or dates; a first row of data is of the same kind as the rows below it. Years may
 * name columns of numbers. Where nothing decides, the first row is the header.
 */
export function looksLikeHeader(first: RawRecord, rows: RawRecord[], width: number): boolean {
  const kinds = columnKinds(rows.slice(0, LOOK_ROWS), width);
  let names = 0;
  let data = 0;
  for (const [i, cell] of first.cells.entries()) {
    if (cell.includes('@')) return false;
    const kind = kindOf(cell);
    const below = kinds[i] ?? 'empty';
    if (kind === 'text' && below !== 'text' && below !== 'empty') names++;
    else if (kind !== 'text' && kind !== 'empty' && kind === below && !isYear(cell)) data++;
  }
  return data === 0 || names > data;
}

const isYear = (cell: string): boolean => /^\s*(?:19|20)\d\d\s*$/.test(cell);

/** Rows right below the header with words where all others hold e-mails, numbers or dates. */
function secondHeaders(rows: RawRecord[], width: number): number[] {
  const kinds = columnKinds(rows.slice(1, LOOK_ROWS), width);
  const typed = kinds.flatMap((kind, i) => (kind === 'text' || kind === 'empty' ? [] : [i]));
  const first = rows[0];
  if (!first || rows.length < 3 || typed.length < 2) return [];
  const words = typed.filter((i) => kindOf(first.cells[i]) === 'text').length;
  const others = typed.filter((i) => !['text', 'empty'].includes(kindOf(first.cells[i]))).length;
  return words >= 2 && others === 0 ? [first.line] : [];
}
