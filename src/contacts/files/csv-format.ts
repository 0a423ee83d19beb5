import { FileFault, type RawRecord } from './csv.ts';
import { withLineFeeds } from './decode.ts';
import { detectDialect, type FoundDialect, separatorLine } from './dialect.ts';
import type { FileFormat, FormatOptions } from './format.ts';
import { findHeader } from './header.ts';
import { placeNames, uniqueNames } from './names.ts';
import type { Notice } from './notice.ts';
import { namedCells, secondHeader, titleNotices } from './table.ts';

/** A part of a file's text, from its start. `whole`: nothing follows. */
export interface TextHead {
  text: string;
  encoding: string;
  whole: boolean;
}

/** How delimited text is written. @throws FileFault when it holds no table. */
export function csvFormat({ text, encoding, whole }: TextHead, options: FormatOptions): FileFormat {
  const notices: Notice[] = [];
  const newline = newlineOf(text);
  const lines = newline === '\n' ? text : withLineFeeds(text);
  const separator = separatorLine(lines.slice(0, Math.max(0, lines.indexOf('\n'))).trim());
  const firstLine = options.headerLine ?? (separator ? 2 : 1);
  const table = fromLine(lines, firstLine);
  const dialect = detectDialect(table, whole, { ...options, delimiter: options.delimiter ?? separator });
  const { delimiter, quote, width } = dialect;
  const records = dialect.records.map((record) => ({ ...record, line: record.line + firstLine - 1 }));
  if (records.length === 0) throw new FileFault('file_empty', `The file has no rows from line ${firstLine} on.`);
  const base = { format: 'csv', encoding, delimiter, newline, quote, escape: dialect.escape } as const;
  if (isList(records, width)) return { ...base, ...listFormat(records[0]!, notices) };

  const found = options.headerLine
    ? { ...findHeader(records, width, { header: options.header ?? true }), index: 0 }
    : findHeader(records, width, options);
  const { header, extraHeaderLines } = found;
  const first = records[found.index]!;
  if (first.fault) throw new FileFault(first.fault.code, `Line ${first.line}: ${first.fault.text}.`);
  const rows = records.slice(found.index + 1);
  if (header && whole && rows.length === 0) throw noRows(first.line);
  const columns = header
    ? uniqueNames(namedCells(first.cells, rows), first.line, notices)
    : placeNames(Math.max(width, first.cells.length));
  notices.push(
    ...titleNotices(found.index > 0 ? records[0] : undefined, first, header),
    ...extraHeaderLines.map(secondHeader),
    ...oneColumn(dialect, columns, rows),
  );
  const ragged = options.ragged ?? raggedOf(columns.length, header ? rows : records.slice(found.index), notices);
  return { ...base, header, headerLine: first.line, extraHeaderLines, columns, ragged, notices };
}

/** What ends the lines: nearly always \n or \r\n. A few lone carriage returns are part of the text. */
function newlineOf(text: string): '\n' | '\r' | 'mixed' {
  const lone = text.match(/\r(?=[^\r\n])/g)?.length ?? 0;
  if (lone === 0) return '\n';
  const feeds = text.match(/\n/g)?.length ?? 0;
  if (feeds === 0) return '\r';
  return lone >= feeds / 5 ? 'mixed' : '\n';
}

function fromLine(text: string, line: number): string {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf('\n', start);
    if (end === -1) throw new FileFault('header_line_missing', `The file has fewer than ${line} lines at its start.`);
    start = end + 1;
  }
  return text.slice(start);
}

const noRows = (line: number) => new FileFault('no_rows', `The file has a header on line ${line} and no rows.`);

/** Whether every cell of ragged lines, or of a single one, is an e-mail address. */
function isList(records: RawRecord[], width: number): boolean {
  const ragged = records.length === 1 || records.some(({ cells }) => cells.length !== width);
  return (
    ragged &&
    width > 1 &&
    records.every(({ cells }) => cells.every((cell) => /^\s*[^\s@]+@[^\s@]+\s*$|^\s*$/.test(cell)))
  );
}

function listFormat(first: RawRecord, notices: Notice[]) {
  notices.push({
    code: 'list_in_one_line',
    message: `Line ${first.line} holds a list of ${first.cells.length} e-mail addresses. Each address is read as one person. If they belong to one person, add a header and the other columns.`,
    line: first.line,
  });
  return { list: true, header: false, headerLine: first.line, columns: placeNames(1), notices };
}

/** One column whose cells are no single words: a delimiter may be missing. */
function oneColumn({ delimiter, width }: FoundDialect, columns: string[], rows: RawRecord[]): Notice[] {
  if (width > 1 || delimiter !== undefined || rows.every(({ cells }) => !/\S\s+\S|[\^~:|;,]/.test(cells[0] ?? '')))
    return [];
  return [
    {
      code: 'no_delimiter',
      message: `No delimiter was found, so each line is one column, "${columns[0]}". Choose the delimiter if the lines hold several columns.`,
    },
  ];
}

/** Rows that are too short everywhere lack empty cells; single ones are damaged. */
function raggedOf(width: number, rows: RawRecord[], notices: Notice[]): 'pad' | 'reject' {
  const sound = rows.filter(({ fault }) => !fault);
  const long = sound.filter(({ cells }) => cells.slice(width).some((cell) => cell.trim() !== ''));
  const short = sound.filter(({ cells }) => cells.length < width);
  if (long.length > 0 && long.length >= sound.length * 0.5) {
    const { line, cells } = long[0]!;
    notices.push({
      code: 'header_too_short',
      message: `The header names ${width} columns but the rows have ${cells.length} cells and are rejected. Add the missing names to the header.`,
      line,
    });
  }
  if (long.length > 0 || short.length < sound.length * 0.1 || short.length === 0) return 'reject';
  const { line } = short[0]!;
  notices.push({
    code: 'rows_short',
    message: `Some rows have fewer cells than the header, first on line ${line}. Their missing cells at the end are read as empty; choose to reject such rows if they are damaged.`,
    line,
  });
  return 'pad';
}
