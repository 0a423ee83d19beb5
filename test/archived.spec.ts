import { createHash } from 'node:crypto';
import { until } from './support/http.ts';
import { Lab, type LabDelivery, sum } from './support/lab.ts';
import type { RunAnswer } from './support/steps.ts';

const HOUR = 3_600_000;

/** A delivery out of use still lets people go. */
describe('an archived delivery', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  const tick = () => lab.world.reach.clock.round();
  const metric = async () =>
    /reach_withdrawn_but_delivered\{[^}]*\} (\d+)/.exec(
      String((await lab.world.reach.api('GET', '/metrics')).body),
    )?.[1];
  const suppress = (...emails: string[]) => lab.world.ask('POST', '/v1/suppressions', { list: 'gone', emails });
  const runsOf = async ({ id }: LabDelivery) =>
    (await lab.world.ask<{ items: { id: string; trigger: string }[] }>('GET', `/v1/deliveries/${id}/runs`)).items;
  const held = (delivery: LabDelivery) => lab.compare(delivery).map((part) => new Set(part.held.emails));
  const archive = async ({ id }: LabDelivery) => {
    expect((await lab.world.reach.api('DELETE', `/v1/deliveries/${id}`)).status).toBe(204);
    await tick();
  };
  const archived = async (type: 'facebook' | 'google') => {
    const delivery = await lab.deliver(type);
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await archive(delivery);
    return delivery;
  };
  /** The run that comes once the delivery's hour has come. */
  const nextRun = async (delivery: LabDelivery) => {
    const before = (await runsOf(delivery)).length;
    lab.world.reach.clock.advance(HOUR + 1000);
    const [newest] = await until(
      () => runsOf(delivery),
      (runs) => runs.length > before,
    );
    expect(newest?.trigger).toBe('withdrawal');
    return lab.world.finished(newest!.id);
  };
  const planned = ({ segments }: RunAnswer) => ({
    sent: sum(segments.map(({ planned: { adds, changes, refreshes } }) => adds + changes + refreshes)),
    removes: sum(segments.map(({ planned: { removes } }) => removes)),
  });

  it('takes out who withdrew and is there in older forms only, all of them at once', async () => {
    const delivery = await lab.deliver('facebook', {}, { mode: 'add-only' });
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    const before = held(delivery);
    const gone = { ...lab.people[14]!, first: 'Second' };
    await lab.bring(gone);
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    lab.arm(delivery, { match: { path: '/users' }, do: 'error', code: 100, times: 'always' });
    await lab.bring({ ...gone, first: 'Third' });
    expect((await lab.run(delivery)).verdict).toBe('confirmed-with-rejects');
    lab.heal();
    await archive(delivery);
    await suppress(gone.email!);
    expect(await metric()).toBe('1');
    expect((await nextRun(delivery)).verdict).toBe('confirmed');
    const digest = createHash('sha256').update(gone.email!).digest('hex');
    expect(held(delivery)).toEqual(before.map((emails) => new Set([...emails].filter((email) => email !== digest))));
    expect(await metric()).toBe('0');
    lab.world.reach.clock.advance(HOUR + 1000);
    await tick();
    expect(await runsOf(delivery)).toHaveLength(4);
  });

  it.each(['facebook', 'google'] as const)('at %s takes out who withdrew, and does nothing else', async (type) => {
    const delivery = await archived(type);
    const [gone, other] = type === 'facebook' ? [lab.people[4]!, lab.people[6]!] : [lab.people[8]!, lab.people[10]!];
    const before = held(delivery);
    await suppress(gone.email!);
    // a change and a newcomer that a run of a delivery in use would send
    await lab.bring(
      { ...other, email: `changed.${other.email}` },
      { id: `new-${type}`, email: `new-${type}@example.com`, spend: 25, plan: 'basic' },
    );
    expect(await metric()).toBe('1');
    const run = await nextRun(delivery);
    expect({ verdict: run.verdict, ...planned(run) }).toEqual({ verdict: 'confirmed', sent: 0, removes: 1 });
    const digest = createHash('sha256').update(gone.email!).digest('hex');
    expect(held(delivery)).toEqual(before.map((emails) => new Set([...emails].filter((email) => email !== digest))));
    await until(metric, (count) => count === '0'); // others archived here hold the person too
    lab.world.reach.clock.advance(HOUR + 1000);
    await tick();
    expect(await runsOf(delivery)).toHaveLength(2);
  });

  it('whose remote audience is gone holds nobody who withdrew', async () => {
    const delivery = await archived('facebook');
    const { accessToken } = lab.world.sandbox.credentials.facebook;
    const own = lab.world.sandbox.facebook.audiences().filter(({ name }) => name.startsWith(`${delivery.name} `));
    expect(own.length).toBe(2);
    for (const { id } of own)
      await fetch(`${lab.world.sandbox.facebook.url}/v26.0/${id}?access_token=${accessToken}`, { method: 'DELETE' });
    await suppress(lab.people[12]!.email!);
    expect(await metric()).toBe('1');
    expect((await nextRun(delivery)).verdict).toBe('confirmed');
    await until(metric, (count) => count === '0'); // others archived here hold the person too
  });
});
