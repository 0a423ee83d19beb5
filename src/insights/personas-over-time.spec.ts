import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { putEvents, putMoves, putPersonaSet, SET } from '../../test/support/insight-data.ts';
import { putContacts } from '../../test/support/persona-contacts.ts';
import { type Reach, startReach } from '../../test/support/service.ts';
import type { AccountId } from '../accounts/auth.ts';
import { PersonaInsights } from './persona-insights.service.ts';

interface Row {
  start: string;
  persona: string | null;
  name: string;
  revenue: number;
  orders: number;
  refunds: number;
  averageOrderValue: number | null;
  ordersWithoutValue: number;
  size: number;
  share: number | null;
  buyers: number;
  revenuePerContact: number | null;
  asOfDay: string;
}
type Problem = { code: string; errors: { path: string; code: string; message: string }[] };

let reach: Reach;
beforeAll(async () => {
  reach = await startReach();
  reach.clock.set('2026-04-15T10:00:00Z');
  await putPersonaSet(reach, { p1: 'Loyal', p2: 'New', former: 'Gone' });
  const ids = ['c1', 'c2', 'c3', 'c4', 'c5'];
  await putContacts(
    reach,
    ids.map((contact_id) => ({ contact_id, created_at: '2026-01-01T00:00:00Z' })),
  );
  await putMoves(reach, [
    ['2026-01-10T12:00:00Z', 'c1', '', 'p1'],
    ['2026-01-10T12:00:00Z', 'c2', '', 'p1'],
    ['2026-01-10T12:00:00Z', 'c3', '', 'p2'],
    ['2026-02-05T12:00:00Z', 'c2', 'p1', 'p2'],
    ['2026-02-15T12:00:00Z', 'c4', '', 'p2'],
    ['2026-03-01T00:30:00Z', 'c3', 'p2', ''],
  ]);
  await putEvents(reach, 'order', [
    ['2026-01-05T12:00:00Z', 'c1', 100],
    ['2026-01-31T23:30:00Z', 'c2', 50],
    ['2026-02-05T11:59:59.999Z', 'c2', 10],
    ['2026-02-05T12:00:00Z', 'c2', 20],
    ['2026-02-10T12:00:00Z', 'c1', -30],
    ['2026-03-02T12:00:00Z', 'c3', 40],
    ['2026-02-20T12:00:00Z', 'c5', 7],
  ]);
  await putEvents(reach, 'order', [['2026-02-20T12:00:00Z', 'c1', 1e6]], 'acc_other');
});
afterAll(() => reach.close());

const get = async <T = { rows: Row[]; asOf: string; historySince: string | null }>(path: string, query: object) => {
  const text = new URLSearchParams(query as Record<string, string>);
  const { status, body } = await reach.api<T>('GET', `/v1/insights/${path}?${text}`);
  return { status, ...body };
};
const set = { personaSetId: SET };
const quarter = { ...set, from: '2026-01-01', to: '2026-03-31' };
/** persona: [revenue, orders, refunds, average] of one bucket. */
const sales = (rows: Row[], start: string) =>
  Object.fromEntries(
    rows
      .filter((row) => row.start === start)
      .map((row) => [row.persona, [row.revenue, row.orders, row.refunds, row.averageOrderValue]]),
  );

