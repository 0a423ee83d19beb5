import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CsvTokenizer, type RawRecord } from './csv.ts';

/** Feeds a text in pieces of a size and gives all records. */
function tokenize(text: string, piece = text.length || 1, delimiter = ','): RawRecord[] {
  const tokenizer = new CsvTokenizer({ delimiter });
  const records: RawRecord[] = [];
  for (let at = 0; at < text.length; at += piece) records.push(...tokenizer.push(text.slice(at, at + piece)));
  return [...records, ...tokenizer.push('', true)];
}

const cellsOf = (records: RawRecord[]) => records.map((record) => record.cells);

describe('the CSV tokenizer', () => {
  it('reads the same cells as csv-parse, however the text is split into pieces', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '7'), maxLength: 8 });
    const quoted = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        table,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (rows, piece, newline, ended) => {
          const text = rows.map((row) => row.map(quoted).join(',')).join(newline) + (ended ? newline : '');
          const options = { relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\n', '\r\n'] };
          expect(cellsOf(tokenize(text, piece))).toEqual(parse(text, options));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reports the line on which a record starts, counting quoted newlines and blank lines', () => {
    const text = 'a,b\n1,"x\ny"\n\n2,z\r\n3,"q"\n4,5';
    for (const piece of [1, 2, 5, 100]) expect(tokenize(text, piece).map((r) => r.line)).toEqual([1, 2, 5, 6, 7]);
  });

  it('keeps a quote within a plain cell and rejects text after a quoted one', () => {
    expect(tokenize('a,5" pipe,b\n')[0]).toEqual({ line: 1, cells: ['a', '5" pipe', 'b'] });
    const [bad, good] = tokenize('a,"b"c,d\ne,f,g\n');
    expect(bad).toMatchObject({ line: 1, fault: { code: 'text_after_quote' } });
    expect(good).toEqual({ line: 2, cells: ['e', 'f', 'g'] });
  });

  it('rejects a row whose quote never closes and reads the rows below', () => {
    for (const piece of [1, 3, 100]) {
      const [header, first, broken, after] = tokenize('a,b\n1,2\n3,"open\n4,5\n', piece);
      expect([header, first, after].map((r) => [r!.line, r!.cells])).toEqual([
        [1, ['a', 'b']],
        [2, ['1', '2']],
        [4, ['4', '5']],
      ]);
      expect(broken).toMatchObject({ line: 3, fault: { code: 'quote_never_closed' } });
    }
  });

  it('rejects only a row that is too long and keeps no more of it in memory than needed', () => {
    const tokenizer = new CsvTokenizer({ delimiter: ',' });
    const piece = 'x'.repeat(1_000_000);
    const records = [...tokenizer.push('a,"')];
    for (let i = 0; i < 10; i++) records.push(...tokenizer.push(piece));
    records.push(...tokenizer.push('"\nb,c\n', true));
    expect(records).toMatchObject([
      { line: 1, fault: { code: 'row_too_long' } },
      { line: 2, cells: ['b', 'c'] },
    ]);
    const whole = `a,b\n1,"${piece.repeat(5)}"\n2,${piece.repeat(5)}\n3,4\n`;
    expect(tokenize(whole).map(({ line, fault }) => [line, fault?.code])).toEqual([
      [1, undefined],
      [2, 'row_too_long'],
      [3, 'row_too_long'],
      [4, undefined],
    ]);
  });

  it('loses no sound row to a stray quote and rejects the rows that the quote damages', () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    const cell = fc.oneof(
      { weight: 4, arbitrary: word },
      { weight: 1, arbitrary: word.map((text) => `"${text}, ${text}"`) },
      { weight: 1, arbitrary: word.map((text) => `"${text} ""${text}"""`) },
    );
    const row = fc.tuple(cell, cell, cell);
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 3, maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom('before', 'without its end')), { maxLength: 3 }),
        fc.integer({ min: 1, max: 20 }),
        (rows, strays, piece) => {
          const broken = new Set<number>();
          const cells = rows.map((row, i) => [`${i}@example.com`, ...row]);
          for (const [at, column, kind] of strays) {
            const line = at % rows.length;
            const text = rows[line]![column]!;
            if (broken.has(line) || (kind === 'before') === text.startsWith('"')) continue;
            cells[line]![column + 1] = kind === 'before' ? `"${text}` : text.slice(0, -1);
            broken.add(line);
          }
          const tokenizer = new CsvTokenizer({ delimiter: ',', width: 4 });
          const text = cells.map((row) => row.join(',')).join('\n');
          const records: RawRecord[] = [];
          for (let at = 0; at < text.length; at += piece) records.push(...tokenizer.push(text.slice(at, at + piece)));
          records.push(...tokenizer.push('', true));
          expect(records.map(({ line }) => line)).toEqual(rows.map((_, i) => i + 1));
          for (const [i, { fault, cells: found }] of records.entries()) {
            if (broken.has(i)) expect(fault).toBeDefined();
            else expect([fault, found[0]]).toEqual([undefined, `${i}@example.com`]);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('rejects both rows of a pair of stray quotes and reads the rows between them', () => {
    const tokenizer = new CsvTokenizer({ delimiter: ',', width: 3 });
    const text = '1,"Anna,x\n2,Bob,y\n3,Carl",z\n4,Dora,"a note\nof two lines"\n';
    expect(tokenizer.push(text, true).map(({ line, cells, fault }) => [line, fault?.code ?? cells])).toEqual([
      [1, 'quote_never_closed'],
      [2, ['2', 'Bob', 'y']],
      [3, 'quote_never_closed'],
      [4, ['4', 'Dora', 'a note\nof two lines']],
    ]);
  });

  it('reads blanks around quotes, single quotes, and quotes escaped by a backslash', () => {
    expect(cellsOf(tokenize('a, "Berg, Jr." ,b\nc, "d" e,f\n'))).toEqual([
      ['a', 'Berg, Jr.', 'b'],
      ['c', ' "d" e', 'f'],
    ]);
    const single = new CsvTokenizer({ delimiter: ',', quote: 'single' });
    expect(cellsOf(single.push("'a, b','it''s'\n5\",c\n", true))).toEqual([
      ['a, b', "it's"],
      ['5"', 'c'],
    ]);
    const escaped = new CsvTokenizer({ delimiter: ',', escape: 'backslash' });
    expect(cellsOf(escaped.push('"said \\"hi\\", twice","c:\\\\"\n', true))).toEqual([['said "hi", twice', 'c:\\']]);
    expect(cellsOf(new CsvTokenizer({ delimiter: ',', quote: 'none' }).push('"a,b"\n', true))).toEqual([['"a', 'b"']]);
  });
});
