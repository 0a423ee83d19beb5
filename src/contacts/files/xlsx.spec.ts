import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { workbookOf, zipOf } from '../../../test/support/archive.ts';
import type { RawRecord } from './csv.ts';
import { detectFormat } from './detect.ts';
import type { FormatOptions } from './format.ts';
import { readRecords } from './read.ts';
import { cellFormat, columnIndex, numberText } from './sheet-cells.ts';
import { TooLarge, unpackFile } from './unpack.ts';
import { SharedStrings } from './workbook.ts';

const folder = mkdtempSync(join(tmpdir(), 'reach-workbook-'));
const path = join(folder, 'file');
afterAll(() => rmSync(folder, { recursive: true }));

const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
const row = (...cells: string[]) => `<row>${cells.map(cell).join('')}</row>`;
const HEADER = row('email', 'name');

describe('the reader of Excel workbooks', () => {
  async function read(content: Buffer, options: FormatOptions = {}) {
    writeFileSync(path, content);
    const format = await detectFormat(path, options);
    const rows: RawRecord[] = [];
    for await (const { records } of readRecords(path, format)) rows.push(...records);
    return { format, rows };
  }

  it('reads dates, numbers, texts and results of formulas as a CSV export would hold them', async () => {
    const cells = [
      '<c r="A2" t="s"><v>0</v></c>',
      '<c r="B2" s="1"><v>45991</v></c>',
      '<c r="C2" s="2"><v>45991.4375</v></c>',
      '<c r="D2" s="3"><v>0.4375</v></c>',
      '<c r="E2" s="4"><v>2138</v></c>',
      '<c r="F2" t="b"><v>1</v></c>',
      '<c r="G2"><f>A1*2</f><v>0.10000000000000001</v></c>',
      '<c r="H2" t="str"><f>T(A1)</f><v>a &amp; b</v></c>',
      '<c r="J2"><v>4.9151123456780003E+12</v></c>',
    ];
    const names = [...'abcdefghij'].map((name) => cell(name)).join('');
    const shared = '<r><t>Zo</t></r><r><t>ë</t></r><rPh><t>x</t></rPh>';
    const { format, rows } = await read(
      workbookOf([{ name: 'People', rows: `<row r="1">${names}</row><row r="2">${cells.join('')}</row>` }], [shared]),
    );
    expect(format).toMatchObject({ format: 'xlsx', sheet: 'People', sheets: ['People'], headerLine: 1 });
    expect(rows).toMatchObject([
      {
        line: 2,
        cells: [
          'Zoë',
          '2025-11-30',
          '2025-11-30T10:30:00',
          '10:30:00',
          '02138',
          'true',
          '0.1',
          'a & b',
          '',
          '4915112345678',
        ],
      },
    ]);
  });

  it('reads the chosen sheet, or the first one with rows, and lists the others', async () => {
    const book = workbookOf([
      { name: 'Hidden', rows: HEADER + row('h@example.com', 'H'), hidden: true },
      { name: 'Empty', rows: '' },
      { name: 'People', rows: row('Our people') + HEADER + row('a@example.com', 'Anna') },
      { name: 'More', rows: HEADER + row('b@example.com', 'Bob') },
    ]);
    const { format, rows } = await read(book);
    expect(format).toMatchObject({ sheet: 'People', headerLine: 2, sheets: ['Hidden', 'Empty', 'People', 'More'] });
    expect(format.notices.map(({ code }) => code)).toEqual(['header_below_titles', 'other_sheets']);
    expect(rows.map(({ line, cells }) => [line, cells])).toEqual([[3, ['a@example.com', 'Anna']]]);
    expect((await read(book, { sheet: 'More' })).rows[0]!.cells[0]).toBe('b@example.com');
    await expect(read(book, { sheet: 'Nope' })).rejects.toMatchObject({ code: 'sheet_unknown' });
  });

  it('refuses a damaged workbook and other kinds of documents', async () => {
    const book = workbookOf([{ name: 'People', rows: HEADER + row('a@example.com', 'Anna') }]);
    await expect(read(book.subarray(0, book.length - 40))).rejects.toMatchObject({ code: 'zip_broken' });
    const encrypted = Buffer.concat([Buffer.from('d0cf11e0', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')]);
    await expect(read(encrypted)).rejects.toMatchObject({ code: 'file_encrypted' });
    await expect(read(Buffer.from('d0cf11e0a1b11ae1', 'hex'))).rejects.toMatchObject({ code: 'file_is_excel' });
  });

  it('reads any text that several cells share', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        const strings = new SharedStrings();
        for (const text of texts) strings.add(text);
        expect(texts.map((_, i) => strings.get(i))).toEqual(texts);
      }),
    );
    expect(new SharedStrings().get(0)).toBe('');
  });

  it('shows every Excel day as its date, including days that count from 1904', () => {
    const format = cellFormat('dd/mm/yyyy');
    fc.assert(
      fc.property(fc.integer({ min: 61, max: 80_000 }), (day) => {
        const date = new Date(Date.UTC(1899, 11, 30 + day)).toISOString().slice(0, 10);
        expect([numberText(String(day), format, false), numberText(String(day - 1462), format, true)]).toEqual([
          date,
          day >= 1462 ? date : expect.anything(),
        ]);
      }),
    );
    expect(['1', '59', '60'].map((day) => numberText(day, format, false))).toEqual([
      '1900-01-01',
      '1900-02-28',
      '1900-02-28',
    ]);
    expect(['A1', 'Z9', 'AA10', 'xfd1'].map(columnIndex)).toEqual([0, 25, 26, 16_383]);
    expect(['#,##0.00', '0%', '[$-409]mmm d', '"day" 0', '@'].map((code) => cellFormat(code).date)).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
  });
});