describe('revenue by persona over time', () => {
  it('counts an order for the persona at that time, and before the first publication for the first persona', async () => {
    const { rows, status, ...facts } = await get('persona-revenue', quarter);
    expect({ status, ...facts }).toMatchObject({
      status: 200,
      historySince: expect.stringMatching(/^2026-01-10T12:00:00/),
      asOf: expect.stringMatching(/^2026-04-15T10:0/),
      personas: 'then',
      stream: 'order',
      timeZone: 'UTC',
      interval: 'month',
    });
    expect(rows.map(({ start }) => start)).toEqual(
      ['2026-01-01', '2026-02-01', '2026-03-01'].flatMap((s) => [s, s, s]),
    );
    expect(rows.slice(0, 3).map(({ name }) => name)).toEqual(['Loyal', 'New', 'No persona']);
    expect(sales(rows, '2026-01-01')).toEqual({ p1: [150, 2, 0, 75], p2: [0, 0, 0, null], null: [0, 0, 0, null] });
    expect(sales(rows, '2026-02-01')).toEqual({ p1: [-20, 1, 1, -20], p2: [20, 1, 0, 20], null: [7, 1, 0, 7] });
    expect(sales(rows, '2026-03-01')).toEqual({ p1: [0, 0, 0, null], p2: [0, 0, 0, null], null: [40, 1, 0, 40] });
  });

  it('counts by the personas of today when asked', async () => {
    const { rows } = await get('persona-revenue', { ...quarter, persona: 'now' });
    expect(sales(rows, '2026-01-01')).toMatchObject({ p1: [100, 1, 0, 100], p2: [50, 1, 0, 50] });
    expect(sales(rows, '2026-02-01')).toEqual({ p1: [-30, 0, 1, null], p2: [30, 2, 0, 15], null: [7, 1, 0, 7] });
  });

  it('cuts days, weeks and months where the time zone does', async () => {
    const berlin = await get('persona-revenue', { ...quarter, timeZone: 'Europe/Berlin' });
    expect(sales(berlin.rows, '2026-01-01').p1).toEqual([100, 1, 0, 100]);
    expect(sales(berlin.rows, '2026-02-01').p1).toEqual([30, 2, 1, 15]);
    const day = { ...set, from: '2026-02-01', to: '2026-02-01', interval: 'day' };
    expect(sales((await get('persona-revenue', day)).rows, '2026-02-01').p1).toEqual([0, 0, 0, null]);
    const inBerlin = await get('persona-revenue', { ...day, timeZone: 'Europe/Berlin' });
    expect(sales(inBerlin.rows, '2026-02-01').p1).toEqual([50, 1, 0, 50]);
    const week = await get('persona-revenue', { ...set, from: '2026-02-04', to: '2026-02-10', interval: 'week' });
    expect([...new Set(week.rows.map(({ start }) => start))]).toEqual(['2026-02-02', '2026-02-09']);
    expect(sales(week.rows, '2026-02-02')).toMatchObject({ p1: [10, 1, 0, 10], p2: [20, 1, 0, 20] });
    expect(sales(week.rows, '2026-02-09')).toMatchObject({ p1: [-30, 0, 1, null] });
  });

  it('gives the same as CSV, by path or by Accept, each row with its as-of time', async () => {
    const query = new URLSearchParams({ ...set, from: '2026-02-01', to: '2026-02-28' });
    const byPath = await reach.api<string>('GET', `/v1/insights/persona-revenue.csv?${query}`);
    expect(byPath.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(byPath.headers.get('content-disposition')).toBe('attachment; filename=persona-revenue.csv');
    const [header, ...lines] = String(byPath.body).trim().split('\n');
    expect(header).toBe('start,persona,name,revenue,orders,refunds,averageOrderValue,ordersWithoutValue,asOf');
    expect(lines.map((line) => line.split(',').slice(0, 7).join(','))).toEqual([
      '2026-02-01,p1,Loyal,-20,1,1,-20',
      '2026-02-01,p2,New,20,1,0,20',
      '2026-02-01,,No persona,7,1,0,7',
    ]);
    expect(lines[0]!.split(',')[8]).toMatch(/^2026-04-15T10:0\d:\d\d\.\d{3}Z$/);
    const byAccept = await reach.api('GET', `/v1/insights/persona-revenue?${query}`, undefined, { accept: 'text/csv' });
    expect(String(byAccept.body).split('\n')[1]).toContain('2026-02-01,p1,Loyal,-20,1,1,-20');
  });
});

describe('makeup of personas', () => {
  const sizes = (rows: Row[], start: string) =>
    Object.fromEntries(rows.filter((row) => row.start === start).map((row) => [row.persona, row.size]));

  it('is shown at the end of each bucket', async () => {
    const { rows } = await get('persona-makeup', { ...quarter, from: '2025-12-01' });
    expect(sizes(rows, '2025-12-01')).toEqual({ p1: 0, p2: 0 });
    expect(sizes(rows, '2026-01-01')).toEqual({ p1: 2, p2: 1 });
    expect(sizes(rows, '2026-02-01')).toEqual({ p1: 1, p2: 3 });
    expect(sizes(rows, '2026-03-01')).toEqual({ p1: 1, p2: 2 });
    expect(rows.find(({ start }) => start === '2026-02-01')).toMatchObject({ asOfDay: '2026-02-28', share: 0.25 });
    expect(rows[0]!.share).toBeNull();
    const newYork = await get('persona-makeup', { ...quarter, timeZone: 'America/New_York' });
    expect(sizes(newYork.rows, '2026-02-01')).toEqual({ p1: 1, p2: 2 });
  });

  it('adds size and spend on one date', async () => {
    const { rows, ...facts } = await get('persona-snapshot', { ...set, date: '2026-02-28', days: 28 });
    expect(facts).toMatchObject({ status: 200, date: '2026-02-28', days: 28 });
    expect(rows).toEqual([
      {
        persona: 'p1',
        name: 'Loyal',
        size: 1,
        share: 0.2,
        buyers: 0,
        revenue: -30,
        orders: 0,
        refunds: 1,
        averageOrderValue: null,
        ordersWithoutValue: 0,
        revenuePerContact: -30,
      },
      {
        persona: 'p2',
        name: 'New',
        size: 3,
        share: 0.6,
        buyers: 1,
        revenue: 30,
        orders: 2,
        refunds: 0,
        averageOrderValue: 15,
        ordersWithoutValue: 0,
        revenuePerContact: 10,
      },
      {
        persona: null,
        name: 'No persona',
        size: 1,
        share: 0.2,
        buyers: 1,
        revenue: 7,
        orders: 1,
        refunds: 0,
        averageOrderValue: 7,
        ordersWithoutValue: 0,
        revenuePerContact: 7,
      },
    ]);
    const before = await get('persona-snapshot', { ...set, date: '2026-01-09' });
    expect(before.rows.map(({ size }) => size)).toEqual([0, 0, 5]);
    expect(before.rows[2]).toMatchObject({ revenue: 100, buyers: 1 });
  });

  it('tells who came and who went between two dates', async () => {
    const { rows, ...facts } = await get<{ rows: object[]; personas: object[] }>('persona-flow', {
      ...set,
      from: '2026-01-31',
      to: '2026-03-31',
    });
    expect(rows).toEqual([
      { from: null, fromName: 'No persona', to: 'p2', toName: 'New', contacts: 1 },
      { from: 'p1', fromName: 'Loyal', to: 'p1', toName: 'Loyal', contacts: 1 },
      { from: 'p1', fromName: 'Loyal', to: 'p2', toName: 'New', contacts: 1 },
      { from: 'p2', fromName: 'New', to: null, toName: 'No persona', contacts: 1 },
    ]);
    expect(facts.personas).toEqual([
      { persona: 'p1', name: 'Loyal', before: 2, after: 1, stayed: 1, entered: 0, left: 1, fromNone: 0, toNone: 0 },
      { persona: 'p2', name: 'New', before: 1, after: 2, stayed: 0, entered: 2, left: 1, fromNone: 1, toNone: 1 },
    ]);
  });
});

describe('what cannot be answered', () => {
  it.each([
    ['persona-revenue', { ...quarter, from: '2026-04-01' }, 422, 'from', 'after_to'],
    ['persona-revenue', { ...quarter, from: '1990-01-01', interval: 'day' }, 422, 'interval', 'too_many_buckets'],
    ['persona-revenue', { ...quarter, timeZone: 'Mars/Olympus' }, 422, 'timeZone', 'unknown_time_zone'],
    ['persona-revenue', { ...quarter, timeZone: '+02:00' }, 422, 'timeZone', 'unknown_time_zone'],
    ['persona-revenue', { ...quarter, stream: 'visit' }, 422, 'stream', 'unknown_stream'],
    ['persona-revenue', { ...quarter, interval: 'hour' }, 400, 'interval', 'isIn'],
    ['persona-revenue', { ...quarter, persona: 'later' }, 400, 'persona', 'isIn'],
    ['persona-revenue', { ...quarter, from: '2026-02-30' }, 400, 'from', 'isIso8601'],
    ['persona-revenue', { ...quarter, from: '1.2.2026' }, 400, 'from', 'matches'],
    ['persona-revenue', { from: '2026-01-01' }, 400, 'personaSetId', 'isString'],
    ['persona-makeup', { ...quarter, colour: 'red' }, 400, 'colour', 'whitelistValidation'],
    ['persona-snapshot', { ...set, days: 0 }, 400, 'days', 'min'],
    ['persona-snapshot', { ...set, days: 'many' }, 400, 'days', 'isInt'],
    ['persona-flow', { ...set, from: '2026-05-01' }, 422, 'from', 'after_to'],
    ['persona-flow', set, 400, 'from', 'matches'],
  ])('%s %j: %i %s %s', async (path, query, status, field, code) => {
    const answer = await get<Problem>(path, query);
    expect(answer).toMatchObject({
      status,
      errors: expect.arrayContaining([expect.objectContaining({ path: field, code })]),
    });
  });

  it('refuses sets that are not there or not published, and shows an account nothing of another', async () => {
    expect(await get('persona-makeup', { personaSetId: 'pst_nowhere' })).toMatchObject({ status: 404 });
    const insights = reach.app.get(PersonaInsights);
    const other = 'acc_other' as AccountId;
    const makeup = { personaSetId: SET, interval: 'month', timeZone: 'UTC' } as const;
    await expect(insights.makeup(other, makeup)).rejects.toThrow('There is no persona set');
    const { body: created } = await reach.api<{ key: string }>('POST', '/v1/api-keys', {
      name: 'eyes',
      role: 'viewer',
    });
    const path = `/v1/insights/persona-makeup?personaSetId=${SET}`;
    const status = async (key: string) =>
      (await reach.api('GET', path, undefined, { authorization: `Bearer ${key}` })).status;
    expect(await status(created.key)).toBe(200);
    expect(await status('nobody')).toBe(401);
  });
});
