import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { AccountId } from '../src/accounts/auth.ts';
import { ContactWriter } from '../src/contacts/contact-writer.ts';
import { DatasetDeletionService } from '../src/contacts/deletion/deletion.service.ts';
import { ProvenanceRepository } from '../src/contacts/deletion/provenance.repository.ts';
import { StagingRepository } from '../src/contacts/import/staging.repository.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { sha256 } from '../src/identity/hash.ts';
import { type Dataset, datasetForm, importEnd, importFile } from './support/datasets.ts';
import { keyOf } from './support/inform.ts';
import { type Reach, startReach, until } from './support/service.ts';

const ACCOUNT = 'acc_default' as AccountId;
const trait = (column: string) => ({ column, as: 'trait', trait: { type: 'category' } });
const contacts = (...traits: string[]) => ({ key: { column: 'id' }, columns: traits.map(trait) });
const CONSENT = { purposes: ['ad_user_data'], words: { yes: 'granted' }, confirmed: true };
const ORDERS = {
  kind: 'events',
  key: { column: 'id' },
  createContacts: true,
  columns: [],
  events: [{ stream: 'order', time: 'at', value: 'total', id: 'order' }],
};
const order = (id: string, number: string) => `${id},2026-03-01 10:00:00,10,${number}`;
const orders = (...rows: string[]) => `id,at,total,order\n${rows.join('\n')}\n`;

interface Deletion {
  contacts: { deleted: number; kept: number; unsubscribed: number };
  events: number;
  traits: { name: string; contacts: number }[];
  traitsInUse: { name: string; usedBy: { kind: string; name: string }[] }[];
  code: string;
}

