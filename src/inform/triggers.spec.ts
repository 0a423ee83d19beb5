import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { shop } from '../../test/support/inform.ts';
import { type Received, type Receiver, startReceiver } from '../../test/support/receiver.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';
import type { Steps } from '../../test/support/steps.ts';
import type { AccountId } from '../accounts/auth.ts';
import type { Condition } from '../conditions/condition.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { EventListeners } from '../events/event-listeners.ts';
import type { InformAnswer } from './inform.service.ts';
import { PushesRepository } from './pushes.repository.ts';
import { TriggersRepository } from './triggers.repository.ts';

const SECRET = 'a-shared-secret-of-ours';

type Pushed = InformAnswer & { trigger?: { id: string; stream: string; eventId: string } };
interface Push {
  id: string;
  triggerId: string | null;
  status: string;
  attempts: number;
  error: string | null;
}
interface Ingested {
  stored: number;
  corrected: number;
  repeated: number;
  rejected: { path: string; code: string }[];
}

/** For what trains models on the way. */
const SLOW = 180_000;

let reach: Reach;
let steps: Steps;
let receiver: Receiver;
let connectionId: string;
let setId: string;
let outcomeId: string;
let personas: { key: string }[];

beforeAll(async () => {
  reach = await startReach({ env: { REACH_RETRY_SECONDS: '0' } });
  receiver = await startReceiver();
  ({ steps, setId, outcomeId, personas } = await shop(reach, 400));
  const settings = { url: `${receiver.url}/scores`, secret: SECRET };
  ({ id: connectionId } = await steps.ask<{ id: string }>('POST', '/v1/connections', {
    name: 'CRM',
    type: 'webhook',
    settings,
  }));
}, SLOW);
afterAll(async () => {
  await reach.close();
  await receiver.close();
});
beforeEach(() => {
  receiver.requests.length = 0;
  receiver.instead = undefined;
});

const bodyOf = ({ body }: Received) => JSON.parse(body) as Pushed;
const arrived = (count: number) =>
  until(
    async () => receiver.requests,
    ({ length }) => length >= count,
  );
const push = (id: string, status: string) =>
  until(
    async () =>
      (await steps.ask<{ items: Push[] }>('GET', '/v1/inform/pushes?limit=200')).items.find((each) => each.id === id),
    (found) => found?.status === status,
  );
const ingest = (body: object) => steps.ask<Ingested>('POST', '/v1/events', body);
const trigger = (body: object) =>
  steps.ask<{ id: string }>('POST', '/v1/inform/triggers', { name: 'T', stream: 'order', connectionId, ...body });

function expectSigned({ headers, body }: Received): void {
  const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['reach-signature'])) ?? [];
  expect(digest).toBe(createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex'));
}

describe('a push', () => {
  const contact = { reference: 'visit-9', traits: { spend: 20, plan: 'basic', visits: 4 } };

  it('brings the answer to a webhook, signed', async () => {
    const { push: pushed, ...answer } = await steps.ask<InformAnswer>('POST', '/v1/inform/score', {
      contact,
      push: { connectionId },
    });
    const [request] = await arrived(1);
    expect(bodyOf(request!)).toEqual(answer);
    expect(request!.headers['idempotency-key']).toBe(pushed!.id);
    expectSigned(request!);
    expect(await push(pushed!.id, 'delivered')).toMatchObject({ attempts: 1, error: null });
  });

  it('is tried again until it arrives, with the same bytes', async () => {
    receiver.instead = () => (receiver.requests.length < 3 ? { status: 503 } : undefined);
    const { push: pushed } = await steps.ask<InformAnswer>('POST', '/v1/inform/score', {
      contact,
      push: { connectionId },
    });
    expect(await push(pushed!.id, 'delivered')).toMatchObject({ attempts: 3 });
    expect(new Set(receiver.requests.map(({ body }) => body)).size).toBe(1);
  });

  it('is given up where another try would not help, and somebody is told', async () => {
    receiver.instead = () => ({ status: 401, body: 'visit-9' });
    const { push: pushed } = await steps.ask<InformAnswer>('POST', '/v1/inform/score', {
      contact,
      push: { connectionId },
    });
    expect(await push(pushed!.id, 'failed')).toMatchObject({
      attempts: 1,
      error: expect.stringContaining('signature'),
    });
    const alerts = () => steps.ask<{ items: { title: string; recoveredAt: string | null }[] }>('GET', '/v1/alerts');
    await until(alerts, ({ items }) => items[0]?.title === 'Results could not be pushed' && !items[0].recoveredAt);
    receiver.instead = undefined;
    await steps.ask('POST', '/v1/inform/score', { contact, push: { connectionId } });
    await until(alerts, ({ items }) => items[0]?.recoveredAt !== null);
  });
});

