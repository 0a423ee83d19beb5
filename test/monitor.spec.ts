import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { AlertsService } from '../src/alerts/alerts.service.ts';
import { until } from './support/http.ts';
import { publishOutcome, SHOPPERS_MAPPING, shoppersCsv } from './support/inform.ts';
import { ACCOUNT } from './support/outcome-contacts.ts';
import { type Received, type Receiver, startReceiver } from './support/receiver.ts';
import { type RunAnswer, World } from './support/world.ts';

const COUNT = 400;
const SECRET = 'a-shared-secret-of-ours';

interface Sent {
  action: 'add' | 'remove';
  delivery: { mode: string };
  members: {
    contactId: string;
    identifiers: { key: string; value: string; hash: string }[];
    attributes: Record<string, string | null>;
  }[];
}
interface Reading {
  runId: string;
  verdict: string;
  members: number;
  counts: Record<'entered' | 'moved' | 'left' | 'unchanged' | 'withheld', number>;
  moves: { of: string; from: string; to: string; contacts: number }[];
  shares: Record<string, Record<string, number>>;
  drift?: Record<string, { psi: number; band: string }>;
}

/** For what trains models or runs several times on the way. */
const SLOW = 180_000;

let world: World;
let receiver: Receiver;
let setId: string;
let outcomeId: string;
let cohortId: string;
let hook: string;
let sftp: string;

beforeAll(async () => {
  world = await World.start({ env: { REACH_RETRY_SECONDS: '0' } });
  receiver = await startReceiver(() => ({ status: 200, body: {} }));
  await world.importFile(shoppersCsv(COUNT), SHOPPERS_MAPPING, 'shoppers.csv');
  ({ setId } = await world.publishPersonas(2));
  const { id: attained } = await cohort('Bought', { trait: 'bought', op: 'eq', value: 'yes' });
  outcomeId = await publishOutcome(world, { name: 'Will buy', attained, traits: ['visits', 'spend'] });
  ({ id: cohortId } = await cohort('Members', { trait: 'vip', op: 'eq', value: true }));
  const settings = { url: `${receiver.url}/changes`, secret: SECRET };
  ({ id: hook } = await world.ask<{ id: string }>('POST', '/v1/connections', {
    name: 'CRM',
    type: 'webhook',
    settings,
  }));
  sftp = await world.connect('sftp');
}, SLOW);
afterAll(async () => {
  await receiver.close();
  await world.close();
});
beforeEach(() => {
  receiver.requests.length = 0;
  receiver.instead = undefined;
});

const cohort = (name: string, condition: object) =>
  world.ask<{ id: string }>('POST', '/v1/cohorts', { name, condition });
const monitor = (more: object) =>
  world.ask<{ id: string; deliveryId: string }>('POST', '/v1/monitors', {
    name: 'Members',
    cohortId,
    connectionId: hook,
    personaSetId: setId,
    outcomes: [{ outcomeId }],
    ...more,
  });
async function run(id: string): Promise<RunAnswer> {
  const started = await world.ask<{ id: string }>('POST', `/v1/monitors/${id}/runs`);
  return world.finished(started.id);
}
async function reading(id: string, runId: string): Promise<Reading> {
  const history = () => world.ask<{ items: Reading[] }>('GET', `/v1/monitors/${id}/history`);
  const { items } = await until(history, (answer) => answer.items.some((each) => each.runId === runId));
  return items.find((each) => each.runId === runId)!;
}
const sent = () =>
  receiver.requests.map(({ body }: Received) => JSON.parse(body) as Sent).filter(({ members }) => members);
const rows = () => sent().flatMap(({ members }) => members);
const of = (key: string) => rows().find(({ identifiers }) => identifiers[0]!.value === key)?.attributes;
/** Files on the server, oldest first, as records. */
const files = (): Record<string, string>[][] =>
  world.sandbox.sftp
    .files()
    .filter((path) => path.endsWith('.csv'))
    .sort()
    .map((path) => parse(world.sandbox.sftp.text(path), { columns: true }));
