import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import type { RawRecord } from '../files/csv.ts';
import type { FileFormat } from '../files/format.ts';
import type { TraitType } from '../values/infer.ts';
import { checkMapping } from './check.ts';
import { MappingDto } from './mapping.dto.ts';
import { TRAIT_TYPES } from './mapping.ts';
import { suggestMapping } from './suggest.ts';

const formatOf = (columns: string[]): FileFormat => ({ format: 'csv', encoding: 'utf-8', columns, notices: [] });
const recordsOf = (rows: string[][]) => rows.map((cells, i): RawRecord => ({ line: i + 2, cells }));

const suggest = (header: string[], ...rows: string[][]) =>
  suggestMapping({ format: formatOf(header), sample: recordsOf(rows) });

/** A sample of many rows, a column a name. `#` in a cell stands for the number of its row, `#%9` for the rest of it. */
const table = (cells: Record<string, string>, rows = 100) =>
  suggest(
    Object.keys(cells),
    ...Array.from({ length: rows }, (_, row) =>
      Object.values(cells).map((cell) =>
        cell.replaceAll(/#(?:%(\d+))?/g, (_match, rest?: string) => `${rest ? row % Number(rest) : row}`),
      ),
    ),
  );

type Suggested = ReturnType<typeof suggest>;
const rolesOf = ({ columns }: Suggested) => Object.fromEntries(columns.map((c) => [c.name, c.suggestion.as]));
const columnOf = ({ columns }: Suggested, name: string) => columns.find((c) => c.name === name)!;

const email = (row: number) => `p${row}@example.com`;
const EMAIL = 'p#@example.com';

describe('a suggested mapping', () => {
  it('recognises identifiers by name and by value, and gives the rest a type', () => {
    const found = suggest(
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
    expect(Object.values(rolesOf(found))).toEqual([
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
    expect(columnOf(found, 'Spend').suggestion).toEqual({
      column: 'Spend',
      as: 'trait',
      trait: { type: 'number', decimal: ',' },
    });
    expect(columnOf(found, 'Member').suggestion.trait?.type).toBe('boolean');
    expect(found.mapping).toMatchObject({ kind: 'contacts', key: { column: 'Customer ID' } });
  });

  it('shows no identifier in its samples', () => {
    const { columns } = suggest(['note', 'email'], ['call ada@example.com', 'ada@example.com'], ['call', '']);
    expect(JSON.stringify(columns)).not.toContain('ada@');
  });

  it('suggests no key when no column can be one', () => {
    expect(suggest(['colour'], ['red'], ['blue']).mapping).toBeUndefined();
  });

  it('follows the name of a column unless its values contradict it', () => {
    const found = suggest(
      ['Email', 'Phone', 'First name', 'City', 'Country', 'Zip', 'Birthday', 'Gender'],
      ['yes', '2024-01-02', '12', '7.5', '3', 'yes', 'no', '12.50'],
      ['no', '2024-01-03', '13', '8.5', '4', 'no', 'yes', '13.50'],
    );
    expect(new Set(Object.values(rolesOf(found)))).toEqual(new Set(['trait']));
  });

  it('follows an ambiguous name only when the values agree', () => {
    const places = suggest(['email', 'Land', 'Titel', 'Title'], [email(1), 'Deutschland', 'Dr.', 'Mrs']);
    expect(rolesOf(places)).toMatchObject({ Land: 'country', Titel: 'trait', Title: 'gender' });
    const others = suggest(['email', 'Land', 'Title'], [email(1), 'Acker', 'Head of sales']);
    expect(rolesOf(others)).toMatchObject({ Land: 'trait', Title: 'trait' });
  });
});

describe('the suggested key', () => {
  it("suggests the person's own id as the key, then the e-mail", () => {
    const found = suggest(
      ['Email', 'Phone', 'Customer ID'],
      [email(1), '+16502530000', '1'],
      [email(2), '+16502530001', '2'],
    );
    expect(found.mapping).toMatchObject({ key: { column: 'Customer ID' }, fallbackKeys: [{ column: 'Email' }] });
  });

  it.each([
    'Created by user ID',
    'Contact owner ID',
    'Assigned User ID',
    'Account ID',
    'AccountId',
    'Company ID',
    'Parent customer ID',
    'Campaign ID',
    'Last modified by ID',
  ])('is never %s, even when its values are unique', (name) => {
    const found = table({ [name]: '1#', Email: EMAIL });
    expect(found.mapping).toMatchObject({ key: { column: 'Email' } });
    expect(rolesOf(found)[name]).toBe('ignore');
  });

  it('suggests no key from an id that repeats with different e-mails', () => {
    const found = table({ 'Customer ID': '#%9', Email: EMAIL });
    expect(found.mapping).toEqual(expect.objectContaining({ key: { column: 'Email' } }));
    expect(columnOf(found, 'Customer ID').suggestion).toMatchObject({ as: 'trait', trait: { type: 'category' } });
  });

  it('may be an id that repeats with the same e-mail', () => {
    const found = table({
      'Customer ID': '#%40',
      Email: 'p#%40@example.com',
      Product: 'p#%3',
    });
    expect(found.mapping?.key).toEqual({ column: 'Customer ID' });
  });

  it('is not the id of the row when people have several rows', () => {
    const found = table({ id: '#', email: 'p#%20@example.com', plan: 'gold' });
    expect(found.mapping?.key).toEqual({ column: 'email' });
  });

  it('is any e-mail of the row when several columns hold e-mails', () => {
    const found = suggest(['Email', 'Email 2', 'Zip'], [email(1), email(2), '1'], ['', email(3), '2']);
    expect(found.mapping?.key).toEqual({ field: 'email' });
  });

  it('falls back to the phone only in files where no two people share one', () => {
    const lonely = suggest(['Email', 'Phone'], [email(1), '+16502530001'], ['', '+16502530002']);
    expect(lonely.mapping).toMatchObject({ key: { column: 'Email' }, fallbackKeys: [{ column: 'Phone' }] });
    const shared = suggest(['Email', 'Phone'], [email(1), '+16502530001'], ['', '+16502530001']);
    expect(shared.mapping?.fallbackKeys).toBeUndefined();
    expect(suggest(['Phone', 'Zip'], ['+16502530001', '1']).mapping?.key).toEqual({ column: 'Phone' });
  });

  it("is never another person's e-mail or phone, and those columns become no traits", () => {
    const found = suggest(
      ['Email', 'Owner e-mail', 'Referred by', 'Emergency contact'],
      [email(1), 'staff@example.com', email(7), '+16502530001'],
      [email(2), 'staff@example.com', email(8), '+16502530002'],
    );
    expect(Object.values(rolesOf(found))).toEqual(['email', 'ignore', 'ignore', 'ignore']);
    expect(columnOf(found, 'Owner e-mail').notices?.map(({ code }) => code)).toEqual(['of_somebody_else']);
  });

  it('is never a row counter', () => {
    const found = table({ Nr: '#', 'E-Mail': EMAIL });
    expect(found.mapping?.key).toEqual({ column: 'E-Mail' });
  });

  it.each<[string, string | undefined]>([
    ['Customer ID', 'customer'],
    ['Contact ID', 'contact'],
    ['Kundennummer', 'customer'],
    ['Klantnummer', 'customer'],
    ['Member No.', 'member'],
    ['id', undefined],
    ['external_id', undefined],
  ])('%s has the namespace %s', (name, namespace) => {
    const found = table({ [name]: '#', Email: EMAIL });
    expect(columnOf(found, name).suggestion).toEqual({
      column: name,
      as: 'externalId',
      ...(namespace ? { namespace } : {}),
    });
  });
});

describe('an address', () => {
  it('comes from the columns that are filled best', () => {
    const found = suggest(
      ['Email', 'Billing Street', 'Billing City', 'Billing Zip', 'Shipping Street', 'Shipping City', 'Shipping Zip'],
      [email(1), '1 Main St', 'Boston', '02138', '1 Side St', 'Salem', '01970'],
      [email(2), '', '', '', '2 Side St', 'Salem', '01970'],
    );
    expect(rolesOf(found)).toEqual({
      Email: 'email',
      'Billing Street': 'ignore',
      'Billing City': 'ignore',
      'Billing Zip': 'ignore',
      'Shipping Street': 'street',
      'Shipping City': 'city',
      'Shipping Zip': 'postalCode',
    });
    expect(columnOf(found, 'Billing City').notices?.[0]?.code).toBe('other_address');
  });

  it.each<[string, string]>([
    ['Mailing', 'Other'],
    ['Billing', 'Shipping'],
    ['Default Address', 'Billing'],
    ['Home', 'Work'],
  ])('is taken from %s rather than %s when both are filled', (first, second) => {
    const found = table({
      Email: EMAIL,
      [`${second} City`]: 'Salem',
      [`${second} Zip`]: '01970',
      [`${first} City`]: 'Boston',
      [`${first} Zip`]: '02138',
    });
    expect(rolesOf(found)).toMatchObject({ [`${first} City`]: 'city', [`${second} City`]: 'ignore' });
  });

  it('takes missing parts from columns that belong to no address', () => {
    const found = table({
      Email: EMAIL,
      'Mailing City': 'Boston',
      'Mailing Zip': '02138',
      Country: 'US',
    });
    expect(rolesOf(found)).toMatchObject({ 'Mailing City': 'city', Country: 'country' });
  });

  it('joins house numbers and second lines to the street, unless the street holds them', () => {
    const apart = suggest(
      ['E-Mail', 'Straße', 'Hausnummer', 'Adresszusatz', 'PLZ'],
      [email(1), 'Ring', '5', 'Hinterhaus', '01067'],
    );
    expect(rolesOf(apart)).toMatchObject({ Straße: 'street', Hausnummer: 'street', Adresszusatz: 'street' });
    const whole = suggest(['E-Mail', 'Straße', 'Hausnummer', 'PLZ'], [email(1), 'Ring 5', '5', '01067']);
    expect(rolesOf(whole)).toMatchObject({ Straße: 'street', Hausnummer: 'ignore' });
  });

  it('is a street when there is a city column, and a whole address otherwise', () => {
    expect(rolesOf(suggest(['Email', 'Address', 'City'], [email(1), '1 Main St', 'Boston'])).Address).toBe('street');
    expect(rolesOf(suggest(['Email', 'Address'], [email(1), '1 Main St  Boston MA 02138 US'])).Address).toBe(
      'fullAddress',
    );
    expect(rolesOf(suggest(['Email', 'Address'], [email(1), '1 Main St'])).Address).toBe('street');
  });
});

describe('names', () => {
  it.each<[string[], string[], string[]]>([
    [['Name'], ['Ann Berg'], ['fullName']],
    [['Name'], ['Berg, Anna'], ['fullName']],
    [
      ['Vorname', 'Name'],
      ['Anna', 'Berg'],
      ['firstName', 'lastName'],
    ],
    [
      ['Prénom', 'Nom'],
      ['Anna', 'Berg'],
      ['firstName', 'lastName'],
    ],
    [
      ['Nome', 'Cognome'],
      ['Anna', 'Berg'],
      ['firstName', 'lastName'],
    ],
    [
      ['Nombre', 'Apellidos'],
      ['Anna', 'Berg'],
      ['firstName', 'lastName'],
    ],
    [
      ['First Name', 'Last Name', 'Name'],
      ['Ann', 'Berg', 'Ann Berg'],
      ['firstName', 'lastName', 'ignore'],
    ],
    [
      ['First Name', 'Name'],
      ['Ann', 'Ann Berg'],
      ['firstName', 'ignore'],
    ],
    [
      ['First Name', 'Last Name', 'Full Name'],
      ['', '', 'Ann Berg'],
      ['ignore', 'ignore', 'fullName'],
    ],
    [
      ['First', 'Last'],
      ['Ann', 'Berg'],
      ['firstName', 'lastName'],
    ],
  ])('%j with %j are %j', (header, cells, roles) => {
    const found = suggest(['Email', ...header], [email(1), ...cells]);
    expect(Object.values(rolesOf(found)).slice(1)).toEqual(roles);
  });

  it('are taken from the same address as the other columns', () => {
    const found = suggest(
      ['Email', 'Shipping Name', 'Shipping City', 'Billing Name', 'Billing City'],
      [email(1), 'Bob Koch', 'Salem', 'Ann Berg', 'Boston'],
    );
    expect(rolesOf(found)).toMatchObject({ 'Billing Name': 'fullName', 'Shipping Name': 'ignore' });
  });
});

describe('a cell with several values', () => {
  it.each<[string, string]>([
    ['a@example.com; b@example.com', ';'],
    ['a@example.com, b@example.com', ','],
    ['a@example.com ::: b@example.com', ':::'],
    ['a@example.com|b@example.com', '|'],
  ])('%s is split at %s', (cell, separator) => {
    const found = suggest(['Emails', 'Zip'], [cell, '1'], [email(3), '2']);
    expect(rolesOf(found).Emails).toBe('email');
    expect(found.mapping?.separator).toBe(separator);
    expect(columnOf(found, 'Emails').notices?.map(({ code }) => code)).toEqual(['several_values']);
  });

  it('is not split inside one phone number', () => {
    expect(suggest(['Email', 'Phone'], [email(1), '030/901820']).mapping?.separator).toBeUndefined();
    expect(suggest(['Email', 'Phone'], [email(1), '+16502530000 / +16502530001']).mapping?.separator).toBe('/');
  });
});

it('keeps a column of numbers whose name is a letter', () => {
  const found = suggest(['customer_id', 'email', 'n'], ['c1', 'a@example.com', '0'], ['c2', 'b@example.com', '1']);
  expect(columnOf(found, 'n').suggestion.as).toBe('trait');
});

describe('orders', () => {
  it('take the consent of a buyer as of the time of the order, and keep the way to pay that marks test orders', () => {
    const header = [
      'Name',
      'Email',
      'Financial Status',
      'Accepts Marketing',
      'Created at',
      'Total',
      'Payment Method',
      'Lineitem name',
      'Lineitem quantity',
    ];
    const order = (n: number, gateway: string) => [
      `#${n}`,
      `p${n}@example.com`,
      'paid',
      n % 2 ? 'yes' : 'no',
      `2026-01-0${n} 10:00:00 -0400`,
      `${n}.50`,
      gateway,
      'Mug',
      '1',
    ];
    const found = suggest(header, order(1, 'PayPal'), order(2, 'Visa'), order(3, 'Visa'), order(4, 'bogus'));
    expect(columnOf(found, 'Accepts Marketing').suggestion).toMatchObject({
      as: 'consent',
      consent: { time: 'Created at' },
    });
    expect(found.mapping!.events).toMatchObject([
      { order: { test: 'Payment Method' }, properties: { 'Payment Method': 'Payment Method' } },
    ]);
  });

  const order = {
    'order id': 'o#',
    total: '#.50',
    date: '2026-05-01',
  };

  it('are recognised when the key repeats with a time and an amount', () => {
    const { mapping } = suggest(
      ['customer_id', 'order_id', 'order_date', 'total', 'category'],
      ['1', 'a', '2024-01-02', '10', 'shoes'],
      ['1', 'b', '2024-01-03', '12', 'hats'],
      ['2', 'c', '2024-01-04', '13', 'hats'],
    );
    expect(mapping).toEqual({
      kind: 'events',
      key: { column: 'customer_id' },
      columns: [{ column: 'customer_id', as: 'externalId', namespace: 'customer' }],
      events: [
        { stream: 'order', time: 'order_date', value: 'total', id: 'order_id', properties: { category: 'category' } },
      ],
    });
  });

  it.each(['id', 'Order ID', 'Bestellnummer', 'order_no', 'Invoice Number'])(
    'are recognised by their id %s, even when no customer repeats',
    (id) => {
      const { mapping } = table({
        [id]: '#',
        customer_email: EMAIL,
        date: order.date,
        total: order.total,
      });
      expect(mapping).toMatchObject({
        kind: 'events',
        key: { column: 'customer_email' },
        events: [{ stream: 'order', id, time: 'date', value: 'total' }],
      });
    },
  );

  it('keep the fields of the order out of the contact', () => {
    const { mapping } = table({
      'Order ID': order['order id'],
      Email: EMAIL,
      'Created at': '2026-05-01 10:00:00',
      Total: order.total,
      Currency: 'EUR',
      Status: 'refunded',
      'Cancelled at': '',
      'Refunded Amount': '0.00',
      'Item name': 'Mug',
      Quantity: '1',
    });
    expect(mapping?.columns).toEqual([{ column: 'Email', as: 'email' }]);
    expect(mapping?.events).toEqual([
      {
        stream: 'order',
        time: 'Created at',
        value: 'Total',
        id: 'Order ID',
        order: {
          currency: 'Currency',
          status: 'Status',
          cancelledAt: 'Cancelled at',
          refunded: 'Refunded Amount',
          items: { name: 'Item name', quantity: 'Quantity' },
        },
      },
    ]);
  });

  it('create contacts when columns describe the buyers', () => {
    const { mapping } = table({ ...order, email: EMAIL, 'First name': 'Ann', City: 'Boston' });
    expect(mapping).toMatchObject({ kind: 'contacts', key: { column: 'email' }, events: [{ id: 'order id' }] });
    expect(mapping?.columns.map(({ as }) => as)).toEqual(['email', 'firstName', 'city']);
  });

  it('keep the denials of consent in their rows', () => {
    const { mapping } = table({ ...order, email: EMAIL, Unsubscribed: 'yes' });
    expect(mapping).toMatchObject({ kind: 'contacts', events: [{ id: 'order id' }] });
    expect(mapping?.columns.map(({ as }) => as)).toEqual(['email', 'consent']);
  });

  it.each<[string, Record<string, string>]>([
    ['times and sums', { 'Create Date': order.date, 'Total Revenue': order.total }],
    ['last orders', { 'Last Order Date': order.date, 'Last Order ID': order['order id'], 'Total Spent': order.total }],
    [
      'numbers of orders',
      { 'Created at': order.date, 'Total Orders': order.total, 'Average Order Value': order.total },
    ],
    ['ids and a revenue', { id: order['order id'], created_at: order.date, revenue: order.total }],
  ])('are not recognised in a file of people with %s', (_, cells) => {
    const { mapping } = table({ Email: EMAIL, 'First Name': 'Ann', ...cells });
    expect(mapping?.events).toBeUndefined();
  });
});

describe('traits', () => {
  const withCatalogue = (catalogue: [string, TraitType][], header: string[], ...rows: string[][]) =>
    suggestMapping({ format: formatOf(header), sample: recordsOf(rows), catalogue: new Map(catalogue) });

  it('take the type of the catalogue when their values fit it', () => {
    const found = withCatalogue([['Source', 'category']], ['Email', 'Source'], [email(1), '-6'], [email(2), '7']);
    expect(columnOf(found, 'Source').suggestion.trait).toEqual({ type: 'category' });
  });

  it('take a new name when their values do not fit the type of the catalogue', () => {
    const found = withCatalogue(
      [
        ['Source', 'number'],
        ['Source (this file)', 'date'],
      ],
      ['Email', 'Source'],
      [email(1), 'web'],
    );
    expect(columnOf(found, 'Source').suggestion.trait).toEqual({ name: 'Source (2)', type: 'category' });
    const klaviyo = withCatalogue([['Source', 'number']], ['Email', 'Klaviyo ID', 'Source'], [email(1), 'k1', 'web']);
    expect(columnOf(klaviyo, 'Source').suggestion.trait).toEqual({ name: 'Source (Klaviyo)', type: 'category' });
  });

  it('have unique names that the catalogue accepts', () => {
    const { columns } = suggest(
      ['Email', '$plan!', 'plan', '=x', '♥', 'y'.repeat(200)],
      [email(1), 'a', 'b', 'c', 'd', 'e'],
    );
    expect(columns.slice(1).map(({ suggestion }) => suggestion.trait?.name)).toEqual([
      'plan',
      'plan (this file)',
      'x',
      'Column 5',
      'y'.repeat(100),
    ]);
  });

  it('leave out lists of objects and free text, with a notice', () => {
    const found = suggest(['email', 'orders'], [email(1), '{"id":"o1","total":10}\u001f{"id":"o2","total":5}']);
    expect(columnOf(found, 'orders')).toMatchObject({
      suggestion: { as: 'ignore' },
      notices: [{ code: 'list_of_objects' }],
    });
    const text = table({ email: EMAIL, note: 'said # things' });
    expect(columnOf(text, 'note')).toMatchObject({ suggestion: { as: 'ignore' }, notices: [{ code: 'free_text' }] });
  });
});

describe('consent', () => {
  it('is suggested with its reading, unconfirmed', () => {
    const { columns, mapping } = suggest(['Email', 'Unsubscribed'], [email(1), 'yes'], [email(2), 'no']);
    expect(columns[1]).toMatchObject({
      suggestion: { as: 'consent', consent: { sense: 'denies' } },
      consent: { rows: 2 },
    });
    expect(mapping?.columns[1]).toEqual(columns[1]?.suggestion);
    expect(mapping?.columns[1]?.consent?.confirmed).toBeUndefined();
  });

  it('is suggested for every row of a list of people who unsubscribed', () => {
    const { mapping } = suggestMapping({
      format: formatOf(['Email']),
      sample: recordsOf([[email(1)], [email(2)]]),
      fileName: 'unsubscribed.csv',
    });
    expect(mapping?.everyone).toMatchObject({ consent: 'denied' });
  });
});

describe('every suggestion', () => {
  const HEADERS = [
    'id, Id, Customer ID, Email, E-Mail 2, Phone, First Name, Last Name, Name, City, Billing City, Shipping City, Zip, Street, ' +
      'Address, Address 2, Hausnummer, Country, State, Birthday, Gender, Created at, Order ID, Total, Currency, Status, ' +
      'Unsubscribed, Email Marketing Consent, Accepts Marketing, Source, Tags, LEID, Klaviyo ID, Financial Status, Lineitem name, ' +
      'Paid at, fn, ln, ct, st, Record ID, Owner ID, $x, =y, plan, plan_2, column_3, orders',
  ][0]!.split(', ');
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      'yes',
      'no',
      'a@example.com',
      'b@example.com; c@example.com',
      '+16502530000',
      '2026-01-02',
      '1,5',
      '7',
    ),
    fc.constantFrom(
      'US',
      'Berg, Anna',
      'SUBSCRIBED',
      'unsubscribed',
      '{"id":1}',
      '\u001f',
      'f'.repeat(64),
      '0',
      'NULL',
    ),
    fc.string({ maxLength: 12 }),
  );
  const header = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...HEADERS) },
    { weight: 1, arbitrary: fc.string({ minLength: 1 }) },
  );
  const file = fc
    .uniqueArray(header, { minLength: 1, maxLength: 25 })
    .chain((columns) =>
      fc.tuple(
        fc.constant(columns),
        fc.array(fc.array(cell, { minLength: columns.length, maxLength: columns.length }), { maxLength: 12 }),
        fc.dictionary(fc.constantFrom(...HEADERS, 'Source (this file)', 'plan (2)'), fc.constantFrom(...TRAIT_TYPES)),
      ),
    );

  it('can be imported without changes: it is valid and contradicts neither the file nor the catalogue', () => {
    fc.assert(
      fc.property(file, ([columns, rows, catalogue]) => {
        const format = formatOf(columns);
        const known = new Map(Object.entries(catalogue));
        const { mapping } = suggestMapping({ format, sample: recordsOf(rows), catalogue: known });
        if (!mapping) return;
        expect(checkMapping(mapping, format)).toEqual([]);
        const dto = plainToInstance(MappingDto, structuredClone(mapping));
        expect(validateSync(dto, { whitelist: true, forbidNonWhitelisted: true })).toEqual([]);
        for (const { as, column, trait } of mapping.columns) {
          const type = as === 'trait' ? known.get(trait?.name ?? column) : undefined;
          expect(type ?? trait?.type).toBe(trait?.type);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has no more columns than a mapping may have, and drops traits before fields', () => {
    const columns = Array.from({ length: 2500 }, (_, i) => (i === 2400 ? 'Email' : `c${i}`));
    const { mapping } = suggest(
      columns,
      columns.map((_, i) => (i === 2400 ? email(1) : `v${i}`)),
    );
    expect(mapping?.columns).toHaveLength(2000);
    expect(mapping?.columns.some(({ as }) => as === 'email')).toBe(true);
  });
});
