import { CsvTokenizer, type RawRecord } from './csv.ts';
import { isSuspect, readText } from './decode.ts';
import type { FileFormat } from './format.ts';
import { jsonRecord } from './json.ts';
import { readParquet } from './parquet.ts';
import type { ReadOptions, RecordBatch } from './records.ts';

/** All records of a file in order, in bounded memory. @throws FileFault when the file cannot be read on. */
export function readRecords(path: string, format: FileFormat, options: ReadOptions = {}): AsyncGenerator<RecordBatch> {
  if (format.format === 'parquet') return readParquet(path, format, options);
  return format.format === 'csv' ? readCsv(path, format, options) : readJsonLines(path, format, options);
}

async function* readCsv(path: string, format: FileFormat, options: ReadOptions): AsyncGenerator<RecordBatch> {
  const tokenizer = new CsvTokenizer(format.delimiter ?? ',', format.newline);
  let header = format.header ?? true;
  let suspect = false;
  let before = false;
  const finish = (records: RawRecord[]) => {
    const rows = header && records.length > 0 ? records.slice(1) : records;
    if (records.length > 0) header = false;
    for (const row of rows) {
      checkWidth(row, format);
      if (suspect) row.suspect = true;
    }
    return rows;
  };
  let read = 0;
  for await (const { text, bytes } of readText(path, format.encoding, options.limitBytes)) {
    read = bytes;
    // a record may have begun in the piece before
    suspect = before;
    before = isSuspect(text);
    suspect ||= before;
    yield { records: finish(tokenizer.push(text)), bytes };
  }
  if (read < (options.limitBytes ?? Number.POSITIVE_INFINITY)) {
    yield { records: finish(tokenizer.push('', true)), bytes: read };
  }
}

function checkWidth(row: RawRecord, format: FileFormat): void {
  const width = format.columns.length;
  if (row.cells.length === width) return;
  if (format.ragged === 'pad') {
    const missing = Math.max(0, width - row.cells.length);
    row.cells = [...row.cells.slice(0, width), ...Array<string>(missing).fill('')];
  } else {
    row.fault ??= { code: 'ragged_row', text: `${row.cells.length} cells where the header has ${width}` };
  }
}

async function* readJsonLines(path: string, format: FileFormat, options: ReadOptions): AsyncGenerator<RecordBatch> {
  let rest = '';
  let line = 1;
  let read = 0;
  const take = (text: string): RawRecord[] => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    const records: RawRecord[] = [];
    for (const one of lines) {
      const record = jsonRecord(one, line++, format.columns);
      if (record) records.push(record);
    }
    return records;
  };
  for await (const { text, bytes } of readText(path, format.encoding, options.limitBytes)) {
    read = bytes;
    yield { records: take(text), bytes };
  }
  if (read < (options.limitBytes ?? Number.POSITIVE_INFINITY)) yield { records: take('\n'), bytes: read };
}