describe('old pushes', () => {
  it('are forgotten when they arrived or were given up, not while they are under way', async () => {
    const pushes = reach.app.get(PushesRepository);
    const { accountId } = await steps.ask<{ accountId: string }>('GET', '/v1/me');
    const old = { accountId, connectionId, triggerId: null, body: null, attempts: 1, error: null, deliveredAt: null };
    const [createdAt, nextAt] = [new Date('2020-01-01'), new Date('2100-01-01')];
    for (const status of ['pending', 'delivered', 'failed'] as const)
      await pushes.insert({ ...old, id: `old-${status}`, status, createdAt, nextAt });
    await pushes.forget(new Date('2020-01-02'));
    const { items } = await steps.ask<{ items: Push[] }>('GET', '/v1/inform/pushes?limit=200');
    expect(items.map(({ id }) => id).filter((id) => id.startsWith('old-'))).toEqual(['old-pending']);
  });
});

describe('events', () => {
  const stored = (id: string) =>
    reach.app
      .get(Warehouse)
      .query<{ time: string; value: number; properties: object }>(
        'SELECT time, value, properties FROM events FINAL WHERE event_id = {id:String}',
        { id },
      );

  it('are stored once each, however often they come', async () => {
    const event = {
      id: 'o-1',
      stream: 'order',
      contact: { key: 's0001' },
      time: '2026-05-01T10:00:00Z',
      value: 12.5,
      properties: { category: 'shoes', items: 2, gift: true, note: null },
    };
    expect(await ingest({ event })).toEqual({ stored: 1, corrected: 0, repeated: 0, rejected: [] });
    expect(await ingest({ event })).toEqual({ stored: 0, corrected: 0, repeated: 1, rejected: [] });
    const later = { ...event, time: undefined };
    expect(await ingest({ events: [later, { ...event, id: 'o-2' }, { ...event, id: 'o-2' }] })).toMatchObject({
      stored: 1,
      repeated: 2,
    });
    expect(await stored('o-1')).toEqual([
      { time: '2026-05-01T10:00:00.000Z', value: 12.5, properties: { category: 'shoes', items: '2', gift: 'true' } },
    ]);
  });

  it('keep properties whose names JavaScript knows', async () => {
    const json = '{"__proto__": "x", "constructor": 5, "gift": true}';
    const event = { id: 'p-1', stream: 'order', contact: { key: 's0001' }, properties: JSON.parse(json) };
    expect(await ingest({ event })).toMatchObject({ stored: 1 });
    const [row] = await stored('p-1');
    expect(Object.entries(row!.properties).sort()).toEqual([
      ['__proto__', 'x'],
      ['constructor', '5'],
      ['gift', 'true'],
    ]);
  });

  it('of strangers are rejected, the others stored', async () => {
    const of = (id: string, contact: object) => ({ id, stream: 'order', contact });
    const answer = await ingest({
      events: [
        of('m-1', { emails: ['nobody@example.com'] }),
        of('m-2', { emails: ['SHOPPER3@example.com'] }),
        of('m-3', { contactId: 'none' }),
      ],
    });
    expect(answer).toEqual({
      stored: 1,
      corrected: 0,
      repeated: 0,
      rejected: [
        expect.objectContaining({ path: 'events[0].contact', code: 'unknown_contact' }),
        expect.objectContaining({ path: 'events[2].contact', code: 'unknown_contact' }),
      ],
    });
  });

  it('take null for a field that is left out', async () => {
    const contact = { contactId: null, key: 's0001', emails: null };
    const event = { id: 'n-1', stream: 'order', contact, time: null, value: null, properties: null };
    expect(await ingest({ event, events: null })).toMatchObject({ stored: 1, rejected: [] });
    expect(await ingest({ event: null, events: [event] })).toMatchObject({ repeated: 1, rejected: [] });
  });

  it.each([
    [{}, 422, ['']],
    [{ event: null }, 422, ['']],
    [{ events: [null] }, 400, expect.anything()],
    [{ event: { id: 'x', stream: 'order', contact: null } }, 400, expect.arrayContaining(['event.contact'])],
    [{ event: { id: 'x', stream: 'order', contact: { contactId: null, key: null } } }, 422, ['event.contact']],
    [{ event: { id: 'x', stream: 'order', contact: {} } }, 422, ['event.contact']],
    [{ event: { id: 'x', stream: 'order', contact: { key: 'k' }, time: '1950-01-01' } }, 422, ['event.time']],
    [
      { event: { id: 'x', stream: 'order', contact: { key: 'k' }, properties: { a: [1] } } },
      422,
      ['event.properties.a'],
    ],
    [{ event: { stream: 'order', contact: { key: 'k' } } }, 400, expect.arrayContaining(['event.id'])],
    [{ event: { id: 'x', stream: 'a:b', contact: { key: 'k' } } }, 400, ['event.stream']],
    [{ event: { id: 'x', stream: 'order' } }, 400, expect.arrayContaining(['event.contact'])],
    [{ event: { id: 'x', stream: 'order', contact: { key: 'k' }, time: 'soon' } }, 400, ['event.time']],
    [{ event: { id: 'x', stream: 'order', contact: { key: 'k' }, value: '7' } }, 400, ['event.value']],
    [{ events: Array(501).fill({}) }, 400, expect.arrayContaining(['events'])],
  ] as [object, number, unknown][])('of the wrong shape are refused, case %#', async (body, status, paths) => {
    const answer = await reach.api<{ errors: { path: string }[] }>('POST', '/v1/events', body);
    expect([answer.status, answer.body.errors.map(({ path }) => path)]).toEqual([status, paths]);
  });
});

