import type { Notice } from './notice.ts';

export const FILE_KINDS = ['csv', 'jsonl', 'json', 'xlsx', 'parquet'] as const;
/** `jsonl`: one object a line. `json`: objects in one array, or over several lines. */
export type FileKind = (typeof FILE_KINDS)[number];

export const QUOTES = ['double', 'single', 'none'] as const;
/** Which mark encloses cells that hold the delimiter. */
export type Quote = (typeof QUOTES)[number];

export const RAGGED = ['reject', 'pad'] as const;
/** Rows with fewer cells than the header are rejected, or padded with empty cells. Rows with more filled cells never fit. */
export type Ragged = (typeof RAGGED)[number];

/** A way to read a file's letters, with a few of its words as they would be read. */
export interface EncodingCandidate {
  encoding: string;
  /** At most five words that hold letters beyond ASCII. */
  preview: string[];
}

/** How a file is written. Stored with the dataset; everything a reader needs besides the path. */
export interface FileFormat {
  format: FileKind;
  /** An iconv-lite name; `binary` for sheets and Parquet. */
  encoding: string;
  /** Given when the encoding was chosen among several that fit: the chosen one first. */
  encodingCandidates?: EncodingCandidate[];
  /** CSV only: one character; absent when the file has one column. */
  delimiter?: string;
  /** CSV only: what ends a line; \n stands for \r\n too. */
  newline?: '\n' | '\r' | 'mixed';
  /** CSV only: every cell is a row of its own, as in e-mail addresses separated by commas. */
  list?: boolean;
  /** CSV only. Default: double. */
  quote?: Quote;
  /** CSV only: how a quote mark inside a quoted cell is written. Default: doubled. */
  escape?: 'doubled' | 'backslash';
  /** CSV and sheets: a record names the columns. */
  header?: boolean;
  /** CSV and sheets: line of the header from 1, or of the first row when there is no header. Lines above are skipped. */
  headerLine?: number;
  /** CSV and sheets: lines below the header that name the columns once more. They are rejected. */
  extraHeaderLines?: number[];
  /** Sheets only: the sheet that is read. */
  sheet?: string;
  /** Sheets only: all sheets of the file, in its order. */
  sheets?: string[];
  /** Unique names, in the file's order. */
  columns: string[];
  /** CSV only. Rows that are too long by empty cells alone are always accepted. */
  ragged?: Ragged;
  /** What was found that a person should know, and what to do about it. */
  notices: Notice[];
}

/** What a person may declare about a file instead of having it detected. */
export interface FormatOptions {
  format?: FileKind;
  encoding?: string;
  delimiter?: string;
  quote?: Quote;
  header?: boolean;
  /** Line of the header, from 1. */
  headerLine?: number;
  sheet?: string;
  ragged?: Ragged;
}
