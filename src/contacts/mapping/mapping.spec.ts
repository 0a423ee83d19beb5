import type { RawRecord } from '../files/csv.ts';
import type { FileFormat } from '../files/format.ts';
import { checkMapping } from './check.ts';
import { type Mapping, purposesOf } from './mapping.ts';
import { detectColumns, suggestMapping } from './suggest.ts';

const FILE = { format: 'csv', columns: ['id', 'email', 'mail2', 'name', 'spend', 'at', 'at2'] } as const;
const file = { format: FILE.format, columns: [...FILE.columns] };
const check = (mapping: Partial<Mapping>) =>
  checkMapping({ kind: 'contacts', key: { column: 'id' }, columns: [], ...mapping }, file).map(
    (p) => `${p.path} ${p.code}`,
  );

describe('a mapping', () => {
  it('may give several columns to e-mail, and one column to a field and a trait', () => {
    const columns: Mapping['columns'] = [
      { column: 'email', as: 'email' },
      { column: 'mail2', as: 'email' },
      { column: 'name', as: 'lastName' },
      { column: 'name', as: 'trait' },
    ];
    expect(check({ columns })).toEqual([]);
  });

  it.each<[string, Partial<Mapping>, string]>([
    ['an unknown column', { columns: [{ column: 'x', as: 'trait' }] }, 'mapping.columns[0].column unknown_column'],
    ['an unknown key', { key: { column: 'x' } }, 'mapping.key.column unknown_column'],
    ['no key', { key: {} }, 'mapping.key key_needs_one'],
    ['two keys', { key: { column: 'id', field: 'email' } }, 'mapping.key key_needs_one'],
    ['a key field that nothing feeds', { key: { field: 'phone' } }, 'mapping.key.field key_not_mapped'],
    ['a key that is ignored', { columns: [{ column: 'id', as: 'ignore' }] }, 'mapping.key.column key_ignored'],
    ['a city as key', { columns: [{ column: 'id', as: 'city' }] }, 'mapping.key.column key_not_unique'],
    [
      'a single field fed twice',
      {
        columns: [
          { column: 'name', as: 'city' },
          { column: 'spend', as: 'city' },
        ],
      },
      'mapping.columns[1] field_mapped_twice',
    ],
    [
      'a column that is two fields',
      {
        columns: [
          { column: 'name', as: 'city' },
          { column: 'name', as: 'street' },
        ],
      },
      'mapping.columns[1] column_mapped_twice',
    ],
    [
      'a column ignored and used',
      {
        columns: [
          { column: 'name', as: 'city' },
          { column: 'name', as: 'ignore' },
        ],
      },
      'mapping.columns[1] column_mapped_twice',
    ],
    [
      'a trait given twice',
      {
        columns: [
          { column: 'name', as: 'trait' },
          { column: 'spend', as: 'trait', trait: { name: 'name' } },
        ],
      },
      'mapping.columns[1] trait_mapped_twice',
    ],
    [
      'trait settings on a field',
      { columns: [{ column: 'name', as: 'city', trait: { type: 'number' } }] },
      'mapping.columns[0].trait not_a_trait',
    ],
    [
      'a purpose given twice, by whatever names',
      {
        columns: [
          { column: 'name', as: 'consent', consent: { purpose: 'advertising' } },
          { column: 'spend', as: 'consent', consent: { purpose: 'adPersonalization' } },
        ],
      },
      'mapping.columns[1] consent_mapped_twice',
    ],
    [
      'two times for one stream',
      {
        events: [
          { stream: 'order', time: 'at' },
          { stream: 'order', time: 'at2' },
        ],
      },
      'mapping.events[1] stream_mapped_twice',
    ],
    [
      'an event time that is no column',
      { events: [{ stream: 'order', time: 'x' }] },
      'mapping.events[0].time unknown_column',
    ],
    [
      'a property that is no column',
      { events: [{ stream: 'order', time: 'at', properties: { a: 'x' } }] },
      'mapping.events[0].properties.a unknown_column',
    ],
    ['events without events', { kind: 'events' }, 'mapping.events events_missing'],
    [
      'traits in a file of events',
      { kind: 'events', columns: [{ column: 'spend', as: 'trait' }], events: [{ stream: 'order', time: 'at' }] },
      'mapping.columns[0].as events_only',
    ],
  ])('may not have %s', (_, mapping, problem) => {
    expect(check(mapping)).toEqual([problem]);
  });
});

