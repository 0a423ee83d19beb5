import type { AccountId } from '../src/accounts/auth.ts';
import { ContactWriter } from '../src/contacts/contact-writer.ts';
import { sha256 } from '../src/identity/hash.ts';
import { type Dataset, importFile, rejectsOf } from './support/datasets.ts';
import { keyOf } from './support/inform.ts';
import { type Reach, startReach, until } from './support/service.ts';

const ACCOUNT = 'acc_default' as AccountId;
const PEOPLE = {
  key: { column: 'id' },
  columns: [
    { column: 'email', as: 'email' },
    { column: 'phone', as: 'phone' },
    { column: 'plan', as: 'trait' },
  ],
};
const ORDERS = {
  kind: 'events',
  key: { column: 'email' },
  createContacts: true,
  columns: [{ column: 'email', as: 'email' }],
  events: [{ stream: 'order', time: 'at', value: 'total', id: 'order', order: { items: { name: 'item' } } }],
};
const people = (...rows: string[]) => `id,email,phone,plan\n${rows.join('\n')}\n`;

interface Erasure {
  id: string;
  status: string;
  blockLiftedAt: string | null;
  blockLiftedBy: string | null;
  code: string;
}

describe('people who were erased', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  }, 240_000);
  afterAll(() => reach.close());

  const found = async (query: string) =>
    (await reach.api<{ items: { id: string }[] }>('GET', `/v1/contacts?${query}`)).body.items;
  const erase = async (externalId: string) => {
    const [contact] = await found(`externalId=${externalId}`);
    const { body } = await reach.api<Erasure>('POST', `/v1/contacts/${contact!.id}/erasure`);
    return until(
      async () => (await reach.api<Erasure>('GET', `/v1/erasures/${body.id}`)).body,
      ({ status }) => status !== 'running',
    );
  };
  const lift = (id: string, headers = {}) =>
    reach.api<Erasure>('DELETE', `/v1/erasures/${id}/block`, undefined, headers);
  const stage = ({ funnel }: Dataset, name: string) => funnel.stages.find((each) => each.name === name)!;

  it('do not come back with a file, until an admin lifts it', async () => {
    const file = people('p1,ann@example.com,,gold', 'p2,bob@example.com,,basic');
    await importFile(reach, file, PEOPLE);
    const { id } = await erase('p1');
    // by another key, with an unusable phone
    const again = people('new,Ann@Example.com,123,gold', 'p1,other@example.com,,gold', 'p2,bob@example.com,,vip');
    const dataset = await importFile(reach, again, PEOPLE);
    expect(dataset).toMatchObject({ status: 'ready', result: { contacts: 1, created: 0, updated: 1, rejects: 2 } });
    expect(stage(dataset, 'usable-identifiers')).toMatchObject({ count: 3 });
    expect(stage(dataset, 'consented')).toMatchObject({ count: 1, lost: [{ code: 'erased_person', count: 2 }] });
    expect(stage(dataset, 'merged')).toMatchObject({ count: 1, lost: [] });
    expect(dataset.funnel.rejectedValues).toEqual([]);
    const rejects = await rejectsOf(reach, dataset.id);
    expect(rejects.map((line) => line.split(',').slice(0, 3))).toEqual([
      ['2', '', 'erased_person'],
      ['3', '', 'erased_person'],
    ]);
    expect(rejects.join()).not.toMatch(/ann|other/i);
    expect([await found('externalId=p1'), await found('email=ann@example.com')]).toEqual([[], []]);

    expect((await lift(id, await keyOf(reach, 'agency'))).status).toBe(403);
    expect((await lift('era_unknown')).status).toBe(404);
    expect(await lift(id)).toMatchObject({
      status: 200,
      body: { id, blockLiftedAt: expect.any(String), blockLiftedBy: 'bootstrap admin' },
    });
    expect(await lift(id)).toMatchObject({ status: 409, body: { code: 'block_lifted' } });
    expect((await importFile(reach, file, PEOPLE)).result).toMatchObject({ contacts: 2, created: 1, rejects: 0 });
    expect(await found('externalId=p1')).toHaveLength(1);
    const log = (await reach.api<{ items: object[] }>('GET', '/v1/audit-log')).body.items;
    expect(log).toContainEqual(expect.objectContaining({ action: 'erasure.lift-block', subject: id }));
    const lists = (await reach.api<{ items: object[] }>('GET', '/v1/suppressions')).body.items;
    expect(lists).toEqual([]);
  });

  it('do not come back with their orders, and every row of an order counts', async () => {
    await importFile(reach, people('o1,cat@example.com,,gold'), PEOPLE);
    await erase('o1');
    const at = '2026-03-01 10:00:00';
    const orders = [
      `cat@example.com,${at},10,#1,Tee`,
      `,,,#1,Cap`,
      `dan@example.com,${at},5,#2,Mug`,
      `cat@example.com,${at},7,#3,Pin`,
    ];
    const dataset = await importFile(reach, `email,at,total,order,item\n${orders.join('\n')}\n`, ORDERS);
    expect(dataset).toMatchObject({ status: 'ready', result: { contacts: 1, created: 1, events: 1, rejects: 3 } });
    expect(stage(dataset, 'consented')).toMatchObject({ lost: [{ code: 'erased_person', count: 3 }] });
    expect(await found('email=cat@example.com')).toEqual([]);
  });

  it('do not come back with an upsert', async () => {
    await importFile(reach, people('u1,eve@example.com,,gold'), PEOPLE);
    await erase('u1');
    const change = (value: string) => ({
      identifiers: [{ kind: 'external' as const, namespace: '', value, digest: false, hash: sha256(value) }],
      fields: {},
      traits: { num: {}, cat: {} },
    });
    const ids = await reach.app.get(ContactWriter).upsert(ACCOUNT, [change('u1'), change('u2')]);
    expect(ids).toEqual([null, expect.any(String)]);
    expect([(await found('externalId=u1')).length, (await found('externalId=u2')).length]).toEqual([0, 1]);
  });

  it('leave others alone who share an identifier with them', async () => {
    const phone = '+14152221234';
    await importFile(reach, people(`s1,fay@example.com,${phone},gold`, `s2,guy@example.com,${phone},gold`), PEOPLE);
    await erase('s1');
    const dataset = await importFile(
      reach,
      people(`s1,fay@example.com,${phone},x`, `s2,guy@example.com,${phone},x`),
      PEOPLE,
    );
    expect(dataset.result).toMatchObject({ contacts: 1, updated: 1, rejects: 1 });
  });
});
