import type { RawRecord } from './csv.ts';
import { FileFault } from './csv.ts';
import type { FileFormat, FormatOptions } from './format.ts';
import { findHeader } from './header.ts';
import { placeNames, uniqueNames } from './names.ts';
import type { Notice } from './notice.ts';
import type { ReadOptions, RecordBatch } from './records.ts';
import { RowCheck } from './rows.ts';
import { type CellFormat, cellFormat, columnIndex, numberText } from './sheet-cells.ts';
import { namedCells, secondHeader, titleNotices } from './table.ts';
import { parseMember, readWorkbook, type SheetRef, type Workbook, type XmlHandler } from './workbook.ts';
import { Zip } from './zip.ts';

const LOOK_ROWS = 200;
/** Excel's own limit; a reference beyond it was made to take memory. */
const MAX_COLUMN = 16_384;

/** How a workbook is read: its sheet, its header, its columns. @throws FileFault when it holds no table */
export async function xlsxFormat(path: string, options: FormatOptions): Promise<FileFormat> {
  const zip = await Zip.open(path);
  try {
    const book = await readWorkbook(zip);
    const sheets = book.sheets.map(({ name }) => name);
    const { sheet, rows } = await chosenSheet(zip, book, options.sheet);
    const from = rows.filter(({ line }) => line >= (options.headerLine ?? 1));
    if (from.length === 0)
      throw new FileFault('no_rows', `The sheet "${sheet.name}" has no rows from the chosen header line on.`);
    const width = Math.max(...from.map(({ cells }) => cells.length));
    const found = options.headerLine
      ? { ...findHeader(from, width, { header: options.header ?? true }), index: 0 }
      : findHeader(from, width, options);
    const first = from[found.index]!;
    const below = from.slice(found.index + 1);
    if (found.header && below.length === 0)
      throw new FileFault('no_rows', `The sheet "${sheet.name}" has a header on row ${first.line} and no rows.`);
    const notices: Notice[] = [];
    const columns = found.header
      ? uniqueNames(namedCells(padded(first.cells, width), below), first.line, notices)
      : placeNames(width);
    notices.push(
      ...titleNotices(found.index > 0 ? from[0] : undefined, first, found.header),
      ...found.extraHeaderLines.map(secondHeader),
      ...otherSheets(book.sheets, sheet),
    );
    const { header, extraHeaderLines } = found;
    const table = { header, headerLine: first.line, extraHeaderLines, columns, ragged: 'pad' } as const;
    return { format: 'xlsx', encoding: 'binary', sheet: sheet.name, sheets, ...table, notices };
  } finally {
    zip.close();
  }
}

const padded = (cells: string[], width: number): string[] =>
  cells.length >= width ? cells : [...cells, ...Array<string>(width - cells.length).fill('')];

/** The sheet of a name, or the first one that is shown and has rows. */
async function chosenSheet(
  zip: Zip,
  book: Workbook,
  wanted: string | undefined,
): Promise<{ sheet: SheetRef; rows: RawRecord[] }> {
  const named = book.sheets.filter(({ name }) => name === wanted);
  const names = book.sheets.map(({ name }) => `"${name}"`).join(', ');
  if (wanted !== undefined && named.length === 0)
    throw new FileFault('sheet_unknown', `The Excel file has no sheet "${wanted}"; it has ${names}.`);
  const shown = [...book.sheets].sort((a, b) => Number(a.isHidden) - Number(b.isHidden));
  for (const sheet of wanted === undefined ? shown : named) {
    const rows: RawRecord[] = [];
    for await (const { records } of sheetRows(zip, book, sheet)) {
      rows.push(...records);
      if (rows.length >= LOOK_ROWS) break;
    }
    if (rows.length > 0) return { sheet, rows: rows.slice(0, LOOK_ROWS) };
  }
  throw new FileFault('no_rows', 'The Excel file holds no rows.');
}

