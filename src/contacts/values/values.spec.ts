import fc from 'fast-check';
import { parseBoolean } from './boolean.ts';
import { isAmbiguous, isNever, isoDay, parseBirthDate, parseDay, parseTime } from './date.ts';
import { inferOrder, readDates } from './date-reading.ts';
import { inferType } from './infer.ts';
import { mask } from './mask.ts';
import { isTwoWays, parseNumber, readNumbers } from './number.ts';

describe('numbers', () => {
  it.each([
    ['12', '.', 12],
    ['-3.50', '.', -3.5],
    ['+7', '.', 7],
    ['.5', '.', 0.5],
    ['1e3', '.', 1000],
    ['1,234', '.', 1234],
    ['1,234,567.89', '.', 1234567.89],
    ['1 234,5', ',', 1234.5],
    ['1.234', ',', 1234],
    ['1.234,56', ',', 1234.56],
    ["1'234.5", '.', 1234.5],
    ['$1,200.00', '.', 1200],
    ['12 €', '.', 12],
    ['45%', '.', 45],
    ['(12.5)', '.', -12.5],
    ['USD 10', '.', 10],
  ] as const)('%s with decimal %s is %d', (text, decimal, value) => {
    expect(parseNumber(text, decimal)).toBe(value);
  });

  it.each(['', 'abc', '12abc', '1,23', '1.2.3', '0x10', 'Infinity', '1,234,5', '--1', '1e999', '12 34'])(
    '%j is not a number',
    (text) => expect(parseNumber(text, '.')).toBeUndefined(),
  );

  it('reads every finite number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => parseNumber(String(n)) === n || n === 0),
    );
  });

  it.each([
    ['US$12.00', '.', 12],
    ['A$3.00', '.', 3],
    ['R$ 10,00', ',', 10],
    ['12.50 kr', '.', 12.5],
    ['5,00 zł', ',', 5],
    ['zł 5.00', '.', 5],
    ['CHF 5.00', '.', 5],
    ['$5.00 USD', '.', 5],
    ['Rs.500', '.', 500],
    ['-$5.00', '.', -5],
    ['$-5.00', '.', -5],
    ['$(5.00)', '.', -5],
    ['5.00-', '.', -5],
    ['−5.00', '.', -5],
    ['5,-', ',', 5],
    ['5.–', '.', 5],
    ['-5,- €', ',', -5],
    ['1,00,000.00', '.', 100000],
    ['12,34,567.50', '.', 1234567.5],
    ["1'234.50", '.', 1234.5],
    ['1 234,50 €', ',', 1234.5],
    ['12.345.678', ',', 12345678],
  ] as const)('%s with decimal %s is %d', (text, decimal, value) => expect(parseNumber(text, decimal)).toBe(value));

  it.each(['Hauptstr. 5', '12 Monkeys', '(-5)', '--5', '-5-', '1/2', '12:30', '0.234.567', 'TOPS 10', '5 %%'])(
    '%j is not a number with either decimal mark',
    (text) =>
      expect([parseNumber(text), parseNumber(text, '.'), parseNumber(text, ',')]).toEqual([
        undefined,
        undefined,
        undefined,
      ]),
  );

  it('reads only unambiguous numbers when the decimal mark is unknown', () => {
    expect(['1.234', '1,234', '$12.000'].map((text) => [parseNumber(text), isTwoWays(text)])).toEqual([
      [undefined, true],
      [undefined, true],
      [undefined, true],
    ]);
    expect(['1,5', '1.5', '1.234,5', '0.234', '1234.567', '1,234,567', '1e3'].map((text) => parseNumber(text))).toEqual(
      [1.5, 1.5, 1234.5, 0.234, 1234.567, 1234567, 1000],
    );
  });

  it('finds the decimal mark of a column from the values that prove one', () => {
    expect(readNumbers(['1,5', '2,75', '3'])).toMatchObject({ share: 1, decimal: ',', mixed: false });
    expect(readNumbers(['1,234.5', '2,000'])).toMatchObject({ decimal: '.' });
    expect(readNumbers(['1.234', '2.500.000'])).toMatchObject({ decimal: ',' });
    expect(readNumbers(['1,234', '2,000', '999'])).toEqual({ share: 1, mixed: false, twoWays: '1,234' });
    expect(readNumbers(['1.234,56', '12.50', '99'])).toMatchObject({ share: 1, mixed: true });
    expect(readNumbers(['12', 'NULL', '', '-'])).toEqual({ share: 1, mixed: false });
  });

  it('ignores a single slip in a column', () => {
    expect(readNumbers([...Array<string>(99).fill('12.50'), '1,5', '1,234'])).toMatchObject({
      decimal: '.',
      mixed: true,
    });
  });

  it('reads the numbers that each language writes', () => {
    const marks = { 'en-US': '.', 'de-DE': ',', 'fr-FR': ',', 'pl-PL': ',', 'en-IN': '.', 'pt-BR': ',' } as const;
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(marks)), fc.integer({ min: -1e9, max: 1e9 }), (locale, cents) => {
        const text = new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(cents / 100);
        expect(parseNumber(text, marks[locale as keyof typeof marks])).toBeCloseTo(cents / 100, 6);
      }),
    );
  });
});

