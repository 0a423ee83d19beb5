import type { RawRecord } from './csv.ts';
import type { FileFormat } from './format.ts';
import { cleanName } from './names.ts';

/** Words that spreadsheets put before the total of a column. */
const TOTAL =
  /^(grand |sub ?|over ?all )?totals?:?$|^(gesamt|zwischen)?summen?:?$|^(gesamt|insgesamt|somme|suma|somma|totale|totaal|totalt|celkem|razem|итого|всего|合計|总计):?$|^total (général|general|generale)$/i;
const LONGEST_AMOUNT = 40;
const AMOUNT = /^[\p{Sc}\s]*[+\-−]?[\d.,'\s ]+[%\p{Sc}\s]*$/u;

/** Separates the rows of a table from repeated headers, total rows and empty rows. */
export class RowCheck {
  private readonly format: FileFormat;
  private readonly width: number;
  private readonly extraHeaders: ReadonlySet<number>;
  private header: string[] | undefined;

  constructor(format: FileFormat) {
    this.format = format;
    this.width = format.columns.length;
    this.extraHeaders = new Set(format.extraHeaderLines);
  }

  /** The rows among some records; unusable ones carry a fault. The first record may be the header. */
  rowsOf(records: RawRecord[]): RawRecord[] {
    let rows = records;
    if (this.header === undefined && records.length > 0) {
      this.header = this.format.header === false ? [] : records[0]!.cells;
      if (this.format.header !== false) rows = records.slice(1);
    }
    return rows.filter((row) => row.fault !== undefined || this.check(row));
  }

  /** @returns false for a row in which every cell is empty */
  private check(row: RawRecord): boolean {
    const { cells } = row;
    if (cells[0] === '' && cells.every((cell) => cell === '')) return false;
    if (this.extraHeaders.has(row.line)) row.fault = SECOND_HEADER;
    else if (this.repeatsHeader(cells)) row.fault = REPEATED_HEADER;
    else if (isTotal(cells)) row.fault = TOTAL_ROW;
    else if (cells.length !== this.width) this.fit(row);
    return true;
  }

  private repeatsHeader(cells: string[]): boolean {
    const { header } = this;
    if (!header || header.length === 0 || cells.length < header.length) return false;
    // most rows differ in the last letter of the first cell
    if (cells[0]!.at(-1) !== header[0]!.at(-1)) return false;
    return header.every((name, i) => name === cells[i] || cleanName(name) === cleanName(cells[i]!));
  }

  private fit(row: RawRecord): void {
    const { cells } = row;
    const { width } = this;
    if (cells.length > width && cells.slice(width).every((cell) => cell.trim() === '')) cells.length = width;
    else if (cells.length < width && this.format.ragged === 'pad')
      row.cells = [...cells, ...Array<string>(width - cells.length).fill('')];
    else row.fault = { code: 'ragged_row', text: `${cells.length} cells where the header has ${width}` };
  }
}

const SECOND_HEADER = { code: 'second_header', text: 'the row is a second header, not a person' };
const REPEATED_HEADER = { code: 'repeated_header', text: 'the row repeats the header and is not a person' };
const TOTAL_ROW = { code: 'total_row', text: 'the row is a total of other rows, not a person' };

/** The cells are a word for a total, amounts, and nothing else. */
function isTotal(cells: string[]): boolean {
  const first = cells[0]!;
  if (first.length > 20) return false;
  const word = first === '' ? cells.find((cell) => cell !== '') : first;
  if (word === undefined || !TOTAL.test(word.trim())) return false;
  const others = cells.filter((cell) => cell !== '' && cell !== word);
  return others.length > 0 && others.every((cell) => cell.length <= LONGEST_AMOUNT && AMOUNT.test(cell));
}
