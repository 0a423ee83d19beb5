import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { putMoves, putPersonaSet, SET } from '../../test/support/insight-data.ts';
import { putCustomers, putTraits } from '../../test/support/outcome-contacts.ts';
import { type Reach, startReach } from '../../test/support/service.ts';
import type { AccountId } from '../accounts/auth.ts';
import type { DistributionRow } from './comparison.service.ts';
import { ComparisonService } from './comparison.service.ts';
import type { TraitComparison } from './comparison.ts';

interface Body {
  a: { text: string; members: number; compared: number };
  b: { text: string; members: number; compared: number };
  overlap: number;
  asOf: string;
  rows: TraitComparison[];
}
interface Spread {
  type: string;
  comparison: TraitComparison;
  quantiles: { share: number; a: number | string | null; b: number | string | null }[] | null;
  rows: DistributionRow[];
}
type Problem = { status: number; code: string; errors: { path: string; code: string }[] };

/** Twenty in team a, thirty in team b; one in team lonely; what they have is plain to compute by hand. */
const people = [
  ...Array.from({ length: 20 }, (_, i) => ({
    contact_id: `a${i}`,
    num: { age: 30 + (i % 2), vip: i < 16 ? 1 : 0, joined: 20_000 + i, same: 7, ...(i < 2 ? { rare: i } : {}) },
    cat: { team: 'a', plan: i < 15 ? 'gold' : 'basic', reference: `ref a${i}` },
  })),
  ...Array.from({ length: 30 }, (_, i) => ({
    contact_id: `b${i}`,
    num: { age: 40 + (i % 2), vip: i < 6 ? 1 : 0, joined: 20_010 + i, same: 7 },
    cat: { team: 'b', plan: i < 10 ? 'gold' : 'basic', reference: `ref b${i}` },
  })),
  { contact_id: 'lonely', num: { age: 99 }, cat: { team: 'lonely' } },
];

let reach: Reach;
const cohorts: Record<string, string> = {};
beforeAll(async () => {
  reach = await startReach();
  await putTraits(reach, {
    age: 'number',
    vip: 'boolean',
    joined: 'date',
    same: 'number',
    rare: 'number',
    nothing: 'number',
    team: 'category',
    plan: 'category',
    reference: 'category',
    nowhere: 'category',
  });
  await putCustomers(reach, people);
  for (const team of ['a', 'b', 'lonely', 'nobody']) {
    const condition = { trait: 'team', op: 'eq', value: team };
    const { body } = await reach.api<{ id: string }>('POST', '/v1/cohorts', { name: `Team ${team}`, condition });
    cohorts[team] = `cohort:${body.id}`;
  }
  await putPersonaSet(reach, { p1: 'Firsts', p2: 'Others' });
  await putMoves(
    reach,
    people.map(({ contact_id }) => ['2026-01-01T00:00:00Z', contact_id, '', contact_id < 'a2' ? 'p1' : 'p2']),
  );
});
afterAll(() => reach.close());

const get = async <T>(path: string, query: Record<string, string>) => {
  const { status, body } = await reach.api<T>('GET', `/v1/insights/${path}?${new URLSearchParams(query)}`);
  return { ...body, status };
};
const compare = (a: string, b?: string) => get<Body>('comparison', b === undefined ? { a } : { a, b });
const traitOf = ({ rows }: Body, trait: string) => rows.find((row) => row.trait === trait)!;

