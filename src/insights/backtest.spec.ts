import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNT, putEvents } from '../../test/support/insight-data.ts';
import { type Reach, startReach } from '../../test/support/service.ts';
import type { AccountId } from '../accounts/auth.ts';
import { connections } from '../connections/connections.tables.ts';
import { deliveries, runs, uploads } from '../deliveries/deliveries.tables.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { OutcomeModel } from '../models/outcomes/outcome-model.ts';
import { outcomes, outcomeVersions } from '../outcomes/outcomes.tables.ts';
import { ScoresRepository } from '../outcomes/scores.repository.ts';
import { type BacktestLine, BacktestService } from './backtest.service.ts';

type Group = { contacts: number; converted: number; share: number | null; low: number | null; high: number | null };
interface Body {
  status: number;
  stream: string;
  runs: number;
  runsComplete: number;
  overall: { delivered: Group; others: Group; withinDeciles: { difference: number; low: number; high: number } | null };
  rows: BacktestLine[];
}
type Problem = { status: number; errors: { path: string; code: string }[] };

const [FIRST, SECOND] = [new Date('2026-02-01T00:00:00Z'), new Date('2026-02-15T00:00:00Z')];
const id = (i: number) => `s${String(i).padStart(2, '0')}`;
const everyone = Array.from({ length: 100 }, (_, i) => i);

let reach: Reach;

/** Two runs: the first adds the even ones, of whom s98 and s88 are refused and s96 is in a segment that fails. */
beforeAll(async () => {
  reach = await startReach();
  reach.clock.set('2026-03-10T00:00:00Z');
  await putDefinitions(reach.app.get<Db>(DB));
  const warehouse = reach.app.get(Warehouse);
  const score = (contact_id: string, percentile: number, at: string) => ({
    account_id: ACCOUNT,
    outcome_version_id: 'ouv_1',
    contact_id,
    percentile,
    probability: percentile / 200,
    at,
  });
  await warehouse.insert('score_history', [
    ...everyone.map((i) => score(id(i), i, '2026-01-20T00:00:00Z')),
    score('s99', 5, '2026-02-10T00:00:00Z'),
    score('late', 55, '2026-02-10T00:00:00Z'),
  ]);
  const member = (plan_id: string, contact_id: string, segment_key = 'all', action = 'add') => ({
    account_id: ACCOUNT,
    plan_id,
    segment_key,
    contact_id,
    action,
    reason: '',
    identity_version: 1,
  });
  await warehouse.insert('run_members', [
    ...everyone.filter((i) => i % 2 === 0).map((i) => member('plan_1', id(i), i === 96 ? 'failed' : 'all')),
    member('plan_1', 's97', 'all', 'withheld'),
    ...['s96', 's98', 's99', 'stranger'].map((contact) => member('plan_2', contact)),
    member('plan_2', 's94', 'all', 'change'),
    member('plan_2', 's92', 'all', 'add'),
  ]);
  const outcome = {
    account_id: ACCOUNT,
    run_id: 'run_1',
    segment_key: 'all',
    direction: 'add',
    text: '',
    batch_seq: 1,
  };
  await warehouse.insert('run_outcomes', [
    { ...outcome, contact_id: 's98', field: '', verdict: 'rejected', code: 'x', at: FIRST.toISOString() },
    { ...outcome, contact_id: 's88', field: '', verdict: 'invalid', code: 'x', at: FIRST.toISOString() },
    { ...outcome, contact_id: 's94', field: 'PHONE', verdict: 'invalid', code: 'x', at: FIRST.toISOString() },
  ]);
  await putEvents(reach, 'order', [
    ['2026-02-02T00:00:00Z', 's94', 10],
    ['2026-02-03T00:00:00Z', 's94', 10], // converts nobody twice
    ['2026-03-03T00:00:00Z', 's92', 10], // the very end of thirty days
    ['2026-03-03T00:00:00.001Z', 's90', 10], // too late
    ['2026-02-01T00:00:00Z', 's95', 10], // not after the run
    ['2026-02-05T00:00:00Z', 's97', 10],
    ['2026-02-16T00:00:00Z', 's99', 10],
    ['2026-02-16T00:00:00Z', 'stranger', 10],
  ]);
  await putEvents(reach, 'visit', [['2026-02-02T00:00:00Z', 's01', 0]]);
});
afterAll(() => reach.close());

