import fc from 'fast-check';
import { parseBoolean, parseConsent } from './boolean.ts';
import { inferOrder, isAmbiguous, isoDay, parseDay, parseTime } from './date.ts';
import { inferType } from './infer.ts';
import { mask } from './mask.ts';
import { inferDecimal, parseNumber } from './number.ts';

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
    '%j is none',
    (text) => expect(parseNumber(text, '.')).toBeUndefined(),
  );

  it('reads every finite number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => parseNumber(String(n)) === n || n === 0),
    );
  });

  it('takes a comma for the decimal mark only where some value needs it', () => {
    expect(inferDecimal(['1,5', '2,75', '3'])).toBe(',');
    expect(inferDecimal(['1,234', '2,000'])).toBe('.');
    expect(inferDecimal(['1.5', '2'])).toBe('.');
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
    '%j alone is none',
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

  it('keeps every day it writes', () => {
    fc.assert(fc.property(fc.integer({ min: -100_000, max: 100_000 }), (day) => parseDay(isoDay(day)) === day));
  });

  it('sees the order of a column from the values that decide it', () => {
    expect(inferOrder(['01/02/2024', '13/02/2024'])).toBe('dmy');
    expect(inferOrder(['01/02/2024', '02/13/2024'])).toBe('mdy');
    expect(inferOrder(['01/02/2024'])).toBeUndefined();
    expect(isAmbiguous('01/02/2024')).toBe(true);
    expect(isAmbiguous('13/02/2024')).toBe(false);
  });
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
  it('reads yes and no, and consent', () => {
    expect([parseBoolean('YES'), parseBoolean('n'), parseBoolean('1'), parseBoolean('maybe')]).toEqual([
      true,
      false,
      true,
      undefined,
    ]);
    expect([parseConsent('Opted out'), parseConsent('granted'), parseConsent('true'), parseConsent('?')]).toEqual([
      'denied',
      'granted',
      'granted',
      undefined,
    ]);
  });

  it('masks so that nobody can read on', () => {
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