function otherSheets(sheets: SheetRef[], sheet: SheetRef): Notice[] {
  const others = sheets.filter((one) => one !== sheet && !one.isHidden).map(({ name }) => `"${name}"`);
  if (others.length === 0) return [];
  const message = `The sheet "${sheet.name}" is read. The file also has ${others.slice(0, 10).join(', ')}; choose another sheet to import it.`;
  return [{ code: 'other_sheets', message }];
}

/** Rows of a sheet as their cells are shown, in bounded memory. @throws FileFault when the file is damaged */
export async function* readXlsx(path: string, format: FileFormat, options: ReadOptions): AsyncGenerator<RecordBatch> {
  const zip = await Zip.open(path);
  try {
    const book = await readWorkbook(zip);
    const sheet = book.sheets.find(({ name }) => name === format.sheet) ?? book.sheets[0]!;
    const check = new RowCheck(format);
    for await (const { records, bytes } of sheetRows(zip, book, sheet)) {
      yield { records: check.rowsOf(records.filter(({ line }) => line >= (format.headerLine ?? 1))), bytes };
      if (bytes >= (options.limitBytes ?? Number.POSITIVE_INFINITY)) return;
    }
  } finally {
    zip.close();
  }
}

async function* sheetRows(zip: Zip, book: Workbook, sheet: SheetRef): AsyncGenerator<RecordBatch> {
  const reader = new SheetReader(book);
  const { compressedSize, uncompressedSize } = sheet.member;
  for await (const bytes of parseMember(zip, sheet.member, reader.handler)) {
    const records = reader.take();
    if (records.length > 0)
      yield { records, bytes: Math.round((bytes / Math.max(1, uncompressedSize)) * compressedSize) };
  }
  const records = reader.take();
  if (records.length > 0) yield { records, bytes: compressedSize };
}

/** Turns the XML of a sheet into rows of texts. */
class SheetReader {
  private readonly book: Workbook;
  private readonly formats: CellFormat[];
  private rows: RawRecord[] = [];
  private cells: string[] = [];
  private line = 0;
  private column = -1;
  private type = '';
  private style = -1;
  private text = '';
  private reading = false;
  private phonetic = false;

  constructor(book: Workbook) {
    this.book = book;
    this.formats = book.styles.map(cellFormat);
  }

  readonly handler: XmlHandler = {
    open: (name, attributes) => {
      if (name === 'c') this.openCell(attributes);
      else if (name === 'v') this.reading = true;
      else if (name === 't') this.reading = !this.phonetic;
      else if (name === 'rPh') this.phonetic = true;
      else if (name === 'row') this.openRow(attributes);
    },
    text: (piece) => {
      if (this.reading) this.text += piece;
    },
    close: (name) => {
      if (name === 'v' || name === 't') this.reading = false;
      else if (name === 'rPh') this.phonetic = false;
      else if (name === 'c') this.closeCell();
      else if (name === 'row' && this.cells.some((cell) => cell !== ''))
        this.rows.push({ line: this.line, cells: this.cells });
    },
  };

  /** The rows that were completed since the last call. */
  take(): RawRecord[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private openRow({ r }: Record<string, string>): void {
    this.line = r === undefined ? this.line + 1 : Number(r);
    this.cells = [];
    this.column = -1;
  }

  private openCell({ r, t, s }: Record<string, string>): void {
    this.column = r === undefined ? this.column + 1 : columnIndex(r);
    this.type = t ?? 'n';
    this.style = s === undefined ? -1 : Number(s);
    this.text = '';
  }

  private closeCell(): void {
    if (this.text === '' || this.column < 0 || this.column >= MAX_COLUMN) return;
    const text = this.shown();
    if (text === '') return;
    while (this.cells.length < this.column) this.cells.push('');
    this.cells[this.column] = text;
  }

  private shown(): string {
    if (this.type === 's') return this.book.strings.get(Number(this.text));
    if (this.type === 'b') return this.text === '1' ? 'true' : 'false';
    if (this.type !== 'n') return this.text;
    return numberText(this.text, this.formats[this.style], this.book.from1904);
  }
}
