import { importFile } from '../../../test/support/datasets.ts';
import { type Reach, startReach } from '../../../test/support/service.ts';

interface Contact {
  id: string;
  emails: string[];
  externalIds: string[];
  firstName: string;
}

const mapping = (id: string, namespace: string) => ({
  key: { column: id },
  fallbackKeys: [{ field: 'email' }],
  columns: [
    { column: id, as: 'externalId', namespace },
    { column: 'Email', as: 'email' },
    { column: 'Name', as: 'firstName' },
  ],
});
const SHOP = mapping('Customer ID', 'shop');
const CRM = mapping('Contact ID', 'crm');

describe('identity across several files', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  }, 120_000);
  afterAll(() => reach.close());

  const find = async (who: Record<string, string>) =>
    (await reach.api<{ items: Contact[] }>('GET', `/v1/contacts?${new URLSearchParams(who)}`)).body.items;

  it('keeps people with the same id in two namespaces apart, and finds them by one namespace or by all', async () => {
    await importFile(reach, 'Customer ID,Email,Name\n201,sue@shop.example,Sue\n', SHOP);
    await importFile(reach, 'Contact ID,Email,Name\n201,larry@crm.example,Larry\n', CRM);
    const named = async (who: Record<string, string>) => (await find(who)).map(({ firstName }) => firstName).sort();
    expect(await named({ externalId: '201' })).toEqual(['Larry', 'Sue']);
    expect(await named({ externalId: '201', externalIdNamespace: 'shop' })).toEqual(['Sue']);
    expect(await named({ externalId: '201', externalIdNamespace: 'crm' })).toEqual(['Larry']);
    expect(await named({ externalId: '201', externalIdNamespace: 'erp' })).toEqual([]);
    expect((await find({ email: 'sue@shop.example' }))[0]?.externalIds).toEqual(['201']);
  });

  it('joins people by e-mail, whichever file came first, unless they have two ids in one namespace', async () => {
    await importFile(reach, 'Email,Name\nann@x.example,Ann\n', {
      key: { field: 'email' },
      columns: [{ column: 'Email', as: 'email' }],
    });
    const joined = await importFile(reach, 'Customer ID,Email,Name\n7,ann@x.example,Ann\n', SHOP);
    expect(joined.result).toMatchObject({ contacts: 1, created: 0, updated: 1 });
    const other = await importFile(reach, 'Customer ID,Email,Name\n8,ann@x.example,Anna\n', SHOP);
    expect(other.result).toMatchObject({ contacts: 1, created: 1 });
    expect((await find({ email: 'ann@x.example' })).map(({ externalIds }) => externalIds).sort()).toEqual([
      ['7'],
      ['8'],
    ]);
  });

  it('recognises people by the next key when a row lacks the first one', async () => {
    const file = 'Customer ID,Email,Name\n,eve@x.example,Eve\n31,eve@x.example,\n,,Nobody\n';
    const { result, funnel } = await importFile(reach, file, SHOP);
    expect(result).toMatchObject({ contacts: 1, created: 1, repeatedKeys: 1 });
    expect(funnel.stages.find(({ name }) => name === 'usable-identifiers')).toMatchObject({
      count: 2,
      lost: [{ code: 'no_key', count: 1 }],
    });
    expect(await find({ externalId: '31' })).toMatchObject([{ firstName: 'Eve', emails: ['eve@x.example'] }]);
  });

  it('assigns events by an id of any namespace, or by an id of the given one', async () => {
    await importFile(reach, 'Customer ID,Email,Name\n55,kai@x.example,Kai\n', SHOP);
    const send = (contact: object) =>
      reach.api<{ stored: number; rejected: object[] }>('POST', '/v1/events', {
        event: { stream: 'visit', id: JSON.stringify(contact), contact },
      });
    expect((await send({ key: '55' })).body).toMatchObject({ stored: 1 });
    expect((await send({ key: '55', externalIdNamespace: 'shop' })).body).toMatchObject({ stored: 1 });
    expect((await send({ key: '55', externalIdNamespace: 'crm' })).body).toMatchObject({ stored: 0 });
  });

  it('assigns events by any of the keys, and creates contacts for them if the mapping says so', async () => {
    await importFile(reach, 'Customer ID,Email,Name\n90,ora@x.example,Ora\n', SHOP);
    const orders = (more: object) => ({
      kind: 'events',
      key: { column: 'Email' },
      columns: [{ column: 'Email', as: 'email' }],
      events: [{ stream: 'order', time: 'At', value: 'Total' }],
      ...more,
    });
    const file = 'Email,At,Total\nora@x.example,2026-01-01,5\nora@x.example,2026-01-02,6\nnew@x.example,2026-01-01,7\n';
    const strict = await importFile(reach, file, orders({}));
    expect(strict.result).toMatchObject({ contacts: 0, events: 2, rejects: 1 });
    expect(await find({ email: 'new@x.example' })).toEqual([]);
    const creating = await importFile(reach, file, orders({ createContacts: true }));
    expect(creating.result).toMatchObject({ contacts: 1, created: 1, events: 3, rejects: 0 });
    expect(await find({ email: 'new@x.example' })).toMatchObject([{ emails: ['new@x.example'] }]);
    expect(await find({ email: 'ora@x.example' })).toMatchObject([{ firstName: 'Ora', externalIds: ['90'] }]);
  });
});
