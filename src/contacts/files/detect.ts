import { open } from 'node:fs/promises';
import iconv from 'iconv-lite';
import { cleanCell } from '../values/clean.ts';
import { CsvTokenizer, FileFault, type RawRecord } from './csv.ts';
import { detectEncoding } from './encoding.ts';
import type { FileFormat, FormatOptions } from './format.ts';
import { columnsOf, isObject } from './json.ts';
import type { Notice } from './notice.ts';
import { parquetColumns, parquetMetadata } from './parquet.ts';

const HEAD = 1 << 20;
const DELIMITERS = [',', ';', '\t', '|'];
const SAMPLE_LINES = 100;
/** First bytes of what people upload by mistake, and what to do about it. */
const NOT_DATA: { magic: string; code: string; text: string }[] = [
  { magic: '504b0304', code: 'file_is_zip', text: 'This is a ZIP or Excel file. Save it as CSV, or unpack it first.' },
  { magic: '1f8b', code: 'file_is_gzip', text: 'This file is compressed with gzip. Unpack it first.' },
  { magic: 'd0cf11e0', code: 'file_is_excel', text: 'This is an old Excel file. Save it as CSV.' },
  { magic: '25504446', code: 'file_is_pdf', text: 'This is a PDF. Send CSV, JSON lines or Parquet.' },
];

/** How a file is written, from its first megabyte and what is declared. @throws FileFault when it cannot be used. */
export async function detectFormat(path: string, options: FormatOptions = {}): Promise<FileFormat> {
  const head = await readHead(path);
  if (head.length === 0) throw new FileFault('file_empty', 'The file is empty.');
  const wrong = NOT_DATA.find(({ magic }) => head.subarray(0, magic.length / 2).toString('hex') === magic);
  if (wrong) throw new FileFault(wrong.code, wrong.text);
  const isParquet = head.subarray(0, 4).toString('latin1') === 'PAR1';
  if (isParquet || options.format === 'parquet') return parquetFormat(path);
  const encoding = await detectEncoding(path, head, options.encoding);
  const text = iconv.decode(head, encoding, { stripBOM: true });
  const whole = head.length < HEAD;
  if (text.trim() === '') throw new FileFault('file_empty', 'The file holds nothing but white space.');
  const isJson = options.format ? options.format === 'jsonl' : /^\s*[{[]/.test(text) && !options.delimiter;
  return isJson ? jsonFormat(text, encoding, whole) : csvFormat(text, encoding, whole, options);
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function parquetFormat(path: string): Promise<FileFormat> {
  const metadata = await parquetMetadata(path);
  if (metadata.num_rows === 0n) throw noRows('The file has columns and no rows.');
  return { format: 'parquet', encoding: 'binary', columns: parquetColumns(metadata), notices: [] };
}

function jsonFormat(text: string, encoding: string, whole: boolean): FileFormat {
  if (/^\s*\[/.test(text))
    throw new FileFault(
      'json_array',
      'Line 1: the file is one JSON array. Send one object a line (jq -c ".[]" makes it so).',
    );
  const lines = text.split('\n');
  if (!whole) lines.pop();
  const columns = new Set<string>();
  for (const line of lines) {
    for (const column of parsed(line)) columns.add(column);
  }
  if (columns.size === 0)
    throw new FileFault(
      'json_syntax',
      'Line 1: no line at the start of the file is a JSON object. Send one complete object a line.',
    );
  return { format: 'jsonl', encoding, columns: [...columns], notices: [] };
}

function parsed(line: string): string[] {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? columnsOf(value) : [];
  } catch {
    return [];
  }
}

function csvFormat(text: string, encoding: string, whole: boolean, options: FormatOptions): FileFormat {
  const newline = !text.includes('\n') && text.includes('\r') ? '\r' : '\n';
  const delimiter = options.delimiter ?? detectDelimiter(text, newline);
  const records = sample(text, delimiter, newline, whole);
  const first = records[0];
  if (!first) throw new FileFault('file_empty', 'The file holds no line.');
  if (first.fault) throw new FileFault(first.fault.code, `Line ${first.line}: ${first.fault.text}`);
  const header = options.header ?? looksLikeHeader(records);
  if (header && whole && records.length === 1) throw noRows('The file has a header on line 1 and no rows.');
  const notices: Notice[] = [];
  const columns = header ? uniqueNames(first, notices) : first.cells.map((_, i) => `column_${i + 1}`);
  return { format: 'csv', encoding, delimiter, newline, header, columns, ragged: options.ragged ?? 'reject', notices };
}

const noRows = (text: string) => new FileFault('no_rows', text);

function sample(text: string, delimiter: string, newline: '\n' | '\r', whole: boolean): RawRecord[] {
  return new CsvTokenizer(delimiter, newline).push(text, whole).slice(0, SAMPLE_LINES);
}

/** The delimiter that cuts most lines into as many cells as the first; more cells win among equals. */
function detectDelimiter(text: string, newline: '\n' | '\r'): string {
  const scored = DELIMITERS.map((delimiter) => {
    const widths = widthsOf(text, delimiter, newline);
    const width = widths[0] ?? 1;
    const same = widths.filter((w) => w === width).length / Math.max(1, widths.length);
    return { delimiter, score: width > 1 ? same * 1000 + width : 0 };
  });
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).delimiter;
}

function widthsOf(text: string, delimiter: string, newline: '\n' | '\r'): number[] {
  try {
    return sample(text.slice(0, 200_000), delimiter, newline, false).map((record) => record.cells.length);
  } catch {
    return [];
  }
}

/** A first line with an address, a number above numbers, or an empty cell above full ones is data. */
function looksLikeHeader([first, ...rows]: RawRecord[]): boolean {
  const isNumber = (cell: string | undefined) => cell !== undefined && /^\s*[+-]?[\d.,]+\s*$/.test(cell);
  return !first!.cells.some(
    (cell, i) =>
      cell.includes('@') ||
      (isNumber(cell) && rows.length > 0 && rows.every((row) => !row.cells[i] || isNumber(row.cells[i]))),
  );
}

/** Names as they are seen; a nameless column gets its place, a repeated one a number. */
function uniqueNames({ cells, line }: RawRecord, notices: Notice[]): string[] {
  const taken = new Set<string>();
  return cells.map((cell, i) => {
    const name = cleanCell(cell) || `column_${i + 1}`;
    let unique = name;
    for (let n = 2; taken.has(unique); n++) unique = `${name}_${n}`;
    if (unique !== name)
      notices.push({
        code: 'column_repeated',
        message: `The column "${name}" appears again at place ${i + 1}; it is called "${unique}" here.`,
        line,
        column: unique,
      });
    else if (name !== cleanCell(cell))
      notices.push({
        code: 'column_unnamed',
        message: `The column at place ${i + 1} has no name; it is called "${name}" here.`,
        line,
        column: name,
      });
    taken.add(unique);
    return unique;
  });
}
