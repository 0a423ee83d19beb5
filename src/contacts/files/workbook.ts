import { StringDecoder } from 'node:string_decoder';
import { Parser } from 'htmlparser2';
import type { Entry } from 'yauzl';
import { FileFault } from './csv.ts';
import { asFault, isWorkbook, type Zip } from './zip.ts';

export interface SheetRef {
  name: string;
  member: Entry;
  isHidden: boolean;
}

/** What cells refer to. */
export interface Workbook {
  sheets: SheetRef[];
  /** Number formats by the style of a cell. */
  styles: string[];
  strings: SharedStrings;
  /** Days are counted from 1904, as old Macs did. */
  from1904: boolean;
}

type Attributes = Record<string, string>;

export interface XmlHandler {
  open?: (name: string, attributes: Attributes) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
}

const bare = (name: string): string => name.slice(name.indexOf(':') + 1);

/** A parser whose names come without their prefix. */
export const xmlParser = ({ open, text, close }: XmlHandler): Parser =>
  new Parser(
    {
      onopentag: (name, attributes) => open?.(bare(name), attributes),
      ontext: (piece) => text?.(piece),
      onclosetag: (name) => close?.(bare(name)),
    },
    { xmlMode: true, decodeEntities: true },
  );

/** Parses a member as it is unpacked. @throws FileFault when it is damaged */
export async function* parseMember(zip: Zip, member: Entry, handler: XmlHandler): AsyncGenerator<number> {
  const parser = xmlParser(handler);
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  try {
    for await (const chunk of await zip.stream(member)) {
      bytes += (chunk as Buffer).length;
      parser.write(decoder.write(chunk as Buffer));
      yield bytes;
    }
  } catch (error) {
    throw asFault(error);
  }
  parser.end(decoder.end());
}

function parse(xml: string | undefined, handler: XmlHandler): void {
  const parser = xmlParser(handler);
  parser.write(xml ?? '');
  parser.end();
}

/** Texts that many cells share, packed so that millions of them fit in memory. */
export class SharedStrings {
  private bytes = Buffer.alloc(1 << 16);
  private ends = new Uint32Array(1 << 10);
  private count = 0;

  add(text: string): void {
    const start = this.startOf(this.count);
    const length = Buffer.byteLength(text);
    if (start + length > MAX_STRINGS) throw tooLarge();
    if (start + length > this.bytes.length) {
      const larger = Buffer.alloc(Math.min(MAX_STRINGS, Math.max(this.bytes.length * 2, start + length)));
      this.bytes.copy(larger, 0, 0, start);
      this.bytes = larger;
    }
    if (this.count === this.ends.length) {
      const larger = new Uint32Array(this.ends.length * 2);
      larger.set(this.ends);
      this.ends = larger;
    }
    this.bytes.write(text, start);
    this.ends[this.count++] = start + length;
  }

  get(index: number): string {
    return index < this.count ? this.bytes.toString('utf8', this.startOf(index), this.ends[index]) : '';
  }

  private startOf(index: number): number {
    return index === 0 ? 0 : this.ends[index - 1]!;
  }
}

const MAX_STRINGS = 1_000_000_000;
const tooLarge = () =>
  new FileFault('workbook_too_large', 'The Excel file holds more than a gigabyte of texts. Save it as CSV instead.');

/** Sheets, styles and shared texts of a workbook. @throws FileFault when it is damaged */
export async function readWorkbook(zip: Zip, withStrings = true): Promise<Workbook> {
  if (!isWorkbook(zip))
    throw new FileFault('file_is_zip', 'This is a ZIP archive, not an Excel file. Upload it as .zip.');
  const targets = new Map<string, string>();
  parse(await zip.text('xl/_rels/workbook.xml.rels'), {
    open: (name, { Id, Target }) => {
      if (name === 'Relationship' && Id && Target)
        targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`);
    },
  });
  const sheets: SheetRef[] = [];
  let from1904 = false;
  parse(await zip.text('xl/workbook.xml'), {
    open: (name, attributes) => {
      if (name === 'workbookPr') from1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '');
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => bare(key) === 'id' && key.includes(':'))?.[1];
      const member = zip.find(targets.get(id ?? '') ?? '');
      if (member)
        sheets.push({ name: attributes.name ?? '', member, isHidden: (attributes.state ?? 'visible') !== 'visible' });
    },
  });
  if (sheets.length === 0) throw new FileFault('no_sheet', 'The Excel file holds no sheet with rows.');
  const strings = withStrings ? await readStrings(zip) : new SharedStrings();
  return { sheets, styles: readStyles(await zip.text('xl/styles.xml')), strings, from1904 };
}

async function readStrings(zip: Zip): Promise<SharedStrings> {
  const strings = new SharedStrings();
  const member = zip.find('xl/sharedStrings.xml');
  if (!member) return strings;
  let text = '';
  let reading = false;
  let phonetic = false;
  const handler: XmlHandler = {
    open: (name) => {
      if (name === 'si') text = '';
      else if (name === 'rPh') phonetic = true;
      else if (name === 't') reading = !phonetic;
    },
    text: (piece) => {
      if (reading) text += piece;
    },
    close: (name) => {
      if (name === 't') reading = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'si') strings.add(text);
    },
  };
  for await (const _ of parseMember(zip, member, handler));
  return strings;
}

/** Formats that Excel knows by number alone. */
const BUILT_IN: Record<number, string> = {
  ...Object.fromEntries(
    [14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, 'yyyy-mm-dd']),
  ),
  ...Object.fromEntries([18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56].map((id) => [id, 'h:mm:ss'])),
  22: 'yyyy-mm-dd h:mm',
};

function readStyles(xml: string | undefined): string[] {
  const own = new Map<number, string>();
  const styles: string[] = [];
  let inCells = false;
  parse(xml, {
    open: (name, attributes) => {
      if (name === 'numFmt') own.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) {
        const id = Number(attributes.numFmtId ?? 0);
        styles.push(own.get(id) ?? BUILT_IN[id] ?? '');
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return styles;
}
