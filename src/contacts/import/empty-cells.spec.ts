import { type Dataset, datasetForm, importFile } from '../../../test/support/datasets.ts';
import { type Reach, startReach } from '../../../test/support/service.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';

const COLUMNS = [
  { column: 'id', as: 'externalId' },
  { column: 'city', as: 'city' },
  { column: 'country', as: 'country' },
  { column: 'born', as: 'birthDate' },
  { column: 'spend', as: 'trait', trait: { type: 'number' } },
  { column: 'plan', as: 'trait', trait: { type: 'category' } },
];
const CLEARED = new Set(['city', 'country', 'born', 'spend', 'plan']);
const mapping = (clears: ReadonlySet<string>, more: object = {}) => ({
  key: { column: 'id' },
  columns: COLUMNS.map((c) => (clears.has(c.column) ? { ...c, whenEmpty: 'clear' } : c)),
  ...more,
});
const csv = (...rows: string[]) => `id,city,country,born,spend,plan\n${rows.join('\n')}\n`;
const FULL = 'Bonn,DE,1990-01-02,10,gold';

describe('an empty cell', () => {
  let reach: Reach;
  let next = 0;
  beforeAll(async () => {
    reach = await startReach();
  }, 120_000);
  afterAll(() => reach.close());

  /** Imports a full row and then another one of the same contact. @returns the contact */
  const contactAfter = async (cells: string, how: object, ...more: string[]) => {
    const id = `c${++next}`;
    await importFile(reach, csv(`${id},${FULL}`), mapping(new Set()));
    await importFile(reach, csv(...[cells, ...more].map((each) => `${id},${each}`)), how);
    return reach.app
      .get(Warehouse)
      .one(
        'SELECT city, country, birth_date AS born, num, cat FROM contacts FINAL WHERE has(external_ids, {id:String})',
        { id },
      );
  };
  const full = { city: 'Bonn', country: 'DE', born: '1990-01-02', num: { spend: 10 }, cat: { plan: 'gold' } };
  const empty = { city: '', country: '', born: '', num: {}, cat: {} };

  it('keeps the stored value by default', async () => {
    expect(await contactAfter(',,,,', mapping(new Set()))).toEqual(full);
  });

  it('clears fields and traits of columns with `whenEmpty: clear`, as does a word for nothing', async () => {
    expect(await contactAfter(',,,,', mapping(CLEARED))).toEqual(empty);
    expect(await contactAfter('N/A,-,,NULL,none', mapping(CLEARED))).toEqual(empty);
  });

  it('keeps the stored value when the cell holds an unusable value', async () => {
    expect(await contactAfter('Ulm,Atlantis,tomorrow,ten,silver', mapping(CLEARED))).toEqual({
      ...full,
      city: 'Ulm',
      cat: { plan: 'silver' },
    });
  });

  it('replaces a cleared country with the default country of the file', async () => {
    expect(await contactAfter(',,,,', mapping(CLEARED, { defaultCountry: 'FR' }))).toEqual({ ...empty, country: 'FR' });
  });

  it('clears the value that an earlier row of the same contact gave', async () => {
    expect(await contactAfter('Ulm,AT,,20,', mapping(CLEARED), ',,1991-01-01,,silver')).toEqual({
      ...empty,
      born: '1991-01-01',
      cat: { plan: 'silver' },
    });
  });

  it.each([
    ['a list of identifiers', { column: 'id', as: 'externalId' }],
    ['a statement about consent', { column: 'plan', as: 'consent', consent: { confirmed: true } }],
  ])('cannot clear %s', async (_, column) => {
    const columns = [...COLUMNS.filter((c) => c.column !== column.column), { ...column, whenEmpty: 'clear' }];
    const form = datasetForm(csv(`x,${FULL}`), { mapping: { key: { column: 'id' }, columns } });
    const refused = await reach.api<Dataset & { errors: object[] }>('POST', '/v1/datasets', form);
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toContainEqual(
      expect.objectContaining({ path: 'mapping.columns[5].whenEmpty', code: 'never_cleared' }),
    );
  });
});
