import { jest } from '@jest/globals';
import fc from 'fast-check';
import { type Dataset, importFile } from '../../../test/support/datasets.ts';
import { type Reach, startReach } from '../../../test/support/service.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { DigestSet } from './digests.ts';
import type { ImportResult } from './funnel.ts';
import { UnchangedRowsRepository } from './unchanged-rows.repository.ts';

const MAPPING = {
  key: { column: 'id' },
  fallbackKeys: [{ column: 'email' }],
  columns: [
    { column: 'id', as: 'externalId' },
    { column: 'email', as: 'email' },
    { column: 'city', as: 'city' },
    { column: 'spend', as: 'trait', trait: { type: 'number' } },
    { column: 'note', as: 'ignore' },
  ],
};
const HEADER = 'id,email,city,spend,note';
const csv = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`;

describe('importing rows that an earlier import stored', () => {
  let reach: Reach;
  let warehouse: Warehouse;
  beforeAll(async () => {
    reach = await startReach();
    warehouse = reach.app.get(Warehouse);
  }, 120_000);
  beforeEach(() => forgetAll());
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => reach.close());

  const forgetAll = async () => {
    for (const table of ['contacts', 'identities', 'imported_rows']) await warehouse.command(`TRUNCATE TABLE ${table}`);
  };
  const imported = async (file: string, mapping: object = MAPPING) => {
    const { result, funnel } = (await importFile(reach, file, mapping)) as Dataset & { result: ImportResult };
    return { ...result, stages: funnel.stages.map(({ count }) => count), values: funnel.rejectedValues };
  };
  const contacts = () =>
    warehouse.query<Record<string, unknown>>(
      `SELECT arraySort(external_ids) AS ids, arraySort(emails) AS emails, city, num['Spend'] + num['spend'] AS spend
       FROM contacts FINAL WHERE deleted = 0 ORDER BY ids, emails`,
    );

  it('skips rows of unchanged contacts and counts them as unchanged', async () => {
    await imported(csv('1,a@x.example,Bonn,10,', '2,b@x.example,Ulm,20,', '3,c@x.example,Kiel,30,'));
    const again = await imported(csv('1,a@x.example,Bonn,10,x', '2,b@x.example,Ulm,25,', '3,c@x.example,Kiel,30,'));
    expect(again).toMatchObject({ contacts: 3, created: 0, updated: 1, unchanged: 2, repeatedKeys: 0 });
    expect(again.stages).toEqual([3, 3, 3, 3, 3, 0]);
    expect((await contacts()).map(({ spend }) => spend)).toEqual([10, 25, 30]);
  });

  it('records the contacts of skipped rows for the second dataset too', async () => {
    await imported(csv('1,a@x.example,Bonn,10,'));
    const { id } = await importFile(reach, csv('1,a@x.example,Bonn,10,'), MAPPING);
    const brought = 'SELECT count() AS n FROM dataset_contacts FINAL WHERE dataset_id = {id:String}';
    expect((await warehouse.one<{ n: number }>(brought, { id })).n).toBe(1);
  });

  it('reads a row again when another file has changed its contact', async () => {
    await imported(csv('1,a@x.example,Bonn,10,'));
    await imported(csv('1,a@x.example,Ulm,10,'));
    expect(await imported(csv('1,a@x.example,Bonn,10,'))).toMatchObject({ updated: 1, unchanged: 0 });
    expect((await contacts())[0]).toMatchObject({ city: 'Bonn' });
  });

  it('reads a row again when the items of JSON lists move to another column', async () => {
    const mapping = { key: { column: 'id' }, columns: ['a', 'b'].map((column) => ({ column, as: 'trait' })) };
    const stored = () =>
      warehouse.one<{ a: string; b: string }>(`SELECT cat['a'] AS a, cat['b'] AS b FROM contacts FINAL`);
    await imported('{"id":"1","a":"x","b":["y","z"]}\n', mapping);
    expect(await stored()).toEqual({ a: 'x', b: 'y, z' });
    await imported('{"id":"1","a":["x","y"],"b":"z"}\n', mapping);
    expect(await stored()).toEqual({ a: 'x, y', b: 'z' });
  });

  it('reads a row again when its contact has been deleted', async () => {
    await imported(csv('1,a@x.example,Bonn,10,'));
    await warehouse.command(`ALTER TABLE contacts DELETE WHERE 1 SETTINGS mutations_sync = 1`);
    expect(await imported(csv('1,a@x.example,Bonn,10,'))).toMatchObject({ created: 1, unchanged: 0 });
  });

  it('reads rows again with another mapping', async () => {
    await imported(csv('1,a@x.example,Bonn,10,'));
    const columns = MAPPING.columns.map((c) => (c.column === 'city' ? { ...c, as: 'region' } : c));
    expect(await imported(csv('1,a@x.example,Bonn,10,'), { ...MAPPING, columns })).toMatchObject({ unchanged: 0 });
  });

  it('reads a row again when a later row of the file changes the same contact', async () => {
    await imported(csv('1,a@x.example,Bonn,10,', '2,b@x.example,Ulm,20,'));
    const again = await imported(csv('1,a@x.example,Kiel,15,', '1,a@x.example,Bonn,10,', '2,b@x.example,Ulm,20,'));
    expect(again).toMatchObject({ contacts: 2, updated: 1, unchanged: 1, repeatedKeys: 1 });
    expect((await contacts())[0]).toMatchObject({ city: 'Bonn', spend: 10 });
  });

  it('reports the problems of their values in every import', async () => {
    const file = csv('1,a@x.example,Bonn,ten,', '2,b@x.example,Ulm,20,');
    const mapping = { ...MAPPING, columns: MAPPING.columns };
    const first = await imported(file, mapping);
    const again = await imported(file, mapping);
    expect(again).toMatchObject({ unchanged: 1, rejects: first.rejects });
    expect(again.values).toEqual(first.values);
  });

  it('always reads rows of a file that states consent', async () => {
    const consent = { column: 'note', as: 'consent', consent: { purposes: ['ads'], confirmed: true } };
    const mapping = { ...MAPPING, columns: MAPPING.columns.map((c) => (c.column === 'note' ? consent : c)) };
    await imported(csv('1,a@x.example,Bonn,10,yes'), mapping);
    expect(await imported(csv('1,a@x.example,Bonn,10,yes'), mapping)).toMatchObject({ updated: 1, unchanged: 0 });
  });

  it('stores the same contacts as reading every row would, for many random groups of people', async () => {
    const row = fc.record({
      id: fc.constantFrom('', '1', '2', '3'),
      email: fc.constantFrom('', 'a', 'b', 'c'),
      city: fc.constantFrom('', 'Bonn', 'Ulm'),
      spend: fc.constantFrom('', '1', '2', 'none at all'),
    });
    const group = fc.record({ first: fc.array(row, { maxLength: 4 }), later: fc.array(row, { maxLength: 2 }) });
    const groups = fc.sample(group, 200);
    const line = (g: number, { id, email, city, spend }: { id: string; email: string; city: string; spend: string }) =>
      [id && `${g}-${id}`, email && `${g}${email}@x.example`, city, spend, ''].join();
    const first = groups.flatMap(({ first: rows }, g) => rows.map((each) => line(g, each)));
    const second = groups.flatMap(({ first: rows, later }, g) =>
      [...later, ...rows.slice(g % 2)].map((each) => line(g, each)),
    );
    const carriedOut = async () => {
      await forgetAll();
      await imported(csv(...first));
      const { updated, unchanged, ...rest } = await imported(csv(...second));
      return { counts: { ...rest, present: updated + unchanged }, contacts: await contacts(), unchanged };
    };
    const { unchanged, ...skipping } = await carriedOut();
    expect(unchanged).toBeGreaterThan(50);
    jest.spyOn(UnchangedRowsRepository.prototype, 'known').mockResolvedValue(new Uint8Array());
    expect(await carriedOut()).toEqual({ ...skipping, unchanged: 0 });
  });
});

describe('a set of digests', () => {
  it('holds exactly the digests that it was made from', () => {
    const digest = fc.uint8Array({ minLength: 8, maxLength: 8 }).filter((bytes) => bytes.some((byte) => byte !== 0));
    fc.assert(
      fc.property(fc.array(digest), fc.array(digest), (held, others) => {
        const set = new DigestSet(Buffer.concat(held));
        const texts = new Set(held.map((bytes) => Buffer.from(bytes).toString('hex')));
        for (const bytes of [...held, ...others]) {
          expect(set.has(Buffer.from(bytes))).toBe(texts.has(Buffer.from(bytes).toString('hex')));
        }
      }),
    );
  });
});
