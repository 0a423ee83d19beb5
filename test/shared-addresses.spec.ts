import { DEFAULT_ACCOUNT } from '../src/accounts/accounts.service.ts';
import { ContactWriter } from '../src/contacts/contact-writer.ts';
import { sha256 } from '../src/identity/hash.ts';
import { consents } from './support/consents.ts';
import { type Reach, startReach } from './support/service.ts';

const EMAIL = { column: 'email', as: 'email' };
const PEOPLE = { key: { column: 'id' }, columns: [EMAIL] };
const STATUS = { column: 'status', as: 'consent', consent: { purposes: ['email'], confirmed: true } };
const BY_EMAIL = { key: { column: 'email' }, columns: [EMAIL, STATUS] };
const BY_ID = { key: { column: 'id' }, columns: [STATUS] };
const identifier = (kind: 'external' | 'email', value: string) => ({
  kind,
  namespace: '',
  value,
  digest: false,
  hash: sha256(value),
});

describe('contacts that share an e-mail', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach({ env: { REACH_KEEP_UPLOADS_HOURS: '9999' } });
  });
  afterAll(() => reach.close());

  const { send: upload, again, stateOf, history } = consents(() => reach);
  const send = (file: string, mapping: object) => {
    reach.clock.advance(60_000);
    return upload('/v1/datasets', file, mapping);
  };
  const states = (...ids: string[]) => Promise.all(ids.map(stateOf));

  it('are all unsubscribed by a list of addresses, and the history says why', async () => {
    await send('id,email\na1,a@reach.example\na2,a@reach.example\na3,other@reach.example\n', PEOPLE);
    const list = await send('email,status\na@reach.example,unsubscribed\n', BY_EMAIL);
    expect(await states('a1', 'a2', 'a3')).toEqual(['denied', 'denied', undefined]);
    const statements = (await Promise.all(['a1', 'a2'].map(history))).flatMap(([email]) => email!.history);
    expect(statements).toMatchObject([
      { state: 'denied', dataset: { id: list }, column: 'status' },
      { state: 'denied', dataset: { id: list }, column: 'status' },
    ]);
    expect(statements.map(({ sharedAddress }) => sharedAddress).sort()).toEqual([false, true]);
  });

  it('are unsubscribed when they come after the list', async () => {
    await send('email,status\nb@reach.example,unsubscribed\n', BY_EMAIL);
    await send('id,email\nb1,b@reach.example\nb2,b@reach.example\n', PEOPLE);
    expect(await states('b1', 'b2')).toEqual(['denied', 'denied']);
  });

  it('are unsubscribed when the API brings the address', async () => {
    await send('id,email\nc1,c@reach.example\n', PEOPLE);
    await send('email,status\nc@reach.example,unsubscribed\n', BY_EMAIL);
    const identifiers = [identifier('external', 'c2'), identifier('email', 'c@reach.example')];
    const change = { identifiers, fields: {}, traits: { num: {}, cat: {} } };
    await reach.app.get(ContactWriter).upsert(DEFAULT_ACCOUNT, [change]);
    expect(await states('c1', 'c2')).toEqual(['denied', 'denied']);
  });

  it('are no longer unsubscribed once the address subscribes again, which subscribes nobody but the contact it names', async () => {
    await send('id,email\nd1,d@reach.example\nd2,d@reach.example\n', PEOPLE);
    await send('email,status\nd@reach.example,unsubscribed\n', BY_EMAIL);
    await send('email,status\nd@reach.example,subscribed\n', BY_EMAIL);
    expect((await states('d1', 'd2')).map(String).sort()).toEqual(['granted', 'undefined']);
  });

  it('follow a corrected reading of the list together', async () => {
    await send('id,email\ne1,e@reach.example\ne2,e@reach.example\n', PEOPLE);
    const list = await send('email,status\ne@reach.example,unsubscribed\n', BY_EMAIL);
    await again(list, { ...BY_EMAIL, columns: [EMAIL] });
    expect(await states('e1', 'e2')).toEqual([undefined, undefined]);
  });

  it('keep their own consent where a file names a contact by its id', async () => {
    await send('id,email\nf1,f@reach.example\nf2,f@reach.example\n', PEOPLE);
    await send('id,status\nf1,unsubscribed\n', BY_ID);
    expect(await states('f1', 'f2')).toEqual(['denied', undefined]);
  });
});
