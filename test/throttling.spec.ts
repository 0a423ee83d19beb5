import { facebook } from '../connectors/facebook/definition.ts';
import type { Fault } from '../sandbox/faults.ts';
import { until } from './support/http.ts';
import { Lab, type LabDelivery } from './support/lab.ts';
import type { RunAnswer } from './support/steps.ts';

/** A platform that has had enough of an ad account has had enough of all of it. */
describe('a throttled connection', () => {
  let lab: Lab;
  const { batchSize } = facebook.capabilities;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterEach(() => {
    facebook.capabilities.batchSize = batchSize;
    lab.heal();
    lab.world.sandbox.facebook.options.usage = null;
  });
  afterAll(() => lab.close());

  const start = async ({ id }: LabDelivery) =>
    (await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`)).id;
  const show = (id: string) => lab.world.ask<RunAnswer>('GET', `/v1/runs/${id}`);
  const calls = (from = 0) => lab.world.sandbox.facebook.requests.slice(from);
  const uploadsIn = (from: number) => calls(from).filter(({ path }) => path.endsWith('/users'));

  it('is left alone by all its deliveries, says until when and why, and goes on without having spent a try', async () => {
    const first = await lab.deliver('facebook');
    const second = await lab.deliver('facebook', {}, { beside: first });
    const elsewhere = await lab.deliver('facebook');
    const limit: Fault = { match: { path: '/users' }, do: 'error', code: 80003, subcode: 2446079, times: 'always' };
    lab.arm(first, limit);
    const runs = [await start(first)];
    await lab.postponed(...runs);
    lab.heal(); // it would let us in again now, but we were told to stay away
    const seen = calls().length;
    runs.push(await start(second));
    await lab.reached(runs[1]!, 'sending');
    await lab.postponed(...runs);
    expect(calls(seen)).toEqual([]);
    for (const id of runs) {
      const { waiting } = await show(id);
      expect(new Date(waiting!.until).getTime()).toBeGreaterThan(lab.world.reach.clock.now().getTime());
      expect(waiting!.because).toContain('hourly quota');
    }
    expect((await lab.run(elsewhere)).verdict).toBe('confirmed');
    lab.world.reach.clock.advance(3_700_000);
    for (const [i, id] of runs.entries()) {
      expect(await lab.world.finished(id)).toMatchObject({ verdict: 'confirmed', waiting: null });
      await lab.expectExact([first, second][i]!);
    }
  });

  it('pauses before the quota is used up, when the answers say that it nearly is', async () => {
    const first = await lab.deliver('facebook');
    const second = await lab.deliver('facebook', {}, { beside: first });
    lab.world.sandbox.facebook.options.usage = { percent: 96, regainMinutes: 7 };
    const id = await start(first);
    await lab.postponed(id);
    lab.world.sandbox.facebook.options.usage = null;
    const seen = calls().length;
    const other = await start(second);
    await lab.reached(other, 'sending');
    await lab.postponed(other);
    expect((await show(other)).waiting?.because).toContain('quota');
    expect(calls(seen)).toEqual([]);
    lab.world.reach.clock.advance(7 * 60_000);
    for (const run of [id, other]) expect((await lab.world.finished(run)).verdict).toBe('confirmed');
    await lab.expectExact(first);
    await lab.expectExact(second);
  });

  it('does not keep the other audiences waiting for one that is busy', async () => {
    const delivery = await lab.deliver('facebook');
    const busy: Fault = { match: { path: '/users' }, do: 'error', code: 2650, subcode: 1870145, times: 1 };
    lab.arm(delivery, busy);
    const seen = calls().length;
    const id = await start(delivery);
    const { segments, waiting } = await until(
      () => show(id),
      // the clock moves on only once the other audience is through: a call that a lease outlives is sent again
      ({ segments: all }) =>
        all.some(({ uploads }) => uploads.some(({ nextAt, status }) => nextAt && status === 'sending')) &&
        all.some(({ uploads }) => uploads.every(({ status }) => status !== 'pending' && status !== 'sending')),
    );
    expect(waiting).toBeNull();
    expect(segments).toHaveLength(2);
    lab.world.reach.clock.advance(60_000);
    expect((await lab.world.finished(id)).verdict).toBe('confirmed');
    expect(uploadsIn(seen).length).toBe(3);
  });

  it('is found paused by a process that starts meanwhile', async () => {
    const delivery = await lab.deliver('facebook');
    lab.arm(delivery, { match: { path: '/users' }, do: 'error', code: 80003, subcode: 2446079, times: 'always' });
    const id = await start(delivery);
    await lab.postponed(id);
    lab.heal();
    const seen = calls().length;
    await lab.world.restart();
    expect((await show(id)).waiting?.because).toContain('hourly quota');
    expect(calls(seen)).toEqual([]);
    lab.world.reach.clock.advance(20_000_000); // the clock of a new process begins anew
    expect((await lab.world.finished(id)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });

  // the last one: the clock of a process that starts after it would be days behind
  it('is waited for as long as something gets through, and given up two days after the last batch', async () => {
    facebook.capabilities.batchSize = 50; // several batches of few people
    const delivery = await lab.deliver('facebook');
    const limit = { do: 'error', code: 80003, subcode: 2446079, times: 'always' } as const;
    const uploads = async () => (await show(id)).segments.flatMap((segment) => segment.uploads);
    const now = () => lab.world.reach.clock.now();
    lab.arm(delivery, { ...limit, match: { path: '/users' } });
    const id = await start(delivery);
    await lab.postponed(id);
    lab.arm(delivery, { ...limit, match: { path: '/users', nth: 2 } }); // one batch of one list gets through
    lab.world.reach.clock.advance(25 * 3_600_000);
    await until(uploads, (all) => all.every(({ nextAt }) => nextAt && new Date(nextAt) > now()));
    const sent = (await uploads()).map((upload) => upload.sent).sort((a, b) => a - b);
    expect(sent).toEqual([0, 50]);
    lab.world.reach.clock.advance(25 * 3_600_000);
    await until(uploads, (all) => all.every(({ nextAt, status }) => status === 'failed' || new Date(nextAt!) > now()));
    const byState = Object.fromEntries((await uploads()).map((upload) => [upload.status, upload]));
    expect(byState.failed).toMatchObject({ sent: 0, error: { code: 'throttled' } });
    expect(byState.failed!.error!.text).toContain('48 hours');
    expect(byState.sending).toMatchObject({ sent: 50, error: null });
    lab.heal();
    lab.world.reach.clock.advance(3_700_000);
    expect((await lab.world.finished(id)).verdict).toBe('partly-failed');
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });
});
