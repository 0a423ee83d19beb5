import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { FileFault, type RawRecord } from './csv.ts';
import type { FileFormat } from './format.ts';
import { cellOf, lookUp } from './json.ts';
import type { ReadOptions, RecordBatch } from './records.ts';

/** Rows decoded at once: a row group that is larger is read in slices, so that memory stays bounded. */
const SLICE = 50_000;

/** Rows of a Parquet file, one slice of a row group at a time. */
export async function* readParquet(
  path: string,
  format: FileFormat,
  options: ReadOptions,
): AsyncGenerator<RecordBatch> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadata(path);
  const wanted = options.needed;
  const needed = wanted ? format.columns.filter((column) => wanted.has(column)) : format.columns;
  const columns = [...new Set(needed.map((column) => topLevel(column, metadata)))];
  const total = Number(metadata.num_rows);
  for (const [rowStart, rowEnd] of slices(metadata)) {
    const rows = await parquetReadObjects({
      file,
      metadata,
      compressors,
      columns,
      rowStart,
      rowEnd,
      useOffsetIndex: true,
    });
    const records = rows.map(
      (row, index): RawRecord => ({
        line: rowStart + index + 1,
        cells: format.columns.map((column) => cellOf(lookUp(row, column))),
        suspect: true,
      }),
    );
    const bytes = Math.round((file.byteLength * rowEnd) / total);
    yield { records, bytes };
    if (bytes >= (options.limitBytes ?? Number.POSITIVE_INFINITY)) return;
  }
}

/** @throws FileFault when the file's footer cannot be read. */
export async function parquetMetadata(path: string): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(await asyncBufferFromFile(path));
  } catch {
    throw new FileFault('parquet_broken', 'The Parquet file cannot be read: its footer is missing or damaged.');
  }
}

/** Names of the columns that hold values; fields of structs become `outer.inner`. */
export function parquetColumns(metadata: FileMetaData): string[] {
  return parquetSchema(metadata).children.flatMap((node) => leaves(node, ''));
}

function leaves({ element, children }: SchemaTree, prefix: string): string[] {
  const name = `${prefix}${element.name}`;
  const isStruct = children.length > 0 && !element.converted_type && !element.logical_type;
  return isStruct ? children.flatMap((child) => leaves(child, `${name}.`)) : [name];
}

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
