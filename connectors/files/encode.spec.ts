import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EncodeContext, Member, Segment } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { layoutOf } from './columns.ts';
import { encoder } from './encode.ts';
import type { FileOptions } from './options.ts';

const segment: Segment = {
  key: 'p_loyal',
  name: 'Spring · Loyal',
  description: '',
  brief: {
    personaKey: 'p_loyal',
    personaName: 'Loyal Families',
    summary: 'Long tenure.',
    color: '#123456',
    size: 10,
    share: 0.5,
    salientTraits: [{ trait: 'tenure', statement: 'tenure above 40', lift: 2 }],
    offer: 'Free month',
    creativeIds: ['cre_1', 'cre_2'],
  },
};

function context(options: FileOptions, more: Partial<EncodeContext<FileOptions>> = {}): EncodeContext<FileOptions> {
  return {
    options,
    matchKeys: ['EMAIL', 'PHONE', 'FN', 'ZIP'],
    attributes: ['tenure', 'member'],
    defaultCountry: 'US',
    segment,
    ...more,
  };
}

const ada: Member = {
  contactId: 'c1',
  identity: {
    id: 'c1',
    emails: [' Ada.Love+x@GoogleMail.com ', 'not an address', 'ada@example.com'],
    phones: ['(650) 253-0000'],
    firstName: 'Dr. Ada',
    lastName: "O'Neill",
    street: ' 12  High   Street ',
    city: 'London',
    postalCode: '94035-1234',
    country: 'US',
    birthDate: '1990-02-03',
  },
  attributes: { tenure: 41, member: true },
};

const of = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const sha256 = (text: string) => of('sha256', text);
const rows = (options: FileOptions, member = ada, more: Partial<EncodeContext<FileOptions>> = {}) =>
  encoder(context(options, more))(member).wire as string[] | null;

test('a delivery that chose plain identifiers gets them, unless its options say otherwise', () => {
  const plain = { matchKeys: ['EMAIL'], attributes: [], representation: 'plain' as const };
  expect(rows({}, ada, plain)![0]).toBe('Ada.Love+x@googlemail.com'.toLowerCase());
  expect(rows({ representation: 'hashed' }, ada, plain)![0]).toMatch(/^[0-9a-f]{64}$/);
  expect(rows({}, ada, { ...plain, representation: 'hashed' })![0]).toMatch(/^[0-9a-f]{64}$/);
});

describe('a hashed row', () => {
  test('holds digests of the normal form, plain postal code, persona and attributes in order', () => {
    expect(layoutOf(context({})).columns.map(({ header }) => header)).toEqual([
      'email',
      'phone',
      'first_name',
      'postal_code',
      'persona_key',
      'persona_name',
      'tenure',
      'member',
    ]);
    expect(rows({})).toEqual([
      sha256('adalove@googlemail.com'),
      sha256('+16502530000'),
      sha256('ada'),
      '94035-1234',
      'p_loyal',
      'Loyal Families',
      '41',
      'true',
    ]);
  });

  test('can hold another digest a column, further values, and capitals', () => {
    const columns = [
      { source: 'EMAIL', hash: 'md5' as const },
      { source: 'EMAIL', header: 'EMAIL_SHA1', hash: 'sha1' as const },
      { source: 'EMAIL', nth: 2 },
      { source: 'EMAIL', nth: 3 },
      { source: 'constant', header: 'source', value: 'reach' },
    ];
    expect(rows({ columns })).toEqual([
      of('md5', 'adalove@googlemail.com'),
      of('sha1', 'adalove@googlemail.com'),
      sha256('ada@example.com'),
      '',
      'reach',
    ]);
    expect(rows({ columns: [{ source: 'PHONE' }], upperCaseDigests: true })).toEqual([
      sha256('+16502530000').toUpperCase(),
    ]);
  });

  test('keeps digests that were given, but only where SHA-256 is asked for', () => {
    const digest = sha256('someone@example.com');
    const member = { ...ada, identity: { id: 'c2', emailHashes: [digest.toUpperCase()] } };
    expect(rows({ columns: [{ source: 'EMAIL' }] }, member)).toEqual([digest]);
    const md5 = encoder(context({ columns: [{ source: 'EMAIL' }], hash: 'md5' }))(member);
    expect(md5).toMatchObject({
      wire: null,
      keys: [{ key: 'EMAIL', verdict: 'invalid', reason: 'digest_other', value: null }],
    });
    const plain = encoder(context({ columns: [{ source: 'EMAIL' }], representation: 'plain' }))(member);
    expect(plain).toMatchObject({ wire: null, keys: [{ reason: 'digest_only' }] });
  });

  test('never holds what it hashes in the clear, whatever the person looks like', () => {
    const identity = fc.record({
      id: fc.constant('x'),
      emails: fc.array(fc.emailAddress(), { maxLength: 2 }),
      firstName: fc.string({ minLength: 12, maxLength: 20 }),
      lastName: fc.string({ minLength: 12, maxLength: 20 }),
      street: fc.string({ minLength: 12, maxLength: 20 }),
    });
    const matchKeys = ['EMAIL', 'FN', 'LN', 'STREET'];
    const encode = encoder(context({}, { matchKeys, attributes: [] }));
    fc.assert(
      fc.property(identity, (person) => {
        const { wire, keys } = encode({ contactId: 'x', identity: person, attributes: {} });
        const cells = (wire ?? []) as string[];
        expect(cells.slice(0, 4).every((cell) => cell === '' || /^[0-9a-f]{64}$/.test(cell))).toBe(true);
        expect(cells).not.toContain(sha256(''));
        expect(wire === null).toBe(keys.every(({ value }) => value === null));
        expect([0, 6]).toContain(cells.length);
      }),
    );
  });
});