const change = (key: string, traits: object) =>
  world.ask('POST', '/v1/inform/score', { contact: { key, traits }, upsert: true });

describe('a monitor', () => {
  const members = Math.ceil(COUNT / 3);

  it(
    'tells a webhook who entered, nothing while nothing changes, then who moved and who left',
    async () => {
      const { id, deliveryId } = await monitor({});
      expect(await world.ask('POST', `/v1/deliveries/${deliveryId}/preview`)).toMatchObject({
        holds: [],
        segments: [{ counts: { adds: members, changes: 0, removes: 0, invalid: 0 } }],
      });
      const first = await run(id);
      expect(first).toMatchObject({
        verdict: 'confirmed',
        segments: [{ planned: { adds: members, changes: 0, removes: 0 } }],
      });
      expect(rows()).toHaveLength(members);
      expect(sent()[0]).toMatchObject({ action: 'add', delivery: { mode: 'changes' } });
      expect(rows().every(({ identifiers }) => identifiers.length === 1 && identifiers[0]!.key === 'EXTERN_ID')).toBe(
        true,
      );
      expect(JSON.stringify(sent())).not.toContain('example.com');
      expect(of('s0000')).toMatchObject({
        change: 'entered',
        persona: expect.any(String),
        persona_name: expect.any(String),
        previous_persona: null,
        will_buy_band: expect.stringMatching(/^(high|medium|low)$/),
        previous_will_buy_band: null,
      });
      const before = of('s0000')!;

      receiver.requests.length = 0;
      const second = await run(id);
      expect(second).toMatchObject({
        segments: [{ planned: { adds: 0, changes: 0, removes: 0, unchanged: members } }],
      });
      expect(receiver.requests).toEqual([]);

      await change('s0000', { spend: 940, plan: 'premium', visits: 39 });
      await change('s0003', { vip: false });
      const third = await run(id);
      expect(third).toMatchObject({
        verdict: 'confirmed',
        segments: [{ planned: { changes: 1, removes: 1, unchanged: members - 2 } }],
      });
      expect(sent().map(({ action }) => action)).toEqual(['add', 'remove']);
      expect(of('s0000')).toMatchObject({
        change: 'moved',
        previous_persona: before.persona,
        previous_persona_name: before.persona_name,
        previous_will_buy_band: before.will_buy_band,
      });
      expect(of('s0000')!.persona).not.toBe(before.persona);
      expect(of('s0003')).toMatchObject({ change: 'left', persona: null, previous_persona: expect.any(String) });

      receiver.requests.length = 0;
      expect(await run(id)).toMatchObject({ segments: [{ planned: { adds: 0, changes: 0, removes: 0 } }] });
      expect(receiver.requests).toEqual([]);

      expect((await reading(id, first.id)).counts).toEqual({
        entered: members,
        moved: 0,
        left: 0,
        unchanged: 0,
        withheld: 0,
      });
      const read = await reading(id, third.id);
      expect(read.counts).toEqual({ entered: 0, moved: 1, left: 1, unchanged: members - 2, withheld: 0 });
      expect(read.moves).toContainEqual({ of: 'persona', from: before.persona, to: expect.any(String), contacts: 1 });
      expect(read.members).toBe(members - 1);
      expect(read.drift!.persona!.psi).toBeLessThan(0.01);
    },
    SLOW,
  );

  it(
    'writes a file of changes alone to SFTP',
    async () => {
      const { id } = await monitor({ name: 'File', connectionId: sftp, attributes: ['plan'] });
      const size = members - 1;
      expect(await run(id)).toMatchObject({ verdict: 'confirmed' });
      expect(files()).toHaveLength(1);
      expect(files()[0]).toHaveLength(size);
      expect(Object.keys(files()[0]![0]!)).toEqual([
        'external_id',
        'change',
        'persona',
        'persona_name',
        'previous_persona',
        'previous_persona_name',
        'will_buy_band',
        'previous_will_buy_band',
        'plan',
      ]);
      expect(await run(id)).toMatchObject({
        segments: [{ planned: { adds: 0, changes: 0, removes: 0, unchanged: size } }],
      });
      expect(files()).toHaveLength(1);
      await change('s0006', { spend: 950, plan: 'premium' });
      await change('s0009', { vip: false });
      expect(await run(id)).toMatchObject({ verdict: 'confirmed' });
      const [, second] = files();
      expect(second!.map(({ external_id, change: kind, plan }) => [external_id, kind, plan]).sort()).toEqual([
        ['s0006', 'moved', 'premium'],
        ['s0009', 'left', 'premium'],
      ]);
      expect(await run(id)).toMatchObject({ segments: [{ planned: { adds: 0, changes: 0, removes: 0 } }] });
      expect(files()).toHaveLength(2);
    },
    SLOW,
  );

  it(
    'tells again what the receiver did not take',
    async () => {
      const { id } = await monitor({ name: 'Again' });
      receiver.instead = () => ({ status: 400 });
      expect((await run(id)).verdict).toBe('failed');
      receiver.instead = undefined;
      receiver.requests.length = 0;
      expect((await run(id)).verdict).toBe('confirmed');
      expect(rows().every(({ attributes }) => attributes.change === 'entered')).toBe(true);
    },
    SLOW,
  );

  it(
    'alarms when the shares drift away from the baseline, until it is set anew',
    async () => {
      const { id: smallId } = await cohort('First ten', { trait: 'visits', op: 'lt', value: 2 });
      const { id } = await monitor({ name: 'Drifting', cohortId: smallId, outcomes: [], driftLimit: 0.1 });
      const first = await run(id);
      await reading(id, first.id);
      const movers = rows().filter(({ attributes }) => attributes.persona === rows()[0]!.attributes.persona);
      for (const { identifiers } of movers) {
        const key = identifiers[0]!.value;
        const odd = Number(key.slice(1)) % 2 === 1;
        await change(key, odd ? { spend: 21, plan: 'basic' } : { spend: 930, plan: 'premium' });
      }
      const second = await run(id);
      const read = await reading(id, second.id);
      expect(read.drift!.persona!.psi).toBeGreaterThan(0.1);
      const alerts = () =>
        world.ask<{ items: { title: string; subject: string; recoveredAt: string | null }[] }>('GET', '/v1/alerts');
      const mine = (items: { subject: string; recoveredAt: string | null }[]) =>
        items.find(({ subject }) => subject === id);
      await until(alerts, ({ items }) => mine(items)?.recoveredAt === null);
      await world.ask('POST', `/v1/monitors/${id}/history/${second.id}/baseline`);
      await reading(id, (await run(id)).id);
      await until(alerts, ({ items }) => mine(items)?.recoveredAt !== null);
    },
    SLOW,
  );

  it(
    'measures drift anew, and raises no alarm, when its bands are cut elsewhere',
    async () => {
      const { id } = await monitor({ name: 'Cut anew', driftLimit: 0.01 });
      await reading(id, (await run(id)).id);
      const cut = async (from: number) => {
        const bands = [
          { name: 'high', from },
          { name: 'low', from: 0 },
        ];
        await world.ask('PATCH', `/v1/monitors/${id}`, { outcomes: [{ outcomeId, bands }] });
        return (await run(id)).id;
      };
      const second = await cut(5);
      expect((await reading(id, second)).drift).toBeUndefined();
      await until(
        () => world.ask<{ baselineRunId: string | null }>('GET', `/v1/monitors/${id}`),
        ({ baselineRunId }) => baselineRunId === second,
      );
      const third = await run(id);
      expect((await reading(id, third.id)).drift).toMatchObject({
        persona: { psi: 0, band: 'stable' },
        will_buy_band: { psi: 0, band: 'stable' },
      });
      const { items } = await world.ask<{ items: { subject: string }[] }>('GET', '/v1/alerts');
      expect(items.map(({ subject }) => subject)).not.toContain(id);
      await world.ask('DELETE', `/v1/monitors/${id}`);
    },
    SLOW,
  );

  it('is kept, changed, paused and removed', async () => {
    const created = await monitor({ name: 'Kept', schedule: { cron: '0 6 * * *' } });
    expect(await world.ask('GET', `/v1/monitors/${created.id}`)).toMatchObject({
      name: 'Kept',
      cohortId,
      representation: 'referenced',
      driftLimit: 0.25,
      last: null,
      outcomes: [
        { outcomeId, as: 'will_buy', bands: [{ name: 'high', from: 80 }, { name: 'medium' }, { name: 'low' }] },
      ],
      nextRunAt: expect.any(String),
    });
    const bands = [
      { name: 'hot', from: 90 },
      { name: 'rest', from: 0 },
    ];
    expect(
      await world.ask('PATCH', `/v1/monitors/${created.id}`, {
        name: 'Renamed',
        driftLimit: null,
        outcomes: [{ outcomeId, as: 'buy', bands }],
      }),
    ).toMatchObject({ name: 'Renamed', driftLimit: null, outcomes: [{ as: 'buy', bands }], cohortId });
    expect(await world.ask('POST', `/v1/monitors/${created.id}/pause`)).toMatchObject({ pausedAt: expect.any(String) });
    expect(await world.ask('POST', `/v1/monitors/${created.id}/resume`)).toMatchObject({ pausedAt: null });
    await world.ask('DELETE', `/v1/monitors/${created.id}`);
    expect((await world.reach.api('GET', `/v1/monitors/${created.id}`)).status).toBe(404);
  });

  it('leaves no alert open of itself, or of its delivery, when it is removed', async () => {
    const { id, deliveryId } = await monitor({ name: 'Troubled' });
    const keys = [`monitor-drift/${id}`, `delivery/${deliveryId}`];
    const concern = { title: 'Trouble', text: 'There is some.' };
    await world.reach.app.get(AlertsService).raise(ACCOUNT, { ...concern, key: keys[0]!, subject: id });
    await world.reach.app.get(AlertsService).raise(ACCOUNT, { ...concern, key: keys[1]!, subject: 'run_troubled' });
    await world.ask('DELETE', `/v1/monitors/${id}`);
    const { items } = await world.ask<{ items: { key: string; recoveredAt: string | null }[] }>('GET', '/v1/alerts');
    const own = items.filter(({ key }) => keys.includes(key));
    expect(own.map(({ recoveredAt }) => recoveredAt)).toEqual([expect.any(String), expect.any(String)]);
  });

  it('can be looked at, listed and removed when its delivery is archived and others use its audience', async () => {
    const { id, deliveryId } = await monitor({ name: 'Archived' });
    const { audienceId } = await world.ask<{ audienceId: string }>('GET', `/v1/deliveries/${deliveryId}`);
    const include = { condition: { audience: audienceId } };
    const user = await world.ask<{ id: string }>('POST', '/v1/audiences', { name: 'Of a monitor', include });
    await world.ask('DELETE', `/v1/deliveries/${deliveryId}`);
    expect(await world.ask('GET', `/v1/monitors/${id}`)).toMatchObject({ name: 'Archived', connectionId: hook });
    const { items } = await world.ask<{ items: { id: string }[] }>('GET', '/v1/monitors');
    expect(items.map((each) => each.id)).toContain(id);
    await world.ask('DELETE', `/v1/monitors/${id}`);
    expect((await world.reach.api('GET', `/v1/monitors/${id}`)).status).toBe(404);
    expect((await world.reach.api('GET', `/v1/audiences/${audienceId}`)).status).toBe(200);
    await world.ask('DELETE', `/v1/audiences/${user.id}`);
  });

  it('says in the audit log what was changed, and refuses null where something must be', async () => {
    const { id, deliveryId } = await monitor({ name: 'Audited' });
    await world.ask('PATCH', `/v1/monitors/${id}`, { driftLimit: 0.5 });
    const { items } = await world.ask<{ items: { action: string; subject: string; detail: object }[] }>(
      'GET',
      '/v1/audit-log',
    );
    const update = items.find(({ action, subject }) => action === 'monitor.update' && subject === id);
    expect(update!.detail).toEqual({ fields: ['driftLimit'] });
    expect((await world.reach.api('PATCH', `/v1/monitors/${id}`, { name: null })).status).toBe(400);
    expect((await world.reach.api('PATCH', `/v1/deliveries/${deliveryId}`, { name: null })).status).toBe(400);
    const nothing = { attributes: null, options: null, outcomes: null, representation: null, personaSetId: null };
    expect(await world.ask('PATCH', `/v1/monitors/${id}`, nothing)).toMatchObject({
      attributes: [],
      options: {},
      outcomes: [],
      representation: 'referenced',
      personaSetId: null,
    });
    await world.ask('DELETE', `/v1/monitors/${id}`);
  });

  it.each([
    [{ cohortId: 'coh_none' }, 422, ['cohortId not_found']],
    [{ connectionId: 'con_none' }, 422, ['connectionId not_found']],
    [{ personaSetId: 'pst_none' }, 422, ['personaSetId not_found']],
    [{ outcomes: [{ outcomeId: 'out_none' }] }, 422, ['outcomes[0].outcomeId not_live']],
    [{ attributes: ['nothing'] }, 422, ['attributes[0] not_supported']],
    [{ schedule: { cron: 'at dawn' } }, 422, ['schedule.cron schedule']],
    [{ name: '' }, 400, ['name isNotEmpty']],
    [{ driftLimit: -1 }, 400, ['driftLimit min']],
    [{ representation: 'spoken' }, 400, ['representation isIn']],
    [{ outcomes: [{ outcomeId: 'x', bands: [] }] }, 400, ['outcomes[0].bands arrayMinSize']],
    [{ outcomes: [{ outcomeId: 'x', bands: [{ name: 'a', from: 101 }] }] }, 400, ['outcomes[0].bands[0].from max']],
    [{ outcomes: [{ outcomeId: 'x', as: 'Not So' }] }, 400, ['outcomes[0].as matches']],
  ] as [object, number, unknown][])('of the wrong shape is refused, case %#', async (body, status, at) => {
    const answer = await world.reach.api<{ errors: { path: string; code: string }[] }>('POST', '/v1/monitors', {
      name: 'M',
      cohortId,
      connectionId: hook,
      ...body,
    });
    expect([answer.status, answer.body.errors.map(({ path, code }) => `${path} ${code}`)]).toEqual([status, at]);
  });

  it('of bands or names that come twice is refused', async () => {
    const bands = [
      { name: 'a', from: 5 },
      { name: 'a', from: 7 },
    ];
    const refused = async (outcomes: object[]) =>
      (
        await world.reach.api<{ errors: { path: string }[] }>('POST', '/v1/monitors', {
          name: 'M',
          cohortId,
          connectionId: hook,
          outcomes,
        })
      ).body.errors.map(({ path }) => path);
    expect(await refused([{ outcomeId, bands }])).toEqual(['outcomes[0].bands[1]']);
    expect(await refused([{ outcomeId }, { outcomeId }])).toEqual(['outcomes[1].as']);
  });

  it('goes to nobody who cannot be told changes', async () => {
    const facebook = await world.connect('facebook');
    const answer = await world.reach.api<{ errors: { path: string; code: string }[] }>('POST', '/v1/monitors', {
      name: 'M',
      cohortId,
      connectionId: facebook,
    });
    expect(answer).toMatchObject({ status: 422 });
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path: 'mode', code: 'not_supported' }));
  });
});
