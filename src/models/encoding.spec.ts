import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CategoryEncoding,
  encode,
  encodeCategory,
  encodeTable,
  fitEncoding,
  type NumberEncoding,
  widthOf,
} from './encoding.ts';
import type { CategoryColumn, NumberColumn, Table } from './table.ts';

const numbers = (values: number[], type: NumberColumn['type'] = 'number'): NumberColumn => ({
  trait: 'n',
  type,
  values: Float64Array.from(values),
});
const categories = (values: string[]): CategoryColumn => ({ trait: 'c', type: 'category', values });
const fitNumber = (values: number[], type?: NumberColumn['type']) =>
  fitEncoding({ size: values.length, columns: [numbers(values, type)] }).traits[0] as NumberEncoding;
const fitCategory = (values: string[]) =>
  fitEncoding({ size: values.length, columns: [categories(values)] }).traits[0] as CategoryEncoding;
const repeat = (value: string, count: number) => new Array<string>(count).fill(value);

describe('numbers', () => {
  it('are scaled by median and interquartile range, so that an outlier moves nobody else', () => {
    const calm = fitNumber([1, 2, 3, 4, 5]);
    expect(fitNumber([1, 2, 3, 4, 1e9])).toMatchObject({ center: calm.center, scale: calm.scale });
    expect(encode({ schema: 1, traits: [calm] }, { num: { n: 1e9 }, cat: {} })).toEqual([3]);
  });

  it('fall back to the deviation where half of the contacts have one value', () => {
    const { center, scale } = fitNumber([0, 0, 0, 0, 0, 0, 0, 10]);
    expect(center).toBeCloseTo(1.25);
    expect(scale).toBeCloseTo(Math.sqrt(10.9375));
  });

  it('say missing by a coordinate of its own where it is common, and pull nowhere where it is rare', () => {
    const common = fitNumber([1, 2, 3, 4, 5, Number.NaN]);
    expect(widthOf(common)).toBe(2);
    expect(encode({ schema: 1, traits: [common] }, { num: {}, cat: {} })).toEqual([common.fill, 0.5]);
    const rare = fitNumber([...Array.from({ length: 200 }, (_, i) => i), Number.NaN]);
    expect(widthOf(rare)).toBe(1);
  });

  it('take a boolean to two points that are as far apart as two categories, a standard deviation', () => {
    const encoding = { schema: 1 as const, traits: [fitNumber([0, 1, 1], 'boolean')] };
    const [no, yes] = [0, 1].map((n) => encode(encoding, { num: { n }, cat: {} })[0]!);
    expect(yes! - no!).toBeCloseTo(1);
  });
});

describe('categories', () => {
  const common = [...repeat('a', 60), ...repeat('b', 39)];

  it('fold rare levels together with those never seen', () => {
    const encoding = fitCategory([...repeat('a', 600), ...repeat('b', 396), 'x', 'y', 'z', 'w']);
    expect(encoding).toMatchObject({ levels: ['a', 'b'], other: true, missing: false });
    expect(encodeCategory(encoding, 'x')).toEqual([0, 0, Math.SQRT1_2]);
    expect(encodeCategory(encoding, 'never seen')).toEqual([0, 0, Math.SQRT1_2]);
  });

  it('keep at most twelve levels', () => {
    const encoding = fitCategory(Array.from({ length: 1000 }, (_, i) => `level ${i % 50}`));
    expect(encoding.levels).toHaveLength(12);
    expect(encoding.other).toBe(true);
  });

  it('give what has no coordinate the average one, so that it pulls nowhere', () => {
    const encoding = fitCategory(common);
    expect(encodeCategory(encoding, 'never seen')).toEqual(encoding.mean);
    expect(encodeCategory(encoding, '')).toEqual(encoding.mean);
  });

  it('make missing a level where it is common', () => {
    const encoding = fitCategory([...common, '', '']);
    expect(encoding.missing).toBe(true);
    expect(encodeCategory(encoding, '')).toEqual([0, 0, Math.SQRT1_2]);
  });
});

it('encodes a table as it encodes each of its contacts', () => {
  const row = fc.record({
    n: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    c: fc.constantFrom('', 'a', 'b', '__proto__'),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
      const table: Table = {
        size: rows.length,
        columns: [numbers([...rows.map(({ n }) => n ?? Number.NaN)]), categories(rows.map(({ c }) => c))],
      };
      const fitted = fitEncoding({ size: 3, columns: [numbers([1, 2, Number.NaN]), categories(['a', 'b', ''])] });
      const single = rows.map(({ n, c }) =>
        encode(fitted, { num: n === null ? {} : { n }, cat: c === '' ? {} : { c } }),
      );
      expect(encodeTable(fitted, table)).toEqual(single);
    }),
  );
});