describe('deleting a dataset', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach({ env: { REACH_KEEP_UPLOADS_HOURS: '24' } });
  }, 240_000);
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => reach.close());

  const bring = async (file: string, mapping: object) => (await importFile(reach, file, mapping)).id;
  const preview = async (id: string, choice = 'delete') =>
    (await reach.api<Deletion>('GET', `/v1/datasets/${id}/deletion?contacts=${choice}`)).body;
  const remove = (id: string, choice = 'delete', headers = {}) =>
    reach.api<Deletion>('DELETE', `/v1/datasets/${id}?contacts=${choice}`, undefined, headers);
  const get = (id: string) => reach.api<Dataset>('GET', `/v1/datasets/${id}`);
  const found = async (id: string) =>
    (await reach.api<{ items: { traits: object; consent: object }[] }>('GET', `/v1/contacts?externalId=${id}`)).body
      .items[0];
  const rows = async (sql: string) => (await reach.app.get(Warehouse).one<{ n: number }>(sql)).n;
  const streams = async () =>
    (await reach.api<{ items: { stream: string; events: number }[] }>('GET', '/v1/streams')).body.items;

  it('keeps people who unsubscribed, so that no later file subscribes them again', async () => {
    const consent = { column: 'unsubscribed', as: 'consent', consent: { sense: 'denies', confirmed: true } };
    const optOuts = await bring('id,unsubscribed\nn1,yes\nn2,no\n', { key: { column: 'id' }, columns: [consent] });
    expect(await preview(optOuts)).toMatchObject({ contacts: { deleted: 1, kept: 1, unsubscribed: 1 } });
    expect((await remove(optOuts)).body).toMatchObject({ contacts: { deleted: 1, kept: 1, unsubscribed: 1 } });
    await bring('id,plan\nn1,gold\nn2,gold\n', contacts('plan'));
    expect([await found('n1'), await found('n2')]).toMatchObject([
      { consent: { ad_user_data: 'denied' } },
      { consent: {} },
    ]);
  });

  it('removes the contacts and traits that only this dataset added, as its preview shows', async () => {
    const first = await bring('id,plan,tier\na1,gold,x\na2,basic,y\na3,basic,z\na4,gold,x\n', contacts('plan', 'tier'));
    await bring('id,plan\na2,gold\n', contacts('plan'));
    await bring(orders(order('a3', 'o1')), ORDERS);
    await reach.app.get(ContactWriter).upsert(ACCOUNT, [
      {
        identifiers: [{ kind: 'external', namespace: '', value: 'a4', digest: false, hash: sha256('a4') }],
        fields: {},
        traits: { num: {}, cat: {} },
      },
    ]);
    const expected = {
      contacts: { deleted: 1, kept: 3, unsubscribed: 0 },
      events: 0,
      traits: [{ name: 'tier', contacts: 4 }],
      traitsInUse: [],
    };
    expect(await preview(first)).toEqual(expected);
    expect(await preview(first, 'keep')).toMatchObject({ contacts: { deleted: 0, kept: 4 }, traits: [] });
    expect(existsSync(join(reach.dataDir, 'uploads', first))).toBe(true);
    expect(await remove(first)).toMatchObject({ status: 200, body: expected });
    expect((await get(first)).status).toBe(404);
    expect(existsSync(join(reach.dataDir, 'uploads', first))).toBe(false);
    expect(await found('a1')).toBeUndefined();
    expect([await found('a2'), await found('a3'), await found('a4')]).toMatchObject([
      { traits: { plan: 'gold' } },
      { traits: { plan: 'basic' } },
      { traits: { plan: 'gold' } },
    ]);
    expect((await reach.api('GET', '/v1/traits/tier')).status).toBe(404);
    expect(await rows(`SELECT count() AS n FROM contacts FINAL WHERE mapContains(cat, 'tier')`)).toBe(0);
    expect(await rows(`SELECT count() AS n FROM identities WHERE hash = '${sha256('a1')}'`)).toBe(0);
    const { items } = (await reach.api<{ items: object[] }>('GET', '/v1/audit-log')).body;
    expect(items).toContainEqual(expect.objectContaining({ action: 'dataset.delete', subject: first }));
    const again = await importFile(reach, 'id,plan,tier\na1,gold,x\n', contacts('plan', 'tier'));
    expect(again.result).toMatchObject({ contacts: 1, created: 1 });
    expect(await found('a1')).toMatchObject({ traits: { plan: 'gold', tier: 'x' } });
  });

  it('keeps contacts, values and the consent history on request, even when another dataset is deleted later', async () => {
    const mapping = {
      ...contacts('colour'),
      columns: [trait('colour'), { column: 'ok', as: 'consent', consent: CONSENT }],
    };
    const first = await bring('id,colour,ok\nk1,red,yes\n', mapping);
    const second = await bring('id,colour\nk1,blue\n', contacts('colour'));
    expect((await remove(first, 'keep')).body).toMatchObject({ contacts: { deleted: 0, kept: 1 } });
    expect((await get(first)).status).toBe(404);
    expect(await remove(second)).toMatchObject({ body: { contacts: { deleted: 0, kept: 1 }, traits: [] } });
    expect(await found('k1')).toMatchObject({ traits: { colour: 'blue' }, consent: { ad_user_data: 'granted' } });
    expect(await rows(`SELECT count() AS n FROM consent_statements WHERE dataset_id = '${first}'`)).toBe(1);
  });

  it('removes events that no other dataset and no request added', async () => {
    const before = (await streams()).find(({ stream }) => stream === 'order')?.events ?? 0;
    const first = await bring(orders(order('e1', 'o10'), order('e1', 'o11'), order('e2', 'o12')), ORDERS);
    await bring(orders(order('e1', 'o11')), ORDERS);
    const event = { id: 'o12', stream: 'order', contact: { key: 'e2' }, time: '2026-03-01T10:00:00Z', value: 10 };
    expect((await reach.api('POST', '/v1/events', { event })).body).toMatchObject({ stored: 0, repeated: 1 });
    expect(await preview(first)).toMatchObject({ contacts: { deleted: 0, kept: 2 }, events: 1 });
    expect((await remove(first)).body).toMatchObject({ events: 1 });
    expect((await streams()).find(({ stream }) => stream === 'order')?.events).toBe(before + 2);
    const repeated = { ...event, id: 'o10', contact: { key: 'e1' } };
    expect((await reach.api('POST', '/v1/events', { event: repeated })).body).toMatchObject({ stored: 1, repeated: 0 });
    expect((await streams()).find(({ stream }) => stream === 'order')?.events).toBe(before + 3);
  });

  it('keeps traits in use and lists their uses', async () => {
    const id = await bring('id,club\nu1,yes\n', contacts('club'));
    const condition = { trait: 'club', op: 'eq', value: 'yes' };
    await reach.api('POST', '/v1/cohorts', { name: 'Members', condition });
    const inUse = [{ name: 'club', usedBy: [{ kind: 'cohort', name: 'Members' }] }];
    expect(await preview(id)).toMatchObject({ traits: [], traitsInUse: inUse });
    expect((await remove(id)).body).toMatchObject({ contacts: { deleted: 1 }, traitsInUse: inUse });
    expect((await reach.api('GET', '/v1/traits/club')).status).toBe(200);
    const size = { include: { condition } };
    expect((await reach.api('POST', '/v1/audiences/preview', size)).body).toMatchObject({ size: 0 });
  });

  it('is refused during an import, for viewers, and without a choice about the contacts', async () => {
    const id = await bring('id,plan\nw1,gold\n', contacts('plan'));
    expect((await remove(id, 'delete', await keyOf(reach, 'viewer'))).status).toBe(403);
    expect((await remove('dts_unknown')).status).toBe(404);
    expect((await reach.api('DELETE', `/v1/datasets/${id}`)).status).toBe(400);
    const staging = reach.app.get(StagingRepository);
    const insert = staging.insert.bind(staging);
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const held = jest.spyOn(staging, 'insert').mockImplementationOnce(async (chunk) => {
      await gate;
      await insert(chunk);
    });
    const form = datasetForm('id,plan\nw2,gold\n', { mapping: contacts('plan') });
    const other = (await reach.api<Dataset>('POST', '/v1/datasets', form)).body;
    await until(
      async () => held.mock.calls.length,
      (calls) => calls > 0,
    );
    for (const each of [id, other.id])
      expect(await remove(each)).toMatchObject({ status: 409, body: { code: 'import_under_way' } });
    letGo();
    await importEnd(reach, other.id);
    expect((await remove(id)).status).toBe(200);
  });

  it('resumes after its process died, and holds imports until it has ended', async () => {
    const id = await bring('id,plan\nd1,gold\n', contacts('plan'));
    jest.spyOn(reach.app.get(ProvenanceRepository), 'delete').mockRejectedValueOnce(new Error('killed'));
    expect((await remove(id)).status).toBe(500);
    expect((await get(id)).status).toBe(404);
    const form = datasetForm('id,plan\nd1,basic\n', { mapping: contacts('plan') });
    const next = (await reach.api<Dataset>('POST', '/v1/datasets', form)).body.id;
    const other = (await reach.api<Dataset>('POST', '/v1/datasets', datasetForm('id,plan\nd2,gold\n'))).body.id;
    expect(await remove(other)).toMatchObject({ status: 409, body: { code: 'deletion_under_way' } });
    expect((await get(next)).body.status).toBe('starting');
    reach.clock.advance(180_000);
    await reach.clock.round();
    expect((await importEnd(reach, next)).result).toMatchObject({ created: 1 });
    expect(await found('d1')).toMatchObject({ traits: { plan: 'basic' } });
    await reach.app.get(DatasetDeletionService).finish({ datasetId: id });
    expect(await found('d1')).toBeDefined();
  });
});
