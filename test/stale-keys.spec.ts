import { jest } from '@jest/globals';
import { RunsRepository } from '../src/deliveries/runs.repository.ts';
import { until } from './support/http.ts';
import { Lab, type LabDelivery, sum } from './support/lab.ts';
import type { RunAnswer } from './support/steps.ts';

/** Keys that were replaced here before they were removed there: a mirror's next run finds and removes them. */
describe('keys of members that have newer ones', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.heal());
  afterAll(() => lab.close());

  /** Lets people change their first name. At Google that makes another address, a key; at Facebook it only describes. */
  const rename = async (from: number, to: number, first: string) => {
    const people = lab.people.slice(from, to);
    for (const person of people) person.first = first;
    await lab.bring(...people);
  };
  const members = () => lab.people.filter(({ consent }) => consent !== 'denied').length;
  const mirror = ({ id }: LabDelivery) => lab.world.ask('PATCH', `/v1/deliveries/${id}`, { mode: 'mirror' });
  const refreshes = (run: RunAnswer) => sum(run.segments.map(({ planned }) => planned.refreshes));

  it.each(['facebook', 'google'] as const)(
    'at %s stay while people are only added, and leave with the first mirror',
    async (type) => {
      const delivery = await lab.deliver(type, {}, { mode: 'add-only' });
      expect((await lab.run(delivery)).verdict).toBe('confirmed');
      const [from, left] = type === 'facebook' ? [0, 0] : [20, 10];
      await rename(from, from + 10, `Second${type}`);
      expect((await lab.run(delivery)).verdict).toBe('confirmed');
      expect(lab.rows(delivery)).toBe(members() + left);
      expect((await lab.run(delivery)).verdict).toBe('unchanged');
      await mirror(delivery);
      lab.people[from]!.consent = 'denied';
      await lab.bring(lab.people[from]!);
      const preview = await lab.world.ask<RunAnswer>('POST', `/v1/deliveries/${delivery.id}/preview`);
      const run = await lab.run(delivery);
      expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
      expect(refreshes(run)).toBe(Math.max(0, left - 1));
      expect(preview.segments.map(({ counts }) => counts)).toEqual(
        run.segments.map(({ planned }) => ({ ...planned, invalid: 0 })),
      );
      expect(sum(run.segments.map(({ counts }) => counts.removed))).toBe(1);
      await lab.expectExact(delivery);
      expect((await lab.run(delivery)).verdict).toBe('unchanged');
      expect(lab.world.sandbox.violations).toEqual([]);
    },
  );

  it('at Google are removed by the next run, when Google says later that it removed nobody', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    await rename(40, 41, 'Later');
    lab.world.sandbox.google.script({ status: 'FAILED' });
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('partly-failed');
    expect(lab.rows(delivery)).toBeGreaterThan(sum(lab.compare(delivery).map(({ wanted }) => wanted.size)));
    const repair = await lab.run(delivery);
    expect(repair).toMatchObject({ verdict: 'confirmed', reason: null });
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it('at Google are removed by the next run, when they could not be removed before the new ones came', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    await rename(60, 70, 'Again');
    lab.arm(delivery, {
      match: { path: 'audienceMembers:remove' },
      do: 'status',
      status: 500,
      body: {},
      times: 'always',
    });
    expect((await lab.run(delivery)).verdict).toBe('partly-failed');
    expect(lab.rows(delivery)).toBe(members() + 10);
    lab.heal();
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it.each(['facebook', 'google'] as const)(
    'at %s stay known when the batch with the new ones came to a bad end',
    async (type) => {
      const delivery = await lab.deliver(type, {}, { mode: 'add-only' });
      await lab.run(delivery);
      const [from, left] = type === 'facebook' ? [90, 0] : [100, 10];
      await rename(from, from + 10, `Broken${type}`);
      const match = { path: type === 'facebook' ? '/users' : 'audienceMembers:ingest' };
      lab.arm(delivery, { match, do: 'status', status: 500, body: {}, times: 'always' });
      expect((await lab.run(delivery)).verdict).toBe('failed');
      lab.heal();
      expect((await lab.run(delivery)).verdict).toBe('confirmed');
      expect(lab.rows(delivery)).toBe(members() + left);
      await mirror(delivery);
      expect((await lab.run(delivery)).verdict).toBe(left > 0 ? 'confirmed' : 'unchanged');
      await lab.expectExact(delivery);
      expect((await lab.run(delivery)).verdict).toBe('unchanged');
    },
  );

  it('at Google stay known when somebody changes after everyone was planned to be sent again', async () => {
    const delivery = await lab.deliver('google', {}, { mode: 'add-only' });
    await lab.run(delivery);
    const runs = lab.world.reach.app.get(RunsRepository);
    const killed = () => Promise.reject(new Error('killed'));
    jest.spyOn(runs, 'insertBatch').mockImplementationOnce(killed).mockImplementationOnce(killed);
    const { id } = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${delivery.id}/runs`, { resync: true });
    await lab.postponed(id);
    await lab.world.ask('POST', `/v1/runs/${id}/pause`);
    await rename(110, 120, 'Meanwhile');
    lab.world.reach.clock.advance(11_000);
    await lab.world.ask('POST', `/v1/runs/${id}/resume`);
    expect((await lab.world.finished(id)).verdict).toBe('confirmed');
    expect(lab.rows(delivery)).toBe(members() + 10);
    await mirror(delivery);
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it('of who withdraws all leave in one run while people are only added', async () => {
    const delivery = await lab.deliver('google', {}, { mode: 'add-only' });
    await lab.run(delivery);
    for (const first of ['Two', 'Three']) {
      await rename(130, 132, first);
      expect((await lab.run(delivery)).verdict).toBe('confirmed');
    }
    expect(lab.rows(delivery)).toBe(members() + 4);
    lab.people[130]!.consent = 'denied';
    await lab.bring(lab.people[130]!);
    expect(await lab.run(delivery)).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(lab.rows(delivery)).toBe(members() + 2);
    await mirror(delivery);
    const run = await lab.run(delivery);
    expect({ verdict: run.verdict, refreshes: refreshes(run) }).toEqual({ verdict: 'confirmed', refreshes: 1 });
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it('of who withdraws leave although Facebook refused the newer ones and people are only added', async () => {
    const delivery = await lab.deliver('facebook', {}, { mode: 'add-only' });
    await lab.run(delivery);
    lab.arm(delivery, { match: { path: '/users' }, do: 'error', code: 100, times: 'always' });
    await rename(140, 141, 'Refused');
    expect((await lab.run(delivery)).verdict).toBe('confirmed-with-rejects');
    lab.heal();
    expect(lab.rows(delivery)).toBe(members());
    lab.people[140]!.consent = 'denied';
    await lab.bring(lab.people[140]!);
    expect(await lab.run(delivery)).toMatchObject({ verdict: 'confirmed', reason: null });
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it('are forgotten with the person', async () => {
    const delivery = await lab.deliver('google', {}, { mode: 'add-only' });
    await lab.run(delivery);
    await rename(80, 81, 'Gone');
    await lab.run(delivery);
    const id = await lab.world.contactId(lab.people[80]!.id);
    await lab.world.ask('POST', `/v1/contacts/${id}/erasure`);
    lab.people.splice(80, 1);
    await until(
      () => lab.world.ask<{ items: { status: string }[] }>('GET', '/v1/erasures'),
      ({ items }) => items.every(({ status }) => status !== 'running'),
    );
    await mirror(delivery);
    await lab.run(delivery);
    await lab.expectExact(delivery);
  });
});
