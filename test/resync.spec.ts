import { jest } from '@jest/globals';
import { facebook } from '../connectors/facebook/definition.ts';
import { google } from '../connectors/google/definition.ts';
import { sha256 } from './support/held.ts';
import { until } from './support/http.ts';
import { codesOf, Lab, type LabDelivery, sum } from './support/lab.ts';
import type { Person, RunAnswer } from './support/steps.ts';

/** Full resyncs and replacements: what is at the platform afterwards is exactly whom the ledger names. */
describe('a full resync', () => {
  let lab: Lab;
  const sizes = { facebook: facebook.capabilities.batchSize, google: google.capabilities.batchSize };
  beforeAll(async () => {
    // several batches of few people
    facebook.capabilities.batchSize = 50;
    google.capabilities.batchSize = 50;
    lab = await Lab.open();
  });
  afterEach(() => lab.heal());
  afterAll(async () => {
    facebook.capabilities.batchSize = sizes.facebook;
    google.capabilities.batchSize = sizes.google;
    await lab.close();
  });

  const start = async ({ id }: LabDelivery, resync = true) =>
    (await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`, { resync })).id;
  const resync = async (delivery: LabDelivery) => lab.world.finished(await start(delivery));
  const calls = (type: 'facebook' | 'google', from: number, pattern: RegExp) =>
    lab.world.sandbox[type].requests.slice(from).filter(({ path }) => pattern.test(path)).length;
  const plan = (person: Person, kind: 'basic' | 'premium') =>
    Object.assign(person, { plan: kind, spend: kind === 'basic' ? 25 : 930 });

  /** Puts somebody into each of the delivery's audiences behind our back, a while ago. */
  const intrude = (delivery: LabDelivery, run: RunAnswer) => {
    const { sandbox } = lab.world;
    const longAgo = new Date(sandbox.clock.now().getTime() - 3_600_000);
    for (const { remote } of run.segments) {
      const { members } =
        delivery.type === 'facebook'
          ? sandbox.facebook.state.audiences.get(remote!.id)!
          : sandbox.google.state.lists.get(remote!.id)!;
      members.add([`EMAIL=${'ab'.repeat(32)}`], longAgo);
    }
  };
  const rows = (delivery: LabDelivery) => lab.rows(delivery);

  it.each(['facebook', 'google'] as const)('at %s takes out who should never have been there', async (type) => {
    const delivery = await lab.deliver(type);
    intrude(delivery, await lab.run(delivery));
    const before = rows(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
    expect(rows(delivery)).toBe(before);
    const seen = lab.world.sandbox[type].requests.length;
    const run = await resync(delivery);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(run.segments.map(({ counts, planned }) => counts.ok - planned.refreshes)).toEqual([0, 0]);
    if (type === 'facebook') {
      expect(calls(type, seen, /usersreplace$/)).toBe(6);
      expect(calls(type, seen, /users$/)).toBe(0);
    } else {
      expect(calls(type, seen, /ingest$/)).toBe(6);
      expect(calls(type, seen, /removeAll$/)).toBe(2);
    }
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
    expect(lab.world.sandbox.violations).toEqual([]);
  });

  it.each(['facebook', 'google'] as const)(
    'at %s lets leavers go, brings movers over and changed keys in, all in the ledger',
    async (type) => {
      const delivery = await lab.deliver(type);
      intrude(delivery, await lab.run(delivery));
      const [offset, first] = type === 'facebook' ? [0, 'basic' as const] : [20, 'premium' as const];
      const people = lab.people.slice(100 + offset, 110 + offset);
      people[0]!.consent = 'denied';
      people[1]!.first = 'Renamed';
      for (const person of people.slice(4, 8)) plan(person, person.plan === 'basic' ? 'premium' : 'basic');
      plan(people[8]!, first);
      await lab.bring(...people);
      const run = await resync(delivery);
      expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
      await lab.expectExact(delivery);
      expect(sum(run.segments.map(({ counts }) => counts.removed))).toBe(
        sum(run.segments.map((s) => s.planned.removes)),
      );
      const path = `/v1/contacts/${await lab.world.contactId(people[0]!.id)}/deliveries`;
      const { items } = await lab.world.ask<{ items: { deliveryId: string; state: string }[] }>('GET', path);
      expect(items.find(({ deliveryId }) => deliveryId === delivery.id)).toMatchObject({ state: 'removed' });
      expect((await lab.run(delivery)).verdict).toBe('unchanged');
    },
  );

  it('is what a mirror does by itself at Facebook, when that takes fewer batches', async () => {
    const delivery = await lab.deliver('facebook');
    await lab.run(delivery);
    const movers = lab.people.filter(({ plan: kind }) => kind === 'basic').slice(5, 105);
    for (const person of movers) plan(person, 'premium');
    movers[0]!.first = 'Renamed';
    await lab.bring(...movers);
    const seen = lab.world.sandbox.facebook.requests.length;
    const { id } = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${delivery.id}/runs`);
    await lab.world.ask('POST', `/v1/runs/${id}/approve`, { note: 'meant' }).catch(() => undefined);
    await until(
      () => lab.world.ask<RunAnswer>('GET', `/v1/runs/${id}`),
      ({ status }) => status !== 'queued' && status !== 'planning',
    );
    await lab.world.reach.api('POST', `/v1/runs/${id}/approve`, { note: 'meant' });
    expect(await lab.world.finished(id)).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(calls('facebook', seen, /usersreplace$/)).toBeGreaterThan(0);
    await lab.expectExact(delivery);
    for (const person of movers) plan(person, 'basic');
    await lab.bring(...movers);
  });

  it('at Facebook goes on in the same session after a restart, without sending its first batch twice', async () => {
    const delivery = await lab.deliver('facebook');
    intrude(delivery, await lab.run(delivery));
    lab.arm(delivery, { match: { path: 'usersreplace' }, do: 'hang', apply: true, times: 2 });
    const seen = lab.world.sandbox.facebook.requests.length;
    const id = await start(delivery);
    await until(
      async () => calls('facebook', seen, /usersreplace$/),
      (count) => count >= 2,
    );
    await lab.world.restart();
    const run = await lab.world.finished(id, 120_000);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(calls('facebook', seen, /usersreplace$/)).toBe(6);
    await lab.expectExact(delivery);
  });

  it('at Google sweeps after a restart between the two halves', async () => {
    const delivery = await lab.deliver('google');
    intrude(delivery, await lab.run(delivery));
    lab.arm(delivery, { match: { path: 'removeAll' }, do: 'hang', apply: true, times: 2 });
    const seen = lab.world.sandbox.google.requests.length;
    const id = await start(delivery);
    await until(
      async () => calls('google', seen, /removeAll$/),
      (count) => count >= 1,
    );
    await lab.world.restart();
    const run = await lab.world.finished(id, 120_000);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    await lab.expectExact(delivery);
    expect(lab.world.sandbox.violations).toEqual([]);
  });

  it('at Google takes nobody out where not everyone was taken in, and says so', async () => {
    const delivery = await lab.deliver('google');
    intrude(delivery, await lab.run(delivery));
    const errorCounts = [{ reason: 'PROCESSING_ERROR_REASON_INVALID_EMAIL', recordCount: 3 }];
    lab.world.sandbox.google.script({ status: 'PARTIAL_SUCCESS', errorCounts });
    const seen = lab.world.sandbox.google.requests.length;
    const run = await resync(delivery);
    expect(run.verdict).toBe('confirmed-with-rejects');
    expect(calls('google', seen, /removeAll$/)).toBe(1);
    const uploads = run.segments.flatMap((segment) => segment.uploads);
    const [partial] = uploads.filter(({ status }) => status === 'partial');
    expect(JSON.stringify(partial!.confirmation)).toContain('another full resync');
  });

  const remotes = ({ segments }: RunAnswer) => segments.map(({ remote }) => remote!.id);
  const holds = (person: Person, list: string) =>
    lab.world.sandbox.google.values(list, 'EMAIL').has(sha256(person.email!));

  it('at Google leaves movers where they are when their new list could not be filled', async () => {
    const delivery = await lab.deliver('google');
    const [one, other] = remotes(await lab.run(delivery)) as [string, string];
    const movers = lab.people.filter((person) => person.consent !== 'denied' && holds(person, one)).slice(3, 9);
    const { plan: kind } = movers[0]!;
    for (const person of movers) plan(person, kind === 'basic' ? 'premium' : 'basic');
    await lab.bring(...movers);
    const refusal = { match: { path: 'ingest', body: other }, do: 'error', code: 'PERMISSION_DENIED' } as const;
    lab.arm(delivery, { ...refusal, times: 'always' });
    const seen = lab.world.sandbox.google.requests.length;
    const run = await resync(delivery);
    expect(run.verdict).toBe('partly-failed');
    expect(movers.filter((person) => !holds(person, one))).toEqual([]);
    expect(calls('google', seen, /removeAll$/)).toBe(0);
    const [kept] = run.segments.find(({ remote }) => remote!.id === one)!.uploads.filter((u) => u.direction === 'add');
    expect(kept).toMatchObject({ status: 'partial' });
    expect(JSON.stringify(kept!.confirmation)).toContain('The next full resync takes them out');
    lab.heal();
    expect((await resync(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });

  it('at Google sweeps no list before the others are filled', async () => {
    const delivery = await lab.deliver('google');
    const [, other] = remotes(await lab.run(delivery)) as [string, string];
    lab.arm(delivery, { match: { path: 'ingest', body: other }, do: 'slow', milliseconds: 7000, times: 1 });
    const seen = lab.world.sandbox.google.requests.length;
    expect((await resync(delivery)).verdict).toBe('confirmed');
    const kinds = lab.world.sandbox.google.requests.slice(seen).map(({ path }) => path.split(':').at(-1));
    expect(kinds.indexOf('removeAll')).toBeGreaterThan(kinds.lastIndexOf('ingest'));
    await lab.expectExact(delivery);
  });

  it('at Google does not go on in a new list when the old one is deleted half-way', async () => {
    const delivery = await lab.deliver('google');
    const [list] = remotes(await lab.run(delivery)) as [string, string];
    const match = { path: 'ingest', body: list, nth: 2 };
    lab.arm(delivery, { match, do: 'hang', times: 1 });
    const { google: platform } = lab.world.sandbox;
    const id = await start(delivery);
    await until(
      async () => platform.faults.list(),
      (left) => left.length === 0,
    );
    platform.state.lists.delete(list);
    await lab.world.restart();
    const run = await lab.world.finished(id, 120_000);
    expect(run.verdict).toBe('partly-failed');
    expect(codesOf(run)).toContain('audience-missing');
    expect(remotes(run)).toContain(list);
    const repair = await resync(delivery);
    expect(repair).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(remotes(repair)).not.toContain(list);
    await lab.expectExact(delivery);
  });

  it('at Facebook that is refused is not taken for done, and who left meanwhile leaves with the next run', async () => {
    const delivery = await lab.deliver('facebook', {}, { options: { valueAttribute: 'spend' } });
    await lab.run(delivery);
    const before = rows(delivery);
    const change = (options: object) => lab.world.ask('PATCH', `/v1/deliveries/${delivery.id}`, { options });
    const leavers = [lab.people[140]!, lab.people[141]!]; // one of each persona: both lists are replaced
    for (const person of leavers) person.consent = 'denied';
    await lab.bring(...leavers);
    await change({}); // Meta takes nobody without a value in a value-based audience
    const seen = lab.world.sandbox.facebook.requests.length;
    const run = await lab.run(delivery);
    expect(calls('facebook', seen, /usersreplace$/)).toBeGreaterThan(0);
    expect(run.verdict).toBe('failed');
    expect(new Set(codesOf(run))).toEqual(new Set(['payload']));
    expect(rows(delivery)).toBe(before);
    await change({ valueAttribute: 'spend' });
    const repair = await lab.run(delivery);
    expect(repair).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(sum(repair.segments.map(({ planned }) => planned.removes))).toBe(2);
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it('at Facebook that is refused half-way and never takes effect leaves no old keys behind', async () => {
    const delivery = await lab.deliver('facebook');
    const [list] = remotes(await lab.run(delivery)) as [string, string];
    const { facebook: platform } = lab.world.sandbox;
    const there = platform.values(list, 'EMAIL');
    const people = lab.people.filter(({ email }) => there.has(sha256(email!)));
    for (const person of people) person.first = 'Newly';
    await lab.bring(...people);
    lab.arm(delivery, { match: { path: `${list}/usersreplace`, nth: 2 }, do: 'error', code: 100, times: 'always' });
    const run = await resync(delivery);
    expect(run.verdict).toBe('partly-failed');
    expect(codesOf(run)).toContain('payload');
    lab.heal();
    Object.assign(platform.state.audiences.get(list)!, { replacement: undefined, status: 200 });
    expect(await lab.run(delivery)).toMatchObject({ verdict: 'confirmed', reason: null });
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it('at Facebook of which not one member is taken does not count as one', async () => {
    const delivery = await lab.deliver('facebook');
    await lab.run(delivery);
    lab.people[150]!.consent = 'denied';
    await lab.bring(lab.people[150]!);
    const body = { num_invalid_entries: 10_000 };
    lab.arm(delivery, { match: { path: 'usersreplace' }, do: 'patch', body, times: 'always' });
    const run = await resync(delivery);
    expect(run.verdict).toBe('failed');
    expect(new Set(codesOf(run))).toEqual(new Set(['not-confirmed']));
    lab.heal();
    const repair = await lab.run(delivery);
    expect(sum(repair.segments.map(({ planned }) => planned.removes))).toBe(1);
    expect(repair).toMatchObject({ verdict: 'confirmed', reason: null });
    await lab.expectExact(delivery);
  });

  // the last ones: Google would not sweep with a clock that is far off
  it('at Google counts whom Google confirmed, whether or not it ever says what became of the others', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    const { requests } = lab.world.sandbox.google.state;
    const set = requests.set.bind(requests);
    const spy = jest.spyOn(requests, 'set').mockImplementation((key, request) => {
      return set(key, request.kind === 'removeAll' ? { ...request, polls: Number.NEGATIVE_INFINITY } : request);
    });
    const id = await start(delivery);
    await until(
      () => lab.world.ask<RunAnswer>('GET', `/v1/runs/${id}`),
      (run) => JSON.stringify(run).split('still in progress').length === 3,
    );
    spy.mockRestore();
    lab.world.sandbox.clock.advance(25 * 3_600_000);
    lab.world.reach.clock.advance(25 * 3_600_000);
    const run = await lab.world.finished(id, 120_000);
    expect(run.segments.flatMap(({ uploads }) => uploads.map(({ status }) => status))).toEqual([
      'needs-person',
      'needs-person',
    ]);
    lab.heal();
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
    await lab.expectExact(delivery);
  });

  it('at Facebook that breaks off leaves nobody in the ledger who may be gone, and the next run repairs it', async () => {
    const delivery = await lab.deliver('facebook');
    await lab.run(delivery);
    lab.arm(delivery, { match: { path: 'usersreplace', nth: 4 }, do: 'error', code: 99999, times: 'always' });
    const run = await resync(delivery);
    expect(run.verdict).toBe('failed');
    lab.heal();
    lab.world.sandbox.clock.advance(91 * 60_000);
    lab.world.reach.clock.advance(91 * 60_000);
    const { segments } = await lab.world.ask<{ segments: { members: number }[] }>(
      'GET',
      `/v1/deliveries/${delivery.id}`,
    );
    expect(sum(segments.map(({ members }) => members))).toBeLessThan(240);
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });
});
