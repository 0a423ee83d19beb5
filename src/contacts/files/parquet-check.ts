import { type Compressors, type FileMetaData, type SchemaTree, snappyUncompress } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { FileFault } from './csv.ts';

/** People have something of their own: a file with more rows a byte claims what it cannot hold. */
const ROWS_A_BYTE = 100;
/** A page is a megabyte as a rule. */
const LARGEST_PAGE = 1 << 28;
const MAGIC = 4;

export const brokenParquet = (reason: string): FileFault =>
  new FileFault('parquet_broken', `The Parquet file cannot be read: ${reason}. Export it again.`);

/** Checks what a footer says against the bytes that are there. @throws FileFault when it cannot be true */
export function checkSizes(metadata: FileMetaData, bytes: number): void {
  const rows = metadata.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  if (metadata.num_rows < 0n || rows !== metadata.num_rows || metadata.row_groups.some((g) => g.num_rows < 0n))
    throw brokenParquet('its numbers of rows contradict each other');
  if (rows > BigInt(bytes) * BigInt(ROWS_A_BYTE)) throw brokenParquet(`it claims ${rows} rows in ${bytes} bytes`);
  for (const column of metadata.row_groups.flatMap((group) => group.columns)) {
    const meta = column.meta_data;
    if (!meta) throw brokenParquet('the place of a column is missing');
    const start = meta.dictionary_page_offset || meta.data_page_offset;
    const fits = start >= BigInt(MAGIC) && meta.total_compressed_size >= 0n && meta.num_values >= 0n;
    if (!fits || start + meta.total_compressed_size > BigInt(bytes))
      throw brokenParquet(`the column "${meta.path_in_schema.join('.')}" lies outside of the file`);
  }
}

/** The codecs of the format, none of which unpacks a page of a size that no writer makes. */
export const boundedCompressors: Compressors = Object.fromEntries(
  Object.entries({ SNAPPY: unpackSnappy, ...compressors }).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, length: number) => {
      if (length < 0 || length > LARGEST_PAGE) throw brokenParquet(`it claims a page of ${length} bytes`);
      return unpack(input, length);
    },
  ]),
);

function unpackSnappy(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  snappyUncompress(input, output);
  return output;
}

/** A node of the schema that holds values. */
export interface ParquetColumn {
  name: string;
  /** Turns a stored value into what a person reads, where that is something else. */
  show?: (value: unknown) => unknown;
  /** It holds lists of structs, which no cell can show. */
  isNested: boolean;
}

/** The columns of a schema; fields of structs become `outer.inner`. */
export function leavesOf({ element, children }: SchemaTree, prefix = ''): ParquetColumn[] {
  const name = `${prefix}${element.name}`;
  const isStruct = children.length > 0 && !element.converted_type && !element.logical_type;
  if (isStruct) return children.flatMap((child) => leavesOf(child, `${name}.`));
  return [{ name, show: timeOfDay(element), isNested: valuesBelow(children) > 1 }];
}

const valuesBelow = (children: SchemaTree[]): number =>
  children.reduce((sum, child) => sum + (child.children.length === 0 ? 1 : valuesBelow(child.children)), 0);

const UNITS: Record<string, number> = { TIME_MILLIS: 1e3, TIME_MICROS: 1e6, MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 };

/** Hours and minutes out of a count since midnight. */
function timeOfDay({ converted_type, logical_type }: SchemaTree['element']): ParquetColumn['show'] {
  const isTime = logical_type?.type === 'TIME' || converted_type?.startsWith('TIME_');
  const unit = logical_type?.type === 'TIME' ? logical_type.unit : converted_type;
  const aSecond = isTime && unit ? UNITS[unit] : undefined;
  if (!aSecond) return undefined;
  return (value) => {
    if (typeof value !== 'number' && typeof value !== 'bigint') return value;
    const milliseconds = Math.floor((Number(value) / aSecond) * 1000);
    const text = new Date(milliseconds).toISOString().slice(11, 23);
    return text.endsWith('.000') ? text.slice(0, 8) : text;
  };
}
