import { open } from 'node:fs/promises';
import iconv from 'iconv-lite';
import { FileFault } from './csv.ts';
import { csvFormat, type TextHead } from './csv-format.ts';
import { detectEncoding, garbledNotice } from './encoding.ts';
import type { FileFormat, FormatOptions } from './format.ts';
import { jsonFormat } from './json-format.ts';
import { refuseWrongBytes, refuseWrongText } from './kinds.ts';
import { parquetFormat } from './parquet.ts';
import { xlsxFormat } from './xlsx.ts';
import { isZip } from './zip.ts';

const HEAD = 1 << 20;
/** How a file is written, from its first megabyte and what is declared. @throws FileFault when it cannot be used. */
export async function detectFormat(path: string, options: FormatOptions = {}): Promise<FileFormat> {
  const head = await readHead(path);
  if (head.length === 0) throw new FileFault('file_empty', 'The file is empty.');
  refuseWrongBytes(head);
  const isParquet = head.subarray(0, 4).toString('latin1') === 'PAR1';
  if (isParquet || options.format === 'parquet') return parquetFormat(path);
  if (isZip(head)) return xlsxFormat(path, options);
  const { encoding, notices, ...found } = await detectEncoding(path, head, options.encoding);
  const text = iconv.decode(head, encoding, { stripBOM: true });
  const whole = head.length < HEAD;
  if (text.trim() === '') throw new FileFault('file_empty', 'The file holds nothing but white space.');
  const format = textFormat({ text, encoding, whole }, options);
  return { ...format, ...found, notices: [...notices, ...garbledNotice(text), ...format.notices] };
}

function textFormat(head: TextHead, options: FormatOptions): FileFormat {
  const { format } = options;
  if (format === 'json' || format === 'jsonl') return jsonFormat(head, format);
  refuseWrongText(head.text);
  const isJson = !format && !options.delimiter && /^\s*(?:\{|\[\s*[{\]])/.test(head.text);
  return isJson ? jsonFormat(head) : csvFormat(head, options);
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