describe('a plain row', () => {
  test('reads as people wrote it', () => {
    const matchKeys = ['EMAIL', 'PHONE', 'FN', 'LN', 'STREET', 'DOB'];
    expect(rows({ representation: 'plain' }, ada, { matchKeys, attributes: [] })!.slice(0, 6)).toEqual([
      'ada.love+x@googlemail.com',
      '+16502530000',
      'Dr. Ada',
      "O'Neill",
      '12 High Street',
      '1990-02-03',
    ]);
  });

  test('has dates in the form that was asked for, of the file or of a column; digests never change', () => {
    const columns = [
      { source: 'EMAIL' },
      { source: 'DOB' },
      { source: 'DOB', header: 'us', dateFormat: 'MM/DD/YYYY' as const },
      { source: 'DOB', header: 'digest', hash: 'sha256' as const },
      { source: 'attribute:since' },
      { source: 'attribute:tenure' },
      { source: 'constant', header: 'fixed', value: '2026-11-03' },
    ];
    const member = { ...ada, attributes: { ...ada.attributes, since: '2020-12-31' } };
    const cells = rows({ representation: 'plain', dateFormat: 'DD.MM.YYYY', columns }, member)!;
    expect(cells.slice(1)).toEqual([
      '03.02.1990',
      '02/03/1990',
      sha256('1990-02-03'),
      '31.12.2020',
      '41',
      '2026-11-03',
    ]);
    expect(rows({ dateFormat: 'YYYYMMDD', columns: [{ source: 'DOB' }] })).toEqual([sha256('1990-02-03')]);
  });

  test('of a mail house has the address, the persona and its offer; without an address there is none', () => {
    expect(rows({ preset: 'mail-house' })).toEqual([
      'Dr. Ada',
      "O'Neill",
      '12 High Street',
      'London',
      '',
      '94035-1234',
      'US',
      'p_loyal',
      'Loyal Families',
      '41',
      'true',
      'Free month',
      'cre_1 cre_2',
    ]);
    expect(rows({ preset: 'mail-house' }, { ...ada, identity: { ...ada.identity, street: ' ' } })).toBeNull();
  });

  test.each(['liveramp', 'meta-csv', 'google-csv', 'generic'] as const)(
    'preset %s makes one cell a column',
    (preset) => {
      const layout = layoutOf(context({ preset }));
      expect(rows({ preset })).toHaveLength(layout.columns.length);
      expect(layout.columns.map(({ header }) => header)).toMatchSnapshot();
    },
  );
});

