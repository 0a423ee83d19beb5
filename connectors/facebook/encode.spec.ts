import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IdentityInput } from '../../src/identity/types.ts';
import type { Member } from '../destination.ts';
import { encoder, worth } from './encode.ts';
import { MATCH_KEYS } from './match-keys.ts';
import { ROWS, remainder, type Wire } from './schema.ts';
import type { FacebookOptions } from './settings.ts';
import { segment } from './test-environment.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const encode = (
  identity: Omit<IdentityInput, 'id'>,
  matchKeys = MATCH_KEYS,
  options: FacebookOptions = {},
  attributes: Member['attributes'] = {},
) =>
  encoder({ options, matchKeys, attributes: [], segment, defaultCountry: 'US' })({
    contactId: 'con_1',
    identity: { id: 'con_1', ...identity },
    attributes,
  });
const wire = (...args: Parameters<typeof encode>) => encode(...args).wire as Wire;

describe('a member as rows', () => {
  it('has a cell for each match key, empty where nothing is known', () => {
    const { schema, rows } = wire({ emails: ['Mary@Example.com '], lastName: "O'Brien" }, [
      'LN',
      'EMAIL',
      'PHONE',
      'ZIP',
    ]);
    expect(schema).toEqual(MATCH_KEYS.filter((key) => ['LN', 'EMAIL', 'PHONE', 'ZIP'].includes(key)));
    expect(Object.fromEntries(schema.map((key, i) => [key, rows[0]![i]]))).toEqual({
      EMAIL: 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79',
      LN: sha('obrien'),
      PHONE: '',
      ZIP: '',
    });
  });

  it('has a row for each further e-mail, phone, ad id or external id, with what describes the person in each', () => {
    const encoded = encode(
      { emails: ['a@x.com', 'b@x.com', 'A@X.com'], phones: ['+1 202 456 1111'], firstName: 'Ann', lastName: 'Lee' },
      ['EMAIL', 'PHONE', 'FN', 'LN'],
    );
    expect(encoded.weight).toBe(2);
    expect((encoded.wire as Wire).rows).toEqual([
      [sha('a@x.com'), sha('12024561111'), sha('ann'), sha('lee')],
      [sha('b@x.com'), '', sha('ann'), sha('lee')],
    ]);
  });

  it('is told apart by its rows, whatever else is said of it', () => {
    const ann = { firstName: 'Ann', lastName: 'Lee', postalCode: '94110' };
    const found = [0, 250].map((ltv) => {
      const text = JSON.stringify(wire(ann, ['FN', 'LN', 'ZIP'], { valueAttribute: 'ltv' }, { ltv }));
      return [...text.matchAll(new RegExp(ROWS, 'g'))].map(([rows]) => rows);
    });
    expect(found[0]).toEqual([`"rows":${JSON.stringify([[sha('ann'), sha('lee'), sha('94110')]])}`]);
    expect(found[1]).toEqual(found[0]);
  });

  it('loses nothing but a bad value itself', () => {
    const encoded = encode({ emails: ['a@x.com'], phones: ['+0000000000'] }, ['EMAIL', 'PHONE']);
    expect((encoded.wire as Wire).rows).toEqual([[sha('a@x.com'), '']]);
    expect(encoded.keys).toContainEqual(expect.objectContaining({ key: 'PHONE', verdict: 'invalid' }));
  });

  it('is nothing when the keys cannot point to one person', () => {
    for (const identity of [
      {},
      { emails: ['nonsense'] },
      { firstName: 'Ann' },
      { gender: 'f', country: 'US' },
      { firstName: 'Ann', lastName: 'Lee' },
    ]) {
      expect(encode(identity)).toMatchObject({ wire: null, weight: 0 });
    }
    expect(encode({ firstName: 'Ann', lastName: 'Lee', postalCode: '10001', country: 'US' }).wire).not.toBeNull();
    expect(encode({ externalIds: ['c-1'] }, ['EXTERN_ID']).wire).toEqual({ schema: ['EXTERN_ID'], rows: [['c-1']] });
  });

  it('keeps value and Limited Data Use apart from what identifies', () => {
    const options = {
      valueAttribute: 'spend',
      limitedDataUse: true,
      limitedDataUseCountry: 1,
      limitedDataUseState: 1000,
    };
    expect(wire({ emails: ['a@x.com'] }, ['EMAIL'], options, { spend: '44.5' })).toEqual({
      schema: ['EMAIL'],
      rows: [[sha('a@x.com')]],
      addOnly: {
        schema: [
          'LOOKALIKE_VALUE',
          'DATA_PROCESSING_OPTIONS',
          'DATA_PROCESSING_OPTIONS_COUNTRY',
          'DATA_PROCESSING_OPTIONS_STATE',
        ],
        cells: [44.5, ['LDU'], 1, 1000],
      },
    });
    expect(wire({ emails: ['a@x.com'] }, ['EMAIL'], { limitedDataUse: true }).addOnly).toEqual({
      schema: ['DATA_PROCESSING_OPTIONS'],
      cells: [['LDU']],
    });
  });

  it('makes a number of a value, or 0', () => {
    expect(['5', 140, 0.9, 'not-a-number', 'Infinity', null, undefined, -3, Number.NaN].map(worth)).toEqual([
      5, 140, 0.9, 0, 0, 0, 0, 0, 0,
    ]);
  });
});

