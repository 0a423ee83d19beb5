import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { AccountsService } from '../src/accounts/accounts.service.ts';
import { accounts } from '../src/accounts/accounts.tables.ts';
import type { AccountId, Role } from '../src/accounts/auth.ts';
import { DatasetsRepository } from '../src/contacts/datasets.repository.ts';
import { ImportService } from '../src/contacts/import/import.service.ts';
import { MergeRepository } from '../src/contacts/import/merge.repository.ts';
import { StagingRepository } from '../src/contacts/import/staging.repository.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { type Dataset, datasetForm, importEnd } from './support/datasets.ts';
import { type Reach, startReach, until } from './support/service.ts';

const MAPPING = { key: { column: 'id' }, columns: [{ column: 'email', as: 'email' }] };
const csv = (...ids: string[]) => `id,email\n${ids.map((id) => `${id},${id}@example.com`).join('\n')}\n`;

type Answer = Dataset & { code: string; cancelRequestedAt: string | null };

describe('imports that wait, run or are cancelled', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => reach.close());

  const upload = async (file: string, headers = {}) => {
    const form = datasetForm(file, { mapping: MAPPING });
    return (await reach.api<Answer>('POST', '/v1/datasets', form, headers)).body.id;
  };
  const get = async (id: string) => (await reach.api<Answer>('GET', `/v1/datasets/${id}`)).body;
  const cancel = (id: string, headers = {}) =>
    reach.api<Answer>('POST', `/v1/datasets/${id}/cancel`, undefined, headers);
  const known = async (id: string) =>
    (await reach.api<{ items: object[] }>('GET', `/v1/contacts?externalId=${id}`)).body.items.length;
  const staged = async () =>
    (await reach.app.get(Warehouse).one<{ rows: number }>('SELECT count() AS rows FROM import_contacts')).rows;
  const otherAccount = async () => {
    const id = `acc_${randomUUID()}` as AccountId;
    await reach.app.get<Db>(DB).insert(accounts).values({ id, name: 'Other', createdAt: new Date() });
    return id;
  };
  const keyOf = async (accountId: AccountId, role: Role) => {
    const caller = { accountId, role: 'admin' as const, name: 'test' };
    const { key } = await reach.app.get(AccountsService).createKey(caller, { name: role, role });
    return { authorization: `Bearer ${key}` };
  };

  /** The next call of a method waits until it is let go. */
  async function hold<T extends object>(repository: new (...args: never[]) => T, method: keyof T & string) {
    const object = reach.app.get(repository) as Record<string, (...args: unknown[]) => Promise<void>>;
    const original = object[method]!.bind(object);
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const spy = jest.spyOn(object, method).mockImplementationOnce(async (...args) => {
      await gate;
      return original(...args);
    });
    return {
      letGo,
      reached: () =>
        until(
          async () => spy.mock.calls.length,
          (calls) => calls > 0,
        ),
    };
  }

  it('end one after the other in an account, in the order in which they were asked for', async () => {
    const held = await hold(StagingRepository, 'insert');
    const first = await upload(csv('o1'));
    await held.reached();
    const [second, third] = [await upload(csv('o2')), await upload(csv('o3'))];
    expect([(await get(second)).status, (await get(third)).status]).toEqual(['starting', 'starting']);
    held.letGo();
    const ended = await Promise.all([first, second, third].map((id) => importEnd(reach, id)));
    expect(ended.map(({ status }) => status)).toEqual(['ready', 'ready', 'ready']);
    const times = ended.map(({ importedAt }) => Date.parse(importedAt!));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('never wait for those of another account', async () => {
    const theirs = await keyOf(await otherAccount(), 'marketer');
    const held = await hold(StagingRepository, 'insert');
    const long = await upload(csv('l1'));
    await held.reached();
    const waiting = await Promise.all(Array.from({ length: 12 }, (_, i) => upload(csv(`w${i}`))));
    const id = await upload(csv('b1'), theirs);
    const status = async () => (await reach.api<Answer>('GET', `/v1/datasets/${id}`, undefined, theirs)).body.status;
    await until(status, (now) => now === 'ready');
    expect((await get(long)).status).toBe('running');
    for (const each of waiting) expect((await cancel(each)).status).toBe(202);
    held.letGo();
    expect((await importEnd(reach, long)).status).toBe('ready');
  });

  it('are cancelled at once while they wait', async () => {
    const held = await hold(StagingRepository, 'insert');
    const first = await upload(csv('q1'));
    await held.reached();
    const second = await upload(csv('q2'));
    expect(await cancel(second)).toMatchObject({
      status: 202,
      body: { status: 'error', statusError: { code: 'cancelled' }, cancelRequestedAt: expect.any(String) },
    });
    held.letGo();
    expect((await importEnd(reach, first)).status).toBe('ready');
    expect(await get(second)).toMatchObject({ status: 'error', statusError: { code: 'cancelled' } });
    expect(await known('q2')).toBe(0);
  });

  it('are cancelled while they run, store nothing, and can be started again', async () => {
    const held = await hold(StagingRepository, 'insert');
    const id = await upload(csv('r1'));
    await held.reached();
    expect(await cancel(id)).toMatchObject({ status: 202, body: { status: 'running' } });
    held.letGo();
    expect(await importEnd(reach, id)).toMatchObject({ status: 'error', statusError: { code: 'cancelled' } });
    expect([await staged(), await known('r1')]).toEqual([0, 0]);
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'no_import' } });
    expect((await reach.api('POST', `/v1/datasets/${id}/import`, { mapping: MAPPING })).status).toBe(202);
    expect(await importEnd(reach, id)).toMatchObject({ status: 'ready', result: { created: 1 } });
  });

  it('say that they cannot be cancelled once they store contacts, and end', async () => {
    const held = await hold(MergeRepository, 'mergeContacts');
    const id = await upload(csv('m1'));
    await held.reached();
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'import_merging' } });
    held.letGo();
    expect((await importEnd(reach, id)).status).toBe('ready');
    expect(await known('m1')).toBe(1);
  });

  /** Starts an import whose process dies in a method. */
  async function dies<T extends object>(repository: new (...args: never[]) => T, method: keyof T & string, id: string) {
    const object = reach.app.get(repository) as Record<string, (...args: unknown[]) => Promise<void>>;
    const original = object[method]!.bind(object);
    jest.spyOn(object, method).mockImplementationOnce(async (...args) => {
      await original(...args);
      throw new Error('killed');
    });
    const died = jest.spyOn(reach.app.get(DatasetsRepository), 'fail').mockResolvedValue();
    jest.spyOn(reach.app.get(StagingRepository), 'drop').mockResolvedValue();
    const dataset = await upload(csv(id));
    await until(
      async () => died.mock.calls.length,
      (calls) => calls > 0,
    );
    jest.restoreAllMocks();
    expect((await get(dataset)).status).toBe('running');
    return dataset;
  }
  const takeOver = async () => {
    reach.clock.advance(120_000);
    await reach.app.get(ImportService).resume();
  };

  it('end cancelled when their process died meanwhile, and leave nothing behind', async () => {
    const id = await dies(StagingRepository, 'insert', 'k1');
    expect(await staged()).toBe(1);
    expect((await cancel(id)).status).toBe(202);
    await takeOver();
    expect(await importEnd(reach, id)).toMatchObject({ status: 'error', statusError: { code: 'cancelled' } });
    expect([await staged(), await known('k1')]).toEqual([0, 0]);
  });

  it('go on to their end when their process died while they stored contacts, cancelled or not', async () => {
    const id = await dies(MergeRepository, 'mergeContacts', 'k2');
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'import_merging' } });
    await takeOver();
    expect(await importEnd(reach, id)).toMatchObject({ status: 'ready', result: { created: 1 } });
  });

  it('are cancelled by marketers of their account only', async () => {
    const held = await hold(StagingRepository, 'insert');
    const id = await upload(csv('a1'));
    await held.reached();
    const viewer = await keyOf('acc_default' as AccountId, 'viewer');
    expect((await cancel(id, viewer)).status).toBe(403);
    expect((await cancel(id, await keyOf(await otherAccount(), 'admin'))).status).toBe(404);
    held.letGo();
    expect((await importEnd(reach, id)).status).toBe('ready');
    const { items } = (await reach.api<{ items: { action: string }[] }>('GET', '/v1/audit-log?limit=200')).body;
    expect(items.filter(({ action }) => action === 'dataset.cancel').length).toBeGreaterThan(0);
  });
});
