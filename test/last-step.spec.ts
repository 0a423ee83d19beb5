import { jest } from '@jest/globals';
import { Planner } from '../src/deliveries/planner.ts';
import { RunListeners } from '../src/deliveries/run-listeners.ts';
import { type RunRow, RunsRepository } from '../src/deliveries/runs.repository.ts';
import { Problem } from '../src/http/problem.ts';
import { until } from './support/http.ts';
import { Lab } from './support/lab.ts';

interface Alerts {
  items: { title: string; subject: string; recoveredAt: string | null }[];
}

/** A process that dies at the last step of a run: nobody misses what the run had to say. */
describe('a run that breaks off at its end', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    lab.heal();
  });
  afterAll(() => lab.close());

  const told = async (run: string) =>
    (await lab.world.ask<Alerts>('GET', '/v1/alerts')).items.filter(({ subject }) => subject === run);
  /** Dies once, when a run is about to be finished. @returns what had been told by then */
  const dieAtTheEnd = (method: 'advanceRun' | 'updateRun') => {
    const runs = lab.world.reach.app.get(RunsRepository);
    const real = runs[method].bind(runs) as (...args: unknown[]) => Promise<never>;
    const before: Alerts['items'][] = [];
    jest.spyOn(runs, method).mockImplementation(async (...args: unknown[]) => {
      const ends = (args.at(-1) as Partial<RunRow>).status === 'finished';
      if (!ends || before.length > 0) return real(...args);
      before.push(await told(args[0] as string));
      throw new Error('killed');
    });
    return before;
  };

  it('has told that the delivery failed, and tells it once', async () => {
    const delivery = await lab.deliver('facebook');
    lab.arm(delivery, { match: { path: '/users' }, do: 'error', code: 99999, times: 'always' });
    const before = dieAtTheEnd('advanceRun');
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('failed');
    expect(before[0]).toMatchObject([{ title: 'A delivery failed', recoveredAt: null }]);
    expect(await told(run.id)).toHaveLength(1);
    lab.heal();
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    expect(await told(run.id)).toMatchObject([{ recoveredAt: expect.any(String) }]);
  });

  it('has told that it could not be planned, and tells it once', async () => {
    const delivery = await lab.deliver('facebook');
    jest
      .spyOn(lab.world.reach.app.get(Planner), 'plan')
      .mockRejectedValue(Problem.invalid('audienceId', 'gone', 'Gone.'));
    const before = dieAtTheEnd('updateRun');
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('failed');
    expect(before[0]).toMatchObject([{ title: 'A delivery failed' }]);
    expect(await told(run.id)).toHaveLength(1);
  });

  it('is read by its monitor when the process is back', async () => {
    const { world } = lab;
    const condition = { trait: 'plan', op: 'eq', value: 'basic' };
    const cohort = await world.ask<{ id: string }>('POST', '/v1/cohorts', { name: 'Basic', condition });
    const connectionId = await world.connect('sftp');
    const dto = { name: 'Watched', cohortId: cohort.id, connectionId };
    const { id } = await world.ask<{ id: string }>('POST', '/v1/monitors', dto);
    jest.spyOn(world.reach.app.get(RunListeners), 'tell').mockResolvedValue();
    const run = await world.ask<{ id: string }>('POST', `/v1/monitors/${id}/runs`);
    expect((await world.finished(run.id)).verdict).toBe('confirmed');
    const history = () =>
      world.ask<{ items: { runId: string; members: number }[] }>('GET', `/v1/monitors/${id}/history`);
    expect((await history()).items).toEqual([]);
    await world.restart();
    const { items } = await until(history, (answer) => answer.items.length > 0);
    expect(items).toMatchObject([{ runId: run.id, members: expect.any(Number) }]);
    expect(items[0]!.members).toBeGreaterThan(0);
  });
});