describe('any member', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', ' ', '+', '-', '0', 'é', 'Ann', '10001'),
  );
  const list = (item: fc.Arbitrary<string>) => fc.option(fc.array(item, { maxLength: 4 }), { nil: undefined });
  const one = fc.option(text, { nil: undefined });
  const email = fc.oneof(text, fc.emailAddress());
  const phone = fc.oneof(
    text,
    fc.constantFrom('+1 (202) 456-1111', '202-456-1414', '+44 20 7031 3000', '+0000000000', '+'),
  );
  const hash = fc.oneof(text, fc.constantFrom(sha('a@x.com'), sha('b').toUpperCase(), sha('')));
  const identity = fc.record({
    id: fc.constant('con_1'),
    emails: list(email),
    phones: list(phone),
    firstName: one,
    lastName: one,
    gender: one,
    birthDate: fc.option(fc.oneof(text, fc.constantFrom('1990-01-15', '2999-13-45')), { nil: undefined }),
    city: one,
    region: one,
    postalCode: one,
    country: fc.option(fc.constantFrom('US', 'us', 'DE', '??', ''), { nil: undefined }),
    mobileAdIds: list(fc.oneof(text, fc.uuid())),
    externalIds: list(text),
    emailHashes: list(hash),
    phoneHashes: list(hash),
  });
  const plain = new Set(['MADID', 'EXTERN_ID']);

  it('has rows as long as the schema, digests where they are due, never the digest of nothing', () => {
    fc.assert(
      fc.property(identity, fc.subarray(MATCH_KEYS, { minLength: 1 }), (person, matchKeys) => {
        const encoded = encode(person, matchKeys);
        if (encoded.wire === null) return expect(encoded.weight).toBe(0);
        const { schema, rows } = encoded.wire as Wire;
        expect(encoded.weight).toBe(rows.length);
        expect(rows.length).toBeGreaterThan(0);
        for (const row of rows) {
          expect(row).toHaveLength(schema.length);
          for (const [i, cell] of row.entries()) {
            if (!plain.has(schema[i]!)) expect(cell).toMatch(/^([0-9a-f]{64})?$/);
            expect(cell.startsWith('e3b0c44298fc1c14')).toBe(false);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('comes out the same again, whatever order the keys are named in', () => {
    fc.assert(
      fc.property(identity, fc.shuffledSubarray(MATCH_KEYS, { minLength: 1 }), (person, matchKeys) => {
        expect(encode(person, matchKeys)).toEqual(encode(person, [...matchKeys].sort()));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the remainder of a form', () => {
  const SCHEMA = ['EMAIL', 'PHONE', 'LN'];
  const form = (...rows: string[][]) => ({ schema: SCHEMA, rows });

  it.each<[string, string[][], string[][], string[][]]>([
    ['nothing when only a name changed', [['a', '1', 'old']], [['a', '1', 'new']], []],
    [
      'nothing when a row came on top',
      [['a', '1', 'x']],
      [
        ['a', '1', 'x'],
        ['b', '', 'x'],
      ],
      [],
    ],
    ['the phone number that went, with the name', [['a', '1', 'x']], [['a', '2', 'x']], [['', '1', 'x']]],
    [
      'a row whose identifiers all went',
      [
        ['a', '1', 'x'],
        ['b', '', 'x'],
      ],
      [['a', '1', 'x']],
      [['b', '', 'x']],
    ],
    ['a row that names by description alone', [['', '', 'old']], [['', '', 'new']], [['', '', 'old']]],
    ['everything when all changed', [['a', '1', 'x']], [['b', '2', 'x']], [['a', '1', 'x']]],
  ])('is %s', (_, rows, kept, left) => {
    const part = remainder(form(...rows), form(...kept));
    expect(part).toEqual(left.length > 0 ? { wire: form(...left), weight: left.length } : null);
  });

  it('knows identifiers under other match keys', () => {
    const kept = { schema: ['EMAIL'], rows: [['a']] };
    expect(remainder(form(['a', '1', 'x']), kept)).toEqual({ wire: form(['', '1', 'x']), weight: 1 });
    expect(remainder(kept, form(['a', '1', 'x']))).toBeNull();
  });

  it('leaves out what Reach sends beside the identifiers', () => {
    const wire = { ...form(['a', '', 'x']), addOnly: { schema: ['LOOKALIKE_VALUE'], cells: [3] } };
    expect(remainder(wire, form(['a', '', 'x']))).toBeNull();
    expect(remainder(wire, null)).toEqual({ wire: form(['a', '', 'x']), weight: 1 });
  });
});
