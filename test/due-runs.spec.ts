import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { datasets } from '../src/contacts/contacts.tables.ts';
import { RunsService } from '../src/deliveries/runs.service.ts';
import { SchedulesService } from '../src/deliveries/schedules.service.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { until } from './support/http.ts';
import { Lab, type LabDelivery } from './support/lab.ts';

interface Listed {
  id: string;
  trigger: string;
  verdict: string | null;
  finishedAt: string | null;
}

/** Runs that start by themselves come once and are not lost, whatever is in their way. */
describe('a run that is due', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    lab.heal();
  });
  afterAll(() => lab.close());

  const tick = () => lab.world.reach.app.get(SchedulesService).tick();
  const runsOf = async ({ id }: Pick<LabDelivery, 'id'>) =>
    (await lab.world.ask<{ items: Listed[] }>('GET', `/v1/deliveries/${id}/runs`)).items;
  const ended = (delivery: Pick<LabDelivery, 'id'>, count: number) =>
    until(
      () => runsOf(delivery),
      (runs) => runs.length >= count && runs.every(({ finishedAt }) => finishedAt !== null),
    );

  it('after an import comes once the run has ended that was planned before it', async () => {
    const audienceId = await lab.world.audience({ name: 'All', include: { condition: { everyone: true } } });
    const connectionId = await lab.world.connect('facebook');
    const schedule = { timezone: 'UTC', afterImport: true };
    const id = await lab.world.delivery({ name: 'by itself', audienceId, connectionId, schedule });
    const busy = { match: { path: '/users' }, do: 'error', code: 80003, subcode: 2446079, times: 'always' } as const;
    lab.world.sandbox.facebook.faults.add(busy);
    const first = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`);
    await lab.postponed(first.id);
    for (const i of [1, 2])
      await lab.world.importPeople([{ id: `n${i}`, email: `new${i}@example.com`, spend: 25, plan: 'basic' }]);
    const untold = () => lab.world.reach.app.get<Db>(DB).select().from(datasets).where(eq(datasets.untold, true));
    await until(untold, ({ length }) => length === 0);
    await tick();
    expect(await runsOf({ id })).toHaveLength(1);
    lab.heal();
    lab.world.reach.clock.advance(3_700_000);
    const runs = await ended({ id }, 2);
    expect(runs.map(({ trigger, verdict }) => [trigger, verdict])).toEqual([
      ['import', 'confirmed'],
      ['manual', 'confirmed'],
    ]);
    const list = lab.world.sandbox.facebook.audienceByName('All');
    const emails = lab.world.sandbox.facebook.values(list!.id, 'EMAIL');
    for (const i of [1, 2]) expect(emails).toContain(createHash('sha256').update(`new${i}@example.com`).digest('hex'));
    await tick();
    expect(await runsOf({ id })).toHaveLength(2);
    await lab.world.ask('PATCH', `/v1/deliveries/${id}`, { schedule: null });
  });

  it('by the clock survives the death of the process that was to start it', async () => {
    const delivery = await lab.deliver('facebook');
    const schedule = { cron: '0 6 * * *', timezone: 'UTC' };
    await lab.world.ask('PATCH', `/v1/deliveries/${delivery.id}`, { schedule });
    const starts = jest.spyOn(lab.world.reach.app.get(RunsService), 'start').mockRejectedValue(new Error('killed'));
    lab.world.reach.clock.advance(5 * 86_400_000);
    await until(
      async () => starts.mock.calls.length,
      (count) => count > 0,
    );
    expect(await runsOf(delivery)).toEqual([]);
    starts.mockRestore();
    await lab.world.restart();
    const runs = await ended(delivery, 1);
    expect(runs.map(({ trigger, verdict }) => [trigger, verdict])).toEqual([['schedule', 'confirmed']]);
    await tick();
    expect(await runsOf(delivery)).toHaveLength(1);
  });
});
