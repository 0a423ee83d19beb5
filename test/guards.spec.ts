import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './support/service.ts';
import { type RunAnswer, twoKinds, World } from './support/world.ts';

interface HeldRun extends RunAnswer {
  hold: {
    reasons: { code: string; text: string }[];
    expiresAt: string;
    decision?: { by: string; approved: boolean };
  } | null;
}

/** What happens before, beside and instead of sending: holds, schedules, suppression, evidence. */
describe('runs under guard', () => {
  let world: World;
  let setId: string;
  let audienceId: string;
  let deliveryId: string;
  let receiver: Server;
  const notices: { event: string; title: string; subject: string }[] = [];
  let signingKey = '';
  const people = twoKinds(300);

  const held = async (id: string) =>
    until(
      () => world.ask<HeldRun>('GET', `/v1/runs/${id}`),
      ({ status, finishedAt }) => status === 'held' || finishedAt !== null,
    );
  const start = async (id: string, how: object = {}) =>
    (await world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`, how)).id;
  const emails = () =>
    world.sandbox.facebook
      .audiences()
      .reduce((sum, audience) => sum + world.sandbox.facebook.values(audience.id, 'EMAIL').size, 0);

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const [, time, signature] =
          /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['reach-signature'])) ?? [];
        const expected = createHmac('sha256', signingKey).update(`${time}.${body}`).digest('hex');
        if (signature === expected) notices.push(JSON.parse(body));
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    world = await World.start();
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    ({ signingKey } = await world.ask<{ signingKey: string }>('POST', '/v1/alert-channels', {
      type: 'webhook',
      target: url,
    }));
    await world.importPeople(people);
    ({ setId } = await world.publishPersonas(2));
    audienceId = await world.audience({
      name: 'Everyone',
      include: { condition: { trait: 'spend', op: 'gte', value: 0 } },
      personaSetId: setId,
    });
    const connectionId = await world.connect('facebook');
    deliveryId = await world.delivery({ name: 'guarded', audienceId, connectionId, splitByPersona: true });
    expect((await world.run(deliveryId)).verdict).toBe('confirmed');
  });
  afterAll(async () => {
    await world.close();
    receiver.close();
  });

  it('holds a run that would remove more than the limit, removes nothing, says so, and lets a named person approve it', async () => {
    const before = emails();
    await world.ask('PATCH', `/v1/audiences/${audienceId}`, {
      include: { condition: { trait: 'plan', op: 'eq', value: 'basic' } },
    });
    const run = await held(await start(deliveryId));
    expect(run).toMatchObject({ status: 'held', finishedAt: null });
    expect(run.hold?.reasons).toContainEqual(
      expect.objectContaining({ code: 'removal_share', text: expect.stringContaining('150 of 150') }),
    );
    expect(emails()).toBe(before);
    await until(
      async () => notices,
      (list) => list.some(({ event, subject }) => event === 'alert.raised' && subject === run.id),
    );
    const again = await world.reach.api('POST', `/v1/deliveries/${deliveryId}/runs`);
    expect(again.status).toBe(409);
    await world.ask('POST', `/v1/runs/${run.id}/approve`, { note: 'the premium campaign is over' });
    const finished = (await world.finished(run.id)) as HeldRun;
    expect(finished).toMatchObject({
      verdict: 'confirmed',
      hold: { decision: { approved: true, by: 'bootstrap admin' } },
    });
    expect(emails()).toBe(before - 150);
    await until(
      async () => notices,
      (list) => list.some(({ event, subject }) => event === 'alert.recovered' && subject === run.id),
    );
    expect(notices.filter(({ subject }) => subject === run.id).map(({ event }) => event)).toEqual([
      'alert.raised',
      'alert.recovered',
    ]);
    expect((await world.reach.api('POST', `/v1/runs/${run.id}/approve`)).status).toBe(409);
  });

  it('ends a held run that a person rejects or nobody looks at, with nothing sent', async () => {
    await world.ask('PATCH', `/v1/audiences/${audienceId}`, {
      include: { condition: { trait: 'spend', op: 'gt', value: 100_000 } },
    });
    const before = emails();
    const rejected = await held(await start(deliveryId));
    expect(rejected.status).toBe('held');
    await world.ask('POST', `/v1/runs/${rejected.id}/reject`);
    expect(await world.finished(rejected.id)).toMatchObject({
      verdict: 'refused',
      reason: 'Rejected by bootstrap admin.',
    });
    const expired = await held(await start(deliveryId));
    world.reach.clock.advance(73 * 3_600_000);
    expect(await world.finished(expired.id)).toMatchObject({ verdict: 'expired' });
    world.reach.clock.advance(-73 * 3_600_000);
    expect(emails()).toBe(before);
    await world.ask('PATCH', `/v1/audiences/${audienceId}`, {
      include: { condition: { trait: 'spend', op: 'gte', value: 0 } },
    });
    expect((await world.run(deliveryId)).verdict).toBe('confirmed');
    expect(emails()).toBe(300);
  });

  it('holds a persona under the platform’s floor, and names that hint at health or finance', async () => {
    const small = await world.audience({
      name: 'Few with diabetes',
      include: { condition: { trait: 'spend', op: 'lt', value: 22 } },
      personaSetId: setId,
    });
    const connectionId = await world.connect('facebook');
    const id = await world.delivery({ name: 'small', audienceId: small, connectionId, splitByPersona: true });
    const preview = await world.ask<{ holds: { code: string }[] }>('POST', `/v1/deliveries/${id}/preview`);
    expect(preview.holds.map(({ code }) => code)).toEqual(expect.arrayContaining(['platform_floor', 'sensitive_name']));
    const run = await held(await start(id));
    expect(run.hold?.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['platform_floor', 'sensitive_name']),
    );
    await world.ask('POST', `/v1/runs/${run.id}/cancel`);
    expect((await world.finished(run.id)).verdict).toBe('cancelled');
  });

  it('holds a run of stale input', async () => {
    await world.ask('PATCH', `/v1/deliveries/${deliveryId}`, { guards: { maxInputAgeHours: 24 } });
    world.reach.clock.advance(25 * 3_600_000);
    const run = await held(await start(deliveryId));
    expect(run.hold?.reasons.map(({ code }) => code)).toEqual(['stale_input']);
    await world.ask('POST', `/v1/runs/${run.id}/reject`);
    world.reach.clock.advance(-25 * 3_600_000);
    await world.ask('PATCH', `/v1/deliveries/${deliveryId}`, { guards: { maxInputAgeHours: null } });
  });

  it('takes suppressed people out on the next run, and people whose country’s default is no', async () => {
    const metric = async () =>
      /reach_withdrawn_but_delivered\{[^}]*\} (\d+)/.exec(String((await world.reach.api('GET', '/metrics')).body))?.[1];
    await world.ask('POST', '/v1/suppressions', {
      list: 'complaints',
      emails: [people[0]!.email, 'PERSON2@example.com '],
    });
    expect(await metric()).toBe('2');
    const run = await world.run(deliveryId);
    expect(run.segments.reduce((sum, { planned }) => sum + planned.removes, 0)).toBe(2);
    expect(run.refusals).toContainEqual(
      expect.objectContaining({ verdict: 'withheld', code: 'suppressed', contacts: 2 }),
    );
    expect(emails()).toBe(298);
    expect(await metric()).toBe('0');
    await world.ask('POST', '/v1/suppressions/remove', {
      list: 'complaints',
      emails: [people[0]!.email, people[2]!.email],
    });
    expect((await world.run(deliveryId)).verdict).toBe('confirmed');
    expect(emails()).toBe(300);
    await world.ask('PUT', '/v1/consent-policy', {
      groups: [{ name: 'US', countries: ['US'], unspecified: 'denied' }],
    });
    const preview = await world.ask<{ segments: { counts: { withheld: number; removes: number } }[] }>(
      'POST',
      `/v1/deliveries/${deliveryId}/preview`,
    );
    expect(preview.segments.reduce((sum, { counts }) => sum + counts.removes, 0)).toBe(300);
    await world.ask('PUT', '/v1/consent-policy', { groups: [] });
  });

  it('sends everyone again on a full resync and before a membership lapses', async () => {
    const resync = await world.finished(await start(deliveryId, { resync: true }));
    expect(resync.segments.reduce((sum, { planned }) => sum + planned.unchanged, 0)).toBe(0);
    expect(resync.verdict).toBe('confirmed');
    expect(emails()).toBe(300);
    const google = await world.delivery({
      name: 'google',
      audienceId,
      connectionId: await world.connect('google'),
      splitByPersona: true,
    });
    expect((await world.run(google)).verdict).toBe('confirmed');
    world.reach.clock.advance(500 * 86_400_000);
    const preview = await world.ask<{ segments: { counts: { refreshes: number; unchanged: number } }[] }>(
      'POST',
      `/v1/deliveries/${google}/preview`,
    );
    world.reach.clock.advance(-500 * 86_400_000);
    expect(preview.segments.reduce((sum, { counts }) => sum + counts.refreshes, 0)).toBe(300);
  });

  it('sends members again before Meta forgets them', async () => {
    const { facebook, clock } = world.sandbox;
    const pass = (days: number) => {
      for (const each of [world.reach.clock, clock]) each.advance(days * 86_400_000);
    };
    const name = 'kept for 30 days';
    const kept = await world.delivery({
      name,
      audienceId,
      connectionId: await world.connect('facebook'),
      nameTemplate: '{{delivery}}',
      options: { retentionDays: 30 },
    });
    const there = () => facebook.members(facebook.audienceByName(name)!.id).size;
    await world.run(kept);
    expect((await world.run(kept)).verdict).toBe('unchanged');
    pass(28);
    expect((await world.run(kept)).segments[0]!.planned).toMatchObject({ refreshes: 300, unchanged: 0 });
    pass(28);
    expect(there()).toBe(300);
    pass(3);
    expect(there()).toBe(0);
    pass(-59);
  });

  it('runs by the clock, makes up for missed times with one run, and not while paused', async () => {
    await world.ask('PATCH', `/v1/deliveries/${deliveryId}`, {
      schedule: { cron: '0 6 * * *', timeZone: 'Europe/Berlin' },
    });
    const runs = async () =>
      (
        await world.ask<{ items: { trigger: string; finishedAt: string | null }[] }>(
          'GET',
          `/v1/deliveries/${deliveryId}/runs`,
        )
      ).items;
    const scheduled = async () => (await runs()).filter(({ trigger }) => trigger === 'schedule');
    world.reach.clock.advance(5 * 86_400_000);
    const first = await until(scheduled, (list) => list.length === 1 && list[0]!.finishedAt !== null);
    expect(first).toHaveLength(1);
    await world.ask('POST', `/v1/deliveries/${deliveryId}/pause`);
    world.reach.clock.advance(2 * 86_400_000);
    await world.reach.clock.round();
    expect(await scheduled()).toHaveLength(1);
    world.reach.clock.advance(-7 * 86_400_000);
    await world.ask('PATCH', `/v1/deliveries/${deliveryId}`, { schedule: null });
  });

  it('runs after an import, once the personas have taken it in', async () => {
    await world.ask('POST', `/v1/deliveries/${deliveryId}/resume`);
    await world.ask('PATCH', `/v1/deliveries/${deliveryId}`, { schedule: { afterImport: true } });
    await world.importPeople([{ id: 'c09001', email: 'late@example.com', spend: 905, plan: 'premium' }]);
    const runs = await until(
      () =>
        world.ask<{ items: { trigger: string; verdict: string | null }[] }>('GET', `/v1/deliveries/${deliveryId}/runs`),
      ({ items }) => items.some(({ trigger, verdict }) => trigger === 'rebuild' && verdict !== null),
    );
    expect(runs.items[0]).toMatchObject({ trigger: 'rebuild', verdict: 'confirmed' });
    expect(emails()).toBe(301);
    await world.ask('PATCH', `/v1/deliveries/${deliveryId}`, { schedule: null });
  });

  it('shows one contact’s payload before and after hashing, and what changed between two runs', async () => {
    const contactId = await world.contactId(people[6]!.id);
    const payload = await world.ask<{
      segment: { key: string };
      keys: { key: string; input: string; value: string; hashed: boolean }[];
    }>('GET', `/v1/deliveries/${deliveryId}/payload?contactId=${contactId}`);
    expect(payload.keys).toContainEqual(
      expect.objectContaining({
        key: 'EMAIL',
        input: people[6]!.email,
        hashed: true,
        value: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    );
    const { items } = await world.ask<{ items: { id: string; verdict: string }[] }>(
      'GET',
      `/v1/deliveries/${deliveryId}/runs`,
    );
    const comparison = await world.ask<{ flow: { from: string | null; to: string | null; contacts: number }[] }>(
      'GET',
      `/v1/runs/${items[0]!.id}/compare?with=${items[1]!.id}`,
    );
    expect(comparison.flow).toContainEqual({ from: null, to: payload.segment.key === 'p1' ? 'p2' : 'p1', contacts: 1 });
    expect(comparison.flow.filter(({ from, to }) => from === to).reduce((sum, { contacts }) => sum + contacts, 0)).toBe(
      300,
    );
  });

  it('adds no one in remove-only mode, and adds them again when switched back', async () => {
    await world.ask('PATCH', `/v1/deliveries/${deliveryId}`, { mode: 'remove-only' });
    await world.importPeople([{ id: 'c09002', email: 'later@example.com', spend: 25, plan: 'basic' }]);
    await world.settled(setId);
    await world.ask('POST', '/v1/suppressions', { list: 'complaints', emails: [people[20]!.email] });
    const before = emails();
    const run = await world.run(deliveryId);
    expect(run.segments.reduce((sum, { planned }) => sum + planned.adds, 0)).toBe(0);
    expect(emails()).toBe(before - 1);
    await world.ask('PATCH', `/v1/deliveries/${deliveryId}`, { mode: 'mirror' });
    await world.run(deliveryId);
    expect(emails()).toBe(before);
  });

  it('sends nothing while a run is paused, and the rest once it is resumed', async () => {
    await world.ask('POST', '/v1/suppressions/remove', { list: 'complaints', emails: [people[20]!.email] });
    const before = world.sandbox.facebook.requests.length;
    const id = await start(deliveryId, { resync: true });
    await world.ask('POST', `/v1/runs/${id}/pause`);
    const planned = await until(
      () => world.ask<RunAnswer>('GET', `/v1/runs/${id}`),
      ({ status }) => status === 'sending',
    );
    await world.reach.clock.round();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(world.sandbox.facebook.requests.slice(before).filter(({ path }) => path.includes('/users'))).toEqual([]);
    expect(planned.finishedAt).toBeNull();
    await world.ask('POST', `/v1/runs/${id}/resume`);
    expect((await world.finished(id)).verdict).toBe('confirmed');
    expect(world.sandbox.facebook.requests.length).toBeGreaterThan(before);
  });

  it('keeps what is in use', async () => {
    expect((await world.reach.api('DELETE', `/v1/audiences/${audienceId}`)).status).toBe(409);
    expect((await world.reach.api('DELETE', `/v1/persona-sets/${setId}`)).status).toBe(409);
  });
});
