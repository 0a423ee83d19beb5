import type { RawRecord } from './csv.ts';

/** Records that were read together, and how far into the file that is. */
export interface RecordBatch {
  records: RawRecord[];
  bytes: number;
}

export interface ReadOptions {
  /** Only these columns need cells; the others may come empty (Parquet skips them). */
  needed?: ReadonlySet<string>;
  /** Stop after about this many bytes: for samples. */
  limitBytes?: number;
}
