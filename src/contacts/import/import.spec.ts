import { jest } from '@jest/globals';
import { type Dataset, datasetForm, importEnd, importFile } from '../../../test/support/datasets.ts';
import { type Reach, startReach, until } from '../../../test/support/service.ts';
import type { AccountId } from '../../accounts/auth.ts';
import { Jobs } from '../../engines/jobs/jobs.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { DatasetsRepository } from '../datasets.repository.ts';
import { ImportListeners } from '../import-listeners.ts';
import { ImportService } from './import.service.ts';
import { MergeRepository } from './merge.repository.ts';
import { StagingRepository } from './staging.repository.ts';

const ROWS = 3000;
const MAPPING = {
  key: { column: 'id' },
  columns: [
    { column: 'email', as: 'email' },
    { column: 'spend', as: 'trait' },
  ],
  events: [{ stream: 'order', time: 'at', value: 'spend' }],
};
const csv = (from: number) =>
  `id,email,spend,at\n${Array.from({ length: ROWS }, (_, i) => `k${from + i},k${from + i}@example.com,${i},2026-01-01`).join('\n')}\n`;

const stateOf = async (reach: Reach) => {
  const warehouse = reach.app.get(Warehouse);
  const hash = (query: string) => warehouse.one<{ rows: number; hash: string }>(query);
  return {
    contacts: await hash(
      'SELECT count() AS rows, toString(groupBitXor(cityHash64(* EXCEPT (version, created_at, updated_at, consent, num, cat), mapSort(num)))) AS hash FROM contacts FINAL',
    ),
    identities: await hash(
      'SELECT count() AS rows, toString(groupBitXor(cityHash64(kind, hash, contact_id))) AS hash FROM identities FINAL',
    ),
    events: await hash(
      'SELECT count() AS rows, toString(groupBitXor(cityHash64(contact_id, event_id, time, value))) AS hash FROM events FINAL',
    ),
    staged: await hash(`SELECT count() AS rows, '' AS hash FROM import_contacts`),
  };
};

