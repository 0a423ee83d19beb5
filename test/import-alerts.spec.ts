import { jest } from '@jest/globals';
import { datasets } from '../src/contacts/contacts.tables.ts';
import { ImportAlerts } from '../src/contacts/import/import-alerts.ts';
import { MergeRepository } from '../src/contacts/import/merge.repository.ts';
import { StagingRepository } from '../src/contacts/import/staging.repository.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { type Dataset, datasetForm, importEnd, importFile } from './support/datasets.ts';
import { type Reach, startReach, until } from './support/service.ts';

const MAPPING = { key: { column: 'id' }, columns: [] };
const HOUR = 3_600_000;

interface Alert {
  key: string;
  title: string;
  text: string;
  subject: string;
  recoveredAt: string | null;
}

describe('alerts of imports', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach({ env: { REACH_KEEP_UPLOADS_HOURS: '240' } });
  }, 240_000);
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => reach.close());

  const alertsOf = async (id: string) => {
    await reach.app.get(ImportAlerts).sweep();
    const { items } = (await reach.api<{ items: Alert[] }>('GET', '/v1/alerts')).body;
    return items.filter(({ subject }) => subject === id);
  };
  const upload = async (file = 'id\n1\n') => {
    const form = datasetForm(file, { mapping: MAPPING, name: 'Customers' });
    return (await reach.api<Dataset>('POST', '/v1/datasets', form)).body.id;
  };
  const fails = () =>
    jest.spyOn(reach.app.get(MergeRepository), 'mergeContacts').mockRejectedValueOnce(new Error('no memory'));

  it('are raised once when one fails, and recovered when it succeeds', async () => {
    fails();
    const id = await upload();
    await importEnd(reach, id);
    await reach.app.get(ImportAlerts).sweep();
    expect(await alertsOf(id)).toEqual([
      expect.objectContaining({
        key: `dataset/${id}/failed`,
        title: 'An import failed',
        text: expect.stringContaining('Customers: The import failed because of an internal error'),
        recoveredAt: null,
      }),
    ]);
    await reach.api('POST', `/v1/datasets/${id}/import`, { mapping: MAPPING });
    expect((await importEnd(reach, id)).status).toBe('ready');
    expect(await alertsOf(id)).toMatchObject([{ recoveredAt: expect.any(String) }]);
  });

  it('are raised when one makes no progress for an hour, and recovered when a user cancels it', async () => {
    const staging = reach.app.get(StagingRepository);
    const insert = staging.insert.bind(staging);
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const held = jest.spyOn(staging, 'insert').mockImplementationOnce(async (chunk) => {
      await gate;
      await insert(chunk);
    });
    const id = await upload();
    await until(
      async () => held.mock.calls.length,
      (calls) => calls > 0,
    );
    const waiting = await upload('id\n2\n');
    expect(await alertsOf(id)).toEqual([]);
    const hourAgo = new Date(reach.clock.now().getTime() - HOUR - 1);
    await reach.app.get<Db>(DB).update(datasets).set({ progressAt: hourAgo });
    expect(await alertsOf(id)).toMatchObject([{ key: `dataset/${id}/stuck`, recoveredAt: null }]);
    expect(await alertsOf(waiting)).toEqual([]);
    await reach.api('POST', `/v1/datasets/${id}/cancel`);
    letGo();
    expect((await importEnd(reach, id)).statusError?.code).toBe('cancelled');
    expect(await alertsOf(id)).toMatchObject([{ key: `dataset/${id}/stuck`, recoveredAt: expect.any(String) }]);
    await importEnd(reach, waiting);
  });

  it('are raised when the expected file does not come, and recovered when it comes', async () => {
    const { id } = await importFile(reach, 'id\n3\n', MAPPING);
    const change = (body: object) => reach.api<{ expectEveryHours: number }>('PATCH', `/v1/datasets/${id}`, body);
    for (const expectEveryHours of [0, 1.5, 'day', 9_000])
      expect((await change({ expectEveryHours })).status).toBe(400);
    expect(await change({ expectEveryHours: 24 })).toMatchObject({ status: 200, body: { expectEveryHours: 24 } });
    expect(await alertsOf(id)).toEqual([]);
    reach.clock.advance(25 * HOUR);
    expect(await alertsOf(id)).toMatchObject([{ title: 'A file is missing', recoveredAt: null }]);
    await reach.api('POST', `/v1/datasets/${id}/file?replace=true`, datasetForm('id\n4\n'));
    expect(await alertsOf(id)).toMatchObject([{ recoveredAt: expect.any(String) }]);
    reach.clock.advance(25 * HOUR);
    expect((await alertsOf(id)).filter(({ recoveredAt }) => recoveredAt === null)).toHaveLength(1);
    expect((await change({ expectEveryHours: null })).body.expectEveryHours).toBeNull();
    expect((await alertsOf(id)).filter(({ recoveredAt }) => recoveredAt === null)).toEqual([]);
  });

  it('are closed with their dataset', async () => {
    fails();
    const id = await upload('id\n5\n');
    await importEnd(reach, id);
    expect(await alertsOf(id)).toMatchObject([{ recoveredAt: null }]);
    expect((await reach.api('DELETE', `/v1/datasets/${id}?contacts=delete`)).status).toBe(200);
    expect(await alertsOf(id)).toMatchObject([{ recoveredAt: expect.any(String) }]);
  });
});