describe('dates', () => {
  it.each([
    ['2024-02-29', undefined, '2024-02-29'],
    ['20240229', undefined, '2024-02-29'],
    ['2024/2/9', undefined, '2024-02-09'],
    ['31.12.1999', undefined, '1999-12-31'],
    ['12/31/1999', undefined, '1999-12-31'],
    ['03/04/2024', 'dmy', '2024-04-03'],
    ['03/04/2024', 'mdy', '2024-03-04'],
    ['4-Mar-99', undefined, '1999-03-04'],
    ['March 4, 2024', undefined, '2024-03-04'],
    ['05/05/2024', undefined, '2024-05-05'],
    ['1709164800', 'unix', '2024-02-29'],
  ] as const)('%s (%s) is %s', (text, order, day) => {
    expect(isoDay(parseDay(text, order)!)).toBe(day);
  });

  it.each(['2023-02-29', '2024-13-01', '31/31/2024', 'yesterday', '12', '', '03/04/2024', '0000-00-00'])(
    '%j is not a date on its own',
    (text) => expect(parseDay(text)).toBeUndefined(),
  );

  it.each([
    ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05.000Z'],
    ['2024-01-02T03:04:05.678+02:00', '2024-01-02T01:04:05.678Z'],
    ['2024-01-02 03:04', '2024-01-02T03:04:00.000Z'],
    ['1/2/2024 3:04 PM', '2024-01-02T15:04:00.000Z'],
    ['1/2/2024 12:04 am', '2024-01-02T00:04:00.000Z'],
  ])('%s is the moment %s', (text, moment) => {
    expect(new Date(parseTime(text, 'mdy')!).toISOString()).toBe(moment);
  });

  it('reads every day as it was written', () => {
    fc.assert(fc.property(fc.integer({ min: -100_000, max: 100_000 }), (day) => parseDay(isoDay(day)) === day));
  });

  it('finds the order of day and month from the values that decide it', () => {
    expect(inferOrder(['01/02/2024', '13/02/2024'])).toBe('dmy');
    expect(inferOrder(['01/02/2024', '02/13/2024'])).toBe('mdy');
    expect(inferOrder(['99/12/31', '24/03/04'])).toBe('ymd');
    expect(inferOrder(['01/02/2024'])).toBeUndefined();
    expect(readDates(['01/02/2024', '03/04/2024'])).toEqual({ share: 1, mixed: false, twoWays: '01/02/2024' });
    expect(readDates(['13/02/2024', '02/13/2024', '01/02/2024'])).toMatchObject({ mixed: true, twoWays: '01/02/2024' });
    expect(isAmbiguous('01/02/2024')).toBe(true);
    expect(isAmbiguous('13/02/2024')).toBe(false);
  });

  it.each([
    'Nov 30, 2025',
    '30 Nov 2025',
    'November 30 2025',
    '30-Nov-25',
    '30 Nov 25',
    'Sun Nov 30 2025',
    'Sunday, 30 November 2025',
    '30 November, 2025',
    'November 30th, 2025',
    '2025-Nov-30',
    '20251130',
    '30. November 2025',
    '30 novembre 2025',
    '30 de noviembre de 2025',
    'domingo, 30 de novembro de 2025',
    '30. 11. 2025',
    'Sun Nov 30 2025 00:00:00 GMT+0000 (Coordinated Universal Time)',
    'Sun Nov 30 00:00:00 UTC 2025',
  ])('%s is the 30th of November', (text) => expect(isoDay(parseDay(text)!)).toBe('2025-11-30'));

  it('reads the months of seven languages', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('en', 'de', 'fr', 'es', 'it', 'nl', 'pt'),
        fc.constantFrom('long' as const, 'medium' as const, 'full' as const),
        fc.integer({ min: 0, max: 30_000 }),
        (locale, dateStyle, day) => {
          const text = new Intl.DateTimeFormat(locale, { dateStyle, timeZone: 'UTC' }).format(day * 86_400_000);
          const order = locale === 'en' ? 'mdy' : 'dmy';
          expect([text, parseDay(text, order)]).toEqual([text, day]);
        },
      ),
    );
  });

  it.each([
    ['2026-05-01 10:00:00 UTC', '2026-05-01T10:00:00.000Z'],
    ['2026-05-01 10:00:00 GMT', '2026-05-01T10:00:00.000Z'],
    ['2026-05-01 10:00:00+00', '2026-05-01T10:00:00.000Z'],
    ['2026-05-01 10:00:00 +0200', '2026-05-01T08:00:00.000Z'],
    ['2026-05-01 10:00:00 CEST', '2026-05-01T08:00:00.000Z'],
    ['2026-05-01T10:00:00.123456Z', '2026-05-01T10:00:00.123Z'],
    ['2026-05-01T10:00:00+02:00[Europe/Berlin]', '2026-05-01T08:00:00.000Z'],
    ['Nov 30 2025 3:45 PM', '2025-11-30T15:45:00.000Z'],
    ['2025-11-30 3:45 PM', '2025-11-30T15:45:00.000Z'],
    ['30.11.2025, 15:45 Uhr', '2025-11-30T15:45:00.000Z'],
    ['Nov 30, 2025 at 3 pm EST', '2025-11-30T20:00:00.000Z'],
    ['30/11/2025 15h45', '2025-11-30T15:45:00.000Z'],
  ])('%s is the moment %s', (text, moment) => expect(new Date(parseTime(text)!).toISOString()).toBe(moment));

  it.each(['2026-05-01 10:00 XYZ', '2026-05-01 25:00', '2026-05-01 13:00 PM', '30 Foo 2025', '12.50'])(
    '%j is not a time',
    (text) => expect(parseTime(text)).toBeUndefined(),
  );

  it.each(
    ['0000-00-00', '0000-00-00 00:00:00', '00/00/0000', '00000000', 'infinity', '-infinity', '9999-12-31'].concat([
      '9999-12-31 23:59:59',
      '9999-12-31T23:59:59.999Z',
      '31.12.9999',
      '12/31/9999',
      '0001-01-01T00:00:00',
      '1900-01-00',
    ]),
  )('%s is never', (text) => expect([isNever(text), parseTime(text)]).toEqual([true, undefined]));

  it.each(['2025-12-31', '1970-01-01', '0', '1999-12-31', 'inf', '30.12.1899'])('%s may be a time', (text) =>
    expect(isNever(text)).toBe(false),
  );

  it('reads Excel serial numbers and Unix times in columns of that kind', () => {
    expect(isoDay(parseDay('30745', 'excel')!)).toBe('1984-03-04');
    expect(isoDay(parseDay('1', 'excel')!)).toBe('1900-01-01');
    expect(new Date(parseTime('45000.5', 'excel')!).toISOString()).toBe('2023-03-15T12:00:00.000Z');
    for (const time of ['1764460800', '1764460800000', '1764460800000000'])
      expect(isoDay(parseDay(time, 'unix')!)).toBe('2025-11-30');
    expect(readDates(['30745', '32874', '25569'], 'birthDate').order).toBe('excel');
    expect(readDates(['45000', '45001.5'], 'date').order).toBe('excel');
    expect(readDates(['1764460800', '1600000000'], 'date').order).toBe('unix');
    expect(readDates(['1984', '1990'], 'birthDate').share).toBe(0);
    expect(readDates(['1764460800', '1600000000']).share).toBe(0);
  });
});

