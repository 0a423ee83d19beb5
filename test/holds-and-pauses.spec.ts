import { jest } from '@jest/globals';
import type { AccountId } from '../src/accounts/auth.ts';
import { AlertsService } from '../src/alerts/alerts.service.ts';
import { Conductor } from '../src/deliveries/conductor.ts';
import { until } from './support/http.ts';
import { codesOf, Lab, type LabDelivery } from './support/lab.ts';
import type { RunAnswer } from './support/steps.ts';

const HOUR = 3_600_000;

/** What waits for a person says so, ends in time, and is not blamed on anybody. */
describe('a run that waits for a person', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    lab.heal();
  });
  afterAll(() => lab.close());

  const killed = () => Promise.reject(new Error('killed'));
  const alerts = () => lab.world.reach.app.get(AlertsService);
  const sweep = () => lab.world.reach.clock.round();
  const start = async ({ id }: LabDelivery) =>
    (await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`)).id;
  const alertsOf = async (runId: string) => {
    const { items } = await lab.world.ask<{ items: { subject: string; recoveredAt: string | null }[] }>(
      'GET',
      '/v1/alerts',
    );
    return items.filter(({ subject }) => subject === runId).map(({ recoveredAt }) => (recoveredAt ? 'over' : 'open'));
  };
  /** A run that a guard holds because nothing was imported for a day. */
  const hold = async () => {
    const delivery = await lab.deliver('facebook', {}, { guards: { maxInputAgeHours: 24 } });
    lab.world.reach.clock.advance(25 * HOUR);
    const id = await start(delivery);
    await lab.reached(id, 'held');
    return id;
  };

  it('is told of although the process died that was to tell, and only once', async () => {
    const real = alerts().raise.bind(alerts());
    let tries = 0;
    jest.spyOn(alerts(), 'raise').mockImplementation((account, concern) => {
      const isHold = concern.key.startsWith('hold/');
      if (isHold) tries += 1;
      return isHold && tries === 1 ? killed() : real(account, concern);
    });
    const id = await hold();
    await until(
      async () => tries,
      (count) => count > 0,
    );
    await sweep();
    expect(await alertsOf(id)).toEqual(['open']);
    // as when a decision dies between the end of the alert and that of the hold
    await alerts().recover('acc_default' as AccountId, `hold/${id}`);
    await sweep();
    expect(await alertsOf(id)).toEqual(['over']);
    await lab.world.ask('POST', `/v1/runs/${id}/reject`);
    expect((await lab.world.finished(id)).verdict).toBe('refused');
  });

  it('is cancelled although the process died that was to cancel it', async () => {
    const id = await hold();
    jest.spyOn(alerts(), 'recover').mockImplementationOnce(killed);
    expect((await lab.world.reach.api('POST', `/v1/runs/${id}/cancel`)).status).toBe(500);
    expect((await lab.world.finished(id)).verdict).toBe('cancelled');
    expect(await alertsOf(id)).not.toContain('open');
  });

  it('for a decision expires also while it is paused', async () => {
    const id = await hold();
    await lab.world.ask('POST', `/v1/runs/${id}/pause`);
    lab.world.reach.clock.advance(73 * HOUR);
    expect((await lab.world.finished(id)).verdict).toBe('expired');
  });

  const throttled = async () => {
    const delivery = await lab.deliver('facebook');
    lab.arm(delivery, {
      match: { method: 'POST', path: '/users' },
      do: 'error',
      code: 80003,
      subcode: 2446079,
      times: 'always',
    });
    const id = await start(delivery);
    await lab.postponed(id);
    await lab.world.ask('POST', `/v1/runs/${id}/pause`);
    return { id, delivery };
  };

  it('to go on does not count the pause as the platform’s', async () => {
    const { id, delivery } = await throttled();
    const throttles = () => lab.world.sandbox.facebook.requests.filter(({ path }) => path.endsWith('/users')).length;
    const before = throttles();
    lab.world.reach.clock.advance(72 * HOUR);
    await lab.world.ask('POST', `/v1/runs/${id}/resume`);
    await until(
      async () => throttles(),
      (count) => count > before,
    );
    await lab.postponed(id);
    lab.heal();
    lab.world.reach.clock.advance(2 * HOUR);
    const run = await lab.world.finished(id);
    expect({ verdict: run.verdict, codes: codesOf(run) }).toMatchObject({ verdict: 'confirmed' });
    await lab.expectExact(delivery);
  });

  it('to go on is cancelled although its jobs are lost', async () => {
    const { id } = await throttled();
    const conductor = lab.world.reach.app.get(Conductor) as unknown as { enqueue(): Promise<void> };
    jest.spyOn(conductor, 'enqueue').mockImplementationOnce(killed);
    expect((await lab.world.reach.api('POST', `/v1/runs/${id}/cancel`)).status).toBe(500);
    const run = await until(
      () => lab.world.ask<RunAnswer>('GET', `/v1/runs/${id}`),
      ({ finishedAt }) => finishedAt !== null,
    );
    expect(run.verdict).toBe('cancelled');
  });
});
