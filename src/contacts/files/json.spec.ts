import fc from 'fast-check';
import { cellOf, jsonRecord, parseJson } from './json.ts';
import { JsonElements } from './json-elements.ts';
import { jsonFormat } from './json-format.ts';

const formatOf = (text: string) => jsonFormat({ text, encoding: 'utf-8', whole: true });

describe('the reader of JSON files', () => {
  it('keeps every digit of integers beyond 2^53 and reads other numbers as numbers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (value) => {
        expect(cellOf((parseJson(`{"id":${value}}`) as { id: unknown }).id)).toBe(String(value));
      }),
    );
    expect(parseJson('[1e3,0.10000000000000001,"12345678901234567890"]')).toEqual([1000, 0.1, '12345678901234567890']);
  });

  it('finds the same objects in an array and in pretty-printed text, however the text is split into pieces', () => {
    const object = fc.record({
      id: fc.nat(),
      text: fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', ']', '\n') }),
    });
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 5 }),
        fc.constantFrom(undefined, 2),
        fc.boolean(),
        fc.integer({ min: 1, max: 7 }),
        (objects, indent, isArray, piece) => {
          const text = isArray
            ? JSON.stringify(objects, null, indent)
            : objects.map((one) => JSON.stringify(one, null, indent)).join('\n');
          const cutter = new JsonElements();
          const found = [];
          for (let at = 0; at < text.length; at += piece) found.push(...cutter.push(text.slice(at, at + piece)));
          expect(found.map((one) => JSON.parse(one.text))).toEqual(objects);
        },
      ),
    );
  });

  it('reports the line on which an object starts', () => {
    const found = new JsonElements().push('[\n{"a":1},\n{\n"a":2},{"a":3}]');
    expect(found.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it('flattens objects, reads lists of values, and leaves lists of objects out with a notice', () => {
    const text =
      '{"a":{"b":1,"c":null},"tags":["x","y"],"orders":[{"id":1}],"d":null}\n{"a":{"b":2,"c":3},"d":{"e":4}}';
    const { format, columns, notices } = formatOf(text);
    expect({ format, columns }).toEqual({ format: 'jsonl', columns: ['a.b', 'a.c', 'tags', 'd.e'] });
    expect(notices).toMatchObject([{ code: 'list_of_objects', column: 'orders' }]);
    expect(jsonRecord(text.split('\n')[0]!, 1, columns)!.cells).toEqual(['1', '', 'x\u001Fy', '']);
  });

  it('warns about a field name that stands for two fields', () => {
    expect(formatOf('{"a.b":1,"a":{"b":2}}').notices).toMatchObject([{ code: 'name_twofold', column: 'a.b' }]);
  });

  it('refuses rows inside an object and names their list, even when the object is incomplete', () => {
    for (const text of ['{"customers":[{"id":1}],"page":1}', '{"customers":[{"id":1},{"id"'])
      expect(() => formatOf(text)).toThrow(/"customers"/);
  });

  it('rejects an object that is nested too deeply', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(jsonRecord(deep, 1, ['a'])).toMatchObject({ fault: { code: 'json_too_deep' } });
  });
});