describe('dates of birth', () => {
  const today = Date.UTC(2026, 5, 1) / 86_400_000;
  it.each([
    ['12/05/29', 'mdy', '1929-12-05'],
    ['01/31/30', undefined, '1930-01-31'],
    ['10/21/68', undefined, '1968-10-21'],
    ['12/05/26', 'mdy', '1926-12-05'],
    ['05/12/26', 'mdy', '2026-05-12'],
    ['1984-03-05', undefined, '1984-03-05'],
    ['5. März 1984', undefined, '1984-03-05'],
    ['1899-05-01', undefined, '1899-05-01'],
    ['07/04', 'mdy', '--07-04'],
    ['07/04', 'dmy', '--04-07'],
    ['02/02', undefined, '--02-02'],
    ['29.02.', undefined, '--02-29'],
    ['4 July', undefined, '--07-04'],
    ['July 4', undefined, '--07-04'],
    ['--07-04', undefined, '--07-04'],
    ['0000-07-04', undefined, '--07-04'],
    ['1604-07-04', undefined, '--07-04'],
    ['30745', 'excel', '1984-03-04'],
  ] as const)('%s (%s) is %s', (text, order, date) => expect(parseBirthDate(text, order, today)).toBe(date));

  it.each(['2030-01-01', '07/04', '03/04/1980', '32/01', '02/30', '1984', 'never'])(
    '%s is not a date of birth on its own',
    (text) => expect(parseBirthDate(text, undefined, today)).toBeUndefined(),
  );
});