describe('a trigger', () => {
  it('scores the contact of an event and pushes the result, once', async () => {
    const { id } = await trigger({ stream: 'cart' });
    const event = { id: 'c-1', stream: 'cart', contact: { key: 's0005' } };
    await ingest({ event });
    const [request] = await arrived(1);
    expectSigned(request!);
    expect(bodyOf(request!)).toMatchObject({
      version: 1,
      trigger: { id, stream: 'cart', eventId: 'c-1' },
      results: [
        {
          reference: 's0005',
          contactId: await steps.contactId('s0005'),
          personas: [{ setId, key: expect.any(String) }],
          outcomes: [{ outcomeId, probability: expect.any(Number) }],
        },
      ],
    });
    await ingest({ event });
    await ingest({ event: { ...event, id: 'c-2' } });
    await until(
      async () => receiver.requests.map(bodyOf),
      (all) => all.some((body) => body.trigger?.eventId === 'c-2'),
    );
    expect(receiver.requests.map((each) => bodyOf(each).trigger?.eventId).sort()).toEqual(['c-1', 'c-2']);
    await steps.ask('DELETE', `/v1/inform/triggers/${id}`);
  });

  it('fires for those alone for whom its condition holds, by its models alone, unless paused', async () => {
    const { id } = await trigger({
      stream: 'visit',
      condition: { trait: 'plan', op: 'eq', value: 'premium' },
      personaSets: [setId],
      outcomes: [],
    });
    const of = (n: number, key: string) => ({ id: `v-${n}`, stream: 'visit', contact: { key } });
    await ingest({ events: [of(1, 's0002'), of(2, 's0003'), of(3, 's0004'), of(4, 's0005')] });
    const pushed = (await arrived(2)).map(bodyOf);
    expect(pushed.map(({ results }) => results[0]!.reference).sort()).toEqual(['s0003', 's0005']);
    expect(pushed[0]!.results[0]!.outcomes).toEqual([]);
    await steps.ask('PATCH', `/v1/inform/triggers/${id}`, { paused: true });
    await ingest({ event: of(5, 's0003') });
    await steps.ask('PATCH', `/v1/inform/triggers/${id}`, { paused: false, condition: null });
    await ingest({ event: of(6, 's0002') });
    await arrived(3);
    expect(receiver.requests.map((each) => bodyOf(each).trigger?.eventId)).not.toContain('v-5');
  });

  it('says nothing of an event that comes again but came first while it was paused, or long ago', async () => {
    const { id } = await trigger({ stream: 'again' });
    const of = (n: number) => ({ event: { id: `a-${n}`, stream: 'again', contact: { key: 's0003' } } });
    // the daily check of the connection calls the receiver too
    const told = () => receiver.requests.map(bodyOf).flatMap(({ trigger }) => (trigger ? [trigger.eventId] : []));
    const pause = (paused: boolean) => steps.ask('PATCH', `/v1/inform/triggers/${id}`, { paused });
    await pause(true);
    await ingest(of(1));
    await pause(false);
    await ingest(of(1));
    await ingest(of(2));
    await until(
      () => steps.ask<{ items: Push[] }>('GET', '/v1/inform/pushes?limit=200'),
      ({ items }) => items.some(({ triggerId, status }) => triggerId === id && status === 'delivered'),
    );
    reach.clock.advance(2 * 86_400_000);
    await reach.app.get(PushesRepository).forget(reach.clock.now());
    await ingest(of(2));
    await ingest(of(3));
    await until(
      async () => told(),
      (ids) => ids.includes('a-3'),
    );
    expect(told()).toEqual(['a-2', 'a-3']);
    reach.clock.advance(-2 * 86_400_000);
    await steps.ask('DELETE', `/v1/inform/triggers/${id}`);
  });

  it('hears of an event again whose process died before it told', async () => {
    const { id } = await trigger({ stream: 'died' });
    const event = { id: 'd-1', stream: 'died', contact: { key: 's0003' } };
    const dies = jest.spyOn(reach.app.get(EventListeners), 'tell').mockRejectedValueOnce(new Error('killed'));
    expect(await reach.api('POST', '/v1/events', { event })).toMatchObject({ status: 500 });
    dies.mockRestore();
    expect(await ingest({ event })).toMatchObject({ repeated: 1 });
    const [request] = await arrived(1);
    expect(bodyOf(request!).trigger).toMatchObject({ id, eventId: 'd-1' });
    await steps.ask('DELETE', `/v1/inform/triggers/${id}`);
  });

  it('takes events of one id for different ones when they are of different contacts', async () => {
    await trigger({ stream: 'return' });
    const of = (key: string) => ({ id: 'r-1', stream: 'return', contact: { key } });
    await ingest({ events: [of('s0006'), of('s0007')] });
    const pushed = (await arrived(2)).map(bodyOf);
    expect(pushed.map(({ results }) => results[0]!.reference).sort()).toEqual(['s0006', 's0007']);
  });

  it('tells somebody that its condition broke, can be paused then, and tells that it is mended', async () => {
    const { accountId } = await steps.ask<{ accountId: AccountId }>('GET', '/v1/me');
    const { id } = await trigger({ stream: 'broken' });
    const condition: Condition = { persona: { set: setId, in: ['merged-away'] } };
    await reach.app.get(TriggersRepository).update(accountId, id, { condition });
    const of = (n: number) => ({ event: { id: `b-${n}`, stream: 'broken', contact: { key: 's0003' } } });
    const alert = (isOpen: boolean) =>
      until(
        () => steps.ask<{ items: { key: string; text: string; recoveredAt: string | null }[] }>('GET', '/v1/alerts'),
        ({ items }) =>
          items.some(({ key, recoveredAt }) => key === `inform-trigger/${id}` && (recoveredAt === null) === isOpen),
      );
    await ingest(of(1));
    await alert(true);
    const path = `/v1/inform/triggers/${id}`;
    expect((await reach.api('PATCH', path, { name: 'Still broken' })).status).toBe(422);
    expect(await reach.api('PATCH', path, { paused: true })).toMatchObject({ status: 200, body: { condition } });
    await steps.ask('PATCH', path, { paused: false, condition: null });
    await ingest(of(2));
    await alert(false);
    await steps.ask('DELETE', path);
  });

  it('keeps what its condition names from being deleted', async () => {
    const { id: cohortId } = await steps.ask<{ id: string }>('POST', '/v1/cohorts', {
      name: 'Of a trigger',
      condition: { everyone: true },
    });
    const condition = {
      all: [
        { cohort: cohortId },
        { persona: { set: setId, in: [personas[0]!.key] } },
        { outcome: outcomeId, percentile: { gte: 50 } },
      ],
    };
    const { id } = await trigger({ name: 'Chosen', stream: 'choice', condition });
    for (const path of [`cohorts/${cohortId}`, `persona-sets/${setId}`, `outcomes/${outcomeId}`]) {
      const { status, body } = await reach.api<{ code: string; detail: string }>('DELETE', `/v1/${path}`);
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'in_use' });
      expect(body.detail).toContain(`trigger "Chosen" (${id})`);
    }
    await steps.ask('DELETE', `/v1/inform/triggers/${id}`);
    await steps.ask('DELETE', `/v1/cohorts/${cohortId}`);
  });

  it('keeps what it scores by from being deleted', async () => {
    const { id } = await trigger({ name: 'By these', stream: 'scored', personaSets: [setId], outcomes: [outcomeId] });
    for (const path of [`persona-sets/${setId}`, `outcomes/${outcomeId}`]) {
      const { status, body } = await reach.api<{ detail: string }>('DELETE', `/v1/${path}`);
      expect(status).toBe(409);
      expect(body.detail).toContain(`trigger "By these" (${id})`);
    }
    await steps.ask('DELETE', `/v1/inform/triggers/${id}`);
  });

  it.each(['name', 'stream', 'connectionId'])('has a %s for good: null is refused', async (field) => {
    const { id } = await trigger({ stream: 'null' });
    const { status } = await reach.api('PATCH', `/v1/inform/triggers/${id}`, { [field]: null });
    expect(status).toBe(400);
    await steps.ask('DELETE', `/v1/inform/triggers/${id}`);
  });

  it('is kept, listed and changed', async () => {
    const created = await trigger({ name: 'Leads', stream: 'lead' });
    expect(await steps.ask('GET', `/v1/inform/triggers/${created.id}`)).toEqual(created);
    const { items } = await steps.ask<{ items: { id: string }[] }>('GET', '/v1/inform/triggers');
    expect(items.map(({ id }) => id)).toContain(created.id);
    expect(await steps.ask('PATCH', `/v1/inform/triggers/${created.id}`, { name: 'Leads of the shop' })).toMatchObject({
      name: 'Leads of the shop',
      stream: 'lead',
      pausedAt: null,
    });
  });

  it.each([
    [{ connectionId: 'con_none' }, 422, ['connectionId not_found']],
    [{ personaSets: ['pst_none'] }, 422, ['personaSets[0] not_live']],
    [{ condition: { trait: 'nothing', op: 'eq', value: 1 } }, 422, ['condition.trait unknown_trait']],
    [{ condition: 'plan = gold' }, 400, ['condition isObject']],
    [{ name: '' }, 400, ['name isNotEmpty']],
    [{ stream: 7 }, 400, expect.arrayContaining(['stream isString'])],
  ] as [object, number, unknown][])('of the wrong shape is refused, case %#', async (body, status, at) => {
    const answer = await reach.api<{ errors: { path: string; code: string }[] }>('POST', '/v1/inform/triggers', {
      name: 'T',
      stream: 'order',
      connectionId,
      ...body,
    });
    expect([answer.status, answer.body.errors.map(({ path, code }) => `${path} ${code}`)]).toEqual([status, at]);
  });

  it('needs a webhook', async () => {
    const settings = {
      host: 'sftp.example.com',
      username: 'u',
      password: 'p',
      hostKeySha256: `SHA256:${'a'.repeat(43)}`,
    };
    const { id } = await steps.ask<{ id: string }>('POST', '/v1/connections', { name: 'S', type: 'sftp', settings });
    const { status, body } = await reach.api<{ errors: { code: string }[] }>('POST', '/v1/inform/triggers', {
      name: 'T',
      stream: 'order',
      connectionId: id,
    });
    expect({ status, code: body.errors[0]!.code }).toEqual({ status: 422, code: 'not_a_webhook' });
  });
});
