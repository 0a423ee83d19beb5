import type { FileFormat } from './format.ts';

/** One record of a text file. `fault` is a reject code: the record cannot be used, its neighbours can. */
export interface RawRecord {
  /** Line of the file on which the record starts, from 1; for sheets and Parquet the row number. */
  line: number;
  cells: string[];
  fault?: Fault;
  /** A cell in or near the record holds a NUL or undecodable bytes: check it before use. */
  suspect?: boolean;
}

export interface Fault {
  code: string;
  text: string;
}

/** The file cannot be read on from here. The message names the line and says what to do. */
export class FileFault extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'FileFault';
    this.code = code;
  }
}

/** How cells are separated. */
export type Dialect = Pick<FileFormat, 'delimiter' | 'quote' | 'escape'> & {
  /** How many cells a row has: reveals a quote that swallowed several rows. */
  width?: number;
};

const CARRIAGE_RETURN = 13;
const NEWLINE = 10;
const BLANK = 32;
const BACKSLASH = 92;
/** Longer records are rejected alone, so that memory stays bounded. */
export const LONGEST_RECORD = 4_000_000;
const MARKS = { double: '"', single: "'", none: undefined } as const;

const TEXT_AFTER_QUOTE: Fault = {
  code: 'text_after_quote',
  text: 'text follows a quoted cell; double the quotes inside a quoted cell',
};
const QUOTE_NEVER_CLOSED: Fault = {
  code: 'quote_never_closed',
  text: 'a quote opens in this row and does not close before the next row begins; close the quote, or double it if it is part of the text',
};
const QUOTE_CLOSES_NOTHING: Fault = {
  code: 'quote_never_closed',
  text: 'a quote in this row closes one that was left open rows above; remove it, or double it if it is part of the text',
};
export const TOO_LONG: Fault = { code: 'row_too_long', text: 'the row is longer than 4,000,000 characters' };

/**
 * Records out of text that arrives in pieces, its lines ended by \n or \r\n. Lines without a quote, nearly all of them,
 * are cut by the runtime's own `split`, which makes this about five times as fast as csv-parse; a property test holds the
 * two equal. A broken quote rejects only the rows that it damages: reading goes on with the next line.
 */
export class CsvTokenizer {
  private readonly delimiter: string | undefined;
  private readonly mark: string | undefined;
  private readonly backslash: boolean;
  private readonly width: number | undefined;
  private rest = '';
  private line: number;
  /** The text up to the next line end belongs to a row that was given up. */
  private skipping = false;
  /** Lines that hold the end of a broken quote. */
  private readonly damaged = new Set<number>();

  constructor({ delimiter, quote = 'double', escape: escaping, width }: Dialect, firstLine = 1) {
    this.delimiter = delimiter;
    this.mark = MARKS[quote];
    this.backslash = escaping === 'backslash';
    this.width = width;
    this.line = firstLine;
  }

  /** Takes the next piece and gives the records that are complete; `last` completes what is left. */
  push(text: string, last = false): RawRecord[] {
    const buffer = this.rest + text;
    const records: RawRecord[] = [];
    let position = this.skipping ? this.skip(buffer) : 0;
    let quote = this.findMark(buffer, position);
    while (position < buffer.length) {
      if (quote !== -1 && quote < position) quote = this.findMark(buffer, position);
      const end = buffer.indexOf('\n', position);
      let next: number | undefined;
      if (quote !== -1 && (end === -1 || quote < end)) next = this.quoted(buffer, position, last, records);
      else if (end !== -1 || last) next = this.plain(buffer, position, end === -1 ? buffer.length : end, records);
      if (next === undefined) {
        if (buffer.length - position <= LONGEST_RECORD) break;
        next = this.giveUp(buffer, position, records, QUOTE_NEVER_CLOSED);
      }
      position = next;
    }
    this.rest = buffer.slice(position);
    return records;
  }

  private findMark(buffer: string, from: number): number {
    return this.mark === undefined ? -1 : buffer.indexOf(this.mark, from);
  }

  /** @returns where the line after the one that was given up starts */
  private skip(buffer: string): number {
    const end = buffer.indexOf('\n');
    if (end === -1) return buffer.length;
    this.skipping = false;
    this.line++;
    return end + 1;
  }

  private plain(buffer: string, start: number, end: number, records: RawRecord[]): number {
    const stop = lineStop(buffer, start, end);
    if (stop - start > LONGEST_RECORD) return this.giveUp(buffer, start, records, TOO_LONG);
    if (stop > start)
      this.add(records, {
        line: this.line,
        // without a delimiter the line is one cell
        cells: buffer.slice(start, stop).split(this.delimiter as string),
      });
    this.line++;
    return end + 1;
  }

  private add(records: RawRecord[], record: RawRecord): void {
    if (this.damaged.size > 0 && this.damaged.delete(record.line)) record.fault ??= QUOTE_CLOSES_NOTHING;
    records.push(record);
  }