async function putDefinitions(db: Db): Promise<void> {
  const now = new Date('2026-01-01T00:00:00Z');
  const base = { accountId: ACCOUNT, createdAt: now, updatedAt: now };
  await db.insert(connections).values({
    ...base,
    id: 'con_1',
    type: 'webhook',
    name: 'Hook',
    settings: {},
    sealed: '',
    status: 'ready',
    nextCheckAt: new Date('2099-01-01'),
    confirmed: {},
  } as never);
  await db.insert(deliveries).values({
    ...base,
    id: 'del_1',
    name: 'Likely buyers',
    audienceId: 'aud_1',
    connectionId: 'con_1',
    splitByPersona: false,
    mode: 'mirror',
    representation: 'hashed',
    matchKeys: [],
    attributes: [],
    nameTemplate: '',
    descriptionTemplate: '',
    consent: { adUserData: 'granted', adPersonalization: 'granted' },
    options: {},
    guards: {},
  } as never);
  const run = { accountId: ACCOUNT, deliveryId: 'del_1', trigger: 'api', status: 'finished' as const, createdAt: now };
  const finished = { ...run, finishedAt: now };
  await db.insert(runs).values([
    { ...finished, id: 'run_1', planId: 'plan_1' },
    { ...finished, id: 'run_2', planId: 'plan_2' },
    { ...finished, id: 'run_3', planId: 'plan_3' },
  ]);
  const upload = {
    accountId: ACCOUNT,
    phase: 2,
    direction: 'add' as const,
    actions: ['add'],
    sessionId: 1,
    estimated: 1,
  };
  await db.insert(uploads).values([
    { ...upload, id: 'upl_1', runId: 'run_1', segmentKey: 'all', status: 'confirmed', acceptedAt: FIRST },
    { ...upload, id: 'upl_2', runId: 'run_1', segmentKey: 'failed', status: 'failed', acceptedAt: null },
    { ...upload, id: 'upl_3', runId: 'run_2', segmentKey: 'all', status: 'accepted', acceptedAt: SECOND },
    { ...upload, id: 'upl_4', runId: 'run_3', segmentKey: 'all', status: 'cancelled', acceptedAt: null },
  ]);
  const outcome = { accountId: ACCOUNT, seed: 1, excludeProtected: false, createdAt: now, lastUpdatedConfigAt: now };
  await db.insert(outcomes).values([
    { ...outcome, id: 'out_1', name: 'Will order', attainedEvent: { event: 'order' } },
    { ...outcome, id: 'out_2', name: 'Will join', attainedCohortId: 'coh_1' },
  ]);
  await db.insert(outcomeVersions).values({
    id: 'ouv_1',
    accountId: ACCOUNT,
    outcomeId: 'out_1',
    version: 1,
    status: 'ready',
    stage: 'published',
    createdAt: now,
  });
}

const get = async <T = Body>(query: Record<string, string | number> = {}) => {
  const text = new URLSearchParams({ outcomeId: 'out_1', deliveryId: 'del_1', ...(query as object) });
  const { status, body } = await reach.api<T>('GET', `/v1/insights/backtest?${text}`);
  return { ...body, status };
};
const line = (body: Body, run: string, decile: number) =>
  body.rows.find((row) => row.run === run && row.decile === decile)!;
const total = (body: Body, run: string, field: 'delivered' | 'others') =>
  body.rows.filter((row) => row.run === run).reduce((sum, row) => sum + row[field], 0);

