import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNT, putCustomers, putTraits } from '../../test/support/outcome-contacts.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { OutcomeResult } from '../models/outcomes/train.ts';
import { seededRandom } from '../models/random.ts';

const DAY_MS = 86_400_000;
const FROM = '2026-05-01';
const START = Date.parse(FROM);

type VersionBody = OutcomeResult & { traitsAsOf: string };

/** Who ordered more before the first of May orders more often after it; nothing else matters. */
describe('an outcome that is attained by an event', () => {
  let reach: Reach;
  let outcomeId: string;
  const random = seededRandom(4);
  const people = Array.from({ length: 2000 }, (_, i) => {
    const orders = random.int(4);
    const buys = random.next() < [0.05, 0.2, 0.4, 0.7][orders]!;
    return { id: `con_${String(i).padStart(5, '0')}`, orders, buys };
  });
  const order = (contact: string, time: number, id: string) => ({
    account_id: ACCOUNT,
    stream: 'order',
    contact_id: contact,
    event_id: id,
    time: new Date(time).toISOString(),
    value: 10,
    version: 1,
  });

  beforeAll(async () => {
    reach = await startReach();
    reach.clock.set('2026-07-01T12:00:00Z');
    await putTraits(reach, { last_order: 'date', joined: 'date', shoe_size: 'number' });
    await putCustomers(
      reach,
      people.map(({ id, buys }, i) => ({
        contact_id: id,
        num: {
          // written down today: knows of orders in May, which the model must not
          last_order: START / DAY_MS + (buys ? 20 : -30 - (i % 50)),
          joined: START / DAY_MS - 100 - (i % 300),
          shoe_size: 36 + (i % 10),
        },
      })),
    );
    const events = people.flatMap(({ id, orders, buys }) => [
      ...Array.from({ length: orders }, (_, n) => order(id, START - (20 + 10 * n) * DAY_MS, `before ${n}`)),
      ...(buys ? [order(id, START + 20 * DAY_MS, 'after')] : []),
    ]);
    await reach.app.get(Warehouse).insert('events', events);
  });
  afterAll(() => reach.close());

  it('learns from what was known on the first day, not from what came after', async () => {
    const attainedEvent = { event: 'order', within: { from: FROM, to: '2026-05-31' } };
    const created = await reach.api<{ id: string }>('POST', '/v1/outcomes', { name: 'Will order', attainedEvent });
    expect(created).toMatchObject({ status: 202 });
    outcomeId = created.body.id;
    const get = async () => (await reach.api<{ status: string }>('GET', `/v1/outcomes/${outcomeId}`)).body;
    expect(await until(get, ({ status }) => status === 'ready' || status === 'error')).toMatchObject({
      status: 'ready',
    });
    const { body } = await reach.api<VersionBody>('GET', `/v1/outcomes/${outcomeId}/versions/1`);
    expect(body.traitsAsOf).toBe(FROM);
    expect(body.quality.auc).toBeGreaterThan(0.75);
    expect(body.quality.auc).toBeLessThan(0.85);
    const reasons = Object.fromEntries(body.selection.map(({ trait, reason }) => [trait, reason]));
    expect(reasons).toMatchObject({ last_order: 'after_the_fact' });
    expect(reasons['event:order:count']).toBeUndefined();
    expect(body.importance[0]!.trait).toMatch(/^event:order:/);
    expect(body.importance.find(({ trait }) => trait === 'event:order:count')).toMatchObject({ direction: 'raises' });
  });

  it('scores everyone by what is known now, and again when events come in', async () => {
    expect((await reach.api('POST', `/v1/outcomes/${outcomeId}/versions/1/publish`)).status).toBe(200);
    const quiet = people.find(({ orders, buys }) => orders === 0 && !buys)!.id;
    const score = async () =>
      (
        await reach.api<{ items: { percentile: number; probability: number; reasons: { trait: string }[] }[] }>(
          'GET',
          `/v1/contacts/${quiet}/scores`,
        )
      ).body.items[0]!;
    const before = await score();
    expect(before.probability).toBeLessThan(0.15);
    const now = reach.clock.now().getTime();
    await reach.app.get(Warehouse).insert(
      'events',
      [1, 2, 3].map((n) => order(quiet, now - (10 + 10 * n) * DAY_MS, `new ${n}`)),
    );
    await reach.app.get(ImportListeners).notify(ACCOUNT, 'dst_test');
    const after = await until(score, ({ probability }) => probability > before.probability + 0.3);
    expect(after.percentile).toBeGreaterThan(before.percentile);
    expect(after.reasons[0]!.trait).toMatch(/^event:order:/);
  });

  it('scores by counts that are posted and stores them with nobody', async () => {
    const traits = { shoe_size: 40, 'event:order:count': 3 };
    const { status, body } = await reach.api<{ results: { contactId: string; warnings: { code: string }[] }[] }>(
      'POST',
      '/v1/inform/score',
      { contact: { key: 'guest', traits }, upsert: true },
    );
    expect(status).toBe(200);
    const [{ contactId, warnings }] = body.results as [(typeof body.results)[0]];
    expect(warnings.map(({ code }) => code)).not.toContain('unknown_trait');
    const [stored] = await reach.app
      .get(Warehouse)
      .query('SELECT num FROM contacts FINAL WHERE contact_id = {contactId:String}', { contactId });
    expect(stored).toEqual({ num: { shoe_size: 40 } });
  });
});
