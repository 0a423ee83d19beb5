import fc from 'fast-check';
import { sha256 } from '../../identity/hash.ts';
import { identityKeys } from '../../identity/identity-keys.ts';
import type { FileFormat } from '../files/format.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { IDENTIFIERS, readIdentifier } from './identifiers.ts';
import { planImport } from './plan.ts';
import { RejectLog } from './rejects.ts';
import { RowReader } from './row.ts';
import { RowBinaryWriter } from './row-binary.ts';

const HEADER = ['id', 'email', 'phone', 'country', 'n', 'when', 'yes', 'born'];
const format: FileFormat = { format: 'csv', encoding: 'utf-8', columns: HEADER, notices: [] };
const mapping: Mapping = {
  kind: 'contacts',
  key: { column: 'id' },
  separator: ';',
  columns: [
    { column: 'email', as: 'email' },
    { column: 'phone', as: 'phone' },
    { column: 'country', as: 'country' },
    { column: 'born', as: 'birthDate' },
    { column: 'n', as: 'trait', trait: { type: 'number' } },
    { column: 'when', as: 'trait', trait: { type: 'date' } },
    { column: 'yes', as: 'trait', trait: { type: 'boolean' } },
  ],
};

/** Reads one row, by the mapping above where no other is given. */
function read(cells: Partial<Record<string, string>>, defaultCountry?: string, by = mapping) {
  const plan = planImport({
    account: 'a',
    importId: 'i',
    path: '',
    format,
    mapping: { ...by, defaultCountry },
    sample: [],
    uploadedAt: new Date('2026-01-01'),
    catalogue: new Map(),
  });
  const rejects = new RejectLog('a', 'i');
  const reader = new RowReader(plan, rejects, Date.UTC(2026, 0, 1));
  const record = { line: 2, cells: HEADER.map((name) => cells[name] ?? '') };
  const ok = reader.read(record);
  if (!ok) reader.refuseKey(record);
  return { ok, row: reader.row, rejects: rejects.counts };
}