describe('two groups by every trait', () => {
  it('compares numbers by Welch’s t and Hedges’ g', async () => {
    const body = await compare(cohorts.a!, cohorts.b);
    expect(body).toMatchObject({
      status: 200,
      overlap: 0,
      a: { members: 20, compared: 20 },
      b: { members: 30, compared: 30 },
    });
    expect(body.a.text).toContain('Team a');
    const age = traitOf(body, 'age');
    expect(age).toMatchObject({
      knownA: 20,
      knownB: 30,
      meanA: 30.5,
      meanB: 40.5,
      medianA: 30.5,
      medianB: 40.5,
      test: 'welch-t',
    });
    // variances 0.25 · 20/19 and 0.25 · 30/29
    const error = Math.sqrt(0.25 / 19 + 0.25 / 29);
    expect(age.statistic).toBeCloseTo(-10 / error, 9);
    const pooled = Math.sqrt((0.25 * 20 + 0.25 * 30) / 48);
    expect(age.effect).toBeCloseTo((-10 / pooled) * (1 - 3 / (4 * 48 - 1)), 9);
    expect(age).toMatchObject({ strength: 'large', significant: true, note: null });
    expect(age.p!).toBeGreaterThan(0);
    expect(age.p!).toBeLessThan(1e-40);
  });

  it('compares dates as days, and shares by z and chi-square', async () => {
    const body = await compare(cohorts.a!, cohorts.b);
    expect(traitOf(body, 'joined')).toMatchObject({ meanA: '2024-10-14', meanB: '2024-10-29', test: 'welch-t' });
    const vip = traitOf(body, 'vip');
    expect(vip).toMatchObject({ shareA: 0.8, shareB: 0.2, test: 'two-proportion-z', meanA: null });
    // pooled 22 / 50
    expect(vip.statistic).toBeCloseTo(0.6 / Math.sqrt(0.44 * 0.56 * (1 / 20 + 1 / 30)), 9);
    const plan = traitOf(body, 'plan');
    expect(plan).toMatchObject({ value: 'basic', shareA: 0.25, test: 'chi-square', df: 1 });
    // 15, 5, 10, 20 against 10, 10, 15, 15 expected
    expect(plan.statistic).toBeCloseTo(25 / 10 + 25 / 10 + 25 / 15 + 25 / 15, 9);
    expect(plan.p!).toBeCloseTo(0.0038924, 6);
  });

  it('orders by the size of the effect, adjusts for all that were tested, and says why some were not', async () => {
    const { rows } = await compare(cohorts.a!, cohorts.b);
    const effects = rows.filter(({ effect }) => effect !== null).map(({ effect }) => Math.abs(effect!));
    expect(effects).toEqual([...effects].sort((x, y) => y - x));
    const tested = rows.filter(({ p }) => p !== null);
    for (const { p, q } of tested) {
      expect(q!).toBeGreaterThanOrEqual(p!);
      expect(q!).toBeLessThanOrEqual(Math.min(1, p! * tested.length) * (1 + 1e-12));
    }
    const notes = Object.fromEntries(rows.map(({ trait, note }) => [trait, note]));
    expect(notes).toMatchObject({
      same: 'Too few contacts, or too little difference between them, for a test.',
      rare: 'Nobody in group b has it.',
      nothing: 'Nobody in either group has it.',
      nowhere: 'Nobody in either group has it.',
      reference: 'Too few contacts, or too little difference between them, for a test.',
      age: null,
    });
  });

  it('compares with everyone else when nothing is said, and counts those in both only once', async () => {
    const rest = await compare(cohorts.a!);
    expect(rest).toMatchObject({ overlap: 0, b: { members: 31, compared: 31, text: 'everyone else' } });
    const everyone = await compare(cohorts.a!, 'everyone');
    expect(everyone).toMatchObject({ overlap: 20, b: { members: 51, compared: 31 } });
    expect(everyone.rows).toEqual(rest.rows);
    const itself = await compare(cohorts.a!, cohorts.a);
    expect(itself).toMatchObject({ overlap: 20, b: { members: 20, compared: 0 } });
    expect(itself.rows.every(({ p, significant }) => p === null && !significant)).toBe(true);
  });

  it('takes personas, audiences and conditions', async () => {
    const persona = await compare(`persona:${SET}/p1`, `persona:${SET}/p2`);
    expect(persona).toMatchObject({ status: 200, a: { members: 12 }, b: { members: 39 } });
    expect(persona.a.text).toContain('Firsts');
    const include = { condition: { trait: 'age', op: 'gte', value: 40 } };
    const limit = { count: 5, orderBy: { trait: 'joined' } };
    const { body: audience } = await reach.api<{ id: string }>('POST', '/v1/audiences', {
      name: 'Old',
      include,
      limit,
    });
    const condition = JSON.stringify({ trait: 'plan', op: 'eq', value: 'gold' });
    const body = await compare(`audience:${audience.id}`, condition);
    expect(body).toMatchObject({
      status: 200,
      a: { members: 5, text: 'in audience Old' },
      b: { members: 25 },
      overlap: 0,
    });
  });

  it('answers for groups of nobody and of one', async () => {
    const empty = await compare(cohorts.nobody!, cohorts.a);
    expect(empty).toMatchObject({ status: 200, a: { members: 0 } });
    expect(empty.rows.every(({ effect, p }) => effect === null && p === null)).toBe(true);
    const one = await compare(cohorts.lonely!, cohorts.b);
    expect(traitOf(one, 'age')).toMatchObject({ knownA: 1, meanA: 99, deviationA: null, p: null });
    expect(traitOf(one, 'age').effect).toBeGreaterThan(50);
    expect(traitOf(one, 'vip')).toMatchObject({ shareA: null, shareB: 0.2, note: 'Nobody in group a has it.' });
  });

  it('is a table as CSV', async () => {
    const query = new URLSearchParams({ a: cohorts.a!, b: cohorts.b! });
    const { body } = await reach.api<string>('GET', `/v1/insights/comparison.csv?${query}`);
    const [header, first] = String(body).split('\n');
    expect(header).toMatch(/^trait,type,knownA,.*significant,note,asOf$/);
    expect(first).toMatch(/^age,number,20,30,30.5,40.5,30.5,40.5,/);
  });
});

