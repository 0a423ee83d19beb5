import { stringify } from 'csv-stringify/sync';
import type { Json } from '../destination.ts';
import { type DateFormat, DELIMITERS, type DecimalMark, type FileProfile, type Format } from './profile.ts';

/** Tells a spreadsheet that the file is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';

/** What a file begins with: the byte-order mark, if spreadsheets need it, and the header. */
export function headText(headers: string[], profile: FileProfile): string {
  const mark = (profile.byteOrderMark ?? profile.spreadsheetSafe) ? BYTE_ORDER_MARK : '';
  return mark + (profile.header ? headerLine(headers, profile) : '');
}

type CsvProfile = Pick<FileProfile, 'format' | 'quoting' | 'lineEnd' | 'spreadsheetSafe'>;

/** Rows turned into text at a time, so that other work gets its turn in between. */
export const ROWS_AT_ONCE = 2_000;

/** The text of a cell: nothing for null, JSON for what has parts, numbers without exponent in the decimal mark. */
export function cellText(value: Json | undefined, decimalMark: DecimalMark = '.'): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return numberText(value).replace('.', decimalMark);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Digits only: importers read `1e+21` as text. */
function numberText(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toLocaleString('en-US', PLAIN_DIGITS) : text;
}

const PLAIN_DIGITS = { useGrouping: false, maximumFractionDigits: 100 } as const;

/** A date that was written `YYYY-MM-DD`, in another form. Anything else stays as it is. */
export function dateText(text: string, format: DateFormat): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  return year ? format.replace('YYYY', year).replace('MM', month!).replace('DD', day!) : text;
}

// Spreadsheets run what starts with one of these (also full-width); plain signed numbers such as +4479… are harmless.
const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const NUMBER = /^[+-]?\d+([.,]\d+)?$/;

/** Puts an apostrophe before a cell that a spreadsheet would run (https://owasp.org/www-community/attacks/CSV_Injection). */
export function neutralise(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** A column name that never needs quotes: without the delimiter, quotes, control characters and outer spaces. */
export function headerCell(name: string, format: FileProfile['format']): string {
  return (
    name
      .replaceAll(DELIMITERS[format], '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replaceAll(/["\u0000-\u001f\u007f\ufeff]/g, '')
      .trim()
  );
}

/** The header line, unquoted since `headerCell` leaves nothing to quote. */
export function headerLine(headers: string[], profile: CsvProfile): string {
  const cells = headers.map((name) => headerCell(name, profile.format));
  return (profile.spreadsheetSafe ? cells.map(neutralise) : cells).join(DELIMITERS[profile.format]) + eol(profile);
}

const NEEDS_QUOTES = Object.fromEntries(
  Object.entries(DELIMITERS).map(([format, delimiter]) => [format, new RegExp(`["\\r\\n${delimiter}]`)]),
) as Record<Format, RegExp>;

/** Rows as RFC 4180 text in the profile's delimiter and line end; the writer turns it into UTF-8. */
export function csvText(rows: string[][], profile: CsvProfile): string {
  const cells = profile.spreadsheetSafe ? rows.map((row) => row.map(neutralise)) : rows;
  const all = profile.quoting === 'all';
  // Most rows are digests and plain words: joining them is four times as fast.
  const special = NEEDS_QUOTES[profile.format];
  if (!all && cells.every((row) => row.length > 1 && row.every((cell) => !special.test(cell)))) {
    const end = eol(profile);
    return cells.map((row) => row.join(DELIMITERS[profile.format]) + end).join('');
  }
  return stringify(cells, {
    delimiter: DELIMITERS[profile.format],
    record_delimiter: eol(profile),
    quoted: all,
    quoted_empty: all,
    // Also the line end that is not the file's own, for readers that take either.
    quoted_match: /[\r\n]/,
  });
}

function eol(profile: CsvProfile): string {
  return profile.lineEnd === 'crlf' ? '\r\n' : '\n';
}

/** Text of many rows in pieces, yielding to other work between them. */
export async function* csvPieces(rows: string[][], profile: CsvProfile): AsyncGenerator<Buffer> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    yield Buffer.from(csvText(rows.slice(at, at + ROWS_AT_ONCE), profile), 'utf8');
    await new Promise(setImmediate);
  }
}
