import type { Fault, FaultEffect } from '../sandbox/faults.ts';
import { Conductor } from '../src/deliveries/conductor.ts';
import { expectSumsUp, Lab, type LabDelivery } from './support/lab.ts';
import type { RunAnswer } from './support/steps.ts';

/** Faults that pass: whatever the platform does in between, everyone arrives once and nobody is told of trouble. */

const HTTP: [string, FaultEffect][] = [
  ['answers 429', { do: 'status', status: 429, body: {}, headers: { 'retry-after': '0' } }],
  ['answers 503', { do: 'status', status: 503, body: {} }],
  ['answers with a page of HTML', { do: 'html' }],
  ['resets the connection', { do: 'reset' }],
  ['cuts its answer short after it accepted', { do: 'truncate' }],
  ['accepts and resets the connection', { do: 'reset', apply: true }],
  ['accepts and answers 500', { do: 'status', status: 500, body: {}, apply: true }],
  ['accepts and answers with a page of HTML', { do: 'html', apply: true }],
];
const SFTP: [string, Fault][] = [
  ['resets the connection at a write', { match: { method: 'WRITE' }, do: 'reset' }],
  ['writes and resets the connection', { match: { method: 'WRITE' }, do: 'reset', apply: true }],
  ['resets the connection at the rename', { match: { method: 'POSIX-RENAME' }, do: 'reset' }],
  ['renames and resets the connection', { match: { method: 'POSIX-RENAME' }, do: 'reset', apply: true }],
  ['loses its storage for a moment', { match: { method: 'WRITE' }, do: 'status', status: 7 }],
  ['stops answering', { match: { method: 'WRITE', nth: 2 }, do: 'hang' }],
];
const CASES: [LabDelivery['type'], string, Fault][] = [
  ...HTTP.map(([name, effect]): [LabDelivery['type'], string, Fault] => [
    'facebook',
    name,
    { ...effect, match: { method: 'POST', path: '/users' }, times: 2 },
  ]),
  ...HTTP.map(([name, effect]): [LabDelivery['type'], string, Fault] => [
    'google',
    name,
    { ...effect, match: { path: 'audienceMembers:ingest' }, times: 2 },
  ]),
  ...SFTP.map(([name, fault]): [LabDelivery['type'], string, Fault] => ['sftp', name, fault]),
];

describe('a delivery into a fault that passes', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  it.each(CASES)('%s %s', async (type, _, fault) => {
    const delivery = await lab.deliver(type, type === 'sftp' ? { keepaliveSeconds: 1 } : {});
    lab.arm(delivery, fault);
    const run = await lab.run(delivery);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(lab.world.sandbox[type].faults.list()).toEqual([]);
    expectSumsUp(run);
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
    expect(lab.world.sandbox.violations).toEqual([]);
  });

  it.each(['facebook', 'google'] as const)(
    '%s does not answer, and the service is restarted meanwhile',
    async (type) => {
      const delivery = await lab.deliver(type);
      lab.arm(delivery, { match: { path: '/users|ingest' }, do: 'hang', apply: true });
      const seen = lab.world.sandbox[type].requests.length;
      const { id } = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${delivery.id}/runs`);
      while (!lab.world.sandbox[type].requests.slice(seen).some(({ path }) => /users|ingest/.test(path)))
        await new Promise((resolve) => setTimeout(resolve, 20));
      await lab.world.restart();
      const run = await lab.world.finished(id, 120_000);
      expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
      expectSumsUp(run);
      await lab.expectExact(delivery);
      expect(lab.world.sandbox.violations).toEqual([]);
    },
  );

  it('sends every batch once, however often its jobs come', async () => {
    const delivery = await lab.deliver('facebook');
    lab.arm(delivery, { match: { path: '/users' }, do: 'slow', milliseconds: 300, times: 'always' });
    const before = lab.world.sandbox.facebook.requests.length;
    const { id } = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${delivery.id}/runs`);
    const conductor = lab.world.reach.app.get(Conductor);
    await lab.reached(id, 'sending');
    const { segments } = await lab.world.ask<RunAnswer>('GET', `/v1/runs/${id}`);
    const uploadIds = segments.flatMap(({ uploads }) => uploads.map((upload) => upload.id));
    const jobs = uploadIds.flatMap((uploadId) => [conductor.send({ uploadId }), conductor.send({ uploadId })]);
    await Promise.all([...jobs, conductor.sweep(), conductor.plan({ runId: id })]);
    expect(await lab.world.finished(id)).toMatchObject({ verdict: 'confirmed', reason: null });
    const { items } = await lab.world.ask<{ items: { tries: number }[] }>('GET', `/v1/runs/${id}/batches`);
    expect(items.map(({ tries }) => tries)).toEqual([1, 1]);
    const sent = lab.world.sandbox.facebook.requests.slice(before).filter((r) => /users$/.test(r.path));
    expect(sent).toHaveLength(2);
    lab.heal();
    await lab.expectExact(delivery);
  });

  it('facebook keeps us out for minutes: the worker goes free, nobody calls meanwhile, and a person can stop it', async () => {
    const [waits, stopped] = [await lab.deliver('facebook'), await lab.deliver('facebook')];
    const limit: Fault = { match: { path: '/users' }, do: 'error', code: 80003, subcode: 2446079, times: 'always' };
    lab.arm(waits, limit);
    const start = ({ id }: LabDelivery) => lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`);
    const runs = [await start(waits), await start(stopped)];
    await lab.postponed(...runs.map(({ id }) => id));
    const again = await lab.world.reach.api<{ code: string }>('POST', `/v1/deliveries/${waits.id}/runs`);
    expect(again).toMatchObject({ status: 409, body: { code: 'run_in_progress' } });
    const calls = lab.world.sandbox.facebook.requests.length;
    await lab.world.ask('POST', `/v1/runs/${runs[1]!.id}/cancel`);
    expect((await lab.world.finished(runs[1]!.id)).verdict).toBe('cancelled');
    expect(lab.world.sandbox.facebook.requests.length).toBe(calls);
    lab.heal();
    lab.world.reach.clock.advance(400_000);
    const run = await lab.world.finished(runs[0]!.id);
    expect(run.verdict).toBe('confirmed');
    await lab.expectExact(waits);
    expect(lab.rows(stopped)).toBe(0);
    expect((await lab.run(stopped)).verdict).toBe('confirmed');
    await lab.expectExact(stopped);
  });
});
