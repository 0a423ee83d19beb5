import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import type { RawRecord } from './csv.ts';
import { detectFormat } from './detect.ts';
import type { FileFormat, FormatOptions } from './format.ts';
import { readRecords } from './read.ts';

describe('the reader of text files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reach-files-'));
  const path = join(folder, 'file');
  afterAll(() => rmSync(folder, { recursive: true }));

  async function read(content: string | Buffer, options: FormatOptions = {}) {
    writeFileSync(path, content);
    const format = await detectFormat(path, options);
    const rows: RawRecord[] = [];
    for await (const { records } of readRecords(path, format)) rows.push(...records);
    return { format, rows, cells: rows.map((row) => row.fault?.code ?? row.cells) };
  }
  const codes = ({ notices }: FileFormat) => notices.map(({ code }) => code);
  const PEOPLE = 'email,name,spend\nanna@example.com,Anna,10\nbob@example.com,Bob,20\n';
  const ROWS = [
    ['anna@example.com', 'Anna', '10'],
    ['bob@example.com', 'Bob', '20'],
  ];

  it('reads a file with any delimiter, quote, encoding and line end as it was written', async () => {
    const word = fc.stringMatching(/^[a-zA-Zäöüß]{1,8}$/);
    const text = fc.string({ unit: fc.constantFrom('a', 'ö', ' ', ',', ';', '\t', '|', '"', '\n', '7'), maxLength: 8 });
    const person = fc.tuple(
      word,
      text.map((value) => `x${value}x`),
      fc.nat(999),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 2, maxLength: 8 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
        fc.constantFrom('', 'sep', 'titles'),
        async (people, delimiter, newline, encoding, above) => {
          const quote = (cell: string) =>
            new RegExp(`["\n${delimiter === '|' ? '\\|' : delimiter}]`).test(cell)
              ? `"${cell.replaceAll('"', '""')}"`
              : cell;
          const rows = people.map(([name, note, spend], i) => [`${i}@example.com`, name, note, String(spend)]);
          const lines = [['email', 'name', 'note', 'spend'], ...rows].map((row) => row.map(quote).join(delimiter));
          if (above === 'sep') lines.unshift(`sep=${delimiter}`);
          if (above === 'titles') lines.unshift('Customers of all shops', '');
          const content = iconv.encode(lines.join('\n').replaceAll('\n', newline), encoding, {
            addBOM: encoding.startsWith('utf-16'),
          });
          const { format, cells } = await read(content);
          expect(format).toMatchObject({ delimiter, columns: ['email', 'name', 'note', 'spend'] });
          const asRead =
            newline === '\n'
              ? rows
              : rows.map((row) => row.map((c) => (newline === '\r' ? c : c.replaceAll('\n', newline))));
          expect(cells).toEqual(asRead);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['windows-1252', 'Jürgen Groß Köln François José'],
    ['windows-1252', 'José Zürich Cádiz'],
    ['windows-1250', 'Łukasz Wójcik Gdańsk Źrebiec Paweł'],
    ['windows-1250', 'Jiří Dvořák Plzeň Růžička Třebíč'],
    ['windows-1251', 'Иван Петров Москва Ольга'],
    ['windows-1253', 'Μαρία Παπαδόπουλος Αθήνα'],
    ['windows-1254', 'İbrahim Şahin Eskişehir Yıldız'],
    ['windows-1257', 'Šarūnas Žydrūnas Kęstutis'],
    ['koi8-u', 'Иван Петров Москва Ольга Казань'],
    ['cp866', 'Иван Петров Москва Ольга Казань'],
    ['macintosh', 'Jürgen Müller Köln Käthe Groß'],
    ['cp850', 'Jürgen Müller Köln Düsseldorf'],
    ['shift_jis', '太郎 山田 東京 さくら'],
    ['gb18030', '王伟 李芳 北京 上海'],
    ['big5', '林志明 陳淑芬 台北'],
    ['euc-kr', '김서연 이민준 서울 부산'],
    ['utf-16le', 'Иван Петров'],
    ['utf-16be', 'Łukasz Wójcik'],
  ])('detects the encoding %s and shows words of the file in its notice', async (encoding, names) => {
    const rows = names.split(' ').map((name, i) => `${i}@example.com,${name}`);
    const { format, rows: found } = await read(iconv.encode(`email,name\n${rows.join('\n')}\n`, encoding));
    expect([format.encoding, found.map((row) => row.cells[1]).join(' ')]).toEqual([encoding, names]);
    if (!encoding.startsWith('utf')) {
      expect(format.encodingCandidates![0]!.preview[0]).toBe(names.split(' ').find((n) => /[^a-z]/i.test(n)));
      expect(format.notices[0]).toMatchObject({ code: expect.stringMatching(/^encoding_(guessed|unsure)$/) });
    }
  });

  it('keeps the UTF-8 letters of a file with one cell in another encoding', async () => {
    const content = Buffer.concat([
      Buffer.from('email,name\na@example.com,Zoë\nb@example.com,'),
      Buffer.from('Jürgen\n', 'latin1'),
    ]);
    const { format, rows } = await read(content);
    expect([format.encoding, codes(format)]).toEqual(['utf-8', ['encoding_mixed']]);
    expect(rows.map(({ cells, suspect }) => [cells[1], suspect])).toEqual([
      ['Zoë', true],
      ['J\uFFFDrgen', true],
    ]);
  });

  it('warns about a file whose letters were garbled before it was saved', async () => {
    const { format } = await read('email,name\na@example.com,JÃ¼rgen\n');
    expect(format.notices).toMatchObject([{ code: 'letters_garbled', message: expect.stringContaining('"Jürgen"') }]);
  });

  it.each<[string, string, FormatOptions, string[], unknown[]]>([
    ['titles above its header', `Our customers\nAs of today\n\n${PEOPLE}`, {}, ['header_below_titles'], ROWS],
    ['comments above its header', `# from the shop\n${PEOPLE}`, {}, ['header_below_titles'], ROWS],
    ['a header line that a person chose', `a,b,c\n${PEOPLE}`, { headerLine: 2 }, [], ROWS],
    ['an empty cell after every row', PEOPLE.replaceAll(/(\d)\n/g, '$1,\n'), {}, [], ROWS],
    ['short rows', `${PEOPLE}carl@example.com\n`, {}, ['rows_short'], [...ROWS, ['carl@example.com', '', '']]],
    [
      'a second header',
      PEOPLE.replace('anna', 'address,given name,euros\nanna'),
      {},
      ['second_header'],
      ['second_header', ...ROWS],
    ],
    ['its header repeated', `${PEOPLE}email,name,spend\n`, {}, [], [...ROWS, 'repeated_header']],
    ['a row of sums', `${PEOPLE}Total,,30\n`, {}, [], [...ROWS, 'total_row']],
    ['rows of empty cells', `${PEOPLE},,\n,,\n`, {}, [], ROWS],
    ['carriage returns of all kinds', PEOPLE.replace('\n', '\r').replace('10\n', '10\r\r\n'), {}, [], ROWS],
    ['carets between its cells', PEOPLE.replaceAll(',', '^'), {}, [], ROWS],
    ['single quotes', PEOPLE.replaceAll(/[^,\n]+/g, "'$&'"), {}, [], ROWS],
    ['years for names', 'email,2023,2024\na@example.com,1,2\n', {}, [], [['a@example.com', '1', '2']]],
    ['no header', PEOPLE.slice(PEOPLE.indexOf('\n') + 1), {}, ['no_header'], ROWS],
    [
      'addresses in one line',
      'a@example.com, b@example.com\n',
      {},
      ['list_in_one_line'],
      [['a@example.com'], ['b@example.com']],
    ],
    [
      'names apart by nothing that is known',
      'name\nAnna Berg\nBob Koch\n',
      {},
      ['no_delimiter'],
      [['Anna Berg'], ['Bob Koch']],
    ],
  ])('reads a file with %s', async (_, content, options, notices, expected) => {
    const { format, cells } = await read(content, options);
    expect([codes(format), cells]).toEqual([notices, expected]);
  });

  it.each([
    ['a web page', 'file_is_html', '<!DOCTYPE html><html></html>'],
    ['XML', 'file_is_xml', '<?xml version="1.0"?><people/>'],
    ['an address book', 'file_is_vcard', 'BEGIN:VCARD\nFN:Anna\nEND:VCARD\n'],
    ['a PDF', 'file_is_pdf', '%PDF-1.7\n'],
    ['a table of fixed width', 'fixed_width', 'name        spend\nAnna        10\nBob         20\n'],
    ['64 KB of equal names', 'too_many_columns', `${'same,'.repeat(13_000)}\n1,2\n`],
    ['100,000 columns', 'too_many_columns', `${Array.from({ length: 100_000 }, (_, i) => `c${i}`).join()}\n1,2\n`],
  ])('refuses a file that is %s with the code %s', async (_, code, content) => {
    await expect(read(content)).rejects.toMatchObject({ code });
  });

  it('rejects only the row with a cell of ten megabytes', async () => {
    const { cells } = await read(`email,note\na@example.com,"${'x'.repeat(10_000_000)}"\nb@example.com,ok\n`);
    expect(cells).toEqual(['row_too_long', ['b@example.com', 'ok']]);
  });
});
