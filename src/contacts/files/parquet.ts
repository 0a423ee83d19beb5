import {
  asyncBufferFromFile,
  type FileMetaData,
  type ParquetRow,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { FileFault, LONGEST_RECORD, type RawRecord, TOO_LONG } from './csv.ts';
import type { FileFormat } from './format.ts';
import { cellOf, lookUp } from './json.ts';
import { checkColumnCount } from './names.ts';
import type { Notice } from './notice.ts';
import { boundedCompressors, brokenParquet, checkSizes, leavesOf, type ParquetColumn } from './parquet-check.ts';
import type { ReadOptions, RecordBatch } from './records.ts';

/** Rows decoded at once: a row group that is larger is read in slices, so that memory stays bounded. */
const SLICE = 50_000;

/** How a Parquet file is written. @throws FileFault when its footer is damaged or cannot be true. */
export async function parquetFormat(path: string): Promise<FileFormat> {
  const metadata = await metadataOf(path);
  if (metadata.num_rows === 0n) throw new FileFault('no_rows', 'The file has columns and no rows.');
  const found = columnsOf(metadata);
  const columns = found.filter(({ isNested }) => !isNested).map(({ name }) => name);
  checkColumnCount(columns.length);
  const notices = found
    .filter(({ isNested }) => isNested)
    .map(
      ({ name }): Notice => ({
        code: 'list_of_objects',
        message: `The column "${name}" holds lists of structs and is left out. Write one of these structs a row to import them.`,
        column: name,
      }),
    );
  return { format: 'parquet', encoding: 'binary', columns, notices };
}

/** Rows of a Parquet file, one slice of a row group at a time. @throws FileFault for a damaged page */
export async function* readParquet(
  path: string,
  format: FileFormat,
  options: ReadOptions,
): AsyncGenerator<RecordBatch> {
  const file = await asyncBufferFromFile(path);
  const metadata = await metadataOf(path);
  const wanted = options.needed;
  const needed = wanted ? format.columns.filter((column) => wanted.has(column)) : format.columns;
  const columns = [...new Set(needed.map((column) => topLevel(column, metadata)))];
  const shown = new Map(columnsOf(metadata).map(({ name, show }) => [name, show]));
  const readers = format.columns.map((column) => {
    const show = shown.get(column);
    return (row: ParquetRow) => cellOf(show ? show(lookUp(row, column)) : lookUp(row, column));
  });
  const total = Number(metadata.num_rows);
  for (const [rowStart, rowEnd] of slices(metadata)) {
    const rows = await readRows({ file, metadata, columns, rowStart, rowEnd });
    const records = rows.map((row, index): RawRecord => {
      const line = rowStart + index + 1;
      const cells = readers.map((read) => read(row));
      // a page of a few kilobytes may hold a cell of a hundred megabytes
      const length = cells.reduce((sum, cell) => sum + cell.length, 0);
      return length > LONGEST_RECORD ? { line, cells: [], fault: TOO_LONG } : { line, cells, suspect: true };
    });
    const bytes = Math.round((file.byteLength * rowEnd) / total);
    yield { records, bytes };
    if (bytes >= (options.limitBytes ?? Number.POSITIVE_INFINITY)) return;
  }
}

type ReadRows = Pick<Parameters<typeof parquetReadObjects>[0], 'file' | 'metadata' | 'columns' | 'rowStart' | 'rowEnd'>;

async function readRows(options: ReadRows): Promise<ParquetRow[]> {
  try {
    return await parquetReadObjects({ ...options, compressors: boundedCompressors, useOffsetIndex: true });
  } catch (error) {
    if (error instanceof FileFault) throw error;
    throw brokenParquet(`a page with the rows ${options.rowStart! + 1} to ${options.rowEnd} is damaged`);
  }
}

async function metadataOf(path: string): Promise<FileMetaData> {
  const file = await asyncBufferFromFile(path);
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(file);
  } catch {
    throw brokenParquet('its footer is missing or damaged');
  }
  checkSizes(metadata, file.byteLength);
  return metadata;
}

const columnsOf = (metadata: FileMetaData): ParquetColumn[] =>
  parquetSchema(metadata).children.flatMap((node) => leavesOf(node));

function topLevel(column: string, metadata: FileMetaData): string {
  const names = parquetSchema(metadata).children.map((child) => child.element.name);
  return names.find((name) => name === column) ?? names.find((name) => column.startsWith(`${name}.`)) ?? column;
}

function* slices(metadata: FileMetaData): Generator<[number, number]> {
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    for (let from = start; from < end; from += SLICE) yield [from, Math.min(end, from + SLICE)];
    start = end;
  }
}
