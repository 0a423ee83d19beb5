import { describe, expect, it } from '@jest/globals';
import type { TraitType } from '../models/table.ts';
import { mergedTraits, readTraits } from './posted-traits.ts';

const types = new Map<string, TraitType>([
  ['__proto__', 'category'],
  ['constructor', 'number'],
  ['plan', 'category'],
]);
const read = (json: string) => readTraits(JSON.parse(json), types, 'contact.traits');

describe('posted traits', () => {
  it('may have names that JavaScript knows', () => {
    const posted = read('{"__proto__": "gold", "constructor": 5, "toString": 1}');
    expect(Object.entries(posted.traits.cat)).toEqual([['__proto__', 'gold']]);
    expect(Object.entries(posted.traits.num)).toEqual([['constructor', 5]]);
    expect(posted.warnings).toMatchObject([{ path: 'contact.traits.toString', code: 'unknown_trait' }]);
  });

  it('that are not there are not inherited either', () => {
    const { traits } = read('{"plan": "gold"}');
    expect(['constructor' in traits.num, '__proto__' in traits.cat]).toEqual([false, false]);
  });

  it('win over stored ones, and clear them', () => {
    const stored = { num: { constructor: 1 }, cat: JSON.parse('{"__proto__": "silver", "plan": "old"}') };
    const merged = mergedTraits(stored as never, read('{"__proto__": "gold", "constructor": null}'));
    expect(Object.entries(merged.cat)).toEqual([
      ['__proto__', 'gold'],
      ['plan', 'old'],
    ]);
    expect(merged.num).toEqual({});
  });
});
