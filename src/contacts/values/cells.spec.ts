import fc from 'fast-check';
import { cleanCell } from './clean.ts';
import { isMissing, realWords } from './missing.ts';

describe('a cell', () => {
  it.each([
    [' Anna ', 'Anna'],
    ["'02138", '02138'],
    ["'+16502530000", '+16502530000'],
    ["'=1+1", '=1+1'],
    ['="02138"', '02138'],
    ['\'="02138"', '02138'],
    ['="say ""hi"""', 'say "hi"'],
    ['\u200bbob@example.com\u200b', 'bob@example.com'],
    ['eve\u00ad@example.com', 'eve@example.com'],
    ['\u202a+1 650\u202c', '+1 650'],
    ['\ufeffdora', 'dora'],
    ['+1\u00a0650\u202f253', '+1 650 253'],
    ['Jose\u0301', 'José'],
    ['a\u200db', 'ab'],
  ])('%j is read as %j', (raw, read) => expect(cleanCell(raw)).toBe(read));

  it.each(["'t Hooft", "'90s kid", "O'Brien", '=A1+1', '👨‍👩‍👧 Bob', 'می‌خواهم', 'a\u001fb', 'two\nlines'])(
    '%j stays as it is',
    (text) => expect(cleanCell(text)).toBe(text),
  );

  it('does not change when it is cleaned twice', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => cleanCell(cleanCell(text)) === cleanCell(text)));
  });

  it('keeps all printable ASCII text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii' }),
        (text) => /^['= ]/.test(text) || cleanCell(text) === text.trim(),
      ),
    );
  });
});

describe('words for no value', () => {
  it.each(
    ['', '-', '--', 'N/A', 'n.a.', 'N. A.', '#N/A', 'NA', 'NULL', '(null)', '\\N', 'NaN', 'None', 'undefined'].concat([
      'k.A.',
      'Keine Angabe',
      'unbekannt',
      'aucun',
      'NON RENSEIGNÉ',
      'sin',
      'nessuno',
      'geen',
      'não informado',
      '—',
    ]),
  )('%j is no value', (text) => expect(isMissing(text)).toBe(true));

  it.each(['0', 'no', 'nein', 'Nanny', 'Nullmeier', 'unknown artist', 'ND', 'x'.repeat(300)])('%j is a value', (text) =>
    expect(isMissing(text)).toBe(false),
  );

  it('are kept where they are names of people or places', () => {
    expect(realWords('lastName', [])).toContain('Null');
    expect(realWords('lastName', [])).not.toContain('NULL');
    expect(realWords('firstName', [])).toContain('Nan');
    expect(realWords('firstName', [])).not.toContain('Null');
    expect(realWords('city', [])).toContain('Leer');
  });

  it('include NA unless the column proves that it is a code', () => {
    expect(realWords('country', ['DE', 'NA', '', 'US'])).toEqual(['NA']);
    expect(realWords('trait', ['EMEA', 'NA', 'APAC'])).toEqual(['NA']);
    expect(realWords('country', ['DE', 'NA', 'US'])).toEqual([]);
    expect(realWords('country', ['Germany', 'NA', ''])).toEqual([]);
    expect(realWords('trait', ['gold', 'NA', ''])).toEqual([]);
    expect(realWords('trait', ['NA', ''])).toEqual([]);
  });
});
