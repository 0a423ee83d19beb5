import { datasetForm, importFile, rejectsOf } from '../../test/support/datasets.ts';
import { type Reach, startReach } from '../../test/support/service.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { sha256 } from '../identity/hash.ts';
import type { ContactView } from './contacts.service.ts';
import { contactIdOf } from './import/identifiers.ts';

const ACCOUNT = 'acc_default';
const idOf = (externalId: string) => contactIdOf(ACCOUNT, 'external', sha256(externalId));

describe('the import of contacts', () => {
  let reach: Reach;
  const contact = async (externalId: string) =>
    (await reach.api<ContactView>('GET', `/v1/contacts/${idOf(externalId)}`)).body;
  const count = async () => (await reach.api<{ total: number }>('GET', '/v1/contacts/count')).body.total;
  const events = (ids: string[]) =>
    reach.app
      .get(Warehouse)
      .query<{ contact_id: string; event_id: string; time: string; value: number; properties: object }>(
        `SELECT contact_id, event_id, time, value, properties FROM events FINAL
         WHERE contact_id IN {ids:Array(String)} ORDER BY time, event_id`,
        { ids },
      );

  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  const MAPPING = {
    key: { column: 'id' },
    columns: [
      { column: 'email', as: 'email' },
      { column: 'phone', as: 'phone' },
      { column: 'spend', as: 'trait', trait: { type: 'number' } },
      { column: 'plan', as: 'trait' },
    ],
  };

  it('keeps every usable value of a row and lists the others as rejects', async () => {
    const csv =
      'id,email,phone,spend,plan\n1,Ada@Example.com,+1 650 253 0000,12.5,gold\n2,bad,020 7946 0018,x,silver\n,no@key.com,,,\n';
    const dataset = await importFile(reach, csv, MAPPING);
    expect(dataset.result).toEqual({
      contacts: 2,
      created: 2,
      updated: 0,
      unchanged: 0,
      repeatedKeys: 0,
      events: 0,
      eventsWithoutValue: 0,
      rejects: 4,
    });
    expect(await contact('1')).toMatchObject({
      emails: ['ada@example.com'],
      phones: ['+16502530000'],
      traits: { spend: 12.5, plan: 'gold' },
    });
    expect(await contact('2')).toMatchObject({ emails: [], phones: [], traits: { plan: 'silver' } });
    expect(dataset.funnel.stages.map((s) => [s.name, s.count])).toEqual([
      ['received', 3],
      ['parsed', 3],
      ['usable-identifiers', 2],
      ['consented', 2],
      ['merged', 2],
      ['enough-traits', 1],
    ]);
    const rejects = await rejectsOf(reach, dataset.id);
    expect(rejects.map((line) => line.split(',').slice(0, 3).join())).toEqual([
      '3,email,email_syntax',
      '3,phone,phone_no_region',
      '3,spend,not_a_number',
      '4,id,no_key',
    ]);
    expect(rejects.join()).not.toContain('7946');
    const { items } = (await reach.api<{ items: { source: string }[] }>('GET', '/v1/traits')).body;
    expect(items.filter(({ source }) => source !== 'contact-field')).toEqual([
      { name: 'plan', type: 'category', source: 'first-party', description: '' },
      { name: 'spend', type: 'number', source: 'first-party', description: '' },
    ]);
  });

  it('merges a later file with other columns, removes nothing, and combines lists', async () => {
    const known = await count();
    await importFile(
      reach,
      'id,email,phone,spend,plan\nm1,mada@example.com,,12.5,gold\nm2,mbob@example.com,,1,\n',
      MAPPING,
    );
    const before = await contact('m1');
    const later = 'id,work mail,plan,city\nm1,mada@work.example,,Paris\nm3,meve@example.com,basic,\n';
    const mapping = {
      key: { column: 'id' },
      columns: [
        { column: 'work mail', as: 'email' },
        { column: 'plan', as: 'trait' },
        { column: 'city', as: 'city' },
      ],
    };
    const dataset = await importFile(reach, later, mapping);
    expect(dataset.result).toMatchObject({ contacts: 2, created: 1, updated: 1 });
    expect(await contact('m1')).toMatchObject({
      emails: ['mada@example.com', 'mada@work.example'],
      city: 'Paris',
      traits: { spend: 12.5, plan: 'gold' },
      createdAt: before.createdAt,
    });
    expect(await count()).toBe(known + 3);
  });

  it('changes nothing when the same file is imported again', async () => {
    const csv = 'id,email,spend,at,total\ns1,sada@example.com,5,2026-01-02,10\ns2,sbob@example.com,6,2026-01-03,20\n';
    const mapping = {
      ...MAPPING,
      columns: [MAPPING.columns[0], MAPPING.columns[2]],
      events: [{ stream: 'order', time: 'at', value: 'total' }],
    };
    const ids = [idOf('s1'), idOf('s2')];
    const state = () =>
      reach.app.get(Warehouse).query('SELECT * EXCEPT (version, updated_at) FROM contacts FINAL ORDER BY contact_id');
    await importFile(reach, csv, mapping);
    const [contacts, orders] = [await state(), await events(ids)];
    const again = await importFile(reach, csv, mapping);
    expect(again.result).toMatchObject({ created: 0, updated: 2, unchanged: 0 });
    expect(await state()).toEqual(contacts);
    expect(await events(ids)).toEqual(orders);
    expect(orders).toHaveLength(2);
  });

  it('merges rows with the same key, and the values of the later row win', async () => {
    const csv =
      'id,email,phone,spend,plan\nr1,ra@example.com,,1,gold\nr1,rb@example.com,,2,\nr1,ra@example.com,,,silver\nr2,rc@example.com,,,\n';
    const dataset = await importFile(reach, csv, MAPPING);
    expect(dataset.result).toMatchObject({ contacts: 2, repeatedKeys: 2 });
    expect(await contact('r1')).toMatchObject({
      emails: ['ra@example.com', 'rb@example.com'],
      traits: { spend: 2, plan: 'silver' },
    });
    expect(dataset.funnel.stages.find((s) => s.name === 'merged')?.lost).toMatchObject([
      { code: 'repeated_key', count: 2 },
    ]);
  });

  it('finds a contact by any identifier that is the key of a later file, plain or hashed', async () => {
    const known = await count();
    await importFile(reach, 'id,email,phone,spend,plan\nf1,fada@example.com,,1,\nf2,fbob@example.com,,1,\n', MAPPING);
    const byEmail = {
      key: { field: 'email' },
      columns: [
        { column: 'mail', as: 'email' },
        { column: 'age', as: 'trait' },
      ],
    };
    const csv = `mail,age\nFADA@example.com ,36\n${sha256('fbob@example.com').toUpperCase()},40\nnew@example.com,20\n`;
    const dataset = await importFile(reach, csv, byEmail);
    expect(dataset.result).toMatchObject({ contacts: 3, created: 1, updated: 2 });
    expect(await contact('f1')).toMatchObject({ traits: { spend: 1, age: 36 } });
    expect(await contact('f2')).toMatchObject({ emailHashes: [sha256('fbob@example.com')], traits: { age: 40 } });
    expect(await count()).toBe(known + 3);
  });

  it('reads several e-mails and phones from several columns and from one cell, plain and hashed', async () => {
    const hash = sha256('vtwo@example.com');
    const csv = `id,e1,e2,p1,country\nv1,one@example.com; ${hash.toUpperCase()},vthree@example.com,020 7946 0018|+16502530000,United Kingdom\n`;
    const mapping = {
      key: { column: 'id' },
      separator: ';',
      columns: [
        { column: 'e1', as: 'email' },
        { column: 'e2', as: 'email' },
        { column: 'p1', as: 'phone' },
        { column: 'country', as: 'country' },
      ],
    };
    await importFile(reach, csv.replace('|', ';'), mapping);
    expect(await contact('v1')).toMatchObject({
      emails: ['one@example.com', 'vthree@example.com'],
      emailHashes: [hash],
      phones: ['+442079460018', '+16502530000'],
      country: 'GB',
    });
  });

  it('adds events of existing contacts from another file, and rejects the others', async () => {
    const known = await count();
    await importFile(reach, 'id,email,phone,spend,plan\ne1,eada@example.com,,1,\n', MAPPING);
    const mapping = {
      kind: 'events',
      key: { column: 'customer' },
      columns: [],
      events: [{ stream: 'order', time: 'when', value: 'total', id: 'no', properties: { category: 'cat' } }],
    };
    const csv =
      'customer,no,when,total,cat\ne1,A1,2026-01-02T10:00:00Z,10.50,shoes\ne1,A2,2026-02-02,7,\ne9,A3,2026-02-02,7,x\ne1,A4,never,1,x\n';
    const dataset = await importFile(reach, csv, mapping);
    expect(dataset.result).toMatchObject({ contacts: 0, events: 2, rejects: 2 });
    expect(await events([idOf('e1')])).toMatchObject([
      {
        contact_id: idOf('e1'),
        event_id: 'A1',
        time: '2026-01-02T10:00:00.000Z',
        value: 10.5,
        properties: { category: 'shoes' },
      },
      { contact_id: idOf('e1'), event_id: 'A2', value: 7, properties: {} },
    ]);
    expect((await rejectsOf(reach, dataset.id)).map((line) => line.split(',').slice(0, 3).join())).toEqual([
      '4,customer,unknown_contact',
      '5,when,event_time',
    ]);
    expect((await reach.api('GET', '/v1/streams')).body).toMatchObject({ items: [{ stream: 'order', events: 4 }] });
    expect(await count()).toBe(known + 1);
  });

  it('counts each stored event of a row, and none of a row whose contact does not exist', async () => {
    await importFile(reach, 'id,email,phone,spend,plan\nh1,hada@example.com,,1,\n', MAPPING);
    const mapping = {
      kind: 'events',
      key: { column: 'customer' },
      columns: [],
      events: [
        { stream: 'ordered', time: 'ordered' },
        { stream: 'returned', time: 'returned' },
      ],
    };
    const csv =
      'customer,ordered,returned\nh1,2026-01-02,2026-01-05\nh9,2026-01-02,2026-01-05\nh9,2026-02-02,2026-02-05\n';
    const dataset = await importFile(reach, csv, mapping);
    expect(dataset.result).toMatchObject({ events: 2, rejects: 2 });
    expect(dataset.funnel.stages.find(({ name }) => name === 'merged')).toMatchObject({ count: 1 });
    expect(await events([idOf('h1')])).toHaveLength(2);
  });

  it('masks identifiers for read-only roles', async () => {
    await importFile(reach, 'id,email,phone,spend,plan\nk1,kada@example.com,,1,\n', MAPPING);
    const { body: key } = await reach.api<{ key: string }>('POST', '/v1/api-keys', { name: 'reader', role: 'viewer' });
    const seen = await reach.api<ContactView>('GET', `/v1/contacts/${idOf('k1')}`, undefined, {
      authorization: `Bearer ${key.key}`,
    });
    expect(seen.body).toMatchObject({ masked: true, emails: ['k•••@e•••.com'], traits: { spend: 1 } });
    const upload = await reach.api('POST', '/v1/datasets', datasetForm('id\n1\n'), {
      authorization: `Bearer ${key.key}`,
    });
    expect(upload.status).toBe(403);
  });

  it('stores denied consent, and counts the contacts that may be delivered', async () => {
    const mapping = {
      key: { column: 'id' },
      columns: [{ column: 'ads', as: 'consent', consent: { purpose: 'adUserData', confirmed: true } }],
    };
    const dataset = await importFile(reach, 'id,ads\nc1,yes\nc2,opted out\nc3,\nc4,maybe\n', mapping);
    expect(dataset.funnel.stages.find((s) => s.name === 'consented')).toMatchObject({
      count: 3,
      lost: [{ code: 'consent_denied', count: 1 }],
    });
    expect(await contact('c2')).toMatchObject({ consent: { ad_user_data: 'denied' } });
    expect(await contact('c3')).toMatchObject({ consent: {} });
  });

  it('applies consent to advertising to both of its purposes, and counts denials of other purposes as none', async () => {
    const mapping = {
      key: { column: 'id' },
      columns: [
        { column: 'gdpr_ok', as: 'consent', consent: { purpose: 'ads', confirmed: true } },
        { column: 'mails', as: 'consent', consent: { purpose: 'email', confirmed: true } },
      ],
    };
    const dataset = await importFile(reach, 'id,gdpr_ok,mails\nd1,no,yes\nd2,yes,no\n', mapping);
    expect(dataset.funnel.stages.find((s) => s.name === 'consented')).toMatchObject({
      count: 1,
      lost: [{ code: 'consent_denied', count: 1 }],
    });
    expect((await contact('d1')).consent).toEqual({
      ad_user_data: 'denied',
      ad_personalization: 'denied',
      email: 'granted',
    });
    expect((await contact('d2')).consent).toEqual({
      ad_user_data: 'granted',
      ad_personalization: 'granted',
      email: 'denied',
    });
  });
});