test('a file that personas share tells of each member which is theirs, with its offer and creative', () => {
  const of = (personaKey: string, offer: string) => ({
    brief: { ...segment.brief, personaKey, personaName: personaKey.toUpperCase(), offer },
    creatives: [{ id: `cre_${personaKey}`, revision: 1, name: 'x', headline: `For ${personaKey}`, reasons: [] }],
  });
  const shared = { ...segment, key: 'all', personas: [of('p_a', 'Free month'), of('p_b', 'Gift')] };
  const columns = ['EMAIL', 'persona.key', 'persona.name', 'persona.offer', 'creative.headline', 'segment.name'];
  const encode = encoder(
    context({ oneFile: true, columns: columns.map((source) => ({ source })) }, { segment: shared }),
  );
  const cellsOf = (persona?: string) => (encode({ ...ada, persona }).wire as string[]).slice(1);
  expect(cellsOf('p_a')).toEqual(['p_a', 'P_A', 'Free month', 'For p_a', 'Spring · Loyal']);
  expect(cellsOf('p_b')).toEqual(['p_b', 'P_B', 'Gift', 'For p_b', 'Spring · Loyal']);
  // Nobody should be without a persona here; if so, the segment speaks for them.
  expect(cellsOf()[0]).toBe('p_loyal');
});

test('one bad value costs only itself', () => {
  const { keys, wire } = encoder(context({}))({ ...ada, identity: { ...ada.identity, phones: ['12'] } });
  expect(wire).not.toBeNull();
  expect(keys.filter(({ verdict }) => verdict === 'invalid').map(({ key, reason }) => [key, reason])).toEqual([
    ['EMAIL', 'email_syntax'],
    ['EMAIL', 'no_column'],
    ['PHONE', 'phone_invalid'],
  ]);
});

describe('columns that cannot be written are refused before anything is sent', () => {
  test.each<[string, FileOptions, Partial<EncodeContext<FileOptions>>, RegExp]>([
    ['none', {}, { matchKeys: [] }, /at least one identifier/],
    ['none, by hand', { columns: [] }, {}, /at least one identifier/],
    ['one header twice', { columns: [{ source: 'EMAIL' }, { source: 'PHONE', header: 'EMAIL' }] }, {}, /header email/],
    ['a bare identifier', { columns: [{ source: 'EMAIL', hash: 'none' }] }, {}, /in the clear/],
    ['an unknown source', { columns: [{ source: 'emial' }] }, {}, /emial/],
    ['a required key without a column', { required: ['STREET'] }, {}, /STREET/],
    ['an empty header', { columns: [{ source: 'EMAIL', header: ',' }] }, {}, /empty header/],
  ])('%s', (_name, options, more, message) => {
    const make = () => encoder(context(options, more));
    expect(make).toThrow(DestinationError);
    expect(make).toThrow(message);
  });
});

test('a value that no column holds is reported, and one that a further column holds is written', () => {
  const reported = (options: FileOptions) =>
    encoder(context(options))(ada)
      .keys.filter(({ reason }) => reason === 'no_column')
      .map(({ key }) => key);
  expect(reported({ columns: [{ source: 'EMAIL' }] })).toEqual(['EMAIL']);
  expect(reported({ columns: [{ source: 'EMAIL' }, { source: 'EMAIL', nth: 2 }] })).toEqual([]);
  expect(rows({ preset: 'meta-csv' })!.slice(0, 3)).toEqual(['ada.love+x@googlemail.com', 'ada@example.com', '']);
});

test('a header may repeat for further values of one identifier only', () => {
  const headers = (columns: FileOptions['columns']) => () => layoutOf(context({ columns }));
  expect(headers([{ source: 'EMAIL' }, { source: 'EMAIL', nth: 2, header: 'email' }])).not.toThrow();
  expect(headers([{ source: 'EMAIL' }, { source: 'PHONE', header: 'email' }])).toThrow(
    'Two columns have the header email',
  );
  expect(headers([{ source: 'EMAIL' }, { source: 'EMAIL', header: 'email' }])).toThrow(
    'Two columns have the header email',
  );
});

test('numbers have no exponent and stand in the decimal mark of the file', () => {
  const cell = (value: number, decimalMark?: ',') =>
    rows(
      { columns: [{ source: 'EMAIL' }, { source: 'attribute:x' }], decimalMark },
      { ...ada, attributes: { x: value } },
    )![1];
  expect(cell(1e21)).toBe('1000000000000000000000');
  expect(cell(1.5e-7)).toBe('0.00000015');
  expect(cell(-12.5, ',')).toBe('-12,5');
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), (value) => {
      fc.pre(value === 0 || Math.abs(value) > 1e-80);
      expect(cell(value)).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(cell(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});
