/** How a file is written. Stored with the dataset; everything a reader needs besides the path. */
export interface FileFormat {
  format: 'csv' | 'jsonl' | 'parquet';
  /** An iconv-lite name; `binary` for Parquet. */
  encoding: string;
  /** CSV only. */
  delimiter?: string;
  /** CSV only: what ends a line. */
  newline?: '\n' | '\r';
  /** CSV only: the first record names the columns. */
  header?: boolean;
  /** Unique names, in the file's order. */
  columns: string[];
  /** CSV only: rows with another number of cells are rejected, or padded with empty cells and cut. */
  ragged?: 'reject' | 'pad';
  /** What is odd about the file and was put right. */
  warnings: string[];
}

/** What a person may declare about a file instead of having it detected. */
export interface FormatOptions {
  format?: FileFormat['format'];
  encoding?: string;
  delimiter?: string;
  header?: boolean;
  ragged?: 'reject' | 'pad';
}
