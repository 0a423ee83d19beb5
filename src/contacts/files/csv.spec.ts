import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CsvTokenizer, FileFault, type RawRecord } from './csv.ts';

/** Feeds a text in pieces of a size and gives all records. */
function tokenize(text: string, piece = text.length || 1, delimiter = ','): RawRecord[] {
  const tokenizer = new CsvTokenizer(delimiter);
  const records: RawRecord[] = [];
  for (let at = 0; at < text.length; at += piece) records.push(...tokenizer.push(text.slice(at, at + piece)));
  return [...records, ...tokenizer.push('', true)];
}

const cellsOf = (records: RawRecord[]) => records.map((record) => record.cells);

describe('CSV tokenizer', () => {
  it('reads what csv-parse reads, however the text is cut', () => {
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

  it('gives the line on which a record starts, quoted newlines and blank lines counted', () => {
    const text = 'a,b\n1,"x\ny"\n\n2,z\r\n3,"q"\n4,5';
    for (const piece of [1, 2, 5, 100]) expect(tokenize(text, piece).map((r) => r.line)).toEqual([1, 2, 5, 6, 7]);
  });

  it('keeps a quote within a plain cell, and faults text after a quoted one', () => {
    expect(tokenize('a,5" pipe,b\n')[0]).toEqual({ line: 1, cells: ['a', '5" pipe', 'b'] });
    const [bad, good] = tokenize('a,"b"c,d\ne,f,g\n');
    expect(bad).toMatchObject({ line: 1, fault: { code: 'text_after_quote' } });
    expect(good).toEqual({ line: 2, cells: ['e', 'f', 'g'] });
  });

  it('says where a quote opens that never closes', () => {
    expect(() => tokenize('a,b\n1,2\n3,"open\n4,5\n', 3)).toThrow(FileFault);
    expect(() => tokenize('a,b\n1,2\n3,"open\n4,5\n')).toThrow(/^Line 3: /);
  });

  it('gives up a record that grows without end instead of holding it', () => {
    const tokenizer = new CsvTokenizer(',');
    tokenizer.push('a,"');
    const piece = 'x'.repeat(1_000_000);
    expect(() => {
      for (let i = 0; i < 10; i++) tokenizer.push(piece);
    }).toThrow(/^Line 1: /);
  });

  it('reads lines that end in a lone carriage return', () => {
    expect(cellsOf(new CsvTokenizer('\t', '\r').push('a\tb\r1\t2\r', true))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });
});
