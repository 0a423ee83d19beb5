import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { putEvents, putMoves, putPersonaSet, SET } from '../../test/support/insight-data.ts';
import { putCustomers, putTraits } from '../../test/support/outcome-contacts.ts';
import { type Reach, startReach } from '../../test/support/service.ts';
import type { AccountId } from '../accounts/auth.ts';
import { CohortInsights, type CohortRow } from './cohort-insights.service.ts';

type Body = { status: number; size: number; rows: CohortRow[] };
type Problem = { status: number; errors: { path: string; code: string }[] };

let reach: Reach;
let cohortId: string;
let emptyId: string;
beforeAll(async () => {
  reach = await startReach();
  reach.clock.set('2026-04-10T10:00:00Z');
  await putTraits(reach, { plan: 'category' });
  const gold = ['c1', 'c2', 'c3', 'c4', 'c5'].map((contact_id) => ({ contact_id, num: {}, cat: { plan: 'gold' } }));
  await putCustomers(reach, [...gold, { contact_id: 'out', num: {}, cat: { plan: 'basic' } }]);
  const cohort = async (value: string) => {
    const condition = { trait: 'plan', op: 'eq', value };
    return (await reach.api<{ id: string }>('POST', '/v1/cohorts', { name: value, condition })).body.id;
  };
  [cohortId, emptyId] = [await cohort('gold'), await cohort('silver')];
  await putPersonaSet(reach, { p1: 'Loyal', p2: 'New' });
  await putMoves(reach, [
    ['2026-01-10T12:00:00Z', 'c1', '', 'p1'],
    ['2026-01-10T12:00:00Z', 'c2', '', 'p1'],
    ['2026-01-10T12:00:00Z', 'c3', '', 'p2'],
    ['2026-01-10T12:00:00Z', 'out', '', 'p1'],
    ['2026-02-05T12:00:00Z', 'c2', 'p1', 'p2'],
    ['2026-02-10T12:00:00Z', 'c3', 'p2', ''],
    ['2026-03-15T12:00:00Z', 'c4', '', 'p2'],
  ]);
  await putEvents(reach, 'order', [
    ['2026-01-03T12:00:00Z', 'c1', 1], // within 10 days of January
    ['2026-01-04T12:00:00Z', 'c1', 1], // a second order converts nobody twice
    ['2026-01-11T00:00:00Z', 'c2', 1], // the eleventh day: too late
    ['2026-01-10T23:59:59.999Z', 'c3', 1], // still the tenth
    ['2026-02-06T12:00:00Z', 'c2', 1], // counts where c2 was when February began
    ['2026-03-01T00:00:00Z', 'c3', 1], // in no persona by then
    ['2026-03-02T12:00:00Z', 'c5', -1], // never in one
    ['2026-03-02T12:00:00Z', 'out', 1], // not in the cohort
    ['2026-04-02T12:00:00Z', 'c1', 1],
  ]);
});
afterAll(() => reach.close());

const get = async <T = Body>(query: Record<string, string | number>) => {
  const text = new URLSearchParams({
    personaSetId: SET,
    cohortId,
    from: '2026-01-01',
    days: '10',
    ...(query as object),
  });
  const { status, body } = await reach.api<T>('GET', `/v1/insights/cohort-conversion?${text}`);
  return { ...body, status };
};
const bucket = (rows: CohortRow[], start: string) =>
  Object.fromEntries(rows.filter((r) => r.start === start).map((r) => [r.persona, [r.members, r.converted]]));

describe('makeup and conversion of a cohort', () => {
  it('is by the persona that members were in when a month began', async () => {
    const { status, size, rows } = await get({});
    expect({ status, size }).toEqual({ status: 200, size: 5 });
    // c4's first persona counts before March, too; c5 has none
    expect(bucket(rows, '2026-01-01')).toEqual({ p1: [2, 1], p2: [2, 1], null: [1, 0] });
    expect(bucket(rows, '2026-02-01')).toEqual({ p1: [2, 1], p2: [2, 0], null: [1, 0] });
    expect(bucket(rows, '2026-03-01')).toEqual({ p1: [1, 0], p2: [2, 0], null: [2, 2] });
    expect(bucket(rows, '2026-04-01')).toEqual({ p1: [1, 1], p2: [2, 0], null: [2, 0] });
    const [first] = rows;
    expect(first).toMatchObject({ name: 'Loyal', makeup: 0.4, conversion: 0.5, complete: true });
    expect(first!.low).toBeCloseTo(0.0945, 4);
    expect(first!.high).toBeCloseTo(0.9055, 4);
    expect(rows.at(-1)).toMatchObject({ start: '2026-04-01', complete: false });
  });

  it('begins months where the time zone does, and counts days that reach into the next bucket', async () => {
    const newYork = await get({ timeZone: 'America/New_York' });
    expect(bucket(newYork.rows, '2026-01-01')).toMatchObject({ p1: [2, 2] });
    expect(bucket(newYork.rows, '2026-03-01').null).toEqual([2, 1]);
    const long = await get({ days: 61 });
    expect(bucket(long.rows, '2026-01-01')).toEqual({ p1: [2, 2], p2: [2, 1], null: [1, 1] });
    expect(bucket(long.rows, '2026-02-01')).toEqual({ p1: [2, 2], p2: [2, 1], null: [1, 1] });
  });

  it('answers for a cohort of nobody, and as CSV', async () => {
    const { size, rows } = await get({ cohortId: emptyId, to: '2026-01-31' });
    expect(size).toBe(0);
    expect(rows[0]).toMatchObject({ members: 0, makeup: null, converted: 0, conversion: null, low: null });
    const query = new URLSearchParams({
      personaSetId: SET,
      cohortId,
      from: '2026-01-01',
      to: '2026-01-31',
      days: '10',
    });
    const { body } = await reach.api<string>('GET', `/v1/insights/cohort-conversion.csv?${query}`);
    expect(String(body).split('\n')[1]).toMatch(
      /^2026-01-01,p1,Loyal,2,0\.4,1,0\.5,0\.0945\d*,0\.905\d*,true,2026-04-10T/,
    );
  });

  it.each([
    [{ cohortId: 'coh_nowhere' }, 404, undefined],
    [{ personaSetId: 'pst_nowhere' }, 404, undefined],
    [{ from: '2026-05-01', to: '2026-06-01' }, 422, 'from'],
    [{ stream: 'visit' }, 422, 'stream'],
    [{ days: 367 }, 400, 'days'],
    [{ days: 1.5 }, 400, 'days'],
    [{ cohortId: '' }, 400, 'cohortId'],
  ])('refuses %j with %i', async (query, status, path) => {
    const body = await get<Problem>(query as Record<string, string>);
    expect(body.status).toBe(status);
    if (path) expect(body.errors.map((error) => error.path)).toContain(path);
  });

  it('shows an account nothing of another', async () => {
    const query = {
      personaSetId: SET,
      cohortId,
      stream: 'order',
      days: 10,
      interval: 'month',
      timeZone: 'UTC',
    } as const;
    const service = reach.app.get(CohortInsights);
    await expect(service.conversion('acc_other' as AccountId, query)).rejects.toMatchObject({ code: 'not_found' });
  });
});