  /** @returns where the next record starts, or nothing when this one goes on beyond the buffer. */
  private quoted(buffer: string, start: number, last: boolean, records: RawRecord[]): number | undefined {
    const cells: string[] = [];
    let newlines = 0;
    for (let position = start; ; ) {
      const open = this.openingMark(buffer, position);
      let end: number;
      if (open === -1) {
        end = this.cellEnd(buffer, position);
        if (end >= buffer.length && !last) return undefined;
        cells.push(buffer.slice(position, isLineEnd(buffer, end) ? lineStop(buffer, position, end) : end));
      } else {
        const close = this.closingMark(buffer, open + 1, last);
        if (close === undefined) return last ? this.giveUp(buffer, start, records, QUOTE_NEVER_CLOSED) : undefined;
        const value = buffer.slice(open + 1, close);
        const inside = countNewlines(value);
        end = this.afterMark(buffer, close + 1);
        if (end >= buffer.length && !last) return undefined;
        if (!isLineEnd(buffer, end) && buffer[end] !== this.delimiter) {
          if (newlines + inside > 0) return this.giveUp(buffer, start, records, QUOTE_NEVER_CLOSED);
          // after a blank a quote may also be text
          if (open === position) return this.giveUp(buffer, start, records, TEXT_AFTER_QUOTE);
          end = this.cellEnd(buffer, position);
          if (end >= buffer.length && !last) return undefined;
          cells.push(buffer.slice(position, isLineEnd(buffer, end) ? lineStop(buffer, position, end) : end));
        } else {
          newlines += inside;
          cells.push(this.unescape(value));
        }
      }
      position = end + 1;
      if (!isLineEnd(buffer, end)) continue;
      if (end - start > LONGEST_RECORD) return this.giveUp(buffer, start, records, TOO_LONG);
      if (newlines > 0 && this.swallowsRows(buffer.slice(start, end))) {
        this.damaged.add(this.line + newlines);
        return this.giveUp(buffer, start, records, QUOTE_NEVER_CLOSED);
      }
      this.add(records, { line: this.line, cells });
      this.line += newlines + 1;
      return position;
    }
  }

  /** Faults the row that starts here and goes on with the line after it. */
  private giveUp(buffer: string, start: number, records: RawRecord[], fault: Fault): number {
    const end = buffer.indexOf('\n', start);
    const length = (end === -1 ? buffer.length : end) - start;
    this.add(records, { line: this.line, cells: [], fault: length > LONGEST_RECORD ? TOO_LONG : fault });
    this.skipping = end === -1;
    if (end === -1) return buffer.length;
    this.line++;
    return end + 1;
  }

  /** Where a quoted cell begins, blanks before it allowed; -1 where the cell is not quoted. */
  private openingMark(buffer: string, from: number): number {
    let at = from;
    while (buffer.charCodeAt(at) === BLANK) at++;
    return buffer[at] === this.mark ? at : -1;
  }

  private closingMark(buffer: string, from: number, last: boolean): number | undefined {
    const mark = this.mark!;
    for (let at = from; ; at += 2) {
      at = buffer.indexOf(mark, at);
      if (at === -1 || (at + 1 === buffer.length && !last)) return undefined;
      if (this.backslash && isEscaped(buffer, at)) at--;
      else if (buffer[at + 1] !== mark) return at;
    }
  }

  private afterMark(buffer: string, from: number): number {
    let at = from;
    while (buffer.charCodeAt(at) === BLANK || (buffer.charCodeAt(at) === CARRIAGE_RETURN && at + 1 < buffer.length))
      at++;
    // the carriage return of \r\n at the end of the text
    return at + 1 === buffer.length && buffer.charCodeAt(at) === CARRIAGE_RETURN ? at + 1 : at;
  }

  private unescape(value: string): string {
    const mark = this.mark!;
    const plain = this.backslash ? value.replaceAll(/\\([\\"'])/g, '$1') : value;
    return plain.replaceAll(mark + mark, mark);
  }

  private cellEnd(buffer: string, from: number): number {
    const delimiter = this.delimiter?.charCodeAt(0);
    for (let at = from; at < buffer.length; at++) {
      const code = buffer.charCodeAt(at);
      if (code === delimiter || code === NEWLINE) return at;
    }
    return buffer.length;
  }

  /**
   * Whether a record over several lines is in truth several rows, with a stray quote in the first and the last: each of
   * its lines has as many cells as a row, and the columns with an e-mail or a number in one hold it in all.
   */
  private swallowsRows(text: string): boolean {
    if (this.width === undefined || this.width < 2) return false;
    const lines = text.split('\n').map((line) => line.split(this.delimiter as string));
    if (lines.some((cells) => cells.length !== this.width)) return false;
    const kinds = lines.map((cells) => cells.map(kindOf));
    const shown = kinds[0]!.flatMap((kind, column) => (kind ? [column] : []));
    return shown.length > 0 && shown.every((column) => kinds.every((kind) => kind[column] === kinds[0]![column]));
  }
}

const EMAIL = /^[\s"']*[^\s@]+@[^\s@]+$/;
/** Values that begin with a digit and hold no word. */
const NUMBER = /^[\s"']*[+-]?\d[\d.,:/ "'-]*$/;

function kindOf(cell: string): 'email' | 'number' | undefined {
  if (cell.length > 200) return undefined;
  const text = cell.trimEnd();
  return EMAIL.test(text) ? 'email' : NUMBER.test(text) ? 'number' : undefined;
}

const isLineEnd = (buffer: string, at: number): boolean => at >= buffer.length || buffer.charCodeAt(at) === NEWLINE;

/** Where a line's text ends: before its carriage returns. */
function lineStop(buffer: string, start: number, end: number): number {
  let stop = end;
  while (stop > start && buffer.charCodeAt(stop - 1) === CARRIAGE_RETURN) stop--;
  return stop;
}

function isEscaped(buffer: string, at: number): boolean {
  let backslashes = 0;
  while (buffer.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
