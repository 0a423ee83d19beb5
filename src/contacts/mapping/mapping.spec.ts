import { checkMapping } from './check.ts';
import { type Mapping, purposesOf } from './mapping.ts';

const FILE = {
  format: 'csv',
  columns: ['id', 'email', 'mail2', 'name', 'spend', 'at', 'at2', 'unsubscribed'],
} as const;
const file = { format: FILE.format, columns: [...FILE.columns] };
const check = (mapping: Partial<Mapping>) =>
  checkMapping({ kind: 'contacts', key: { column: 'id' }, columns: [], ...mapping }, file).map(
    (p) => `${p.path} ${p.code}`,
  );

describe('a mapping', () => {
  it('may map several columns as e-mail, and one column as both a field and a trait', () => {
    const columns: Mapping['columns'] = [
      { column: 'email', as: 'email' },
      { column: 'mail2', as: 'email' },
      { column: 'name', as: 'lastName' },
      { column: 'name', as: 'trait' },
    ];
    expect(check({ columns })).toEqual([]);
  });

  it('may join several columns into a street, and state one purpose in several columns', () => {
    const columns: Mapping['columns'] = [
      { column: 'name', as: 'street' },
      { column: 'spend', as: 'street' },
      { column: 'at', as: 'consent' },
      { column: 'at2', as: 'consent' },
    ];
    expect(check({ columns })).toEqual([]);
  });

  it('may have fallback keys from its columns', () => {
    const columns: Mapping['columns'] = [{ column: 'email', as: 'email' }];
    expect(check({ columns, fallbackKeys: [{ field: 'email' }, { column: 'mail2' }] })).toEqual([]);
    const events = [{ stream: 'order', time: 'at' }];
    expect(check({ kind: 'events', columns, events, fallbackKeys: [{ column: 'email' }] })).toEqual([]);
  });

  it.each<[string, Partial<Mapping>, string]>([
    ['an unknown column', { columns: [{ column: 'x', as: 'trait' }] }, 'mapping.columns[0].column unknown_column'],
    ['an unknown key', { key: { column: 'x' } }, 'mapping.key.column unknown_column'],
    ['no key', { key: {} }, 'mapping.key key_needs_one'],
    ['two keys', { key: { column: 'id', field: 'email' } }, 'mapping.key key_needs_one'],
    ['a key field that nothing feeds', { key: { field: 'phone' } }, 'mapping.key.field key_not_mapped'],
    [
      'a fallback key that nothing feeds',
      { fallbackKeys: [{ field: 'phone' }] },
      'mapping.fallbackKeys[0].field key_not_mapped',
    ],
    ['a whole name as key', { columns: [{ column: 'id', as: 'fullName' }] }, 'mapping.key.column key_not_unique'],
    [
      'two whole names',
      {
        columns: [
          { column: 'name', as: 'fullName' },
          { column: 'spend', as: 'fullName' },
        ],
      },
      'mapping.columns[1] field_mapped_twice',
    ],
    [
      'a namespace on a city',
      { columns: [{ column: 'name', as: 'city', namespace: 'shop' }] },
      'mapping.columns[0].namespace not_an_external_id',
    ],
    [
      'an opt-out read as an opt-in',
      { columns: [{ column: 'unsubscribed', as: 'consent', consent: { sense: 'grants' } }] },
      'mapping.columns[0].consent.sense opt_out_grants',
    ],
    [
      'a time of consent that is no column',
      { columns: [{ column: 'name', as: 'consent', consent: { time: 'x' } }] },
      'mapping.columns[0].consent.time unknown_column',
    ],
    [
      'items of an order that are no columns',
      { events: [{ stream: 'order', time: 'at', order: { items: { name: 'x' } } }] },
      'mapping.events[0].order.items.name unknown_column',
    ],
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
    expect(purposesOf({ purpose })).toEqual(purposes);
  });
});
