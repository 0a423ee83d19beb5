import fc from 'fast-check';
import type { FileFormat } from '../files/format.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { denialAt, grantAt, UNSAID } from './consent.ts';
import { PeopleStatements, stateOf } from './people.ts';
import { planImport } from './plan.ts';
import { PreviewCounter } from './preview.ts';

const columns = ['email', 'status', 'opt out'];
const format: FileFormat = { format: 'csv', encoding: 'utf-8', columns, notices: [] };
const mapping: Mapping = {
  kind: 'contacts',
  key: { column: 'email' },
  columns: [
    { column: 'email', as: 'email' },
    {
      column: 'status',
      as: 'consent',
      consent: { purposes: ['advertising'], denialPurposes: ['advertising', 'email'] },
    },
    { column: 'opt out', as: 'consent', consent: { sense: 'denies', purposes: ['sms'] } },
  ],
};

function previewOf(rows: string[][], by = mapping, maxPeople?: number) {
  const uploadedAt = new Date('2026-01-01');
  const input = { account: 'a', importId: 'i', path: '', format, mapping: by, sample: [], uploadedAt };
  const counter = new PreviewCounter(planImport({ ...input, catalogue: new Map() }), Date.UTC(2026, 0, 1), maxPeople);
  for (const [i, cells] of rows.entries()) counter.take({ line: i + 2, cells });
  return counter.preview();
}

const ROWS = [
  ['ada@example.com', 'subscribed', 'no'],
  ['Ada@Example.com', 'unsubscribed', 'yes'],
  ['bob@example.com', 'subscribed', ''],
  ['cy@example.com', 'sleepy', 'x'],
  ['dee@example.com', 'Sleepy', ''],
  ['eve@example.com', 'eve@example.com', ''],
  ['no address', 'unsubscribed', ''],
];

describe('the preview of an import', () => {
  it('counts people by what their rows say together, and rows by what each says', () => {
    const { rows, identified, contacts, consents } = previewOf(ROWS);
    expect({ rows, identified, contacts }).toEqual({ rows: 7, identified: 6, contacts: 5 });
    expect(consents).toEqual([
      {
        purposes: ['advertising'],
        rows: { granted: 2, denied: 1, unset: 3 },
        contacts: { granted: 1, denied: 1, unset: 3 },
      },
      { purposes: ['email'], rows: { granted: 0, denied: 1, unset: 5 }, contacts: { granted: 0, denied: 1, unset: 4 } },
      { purposes: ['sms'], rows: { granted: 0, denied: 2, unset: 4 }, contacts: { granted: 0, denied: 2, unset: 3 } },
    ]);
  });

  it('groups purposes for which the columns state the same', () => {
    const [, status] = mapping.columns;
    const consent = { purposes: ['advertising', 'email'] };
    const { consents } = previewOf(ROWS, { ...mapping, columns: [{ ...status!, consent }] });
    expect(consents.map(({ purposes }) => purposes)).toEqual([['advertising', 'email']]);
  });

  it('counts the unknown words of each column, masked where they may identify a person', () => {
    const [status, optOut] = previewOf(ROWS).columns;
    expect(status).toMatchObject({ column: 'status', rows: { granted: 2, denied: 1, unset: 3 }, unknown: 3 });
    expect(status!.unknownWords[0]).toEqual({ word: 'sleepy', count: 2 });
    expect(JSON.stringify(status!.unknownWords)).not.toContain('eve@');
    expect(optOut).toMatchObject({ column: 'opt out', unknown: 0, unknownWords: [] });
  });

  it('counts rejects by code with their texts', () => {
    const { rejects } = previewOf(ROWS);
    expect(rejects.map(({ code, count }) => [code, count])).toEqual([
      ['not_a_consent', 3],
      ['email_syntax', 1],
      ['no_key', 1],
    ]);
    expect(rejects.every(({ text }) => text.length > 0)).toBe(true);
  });

  it('counts every row as a denial when the whole file denies consent', () => {
    const everyone = { consent: 'denied' as const, purposes: ['advertising'] };
    const { consents, columns } = previewOf(ROWS, { ...mapping, columns: mapping.columns.slice(0, 1), everyone });
    expect(consents).toMatchObject([{ purposes: ['advertising'], contacts: { granted: 0, denied: 5, unset: 0 } }]);
    expect(columns).toEqual([]);
  });

  it('counts rows only when a file holds more people than the preview can distinguish', () => {
    const { contacts, consents } = previewOf(ROWS, mapping, 3);
    expect(contacts).toBeNull();
    expect(consents[0]).toMatchObject({ rows: { granted: 2, denied: 1, unset: 3 }, contacts: null });
  });
});

describe('the strongest statements by person', () => {
  it('combine all rows of a person, for any number of people', () => {
    const statement = fc.oneof(
      fc.constant(UNSAID),
      fc.nat(5).map(grantAt),
      fc.nat(5).map((time) => denialAt(time)),
    );
    const row = fc.tuple(fc.integer({ min: 0, max: 9000 }), statement, statement);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
        const people = new PeopleStatements(2, 10_000);
        const expected = new Map<number, [number, number]>();
        for (const [person, a, b] of rows) {
          people.add(person.toString(16).padStart(13, '0').padEnd(32, 'f'), [a, b]);
          const known = expected.get(person) ?? [UNSAID, UNSAID];
          expected.set(person, [Math.max(known[0], a), Math.max(known[1], b)]);
        }
        expect(people.size).toBe(expected.size);
        for (const purpose of [0, 1]) {
          const counts = { granted: 0, denied: 0, unset: 0 };
          for (const statements of expected.values()) counts[stateOf(statements[purpose]!)]++;
          expect(people.counts(purpose)).toEqual(counts);
        }
      }),
    );
  });

  it('survive the growth of the table', () => {
    const people = new PeopleStatements(1, 100_000);
    for (let i = 0; i < 50_000; i++) people.add(i.toString(16).padStart(13, '0'), [i % 2 === 0 ? grantAt(1) : UNSAID]);
    expect(people.counts(0)).toEqual({ granted: 25_000, denied: 0, unset: 25_000 });
  });
});
