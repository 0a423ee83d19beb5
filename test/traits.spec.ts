import { sql } from 'drizzle-orm';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { keyOf, shop } from './support/inform.ts';
import { type Reach, startReach, until } from './support/service.ts';
import type { Steps } from './support/steps.ts';

/** The life of a trait over HTTP: listed with its users, renamed, retyped, described, deleted. */

interface Trait {
  name: string;
  type: string;
  description: string;
  filled: { contacts: number; share: number };
  usedBy: { kind: string; id: string; name: string }[];
  values?: { converted: number; dropped: number };
}

describe('a trait', () => {
  let reach: Reach;
  let steps: Steps;
  let setId: string;
  let cohortId: string;

  const trait = (name: string) => steps.ask<Trait>('GET', `/v1/traits/${encodeURIComponent(name)}`);
  const change = (name: string, body: object) =>
    reach.api<Trait & { code: string; detail: string }>('PATCH', `/v1/traits/${encodeURIComponent(name)}`, body);
  const stored = async (map: string, name: string) =>
    (
      await reach.app
        .get(Warehouse)
        .one<{ n: number }>(
          `SELECT count() AS n FROM contacts FINAL WHERE account_id = 'acc_default' AND deleted = 0 AND mapContains(${map}, {name:String})`,
          { name },
        )
    ).n;
  const size = async (condition: object) =>
    (await steps.ask<{ size: number }>('POST', '/v1/audiences/preview', { include: { condition } })).size;

  beforeAll(async () => {
    reach = await startReach();
    ({ steps, setId, cohortId } = await shop(reach, 400));
  }, 240_000);
  afterAll(() => reach.close());

  it('is listed with its number of contacts and its uses', async () => {
    const { items } = await steps.ask<{ items: Trait[] }>('GET', '/v1/traits?details=true');
    const of = (name: string) => items.find((each) => each.name === name)!;
    expect(of('vip')).toMatchObject({ filled: { contacts: 400, share: 1 }, usedBy: [] });
    expect(of('Contact city')).toMatchObject({ filled: { contacts: 0, share: 0 }, usedBy: [] });
    expect(of('bought').usedBy).toEqual([{ kind: 'cohort', id: cohortId, name: 'Bought' }]);
    const kinds = (await trait('spend')).usedBy.map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['outcome', 'outcome version', 'persona set', 'persona version']);
    expect((await reach.api('GET', '/v1/traits/nothing')).status).toBe(404);
  });

  it('can be renamed with its values while definitions and models that use it keep working', async () => {
    const before = {
      bought: await size({ cohort: cohortId }),
      score: await score(),
    };
    for (const [from, to] of [
      ['bought', 'Has bought/ever?'],
      ['spend', 'Total spend'],
    ] as const)
      expect((await change(from, { name: to })).status).toBe(200);
    expect([await stored('num', 'spend'), await stored('num', 'Total spend')]).toEqual([0, 400]);
    expect(await size({ cohort: cohortId })).toBe(before.bought);
    expect(await size({ trait: 'Total spend', op: 'gte', value: 900 })).toBe(200);
    const cohort = await steps.ask<{ condition: object; revision: number }>('GET', `/v1/cohorts/${cohortId}`);
    expect(cohort).toMatchObject({ condition: { trait: 'Has bought/ever?', op: 'eq', value: 'yes' }, revision: 2 });
    const set = await steps.ask<{ traits: string[] }>('GET', `/v1/persona-sets/${setId}`);
    expect(set.traits).toEqual(['Total spend', 'plan']);
    expect(await score()).toEqual(before.score);
    const { items } = await steps.ask<{ items: { mapping: { columns: object[] } }[] }>('GET', '/v1/datasets');
    expect(items[0]!.mapping.columns).toContainEqual(
      expect.objectContaining({ column: 'spend', trait: expect.objectContaining({ name: 'Total spend' }) }),
    );
    expect((await reach.api('GET', '/v1/traits/spend')).status).toBe(404);
  }, 120_000);

  it('keeps a version from being published that was trained while the trait had its old name', async () => {
    const { id } = await steps.ask<{ id: string }>('POST', '/v1/persona-sets', {
      name: 'Late',
      traits: ['visits', 'plan'],
    });
    const set = await until(
      () => steps.ask<{ status: string }>('GET', `/v1/persona-sets/${id}`),
      ({ status }) => status !== 'new' && status !== 'starting' && status !== 'running',
    );
    expect(set.status).toBe('ready');
    await reach.app
      .get<Db>(DB)
      .execute(
        sql`UPDATE persona_versions SET model = replace(model::text, '"visits"', '"calls"')::json WHERE set_id = ${id}`,
      );
    expect(await reach.api('POST', `/v1/persona-sets/${id}/versions/1/publish`)).toMatchObject({
      status: 409,
      body: { code: 'trait_changed', detail: expect.stringContaining('"calls"') },
    });
    expect((await reach.api('DELETE', `/v1/persona-sets/${id}`)).status).toBe(204);
  }, 120_000);

  it('cannot get the name of another trait or of a contact field', async () => {
    for (const name of ['plan', 'Contact city'])
      expect(await change('visits', { name })).toMatchObject({ status: 409, body: { code: 'trait_exists' } });
    expect(await change('Contact city', { name: 'City' })).toMatchObject({
      status: 409,
      body: { code: 'contact_field' },
    });
  });

  it('can be described', async () => {
    expect((await change('vip', { description: 'In the club' })).body).toMatchObject({ description: 'In the club' });
  });

  it('can get another type, which converts fitting values and drops and counts the others', async () => {
    expect((await change('vip', { type: 'category' })).body).toMatchObject({
      type: 'category',
      values: { converted: 400, dropped: 0 },
    });
    expect(await size({ trait: 'vip', op: 'eq', value: 'true' })).toBe(134);
    expect([await stored('num', 'vip'), await stored('cat', 'vip')]).toEqual([0, 400]);
    expect((await change('vip', { type: 'number' })).body.values).toEqual({ converted: 0, dropped: 400 });
    expect(await stored('cat', 'vip')).toBe(0);
    expect((await change('signup', { type: 'category' })).body.values).toEqual({ converted: 400, dropped: 0 });
    expect(await size({ trait: 'signup', op: 'startsWith', value: '2021-' })).toBe(80);
    expect((await change('signup', { type: 'date' })).body.values).toEqual({ converted: 400, dropped: 0 });
    expect(await size({ trait: 'signup', op: 'before', value: '2021-01-01' })).toBe(80);
    expect((await change('signup', { type: 'number' })).status).toBe(422);
  }, 60_000);

  it('keeps its type and cannot be deleted while something uses it', async () => {
    expect(await change('plan', { type: 'boolean' })).toMatchObject({ status: 409, body: { code: 'trait_in_use' } });
    const refused = await reach.api<{ code: string; detail: string }>('DELETE', '/v1/traits/plan');
    expect(refused).toMatchObject({ status: 409, body: { code: 'trait_in_use' } });
    expect(refused.body.detail).toContain(setId);
  });

  it('can be deleted with its values when nothing uses it, by roles that may change data', async () => {
    const viewer = await keyOf(reach, 'viewer');
    expect((await reach.api('DELETE', '/v1/traits/vip', undefined, viewer)).status).toBe(403);
    expect((await reach.api('DELETE', '/v1/traits/signup')).status).toBe(204);
    expect(await stored('num', 'signup')).toBe(0);
    expect((await reach.api('GET', '/v1/traits/signup')).status).toBe(404);
    expect((await reach.api('DELETE', '/v1/traits/signup')).status).toBe(404);
  });

  const score = async () => {
    const body = { contact: { key: 's0007' } };
    const { results } = await steps.ask<{
      results: { personas: { key: string; margin: number }[]; outcomes: { probability: number }[] }[];
    }>('POST', '/v1/inform/score', body);
    const [{ personas, outcomes }] = results as [(typeof results)[0]];
    return [personas[0]!.key, personas[0]!.margin, outcomes[0]!.probability];
  };
});
