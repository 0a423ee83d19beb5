/** One thing about a file that a person should know. The message says what was found and what to do about it. */
export interface Notice {
  /** For programs, for example `header_below_titles`. */
  code: string;
  /** A full sentence for the person who uploaded the file. */
  message: string;
  /** Line of the file, from 1; for a sheet or Parquet the row number. */
  line?: number;
  /** Name of the column. */
  column?: string;
}
