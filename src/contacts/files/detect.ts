import { open } from 'node:fs/promises';
import iconv from 'iconv-lite';
import { FileFault } from './csv.ts';
import { csvFormat } from './csv-format.ts';
import { detectEncoding } from './encoding.ts';
import type { FileFormat, FormatOptions } from './format.ts';
import { columnsOf, isObject } from './json.ts';
import { parquetColumns, parquetMetadata } from './parquet.ts';

const HEAD = 1 << 20;
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
  return isJson ? jsonFormat(text, encoding, whole) : csvFormat({ text, encoding, whole }, options);
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
  if (metadata.num_rows === 0n) throw new FileFault('no_rows', 'The file has columns and no rows.');
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
