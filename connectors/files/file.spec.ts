import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { cellText, csvPieces, csvText, dateText, headerCell, headerLine, headText, neutralise } from './file.ts';
import { DELIMITERS, FORMATS, LINE_ENDS, profileOf, QUOTINGS } from './profile.ts';

const profile = profileOf({});

describe('cells', () => {
  test.each([
    [null, ''],
    [undefined, ''],
    ['', ''],
    [-456, '-456'],
    [0.5, '0.5'],
    [true, 'true'],
    [false, 'false'],
    [['a', 1], '["a",1]'],
    [{ a: 'b' }, '{"a":"b"}'],
  ])('%j is written as %j', (value, text) => {
    expect(cellText(value)).toBe(text);
  });

  test('every cell has quotes when asked, quotes inside are doubled', () => {
    const text = csvText([['', 'Say "Hello"', 'Hello, World', '-456', 'two\nlines']], { ...profile, quoting: 'all' });
    expect(text).toBe('"","Say ""Hello""","Hello, World","-456","two\nlines"\n');
  });

  test('only what needs quotes has them otherwise', () => {
    const rows = [['a', 'b,c', 'd"e', 'f\rg', 'José', '', '=1']];
    expect(csvText(rows, profile)).toBe('a,"b,c","d""e","f\rg",José,,=1\n');
    expect(csvText([['a\tb', 'c,d']], { ...profile, format: 'tsv', lineEnd: 'crlf' })).toBe('"a\tb"\tc,d\r\n');
    expect(csvText([['a|b', 'c,d']], { ...profile, format: 'pipe' })).toBe('"a|b"|c,d\n');
  });
});

describe('formulas', () => {
  test.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1', '+1 (202) 555'])(
    '%j is neutralised',
    (text) => {
      expect(neutralise(text)).toBe(`'${text}`);
    },
  );

  test.each(['+16502530000', '-456', '+3.5', 'a=b', '', '7', "O'Brien"])('%j is left alone', (text) => {
    expect(neutralise(text)).toBe(text);
  });

  test('nothing is altered unless the receiver uses a spreadsheet', () => {
    expect(csvText([['=1', 'a']], profile)).toBe('=1,a\n');
    expect(csvText([['=1', 'a']], { ...profile, spreadsheetSafe: true })).toBe("'=1,a\n");
    expect(headerLine(['=1', 'a'], profile)).toBe('=1,a\n');
    expect(headerLine(['=1', 'a'], { ...profile, spreadsheetSafe: true })).toBe("'=1,a\n");
  });
});

describe('dates', () => {
  test.each([
    ['YYYY-MM-DD', '1990-02-03'],
    ['YYYYMMDD', '19900203'],
    ['YYYY/MM/DD', '1990/02/03'],
    ['DD.MM.YYYY', '03.02.1990'],
    ['DD/MM/YYYY', '03/02/1990'],
    ['DD-MM-YYYY', '03-02-1990'],
    ['MM/DD/YYYY', '02/03/1990'],
    ['MM-DD-YYYY', '02-03-1990'],
  ] as const)('%s', (format, text) => {
    expect(dateText('1990-02-03', format)).toBe(text);
  });

  test.each(['', '1990', '1990-2-3', '1990-02-03T00:00:00Z', 'MM/DD', '41'])('%j is no date and stays', (text) => {
    expect(dateText(text, 'DD.MM.YYYY')).toBe(text);
  });
});

describe('headers', () => {
  test.each([
    ['csv', 'test,string', 'teststring'],
    ['csv', 'a,b,c', 'abc'],
    ['pipe', 'test|string', 'teststring'],
    ['tsv', 'test\tstring', 'teststring'],
    ['csv', ' say "x"\n', 'say x'],
    ['csv', '', ''],
  ] as const)('%s: %j becomes %j', (format, name, expected) => {
    expect(headerCell(name, format)).toBe(expected);
  });

  test('are a line of their own, without quotes even when cells have them', () => {
    expect(headerLine(['email', 'a,b'], { ...profile, quoting: 'all', lineEnd: 'crlf' })).toBe('email,ab\r\n');
  });
});

const anyProfile = fc.record({
  format: fc.constantFrom(...FORMATS),
  quoting: fc.constantFrom(...QUOTINGS),
  lineEnd: fc.constantFrom(...LINE_ENDS),
  spreadsheetSafe: fc.constant(false),
});
const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.constantFrom('"', ',', '\t', '|', ';', ':', '\n', '\r', '\r\n', ' ', 'é', '=', "'"), { maxLength: 6 })
    .map((parts) => parts.join('')),
);
const table = fc
  .integer({ min: 2, max: 6 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }));

test('any rectangular table comes back from a reader of RFC 4180 as it was', () => {
  fc.assert(
    fc.property(table, anyProfile, (rows, how) => {
      const read = parse(csvText(rows, how), {
        delimiter: DELIMITERS[how.format],
        record_delimiter: how.lineEnd === 'crlf' ? '\r\n' : '\n',
        relax_column_count: false,
      });
      expect(read).toEqual(rows);
    }),
    { numRuns: 500 },
  );
});

test('rows without anything to quote are written as a library writes them', () => {
  const plainCell = fc.stringMatching(/^[^",\t|;:\r\n]{0,9}$/);
  const plainTable = fc.array(
    fc.array(fc.oneof({ weight: 9, arbitrary: plainCell }, cell), { minLength: 3, maxLength: 3 }),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(plainTable, anyProfile, (rows, how) => {
      const all = how.quoting === 'all';
      const wanted = stringify(rows, {
        delimiter: DELIMITERS[how.format],
        record_delimiter: how.lineEnd === 'crlf' ? '\r\n' : '\n',
        quoted: all,
        quoted_empty: all,
        quoted_match: /[\r\n]/,
      });
      expect(csvText(rows, how)).toBe(wanted);
    }),
    { numRuns: 1000 },
  );
});

test('a spreadsheet never sees a cell that begins like a formula and is not a number', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(neutralise(text)).toMatch(/^([^=+\-@\t\r]|[+-]\d|$)/);
    }),
  );
});

test('pieces are the whole in order, without a byte order mark', async () => {
  const rows = Array.from({ length: 4_567 }, (_, n) => [String(n), `${n}é`]);
  const pieces: Buffer[] = [];
  for await (const piece of csvPieces(rows, profile)) pieces.push(piece);
  expect(pieces.length).toBeGreaterThan(1);
  const whole = Buffer.concat(pieces);
  expect(whole.toString('utf8')).toBe(csvText(rows, profile));
  expect(whole[0]).toBe(0x30);
});

test('a file for a spreadsheet begins with a byte-order mark, and any file does when it is asked for', () => {
  expect(headText(['Straße'], profile)).toBe('Straße\n');
  expect(headText(['Straße'], profileOf({ preset: 'mail-house' }))).toBe('\uFEFFStraße\r\n');
  expect(headText(['Straße'], profileOf({ preset: 'mail-house', byteOrderMark: false }))).toBe('Straße\r\n');
  expect(headText(['Straße'], profileOf({ byteOrderMark: true, header: false }))).toBe('\uFEFF');
});
