import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { AccountId } from '../src/accounts/auth.ts';
import { AudiencesService } from '../src/audiences/audiences.service.ts';
import { OutcomeVersions } from '../src/cohorts/outcome-versions.ts';
import type { PublishedOutcome } from '../src/conditions/condition.ts';
import { datasets } from '../src/contacts/contacts.tables.ts';
import { RunsService } from '../src/deliveries/runs.service.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { until } from './support/http.ts';
import { Lab, type LabDelivery } from './support/lab.ts';
import type { Person } from './support/world.ts';

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

  const tick = () => lab.world.reach.clock.round();
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
    const schedule = { timeZone: 'UTC', afterImport: true };
    const id = await lab.world.delivery({ name: 'by itself', audienceId, connectionId, schedule });
    const busy = { match: { path: '/users' }, do: 'error', code: 80003, subcode: 2446079, times: 'always' } as const;
    lab.world.sandbox.facebook.faults.add(busy);
    const first = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`);
    await lab.postponed(first.id);
    for (const i of [1, 2]) await imported({ id: `n${i}`, email: `new${i}@example.com`, spend: 25, plan: 'basic' });
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

  const imported = async (...people: Person[]) => {
    await lab.world.importPeople(people);
    const untold = () => lab.world.reach.app.get<Db>(DB).select().from(datasets).where(eq(datasets.untold, true));
    await until(untold, ({ length }) => length === 0);
  };
  const afterImport = async (name: string, audience: object) =>
    lab.world.delivery({
      name,
      audienceId: await lab.world.audience({ name, ...audience }),
      connectionId: await lab.world.connect('facebook'),
      schedule: { timeZone: 'UTC', afterImport: true },
    });

  it('after an import waits for the personas that its audience asks for', async () => {
    const personaSetId = lab.setId;
    const people = ['premium', 'basic'] as const;
    const ids = [];
    for (const kind of people) {
      const within = await lab.world.audience({ name: kind, personaSetId, personas: [lab.personas[kind].key] });
      ids.push(await afterImport(`only ${kind}`, { include: { condition: { audience: within } } }));
    }
    const plain = await afterImport('described', { personaSetId, include: { condition: { everyone: true } } });
    await imported({ id: 'w1', email: 'waited@example.com', spend: 920, plan: 'premium' });
    for (const [i, id] of ids.entries()) {
      const runs = await ended({ id }, 1);
      expect(runs.map(({ trigger, verdict }) => [trigger, verdict])).toEqual([['rebuild', 'confirmed']]);
      const list = lab.world.sandbox.facebook.audienceByName(`only ${people[i]}`);
      const emails = lab.world.sandbox.facebook.values(list!.id, 'EMAIL');
      expect(emails.has(createHash('sha256').update('waited@example.com').digest('hex'))).toBe(people[i] === 'premium');
      await lab.world.ask('PATCH', `/v1/deliveries/${id}`, { schedule: null });
    }
    expect((await ended({ id: plain }, 1)).map(({ trigger }) => trigger)).toEqual(['import']);
    await lab.world.ask('PATCH', `/v1/deliveries/${plain}`, { schedule: null });
  });

  it('after an import waits for the scores that its audience asks for, where there are any', async () => {
    const { app } = lab.world.reach;
    const outcomes = app.get(OutcomeVersions);
    const asked = { personaSets: new Set<string>(), outcomes: new Set(['out_1']) };
    jest
      .spyOn(app.get(AudiencesService), 'modelsIn')
      .mockImplementation(async (_, ids) => new Map(ids.map((id) => [id, asked])));
    const live = jest.spyOn(outcomes, 'resolve').mockResolvedValue({ versionId: 'v' } as PublishedOutcome);
    const id = await afterImport('by score', { include: { condition: { everyone: true } } });
    await imported({ id: 'w2', email: 'scored@example.com', spend: 22, plan: 'basic' });
    await tick();
    expect(await runsOf({ id })).toEqual([]);
    const { accountId } = await lab.world.ask<{ accountId: AccountId }>('GET', '/v1/me');
    await outcomes.scored(accountId, 'out_2');
    expect(await runsOf({ id })).toEqual([]);
    await outcomes.scored(accountId, 'out_1');
    expect((await ended({ id }, 1)).map(({ trigger }) => trigger)).toEqual(['import']);
    live.mockResolvedValue(undefined);
    await imported({ id: 'w3', email: 'unscored@example.com', spend: 22, plan: 'basic' });
    await ended({ id }, 2);
    await lab.world.ask('PATCH', `/v1/deliveries/${id}`, { schedule: null });
  });

  it('by the clock survives the death of the process that was to start it', async () => {
    const delivery = await lab.deliver('facebook');
    const schedule = { cron: '0 6 * * *', timeZone: 'UTC' };
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