describe('the purposes of a consent', () => {
  const both = ['ad_user_data', 'ad_personalization'];
  it.each<[string | undefined, string[]]>([
    [undefined, both],
    ['ads', both],
    ['ad', both],
    ['Advertising', both],
    ['adUserData', ['ad_user_data']],
    ['ad-personalisation', ['ad_personalization']],
    ['email', ['email']],
    ['constructor', ['constructor']],
  ])('called %s are those that deliveries read', (purpose, purposes) => {
    expect(purposesOf({ column: 'c', as: 'consent', consent: { purpose } })).toEqual(purposes);
  });
});

describe('a suggestion', () => {
  const detect = (header: string[], ...rows: string[][]) => {
    const format: FileFormat = { format: 'csv', encoding: 'utf-8', columns: header, notices: [] };
    const sample = rows.map((cells, i): RawRecord => ({ line: i + 2, cells }));
    const columns = detectColumns(format, sample);
    return { columns, mapping: suggestMapping(columns, rows.length) };
  };

  it('recognises identifiers by name and by value, and types the rest', () => {
    const { columns, mapping } = detect(
      [
        'Customer ID',
        'E-Mail',
        'Mobile No.',
        'First Name',
        'Last name',
        'Sex',
        'DOB',
        'ZIP',
        'Country',
        'Spend',
        'Member',
        'Contact',
      ],
      [
        '7',
        'a@example.com',
        '+1 650 253 0000',
        'Ada',
        'Love',
        'f',
        '1990-01-02',
        '01234',
        'US',
        '1,5',
        'yes',
        'x@example.com',
      ],
      [
        '8',
        'b@example.com',
        '650-253-0001',
        'Bob',
        'Ray',
        'm',
        '1980-01-02',
        '94035',
        'US',
        '2,5',
        'no',
        'y@example.com',
      ],
    );
    expect(columns.map((c) => c.suggestion.as)).toEqual([
      'externalId',
      'email',
      'phone',
      'firstName',
      'lastName',
      'gender',
      'birthDate',
      'postalCode',
      'country',
      'trait',
      'trait',
      'email',
    ]);
    expect(columns[9]?.suggestion).toEqual({ column: 'Spend', as: 'trait', trait: { type: 'number', decimal: ',' } });
    expect(columns[10]?.suggestion.trait?.type).toBe('boolean');
    expect(mapping?.key).toEqual({ column: 'Customer ID' });
  });

  it('shows no identifier in its samples', () => {
    const { columns } = detect(['note', 'email'], ['call ada@example.com', 'ada@example.com'], ['call', '']);
    expect(JSON.stringify(columns)).not.toContain('ada@');
  });

  it('sees orders where the key repeats beside a time and an amount', () => {
    const { mapping } = detect(
      ['customer_id', 'order_id', 'order_date', 'total', 'category'],
      ['1', 'a', '2024-01-02', '10', 'shoes'],
      ['1', 'b', '2024-01-03', '12', 'hats'],
      ['2', 'c', '2024-01-04', '13', 'hats'],
    );
    expect(mapping).toMatchObject({
      kind: 'events',
      key: { column: 'customer_id' },
      events: [
        { stream: 'order', time: 'order_date', value: 'total', id: 'order_id', properties: { category: 'category' } },
      ],
    });
  });

  it('suggests nothing without a key', () => {
    expect(detect(['colour'], ['red'], ['blue']).mapping).toBeUndefined();
  });
});