describe('one trait in two groups', () => {
  const spread = (trait: string, a = cohorts.a!, b = cohorts.b!) => get<Spread>('distribution', { a, b, trait });

  it('shows quantiles and bins of numbers that hold everyone once', async () => {
    const { quantiles, rows, comparison } = await spread('joined');
    expect(quantiles).toContainEqual({ share: 0.5, a: '2024-10-14', b: '2024-10-29' });
    expect(rows).toHaveLength(20);
    expect(rows.reduce((sum, { countA }) => sum + countA, 0)).toBe(20);
    expect(rows.reduce((sum, { countB }) => sum + countB, 0)).toBe(30);
    expect(rows[0]).toMatchObject({ value: null, from: '2024-10-04', countB: 0 });
    expect(comparison.q).toBe(comparison.p);
    const same = await spread('same');
    expect(same.rows).toMatchObject([{ from: 7, to: 7, countA: 20, countB: 30 }]);
    expect((await spread('nothing')).rows).toEqual([]);
  });

  it('shows the shares of categories and booleans with intervals', async () => {
    const { rows, quantiles } = await spread('plan');
    expect(quantiles).toBeNull();
    expect(rows.map(({ value, countA, countB }) => [value, countA, countB])).toEqual([
      ['basic', 5, 20],
      ['gold', 15, 10],
    ]);
    expect(rows[1]).toMatchObject({ shareA: 0.75, lowA: expect.closeTo(0.5313, 4), highA: expect.closeTo(0.8881, 4) });
    const vip = await spread('vip');
    expect(vip.rows).toMatchObject([
      { value: 'true', countA: 16, countB: 6 },
      { value: 'false', countA: 4, countB: 24 },
    ]);
    const everyone = await spread('reference', 'everyone', cohorts.nobody!);
    expect(everyone.rows).toHaveLength(50);
    const many = await reach.api<string>('GET', `/v1/insights/distribution.csv?a=everyone&trait=plan`);
    expect(String(many.body)).toContain('gold,,,25,0,');
  });
});

describe('what cannot be compared', () => {
  it.each([
    [{ a: 'people' }, 422, 'a', 'unknown_group'],
    [{ a: 'rest' }, 422, 'a', 'unknown_group'],
    [{ a: 'cohort:coh_nowhere' }, 422, 'a.cohort', 'unknown_cohort'],
    [{ a: 'everyone', b: 'audience:aud_nowhere' }, 422, 'b', 'unknown_audience'],
    [{ a: 'persona:pst_people' }, 422, 'a', 'unknown_group'],
    [{ a: 'persona:pst_people/p9' }, 422, 'a.persona.in[0]', 'unknown_persona'],
    [{ a: 'persona:pst_nowhere/p1' }, 422, 'a.persona.set', 'unknown_persona_set'],
    [{ a: '{"trait":"shoe","op":"eq","value":1}' }, 422, 'a.trait', 'unknown_trait'],
    [{ a: 'everyone', b: '{"all":[{"trait":"age","op":"gte","value":"x"}]}' }, 422, 'b.all[0].value', 'wrong_type'],
    [{ a: '{"audience":"aud_1"}' }, 422, 'a.audience', 'not_here'],
    [{ a: '{"trait":' }, 422, 'a', 'not_json'],
    [{ a: '' }, 400, 'a', 'isNotEmpty'],
    [{ b: 'everyone' }, 400, 'a', 'isString'],
    [{ a: 'everyone', sort: 'p' }, 400, 'sort', 'whitelistValidation'],
    [{ a: 'x'.repeat(4001) }, 400, 'a', 'maxLength'],
  ])('%j: %i %s %s', async (query, status, path, code) => {
    const body = await get<Problem>('comparison', query as Record<string, string>);
    expect(body).toMatchObject({ status, errors: expect.arrayContaining([expect.objectContaining({ path, code })]) });
  });

  it('a trait that is not there', async () => {
    const body = await get<Problem>('distribution', { a: 'everyone', trait: 'shoe' });
    expect(body).toMatchObject({ status: 422, errors: [{ path: 'trait', code: 'unknown_trait' }] });
  });

  it('another account’s groups', async () => {
    const service = reach.app.get(ComparisonService);
    const other = 'acc_other' as AccountId;
    await expect(service.compare(other, { a: cohorts.a!, b: 'rest' })).rejects.toMatchObject({ code: 'invalid' });
    expect(await service.compare(other, { a: 'everyone', b: 'rest' })).toMatchObject({ a: { members: 0 }, rows: [] });
  });
});