describe('types', () => {
  it.each([
    [['Yes', 'No', ''], 'boolean'],
    [['1', '0', '1'], 'boolean'],
    [['1', '1'], 'number'],
    [['m', 'f'], 'category'],
    [['12', '7.5', 'NA'], 'number'],
    [['1,5', '2,5'], 'number'],
    [['01234', '99999'], 'category'],
    [['2024-01-02', '2024-02-03'], 'date'],
    [['01/02/2024', '02/03/2024'], 'date'],
    [['gold', 'silver'], 'category'],
    [['', ''], 'category'],
    [[...Array<string>(99).fill('5'), 'x'], 'number'],
  ])('%j is %s', (cells, type) => {
    expect(inferType(cells).type).toBe(type);
  });
});

describe('words', () => {
  it('reads yes and no', () => {
    expect([parseBoolean('YES'), parseBoolean('n'), parseBoolean('1'), parseBoolean('maybe')]).toEqual([
      true,
      false,
      true,
      undefined,
    ]);
  });

  it('masks a value so that nobody can read the rest', () => {
    expect(mask('ada@example.com')).toBe('a•••@e•••.com');
    expect(mask('+16502530000')).toMatch(/^\+1•+00$/);
    expect(mask('Lovelace')).toMatch(/^L•+$/);
    expect(mask('ab')).toBe('••');
    fc.assert(
      fc.property(
        fc.string({ minLength: 7 }),
        (text) => !mask(text).includes(text.trim().slice(1, -1)) || text.trim().length < 4,
      ),
    );
  });
});