describe('the reader of packed files', () => {
  async function unpack(content: Buffer, options: { member?: string; limit?: number } = {}) {
    writeFileSync(path, content);
    const bytes = await unpackFile(path, {
      limit: 1_000_000,
      target: `${path}.unpacked`,
      sink: (to) => createWriteStream(to),
      ...options,
    });
    const text = readFileSync(path, 'utf8');
    expect(bytes).toBe(Buffer.byteLength(text));
    return text;
  }
  const CSV = 'email\na@example.com\n';

  it('unpacks gzip, ZIP, and one inside the other', async () => {
    expect(await unpack(Buffer.from(CSV))).toBe(CSV);
    expect(await unpack(gzipSync(CSV))).toBe(CSV);
    expect(await unpack(zipOf({ 'a.csv': CSV, '__MACOSX/._a.csv': 'x' }))).toBe(CSV);
    expect(await unpack(gzipSync(zipOf({ 'a.csv': CSV })))).toBe(CSV);
    expect(await unpack(gzipSync(gzipSync(CSV)))).toBe(CSV);
    expect(await unpack(zipOf({ 'a.csv': CSV, 'b.csv': 'other' }), { member: 'b.csv' })).toBe('other');
  });

  it.each<[string, Buffer, string | undefined, string, RegExp]>([
    ['several files', zipOf({ 'a.csv': CSV, 'b.csv': CSV }), undefined, 'zip_of_several', /2 files \(a\.csv, b\.csv\)/],
    ['no file of the chosen name', zipOf({ 'a.csv': CSV }), 'c.csv', 'member_unknown', /it holds a\.csv/],
    ['a password', zipOf({ 'a.csv': CSV }, { encrypted: true }), undefined, 'file_encrypted', /password/],
    ['a binary workbook', zipOf({ 'xl/workbook.bin': '' }), undefined, 'file_is_xlsb', /xlsx/],
    ['a damaged list', Buffer.from('504b0304aaaa', 'hex'), undefined, 'zip_broken', /damaged/],
    ['a size that lies', zipOf({ 'a.csv': CSV }, { claimedBytes: 5 }), undefined, 'zip_broken', /damaged/],
    ['three layers', gzipSync(gzipSync(gzipSync(CSV))), undefined, 'packed_too_often', /Unpack it/],
    ['half a gzip', gzipSync(CSV.repeat(99)).subarray(0, 40), undefined, 'gzip_broken', /damaged/],
  ])('refuses %s', async (_, content, member, code, text) => {
    await expect(unpack(content, { member })).rejects.toMatchObject({ code, message: expect.stringMatching(text) });
  });

  it('refuses a file that is larger than an upload may be once unpacked', async () => {
    const bomb = Buffer.alloc(2_000_000);
    for (const packed of [gzipSync(bomb), zipOf({ 'a.csv': bomb })])
      await expect(unpack(packed)).rejects.toBeInstanceOf(TooLarge);
  });
});