describe('the row converter', () => {
  it('computes the same hashes as identity resolution', () => {
    const email = fc.constantFrom('Ada@Example.com ', 'bad', 'x@y.co', sha256('x@y.co').toUpperCase());
    const phone = fc.constantFrom(
      '+1 650 253 0000',
      '020 7946 0018',
      '12',
      sha256('+16502530000'),
      'd41d8cd98f00b204e9800998ecf8427e',
    );
    fc.assert(
      fc.property(
        fc.array(email, { maxLength: 3 }),
        fc.array(phone, { maxLength: 3 }),
        fc.constantFrom('', 'GB', 'usa'),
        (emails, phones, country) => {
          const { row } = read({ id: '7', email: emails.join(';'), phone: phones.join(';'), country }, 'US');
          const ours = (['email', 'phone', 'externalId', 'mobileAdId'] as const).flatMap((field) =>
            row.identifiers[field].map(({ kind, hash }) => `${kind} ${hash}`),
          );
          const theirs = identityKeys(
            { id: '7', emails, phones, externalIds: ['7'], country },
            { defaultCountry: 'US' },
          );
          expect(new Set(ours)).toEqual(new Set(theirs.map(({ kind, hash }) => `${kind} ${hash}`)));
        },
      ),
    );
  });

  it('reads a phone number by the country of its row first', () => {
    expect(
      read({ id: '1', phone: '020 7946 0018', country: 'United Kingdom' }, 'US').row.identifiers.phone[0]?.value,
    ).toBe('+442079460018');
    expect(read({ id: '1', phone: '020 7946 0018' }).rejects).toEqual({ phone_no_region: 1 });
  });

  it('stores traits by type: numbers, days since 1970, 0 and 1', () => {
    const { row, rejects } = read({ id: '1', n: '1,234.5', when: '1970-01-11', yes: 'Yes' });
    expect(row.numbers).toEqual([1234.5, 10, 1]);
    expect(rejects).toEqual({});
    expect(read({ id: '1', n: 'NA', when: '', yes: 'perhaps' })).toMatchObject({
      ok: true,
      rejects: { not_a_boolean: 1 },
    });
  });

  it('stores a list in a field of one value as readable text', () => {
    const byCity: Mapping = { ...mapping, columns: [{ column: 'n', as: 'city' }] };
    const { row } = read({ id: '1', n: 'Paris\u001fRome' }, undefined, byCity);
    expect(row.fields.city).toBe('Paris, Rome');
  });

  it('rejects an ambiguous date unless the country decides the order of day and month', () => {
    expect(read({ id: '1', when: '03/04/2024' }).rejects).toEqual({ date_ambiguous: 1 });
    expect(read({ id: '1', when: '03/04/2024' }, 'US').row.numbers[1]).toBe(Date.UTC(2024, 2, 4) / 86_400_000);
    expect(read({ id: '1', when: '03/04/2024' }, 'FR').row.numbers[1]).toBe(Date.UTC(2024, 3, 3) / 86_400_000);
  });

  it('reads no value from a cell with a word for nothing', () => {
    for (const word of ['NULL', 'N/A', '-', '(null)', '#N/A', 'k.A.', '\\N']) {
      const { ok, row, rejects } = read(
        { id: '1', email: word, phone: word, country: word, born: word, n: word },
        'US',
      );
      expect({ ok, rejects, fields: Object.values(row.fields).join('') }).toEqual({
        ok: true,
        rejects: {},
        fields: '',
      });
      expect([...row.identifiers.email, ...row.identifiers.phone]).toEqual([]);
    }
    expect(read({ id: 'NULL' })).toMatchObject({ ok: false, rejects: { no_key: 1 } });
  });

  it('removes the marks that spreadsheets put before values', () => {
    const { row } = read({ id: "'6101", phone: "'+16502530000", email: '\u200bada@example.com' });
    expect(row.identifiers.externalId[0]?.value).toBe('6101');
    expect(row.identifiers.phone[0]?.value).toBe('+16502530000');
    expect(row.identifiers.email[0]?.value).toBe('ada@example.com');
  });

  it('rejects a birth date in the future', () => {
    expect(read({ id: '1', born: '2027-01-01' })).toMatchObject({ ok: true, rejects: { birth_date: 1 } });
    expect(read({ id: '1', born: '31.12.1980' }).row.fields.birthDate).toBe('1980-12-31');
  });

  it('rejects a row without a usable key', () => {
    expect(read({ email: 'a@example.com' })).toMatchObject({ ok: false, rejects: { no_key: 1 } });
  });

  it('identifies a row by its first usable key and records the rank of every other key', () => {
    const several: Mapping = {
      kind: 'contacts',
      key: { column: 'id' },
      fallbackKeys: [{ field: 'email' }, { column: 'phone' }],
      columns: [
        { column: 'id', as: 'externalId', namespace: 'shop' },
        { column: 'email', as: 'email' },
        { column: 'phone', as: 'phone' },
      ],
    };
    const ranks = (cells: Record<string, string>) => {
      const { ok, row, rejects } = read(cells, 'US', several);
      const identifiers = [...row.identifiers.externalId, ...row.identifiers.email, ...row.identifiers.phone];
      return { ok, lead: row.lead()?.kind, ranks: identifiers.map(({ rank }) => rank), rejects };
    };
    const phone = '(650) 253-0000';
    expect(ranks({ id: '7', email: 'a@x.co', phone })).toMatchObject({ lead: 'external', ranks: [1, 2, 3] });
    expect(ranks({ email: 'a@x.co', phone })).toMatchObject({ ok: true, lead: 'email', ranks: [2, 3], rejects: {} });
    expect(ranks({ email: 'bad', phone })).toMatchObject({ ok: true, lead: 'phone', rejects: { email_syntax: 1 } });
    expect(ranks({ email: 'bad' })).toMatchObject({ ok: false, rejects: { email_syntax: 1, no_key: 1 } });
  });

  it('rejects digests of nothing and digests of other algorithms', () => {
    expect(readIdentifier(IDENTIFIERS.email, sha256(''), { phoneValidation: 'valid' })).toBe('digest_of_empty');
    expect(readIdentifier(IDENTIFIERS.email, 'd41d8cd98f00b204e9800998ecf8427e', { phoneValidation: 'valid' })).toBe(
      'digest_md5',
    );
  });
});

describe('RowBinary', () => {
  it('writes lengths, bytes and numbers as ClickHouse reads them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer(), fc.double(), (text, whole, real) => {
        const writer = new RowBinaryWriter();
        writer.text(text);
        writer.int64(whole);
        writer.float64(real);
        const bytes = Buffer.from(writer.drain());
        const length = Buffer.byteLength(text);
        const prefix = length < 128 ? [length] : [(length & 127) | 128, length >>> 7];
        const numbers = Buffer.alloc(16);
        numbers.writeBigInt64LE(BigInt(whole), 0);
        numbers.writeDoubleLE(real, 8);
        expect(bytes).toEqual(Buffer.concat([Buffer.from(prefix), Buffer.from(text), numbers]));
      }),
    );
  });

  it('holds times beyond 32 bits', () => {
    const writer = new RowBinaryWriter();
    for (const ms of [Date.UTC(2026, 0, 1), 0, -1, 2 ** 52]) writer.int64(ms);
    const bytes = Buffer.from(writer.drain());
    expect([0, 8, 16, 24].map((at) => Number(bytes.readBigInt64LE(at)))).toEqual([
      Date.UTC(2026, 0, 1),
      0,
      -1,
      2 ** 52,
    ]);
  });
});
