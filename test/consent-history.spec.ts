import type { ContactConsentView } from '../src/contacts/contact-consent.view.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { consents } from './support/consents.ts';
import { type Reach, startReach, until } from './support/service.ts';

const DAY = 86_400_000;
const consentBy = (consent: object, column = 'flag') => ({
  key: { column: 'id' },
  columns: [{ column, as: 'consent', consent: { purposes: ['email'], confirmed: true, ...consent } }],
});
const NOTHING = { key: { column: 'id' }, columns: [{ column: 'flag', as: 'ignore' }] };

describe('the consent of a contact', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach({ env: { REACH_KEEP_UPLOADS_HOURS: '9999' } });
  });
  afterAll(() => reach.close());

  const { send, again, contact, stateOf, history } = consents(() => reach);

  describe('when a file is imported again', () => {
    it('follows the corrected reading and drops wrong denials and grants of the same file', async () => {
      const id = await send('/v1/datasets', 'id,flag\na1,yes\na2,no\na3,\n', consentBy({ sense: 'denies' }));
      expect([await stateOf('a1'), await stateOf('a2')]).toEqual(['denied', undefined]);
      await again(id, consentBy({ sense: 'grants' }));
      expect([await stateOf('a1'), await stateOf('a2'), await stateOf('a3')]).toEqual(['granted', 'denied', undefined]);
      const [email] = await history('a1');
      expect(email!.history).toMatchObject([{ state: 'granted', column: 'flag' }]);
    });

    it('drops the statements of the file when its column is no longer read as consent', async () => {
      const id = await send('/v1/datasets', 'id,flag\nb1,yes\n', consentBy({ sense: 'denies' }));
      expect(await stateOf('b1')).toBe('denied');
      await again(id, NOTHING);
      expect(await stateOf('b1')).toBeUndefined();
      expect(await history('b1')).toEqual([]);
    });

    it('keeps the denials of other files', async () => {
      await send('/v1/datasets', 'id,flag\nc1,unsubscribed\n', consentBy({}));
      const id = await send('/v1/datasets', 'id,flag\nc1,yes\n', consentBy({ sense: 'denies' }));
      await again(id, consentBy({ words: { yes: 'unset' } }));
      expect(await stateOf('c1')).toBe('denied');
      expect((await history('c1'))[0]!.history).toHaveLength(1);
    });

    it('keeps the denials of a replaced file', async () => {
      const id = await send('/v1/datasets', 'id,flag\nd1,unsubscribed\n', consentBy({}));
      reach.clock.advance(DAY);
      await send(`/v1/datasets/${id}/file?replace=true`, 'id,flag\nd2,unsubscribed\n', consentBy({}));
      expect([await stateOf('d1'), await stateOf('d2')]).toEqual(['denied', 'denied']);
    });

    it('keeps a denial with a time when a later file grants without one, until a grant has a later time', async () => {
      const timed = consentBy({ time: 'at' }, 'status');
      await send('/v1/datasets', 'id,status,at\nj1,unsubscribed,2024-06-15\nj2,unsubscribed,\n', timed);
      reach.clock.advance(DAY);
      await send('/v1/datasets', 'id,flag\nj1,yes\nj2,yes\n', consentBy({}));
      expect([await stateOf('j1'), await stateOf('j2')]).toEqual(['denied', 'granted']);
      await send('/v1/datasets', 'id,status,at\nj1,subscribed,2025-01-01\n', timed);
      expect(await stateOf('j1')).toBe('granted');
    });

    it('takes a copy of the file in another dataset for as old as the file, and its denials for as new as the copy', async () => {
      const subscribed = 'id,flag\ni1,yes\n';
      const unsubscribed = 'id,flag\ni2,no\n';
      for (const file of [subscribed, unsubscribed]) await send('/v1/datasets', file, consentBy({ sense: 'grants' }));
      reach.clock.advance(DAY);
      await send('/v1/datasets', 'id,flag\ni1,no\ni2,yes\n', consentBy({ sense: 'grants' }));
      expect([await stateOf('i1'), await stateOf('i2')]).toEqual(['denied', 'granted']);
      reach.clock.advance(DAY);
      for (const file of [subscribed, unsubscribed]) await send('/v1/datasets', file, consentBy({ sense: 'grants' }));
      expect([await stateOf('i1'), await stateOf('i2')]).toEqual(['denied', 'denied']);
    });

    it('stays the same when the reading is the same', async () => {
      const id = await send('/v1/datasets', 'id,flag\ne1,unsubscribed\n', consentBy({}));
      const before = await history('e1');
      await again(id, consentBy({}));
      const unrecorded = (items: ContactConsentView['items']) =>
        items.map((item) => ({ ...item, history: item.history.map(({ recordedAt: _, ...each }) => each) }));
      expect(unrecorded(await history('e1'))).toEqual(unrecorded(before));
    });
  });

  it('shows the current state with its time, and the file and column of each statement', async () => {
    const timed = consentBy({ time: 'at' }, 'status');
    const older = await send('/v1/datasets', 'id,status,at\nf1,subscribed,2024-01-02\n', timed, 'Shop');
    const newer = await send('/v1/datasets', 'id,status,at\nf1,unsubscribed,2025-03-04\n', timed, 'Newsletter');
    const items = await history('f1');
    expect(items).toMatchObject([
      {
        purpose: 'email',
        state: 'denied',
        at: '2025-03-04T00:00:00.000Z',
        history: [
          {
            state: 'denied',
            statedAt: '2025-03-04T00:00:00.000Z',
            dataset: { id: newer, name: 'Newsletter' },
            column: 'status',
          },
          {
            state: 'granted',
            statedAt: '2024-01-02T00:00:00.000Z',
            dataset: { id: older, name: 'Shop' },
            column: 'status',
          },
        ],
      },
    ]);
  });

  it('has no column for a file that denies as a whole, and no time for a grant without one', async () => {
    await send('/v1/datasets', 'id\ng1\n', {
      key: { column: 'id' },
      columns: [],
      everyone: { consent: 'denied', purposes: ['email'], confirmed: true },
    });
    await send('/v1/datasets', 'id,flag\ng2,yes\n', consentBy({}));
    expect((await history('g1'))[0]!.history).toMatchObject([{ state: 'denied', column: null }]);
    const [granted] = await history('g2');
    expect(granted!.history).toMatchObject([{ state: 'granted', statedAt: null }]);
    expect(granted!.at).toBe(granted!.history[0]!.uploadedAt);
  });

  it('answers 404 for a contact that does not exist', async () => {
    expect((await reach.api('GET', '/v1/contacts/nobody/consent')).status).toBe(404);
  });

  it('is gone with its history once the contact is erased', async () => {
    await send('/v1/datasets', 'id,flag\nh1,unsubscribed\n', consentBy({}));
    const { id } = await contact('h1');
    const statements = () =>
      reach.app
        .get(Warehouse)
        .one<{ rows: number }>('SELECT count() AS rows FROM consent_statements WHERE contact_id = {id:String}', { id });
    expect(await statements()).toEqual({ rows: 1 });
    await reach.api('POST', `/v1/contacts/${id}/erasure`);
    await until(statements, ({ rows }) => rows === 0);
    expect((await reach.api('GET', `/v1/contacts/${id}/consent`)).status).toBe(404);
  });
});