describe('a back-test of a delivery', () => {
  it('counts conversions after each run by the score at that time, against those never delivered', async () => {
    const body = await get();
    expect(body).toMatchObject({ status: 200, stream: 'order', runs: 2, runsComplete: 1 });
    expect(line(body, 'run_1', 1)).toMatchObject({
      complete: true,
      at: FIRST.toISOString(),
      // s90, s92, s94: s96 is in a segment that failed, s98 was rejected, and both come with the second run
      delivered: 3,
      deliveredConverted: 2,
      // s91, s93, s95, s97: the second run took s99
      others: 4,
      othersConverted: 1,
      difference: expect.closeTo(2 / 3 - 1 / 4, 12),
    });
    expect(line(body, 'run_1', 1).deliveredPredicted).toBeCloseTo((90 + 92 + 94) / 3 / 200, 12);
    expect(line(body, 'run_1', 10)).toMatchObject({ delivered: 5, deliveredConverted: 0, others: 5, difference: 0 });
    expect([total(body, 'run_1', 'delivered'), total(body, 'run_1', 'others')]).toEqual([47, 50]);
  });

  it('takes who is new in a later run only, with the scores of then', async () => {
    const body = await get();
    expect(line(body, 'run_2', 1)).toMatchObject({ complete: false, delivered: 2, deliveredConverted: 0, others: 4 });
    expect(line(body, 'run_2', 10)).toMatchObject({ delivered: 1, deliveredConverted: 1 });
    expect(line(body, 'run_2', 0)).toMatchObject({
      delivered: 1,
      deliveredConverted: 1,
      others: 0,
      deliveredPredicted: null,
    });
    expect([total(body, 'run_2', 'delivered'), total(body, 'run_2', 'others')]).toEqual([4, 51]);
  });

  it('puts only complete runs together, and compares within deciles', async () => {
    const body = await get();
    expect(line(body, 'all', 1)).toMatchObject({ delivered: 3, deliveredConverted: 2, at: null });
    expect(body.overall).toMatchObject({
      delivered: { contacts: 47, converted: 2, share: 2 / 47 },
      others: { contacts: 50, converted: 1 },
    });
    // only the first decile has conversions: 3 of 47 delivered are in it
    expect(body.overall.withinDeciles!.difference).toBeCloseTo((3 / 47) * (2 / 3 - 1 / 4), 12);
    const longer = await get({ days: 60 });
    expect(longer).toMatchObject({
      runsComplete: 0,
      overall: { delivered: { contacts: 0, share: null }, withinDeciles: null },
    });
    expect(longer.rows.some(({ run }) => run === 'all')).toBe(false);
    reach.clock.set('2026-03-20T00:00:00Z');
    const later = await get();
    expect(later).toMatchObject({ runsComplete: 2, overall: { delivered: { contacts: 50, converted: 3 } } });
    expect(line(later, 'all', 1)).toMatchObject({ delivered: 5, others: 8 });
    reach.clock.set('2026-03-10T00:00:00Z');
  });

  it('counts events of another stream when asked, and answers as CSV', async () => {
    const visits = await get({ stream: 'visit' });
    expect(line(visits, 'run_1', 10)).toMatchObject({
      delivered: 5,
      deliveredConverted: 0,
      others: 5,
      othersConverted: 1,
    });
    const { body } = await reach.api<string>('GET', '/v1/insights/backtest.csv?outcomeId=out_1&deliveryId=del_1');
    expect(String(body).split('\n')[0]).toMatch(/^run,at,complete,decile,delivered,.*,differenceHigh,asOf$/);
    expect(String(body)).toContain(`run_1,${FIRST.toISOString()},true,1,3,2,0.6666666666666666,`);
  });

  it.each([
    [{ outcomeId: 'out_nowhere' }, 404, undefined],
    [{ deliveryId: 'del_nowhere' }, 404, undefined],
    [{ outcomeId: 'out_2' }, 422, 'stream'],
    [{ stream: 'nothing' }, 422, 'stream'],
    [{ days: 0 }, 400, 'days'],
    [{ deliveryId: '' }, 400, 'deliveryId'],
  ])('refuses %j with %i', async (query, status, path) => {
    const body = await get<Problem>(query);
    expect(body.status).toBe(status);
    if (path) expect(body.errors.map((error) => error.path)).toContain(path);
  });

  it('answers with empty deciles for an outcome that scored nobody', async () => {
    const body = await get({ outcomeId: 'out_2', stream: 'order' });
    expect(body.status).toBe(200);
    expect(line(body, 'run_1', 0)).toMatchObject({ delivered: 47, others: 0, difference: null });
    expect(body.overall.withinDeciles).toBeNull();
  });

  it('shows an account nothing of another', async () => {
    const query = { outcomeId: 'out_1', deliveryId: 'del_1', days: 30 };
    const other = 'acc_other' as AccountId;
    await expect(reach.app.get(BacktestService).backtest(other, query)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the history of scores', () => {
  it('keeps what each scoring wrote, once', async () => {
    const warehouse = reach.app.get(Warehouse);
    const put = (version: number, x: number) =>
      warehouse.insert('contacts', [
        { account_id: ACCOUNT, contact_id: 'one', version, num: { x } },
        { account_id: ACCOUNT, contact_id: 'two', version, num: { x: 0 } },
      ]);
    const kind = { kind: 'number', trait: 'x', type: 'number' } as const;
    const step = { edges: [0.5], points: [-1, 1], slope: 0, center: 0, scale: 1, low: 0, high: 1, missing: 0 };
    const model: OutcomeModel = { schema: 1, intercept: 0, traits: [{ ...kind, ...step }] };
    const score = (at: Date, onlyChanges: boolean) =>
      reach.app
        .get(ScoresRepository)
        .score(ACCOUNT, { versionId: 'ouv_2', model, streams: [], fields: [], at, onlyChanges });
    await put(1, 1);
    await score(FIRST, false);
    await score(FIRST, false);
    await put(2, 0);
    await score(SECOND, true);
    const history = await warehouse.query<{ contact_id: string; p: number; at: string }>(
      `SELECT contact_id, round(probability, 3) AS p, toString(toDate(at)) AS at FROM score_history FINAL
       WHERE outcome_version_id = 'ouv_2' ORDER BY contact_id, at`,
    );
    expect(history).toEqual([
      { contact_id: 'one', p: 0.731, at: '2026-02-01' },
      { contact_id: 'one', p: 0.269, at: '2026-02-15' },
      { contact_id: 'two', p: 0.269, at: '2026-02-01' },
    ]);
  });
});