describe('the import service', () => {
  let reach: Reach;
  let whole: Awaited<ReturnType<typeof stateOf>>;
  beforeAll(async () => {
    reach = await startReach();
    await importFile(reach, csv(0), MAPPING);
    whole = await stateOf(reach);
  }, 120_000);
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => reach.close());

  const upload = async (file: string) =>
    (await reach.api<Dataset>('POST', '/v1/datasets', datasetForm(file, { mapping: MAPPING }))).body.id;

  it.each<[string, () => void]>([
    ['while staging', () => fails(StagingRepository, 'insert')],
    ['before the merge', () => fails(MergeRepository, 'mergeContacts')],
    ['between contacts and identities', () => fails(MergeRepository, 'indexIdentities')],
    ['between identities and events', () => fails(MergeRepository, 'mergeEvents')],
    ['before the end is written', () => fails(DatasetsRepository, 'finish')],
  ])('resumes an import that was cut off %s and ends with the same contacts', async (_, cut) => {
    const warehouse = reach.app.get(Warehouse);
    for (const table of ['contacts', 'identities', 'events']) await warehouse.command(`TRUNCATE TABLE ${table}`);
    cut();
    // a killed process records no failure and cleans up nothing
    const died = jest.spyOn(reach.app.get(DatasetsRepository), 'fail').mockResolvedValue();
    jest.spyOn(reach.app.get(StagingRepository), 'drop').mockResolvedValue();
    const id = await upload(csv(0));
    await until(
      async () => died.mock.calls.length,
      (calls) => calls > 0,
    );
    jest.restoreAllMocks();
    expect((await reach.api<Dataset>('GET', `/v1/datasets/${id}`)).body.status).toBe('running');
    // the sweep finds it after a minute without a heartbeat
    reach.clock.advance(120_000);
    await reach.clock.round();
    const dataset = await importEnd(reach, id);
    expect(dataset).toMatchObject({ status: 'ready', result: { contacts: ROWS, events: ROWS } });
    expect(await stateOf(reach)).toEqual(whole);
  });

  /** Makes the next call of a method fail, as if the process had ended there. */
  function fails<T extends object>(repository: new (...args: never[]) => T, method: keyof T & string): void {
    jest
      .spyOn(reach.app.get(repository) as Record<string, () => Promise<void>>, method)
      .mockRejectedValueOnce(new Error('killed'));
  }

  it('records every contact of a dataset, including contacts that another dataset added before', async () => {
    const warehouse = reach.app.get(Warehouse);
    const contactsOf = (dataset: string) =>
      warehouse.one<{ contacts: number }>(
        'SELECT uniqExact(contact_id) AS contacts FROM dataset_contacts WHERE dataset_id = {dataset:String}',
        { dataset },
      );
    for (const file of [csv(0), csv(0)]) {
      const { id } = await importFile(reach, file, MAPPING);
      expect(await contactsOf(id)).toEqual({ contacts: ROWS });
    }
  });

  it('does not take over an import while its worker sends heartbeats', async () => {
    const staging = reach.app.get(StagingRepository);
    const insert = staging.insert.bind(staging);
    const slow = jest.spyOn(staging, 'insert').mockImplementation(async (chunk) => {
      await reach.clock.round();
      await insert(chunk);
    });
    const id = await upload(csv(0));
    expect((await importEnd(reach, id)).status).toBe('ready');
    expect(slow).toHaveBeenCalledTimes(1);
  });

  it.each<[string, number, () => void]>([
    ['was never queued', 500, () => fails(Jobs, 'enqueue')],
    ['lost its queue', 202, () => jest.spyOn(reach.app.get(Jobs), 'enqueue').mockResolvedValueOnce()],
    ['could not be claimed', 202, () => fails(DatasetsRepository, 'claim')],
  ])('queues an import whose job %s again after a minute', async (_, status, lose) => {
    const { id } = (await reach.api<Dataset>('POST', '/v1/datasets', datasetForm(csv(0)))).body;
    lose();
    const started = await reach.api<Dataset>('POST', `/v1/datasets/${id}/import`, { mapping: MAPPING });
    expect(started.status).toBe(status);
    await reach.clock.round();
    expect((await reach.api<Dataset>('GET', `/v1/datasets/${id}`)).body.status).toBe('starting');
    reach.clock.advance(120_000);
    await reach.clock.round();
    expect((await importEnd(reach, id)).status).toBe('ready');
  });

  it('notifies every listener of a successful import, even when one of them throws', async () => {
    const notified: [AccountId, string][] = [];
    const listeners = reach.app.get(ImportListeners);
    listeners.onImported(async () => {
      throw new Error('broken listener');
    });
    listeners.onImported(async (account, dataset) => {
      notified.push([account, dataset]);
    });
    const dataset = await importFile(reach, csv(0), MAPPING);
    // listeners are notified after the import is ready, so notifications of the one before may arrive here too
    const ofThis = async () => notified.filter(([, id]) => id === dataset.id);
    await until(ofThis, (notifications) => notifications.length > 0);
    expect(await ofThis()).toEqual([['acc_default', dataset.id]]);
  });

  it('notifies listeners once more when a worker died between the end of an import and its notification', async () => {
    const listeners = reach.app.get(ImportListeners);
    const imports = reach.app.get(ImportService);
    await imports.resume(reach.clock.now()); // finishes what earlier tests left behind
    const notify = jest.spyOn(listeners, 'notify').mockRejectedValueOnce(new Error('killed')).mockResolvedValue(true);
    const { id } = await importFile(reach, csv(0), MAPPING);
    const notifications = async () => notify.mock.calls.filter(([, dataset]) => dataset === id).length;
    await until(notifications, (count) => count === 1);
    reach.clock.advance(120_000);
    await reach.clock.round();
    expect(await notifications()).toBe(2);
    await reach.clock.round();
    expect(await notifications()).toBe(2);
  });

  it('notifies listeners again when a notification failed', async () => {
    const listeners = reach.app.get(ImportListeners);
    const notify = jest.spyOn(listeners, 'notify').mockResolvedValueOnce(false).mockResolvedValue(true);
    const { id } = await importFile(reach, csv(0), MAPPING);
    const notifications = async () => notify.mock.calls.filter(([, dataset]) => dataset === id).length;
    await until(notifications, (count) => count === 1);
    reach.clock.advance(120_000);
    await until(
      async () => {
        await reach.clock.round();
        return notifications();
      },
      (count) => count === 2,
    );
  });

  it('stops imports with the service and resumes them at the next start', async () => {
    const staging = reach.app.get(StagingRepository);
    const insert = staging.insert.bind(staging);
    const started = jest.spyOn(staging, 'insert').mockImplementation(async (chunk) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await insert(chunk);
    });
    const id = await upload(csv(ROWS));
    await until(
      async () => started.mock.calls.length,
      (calls) => calls > 0,
    );
    await reach.close({ keep: true });
    reach = await startReach({ dataDir: reach.dataDir });
    expect(await importEnd(reach, id)).toMatchObject({ status: 'ready', result: { contacts: ROWS, created: ROWS } });
  });
});
