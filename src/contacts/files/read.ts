import { CsvTokenizer, type RawRecord } from './csv.ts';
import { isSuspect, readTable, readText } from './decode.ts';
import type { FileFormat } from './format.ts';
import { jsonRecord } from './json.ts';
import { type JsonElement, JsonElements, JsonLines, TOO_LONG } from './json-elements.ts';
import { readParquet } from './parquet.ts';
import type { ReadOptions, RecordBatch } from './records.ts';
import { RowCheck } from './rows.ts';
import { readXlsx } from './xlsx.ts';

/** All records of a file in order, in bounded memory. @throws FileFault when the file cannot be read on. */
export function readRecords(path: string, format: FileFormat, options: ReadOptions = {}): AsyncGenerator<RecordBatch> {
  if (format.format === 'parquet') return readParquet(path, format, options);
  if (format.format === 'xlsx') return readXlsx(path, format, options);
  return format.format === 'csv' ? readCsv(path, format, options) : readJson(path, format, options);
}

async function* readCsv(path: string, format: FileFormat, options: ReadOptions): AsyncGenerator<RecordBatch> {
  const limit = options.limitBytes ?? Number.POSITIVE_INFINITY;
  const width = format.list ? undefined : format.columns.length;
  const tokenizer = new CsvTokenizer({ ...format, width }, format.headerLine);
  const check = new RowCheck(format);
  let before = false;
  let read = 0;
  for await (const { text, bytes } of readTable(path, format, options.limitBytes)) {
    read = bytes;
    const suspect = isSuspect(text);
    // a record may have begun in the piece before
    yield { records: rowsOf(tokenizer.push(text), suspect || before), bytes };
    before = suspect;
  }
  if (read < limit) yield { records: rowsOf(tokenizer.push('', true), before), bytes: read };

  function rowsOf(records: RawRecord[], suspect: boolean): RawRecord[] {
    const rows = check.rowsOf(format.list ? records.flatMap(cellsAsRows) : records);
    if (suspect) for (const row of rows) row.suspect = true;
    return rows;
  }
}

/** The values of a list: each is a row. */
function cellsAsRows({ cells, ...record }: RawRecord): RawRecord[] {
  return record.fault ? [{ ...record, cells }] : cells.map((cell) => ({ ...record, cells: [cell.trim()] }));
}

async function* readJson(path: string, format: FileFormat, options: ReadOptions): AsyncGenerator<RecordBatch> {
  const limit = options.limitBytes ?? Number.POSITIVE_INFINITY;
  const cutter = format.format === 'jsonl' ? new JsonLines() : new JsonElements();
  let read = 0;
  for await (const { text, bytes } of readText(path, format.encoding, options.limitBytes)) {
    read = bytes;
    yield { records: recordsOf(cutter.push(text)), bytes };
  }
  const { unfinished } = cutter;
  if (read < limit && unfinished) yield { records: recordsOf([unfinished]), bytes: read };

  function recordsOf(elements: JsonElement[]): RawRecord[] {
    return elements
      .map(({ text, line }) => (text === TOO_LONG ? tooLong(line) : jsonRecord(text, line, format.columns)))
      .filter((record) => record !== undefined);
  }
}

const tooLong = (line: number): RawRecord => ({
  line,
  cells: [],
  fault: { code: 'row_too_long', text: 'the object is longer than 4,000,000 characters' },
});
