import { jest } from '@jest/globals';
import { facebook } from '../connectors/facebook/definition.ts';
import { AccountsService } from '../src/accounts/accounts.service.ts';
import { accounts } from '../src/accounts/accounts.tables.ts';
import type { AccountId, Caller } from '../src/accounts/auth.ts';
import { LedgerRepository } from '../src/deliveries/ledger.repository.ts';
import { RunsRepository } from '../src/deliveries/runs.repository.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { until } from './support/http.ts';
import { codesOf, Lab, type LabDelivery, sum } from './support/lab.ts';
import { type RunAnswer, Steps } from './support/steps.ts';

/** Work that breaks off at the worst moment: what was written before is never taken for what was sent. */
describe('an upload that breaks off', () => {
  let lab: Lab;
  const { batchSize } = facebook.capabilities;
  beforeAll(async () => {
    facebook.capabilities.batchSize = 50; // several batches of few people
    lab = await Lab.open();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    lab.heal();
  });
  afterAll(async () => {
    facebook.capabilities.batchSize = batchSize;
    await lab.close();
  });

  const start = async ({ id }: LabDelivery) =>
    (await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`)).id;
  const members = async ({ id }: LabDelivery) => {
    const { segments } = await lab.world.ask<{ segments: { members: number }[] }>('GET', `/v1/deliveries/${id}`);
    return sum(segments.map((segment) => segment.members));
  };
  /** Everybody has one phone number, in however many rows they are. */
  const people = (run: RunAnswer) =>
    sum(run.segments.map(({ remote }) => lab.world.sandbox.facebook.values(remote!.id, 'PHONE').size));
  /** Both segments break off at the same place, and go on once contacts have changed. */
  const breakOff = async (id: string) => {
    await lab.postponed(id);
    jest.restoreAllMocks();
    await lab.world.ask('POST', `/v1/runs/${id}/pause`);
    await lab.bring(...lab.people.slice(0, 80).map((person) => ({ ...person, email: `second.${person.email}` })));
  };

  it('before its batch was noted does not take for sent whom it then sends otherwise, or not at all', async () => {
    const delivery = await lab.deliver('facebook');
    const runs = lab.world.reach.app.get(RunsRepository);
    const killed = () => Promise.reject(new Error('killed'));
    jest.spyOn(runs, 'insertBatch').mockImplementationOnce(killed).mockImplementationOnce(killed);
    const id = await start(delivery);
    await breakOff(id);
    lab.arm(delivery, { match: { path: '/users', nth: 3 }, do: 'error', code: 99999, times: 'always' });
    lab.world.reach.clock.advance(11_000);
    await lab.world.ask('POST', `/v1/runs/${id}/resume`);
    const run = await lab.world.finished(id, 120_000);
    expect(new Set(codesOf(run))).toEqual(new Set(['unknown']));
    expect(people(run)).toBeGreaterThan(0);
    expect(await members(delivery)).toBe(people(run));
    lab.heal();
    const repair = await lab.run(delivery);
    expect(repair.verdict).toBe('confirmed');
    expect(people(repair)).toBe(240);
    expect(await members(delivery)).toBe(240);
  });

  it.each(['enterLedger', 'recordOutcomes'] as const)(
    'at %s goes on where it was, and counts nobody twice',
    async (step) => {
      const delivery = await lab.deliver('facebook');
      const ledger = lab.world.reach.app.get(LedgerRepository);
      let calls = 0;
      const original = ledger[step].bind(ledger) as (...args: unknown[]) => Promise<void>;
      jest.spyOn(ledger, step).mockImplementation((...args: unknown[]) => {
        calls += 1;
        return calls === 3 ? Promise.reject(new Error('killed')) : original(...args);
      });
      const id = await start(delivery);
      await until(
        () => lab.world.ask<RunAnswer>('GET', `/v1/runs/${id}`),
        ({ segments }) =>
          segments.some(({ uploads }) => uploads.some((u) => u.status === 'sending' && u.nextAt !== null)),
      );
      lab.world.reach.clock.advance(11_000);
      const run = await lab.world.finished(id);
      expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
      expect(sum(run.segments.map(({ counts }) => counts.ok))).toBe(240);
      expect(people(run)).toBe(240);
      expect(await members(delivery)).toBe(240);
      expect(lab.world.sandbox.violations).toEqual([]);
    },
  );

  it('because the token was lost between two batches keeps what was sent, and ends with the rest when it is renewed', async () => {
    const delivery = await lab.deliver('facebook');
    const lost = {
      match: { path: '/users', nth: 3 },
      do: 'error',
      code: 190,
      subcode: 463,
      status: 401,
      times: 'always',
    } as const;
    lab.arm(delivery, lost);
    const run = await lab.run(delivery);
    expect(codesOf(run)).toContain('auth');
    expect(people(run)).toBeGreaterThan(0);
    expect(await members(delivery)).toBe(people(run));
    const refused = await lab.world.reach.api<{ code: string }>('POST', `/v1/deliveries/${delivery.id}/runs`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'connection_stopped' } });
    lab.heal();
    const { accessToken } = lab.world.sandbox.credentials.facebook;
    await lab.world.ask('PATCH', `/v1/connections/${delivery.connectionId}`, { settings: { accessToken } });
    const repair = await lab.run(delivery);
    expect(repair.verdict).toBe('confirmed');
    expect(people(repair)).toBe(240);
    expect(await members(delivery)).toBe(240);
  });

  it('in one account is nobody else’s trouble, and nobody else sees it', async () => {
    const { reach, sandbox } = lab.world;
    const other = 'acc_second' as AccountId;
    const createdAt = new Date();
    await reach.app.get<Db>(DB).insert(accounts).values({ id: other, name: 'Second', createdAt });
    const caller = { accountId: other, name: 'second', role: 'admin' } satisfies Caller;
    const { key } = await reach.app.get(AccountsService).createKey(caller, { name: 'second', role: 'admin' });
    const headers = { authorization: `Bearer ${key}` };
    const second = new Steps({ api: (method, path, body) => reach.api(method, path, body, headers) }, sandbox);
    await second.importPeople(lab.people.slice(0, 120).map((person) => ({ ...person, phone: undefined })));
    const audienceId = await second.audience({ name: 'Theirs', include: { condition: { everyone: true } } });
    const connectionId = await second.connect('facebook');
    const theirs = await second.delivery({ name: 'theirs', audienceId, connectionId });

    const ours = await lab.deliver('facebook');
    lab.arm(ours, { match: { path: '/users' }, do: 'error', code: 80003, subcode: 2446079, times: 2 });
    const id = await start(ours);
    await lab.postponed(id);
    lab.heal();
    const run = await second.run(theirs);
    expect(run).toMatchObject({ verdict: 'confirmed', waiting: null });
    expect(sandbox.facebook.members(run.segments[0]!.remote!.id).size).toBe(120);
    for (const path of [`/v1/runs/${id}`, `/v1/runs/${id}/batches`, `/v1/deliveries/${ours.id}`])
      expect((await reach.api('GET', path, undefined, headers)).status).toBe(404);
    expect((await reach.api('GET', `/v1/runs/${run.id}`)).status).toBe(404);
    expect((await reach.api('POST', `/v1/runs/${id}/cancel`, {}, headers)).status).toBe(404);
    const { items } = await second.ask<{ items: { id: string }[] }>('GET', '/v1/runs');
    expect(items.map((item) => item.id)).toEqual([run.id]);
    reach.clock.advance(3_700_000);
    expect((await lab.world.finished(id)).verdict).toBe('confirmed');
    expect(await members(ours)).toBe(240);
  });
});
