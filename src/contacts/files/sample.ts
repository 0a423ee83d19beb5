import { cleanCell } from '../values/clean.ts';
import type { RawRecord } from './csv.ts';
import type { FileFormat } from './format.ts';
import { readableCell } from './json.ts';
import { readRecords } from './read.ts';

const SAMPLE_BYTES = 2_000_000;
const SAMPLE_ROWS = 5_000;

/** Sound records from the start of a file: what types, orders and suggestions are seen from. */
export async function readSample(path: string, format: FileFormat): Promise<RawRecord[]> {
  const sample: RawRecord[] = [];
  for await (const { records } of readRecords(path, format, { limitBytes: SAMPLE_BYTES })) {
    for (const record of records) if (!record.fault) sample.push(record);
    if (sample.length >= SAMPLE_ROWS) break;
  }
  return sample.slice(0, SAMPLE_ROWS);
}

/** Whether a sample is all of a file of so many bytes. */
export const isWholeFile = (sample: RawRecord[], bytes: number): boolean =>
  sample.length < SAMPLE_ROWS && bytes <= SAMPLE_BYTES;

/** The cells of one column as the import reads them. */
export const columnOf = (sample: RawRecord[], index: number): string[] =>
  sample.map((r) => cleanCell(readableCell(r.cells[index] ?? '')));
