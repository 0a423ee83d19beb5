import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ReachWithContacts, startWithContacts } from '../../test/support/contacts.ts';
import { until } from '../../test/support/service.ts';
import { PersonaVersions } from '../cohorts/persona-versions.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { PersonaSetUsage } from '../personas/persona-set-usage.ts';
import { AudienceUsage } from './audience-usage.ts';
import { AudiencesService } from './audiences.service.ts';
import type { Explanation, Preview } from './preview.service.ts';

interface Audience {
  id: string;
  status: string;
  size: number | null;
  revision: number;
  include: object;
  exclude: object;
  limit?: object;
}
interface ProblemBody {
  code: string;
  detail: string;
  errors: { path: string; code: string; message: string }[];
}

let reach: ReachWithContacts;
let gold: string;
let loyal: string;

beforeAll(async () => {
  reach = await startWithContacts();
  reach.clock.set('2026-03-31T12:00:00Z');
  reach.app.get(PersonaVersions).provide(async (_, id) =>
    id === 'pst_1'
      ? {
          name: 'Customers',
          versionId: 'psv_2',
          personas: ['x', 'y', 'z'].map((key) => ({ key, name: key.toUpperCase() })),
        }
      : undefined,
  );
  const assigned = (version_id: string, contact_id: string, persona_key: string) => ({
    account_id: reach.account,
    version_id,
    contact_id,
    persona_key,
    revision: 1,
  });
  await reach.app
    .get(Warehouse)
    .insert('persona_assignments', [
      assigned('psv_1', 'con_1', 'z'),
      assigned('psv_2', 'con_1', 'x'),
      assigned('psv_2', 'con_2', 'y'),
      assigned('psv_2', 'con_3', 'x'),
    ]);
  gold = await cohort('Gold', { trait: 'plan', op: 'eq', value: 'gold' });
  loyal = await cohort('Loyal', { trait: 'tenure', op: 'gte', value: 24 });
});
afterAll(() => reach.close());

async function cohort(name: string, condition: unknown): Promise<string> {
  const { body } = await reach.api<{ id: string }>('POST', '/v1/cohorts', { name, condition });
  return body.id;
}
async function create(definition: object): Promise<Audience> {
  const answer = await reach.api<Audience>('POST', '/v1/audiences', { name: 'An audience', ...definition });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}
async function preview(definition: object): Promise<Preview> {
  const answer = await reach.api<Preview>('POST', '/v1/audiences/preview', definition);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}
const counted = (id: string) =>
  until(
    async () => (await reach.api<Audience>('GET', `/v1/audiences/${id}`)).body,
    (audience) => audience.status === 'ready',
  );
const membersOf = async (id: string) => {
  const { sql, params } = await reach.app.get(AudiencesService).memberCondition(reach.account, id);
  const members = `SELECT contact_id FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0 AND ${sql} ORDER BY contact_id`;
  const rows = await reach.app
    .get(Warehouse)
    .query<{ contact_id: string }>(members, { ...params, account: reach.account });
  return rows.map((row) => row.contact_id);
};
const remaining = (shown: Preview) =>
  shown.dropOff.map((step) => [step.path, step.label, step.remaining, step.dropped]);

describe('a preview', () => {
  it('of everyone, without a definition', async () => {
    const shown = await preview({});
    expect(shown).toMatchObject({ size: 5, personas: [], withoutPersona: 0 });
    expect(shown.contactable).toEqual({ email: 3, phone: 2, address: 2, facebook: 5, google: 5 });
    expect(remaining(shown)).toEqual([['', 'all contacts', 5, 0]]);
    expect(Date.parse(shown.asOf as unknown as string)).toBeGreaterThanOrEqual(Date.parse('2026-03-31T12:00:00Z'));
  });

  it('shows what each rule drops, in order, with its place in the definition', async () => {
    const shown = await preview({
      include: {
        cohorts: [gold, loyal],
        condition: { all: [{ trait: 'tenure', op: 'lt', value: 36 }, { contactable: 'email' }] },
      },
      exclude: {
        condition: {
          any: [
            { event: 'order', sum: { gte: 100 } },
            { consent: 'advertising', is: 'denied' },
          ],
        },
      },
    });
    expect(remaining(shown)).toEqual([
      ['', 'all contacts', 5, 0],
      ['include.cohorts', 'in cohort Gold or in cohort Loyal', 3, 2],
      ['include.condition.all[0]', 'tenure is less than 36', 2, 1],
      ['include.condition.all[1]', 'contactable by email', 2, 0],
      ['exclude.condition.any[0]', 'not (order: total is at least 100)', 1, 1],
      ['exclude.condition.any[1]', 'not (consent for advertising is denied)', 0, 1],
    ]);
    expect(shown).toMatchObject({ size: 0, sample: [], contactable: { email: 0 } });
  });

  it('breaks down by the published personas, those without members and those without a persona too', async () => {
    const shown = await preview({ personaSetId: 'pst_1', exclude: { cohorts: [gold] } });
    expect(shown.personas).toEqual([
      { key: 'x', name: 'X', count: 1 },
      { key: 'y', name: 'Y', count: 0 },
      { key: 'z', name: 'Z', count: 0 },
    ]);
    expect(shown).toMatchObject({ size: 3, withoutPersona: 2 });
  });

  it('keeps only the personas asked for', async () => {
    const shown = await preview({ personaSetId: 'pst_1', personas: ['x', 'z'] });
    expect(shown).toMatchObject({ size: 2, withoutPersona: 0 });
    expect(remaining(shown).at(-1)).toEqual(['personas', 'persona is X or Z', 2, 3]);
  });

  it('describes those whom a limit leaves', async () => {
    const shown = await preview({
      personaSetId: 'pst_1',
      include: { condition: { trait: 'plan', op: 'exists' } },
      limit: { count: 2, orderBy: { trait: 'tenure' } },
    });
    expect(shown.sample.map((contact) => contact.contactId)).toEqual(['con_1', 'con_3']);
    expect(shown).toMatchObject({ size: 2, contactable: { email: 1, phone: 2 } });
    expect(shown.personas[0]).toMatchObject({ key: 'x', count: 2 });
    expect(remaining(shown).at(-1)).toEqual(['limit', 'at most 2', 2, 2]);
  });

  it('masks its sample', async () => {
    const shown = await preview({ include: { cohorts: [gold] } });
    expect(shown.sample.map((contact) => contact.emails[0])).toEqual(['a•••@e•••.com', 'g•••@e•••.com']);
    expect(JSON.stringify(shown)).not.toMatch(/lovelace|hopper|ada@|grace@|5550101/i);
  });

  it('of a stored audience is that of its definition', async () => {
    const definition = { include: { cohorts: [loyal] }, limit: { count: 1, orderBy: { random: 7 } } };
    const { id } = await create(definition);
    const [stored, inline] = [await preview({ audienceId: id }), await preview(definition)];
    expect({ ...stored, asOf: 0 }).toEqual({ ...inline, asOf: 0 });
  });

  it('needs no more than the role of a viewer', async () => {
    const key = await reach.api<{ key: string }>('POST', '/v1/api-keys', { name: 'v', role: 'viewer' });
    const headers = { authorization: `Bearer ${key.body.key}` };
    expect((await reach.api('POST', '/v1/audiences/preview', {}, headers)).status).toBe(200);
    expect((await reach.api('POST', '/v1/audiences', { name: 'x' }, headers)).status).toBe(403);
  });
});

describe('a stored audience', () => {
  it('is counted, listed, and gives the query of its members', async () => {
    const { id } = await create({ include: { cohorts: [gold] }, exclude: { cohorts: [loyal] } });
    expect(await counted(id)).toMatchObject({ size: 1, revision: 1 });
    expect(await membersOf(id)).toEqual(['con_2']);
    const { body } = await reach.api<{ items: Audience[] }>('GET', '/v1/audiences?limit=1');
    expect(body.items.map((audience) => audience.id)).toEqual([id]);
  });

  it('picks the same contacts at random for the same seed, and contacts without the trait last', async () => {
    const atRandom = { limit: { count: 3, orderBy: { random: 42 } } };
    const [one, two] = [await create(atRandom), await create(atRandom)];
    expect(await membersOf(one.id)).toEqual(await membersOf(two.id));
    const lowest = await create({ limit: { count: 4, orderBy: { trait: 'tenure' }, direction: 'asc' } });
    expect(await membersOf(lowest.id)).toEqual(['con_1', 'con_2', 'con_3', 'con_5']);
  });

  it('can leave out another audience, with its limit', async () => {
    const first = await create({ limit: { count: 2, orderBy: { trait: 'tenure' } } });
    const second = await create({ exclude: { condition: { audience: first.id } } });
    expect((await membersOf(second.id)).sort()).toEqual(['con_2', 'con_4', 'con_5']);
    expect(remaining(await preview({ audienceId: second.id })).at(-1)?.[1]).toBe('not (in audience An audience)');
    const { status, body } = await reach.api<ProblemBody>('PATCH', `/v1/audiences/${first.id}`, {
      include: { condition: { audience: second.id } },
    });
    expect({ status, error: body.errors[0] }).toMatchObject({
      status: 422,
      error: { path: 'include.condition.audience', code: 'cyclic_audience' },
    });
    const refusal = await reach.api<ProblemBody>('DELETE', `/v1/audiences/${first.id}`);
    expect(refusal).toMatchObject({ status: 409, body: { code: 'in_use' } });
    await reach.api('DELETE', `/v1/audiences/${second.id}`);
    expect((await reach.api('DELETE', `/v1/audiences/${first.id}`)).status).toBe(204);
  });

  it('keeps what a change leaves out, and clears what it sets to null', async () => {
    const { id } = await create({ include: { cohorts: [gold] }, limit: { count: 1 } });
    const path = `/v1/audiences/${id}`;
    const etag = (await reach.api('GET', path)).headers.get('etag')!;
    const changed = await reach.api<Audience>('PATCH', path, { limit: null }, { 'if-match': etag });
    expect(changed.body).toMatchObject({ include: { cohorts: [gold] }, revision: 2 });
    expect(changed.body.limit).toBeUndefined();
    expect(await counted(id)).toMatchObject({ size: 2 });
    const late = await reach.api<ProblemBody>('PATCH', path, { name: 'Late' }, { 'if-match': etag });
    expect(late).toMatchObject({ status: 412, body: { code: 'changed_meanwhile' } });
  });

  it('keeps its cohorts when a change gives another condition, and its condition when a change gives other cohorts', async () => {
    const { id } = await create({ include: { cohorts: [gold] } });
    const path = `/v1/audiences/${id}`;
    const condition = { trait: 'tenure', op: 'gte', value: 0 };
    const patch = async (include: object | null) =>
      (await reach.api<Audience & { include: object }>('PATCH', path, { include })).body.include;
    expect(await patch({ condition })).toEqual({ cohorts: [gold], condition });
    const other = await cohort('Other', { everyone: true });
    expect(await patch({ cohorts: [other] })).toEqual({ cohorts: [other], condition });
    expect(await patch({ cohorts: null })).toEqual({ condition });
    expect(await patch(null)).toEqual({});
  });

  it('refuses an empty list of cohorts, which would make everyone a member', async () => {
    const { id } = await create({ include: { cohorts: [gold] } });
    const answers = [
      await reach.api<ProblemBody>('POST', '/v1/audiences', { name: 'Empty', include: { cohorts: [] } }),
      await reach.api<ProblemBody>('PATCH', `/v1/audiences/${id}`, { include: { cohorts: [] } }),
      await reach.api<ProblemBody>('POST', '/v1/audiences/preview', { include: { cohorts: [] } }),
    ];
    for (const { status, body } of answers)
      expect({ status, path: body.errors[0]!.path }).toEqual({ status: 400, path: 'include.cohorts' });
  });

  it('is counted again when a cohort of its changes', async () => {
    const moving = await cohort('Moving', { everyone: true });
    const { id } = await create({ include: { cohorts: [moving] } });
    expect(await counted(id)).toMatchObject({ size: 5 });
    await reach.api('PATCH', `/v1/cohorts/${moving}`, { condition: { trait: 'plan', op: 'missing' } });
    await until(
      () => counted(id),
      (audience) => audience.size === 1,
    );
    const refusal = await reach.api<ProblemBody>('DELETE', `/v1/cohorts/${moving}`);
    expect(refusal).toMatchObject({ status: 409, body: { code: 'in_use' } });
    expect(refusal.body.detail).toContain(`audience "An audience" (${id})`);
  });

  it('cannot be deleted while a delivery uses it', async () => {
    const { id } = await create({});
    reach.app
      .get(AudienceUsage)
      .register(async (_, audience) => (audience === id ? [{ kind: 'delivery', id: 'del_1', name: 'Autumn' }] : []));
    const refusal = await reach.api<ProblemBody>('DELETE', `/v1/audiences/${id}`);
    expect(refusal.body.detail).toContain('delivery "Autumn" (del_1)');
  });

  it('and a cohort keep the persona set that they mention from being deleted', async () => {
    const { id } = await create({ personaSetId: 'pst_1' });
    const mentions = await cohort('Of X', { not: { persona: { set: 'pst_1', in: ['x'] } } });
    const usage = reach.app.get(PersonaSetUsage);
    await expect(usage.assertUnused(reach.account, 'persona set', 'pst_1')).rejects.toThrow(id);
    await expect(usage.assertUnused(reach.account, 'persona set', 'pst_1')).rejects.toThrow(mentions);
    await usage.assertUnused(reach.account, 'persona set', 'pst_2');
  });

  it('explains one contact', async () => {
    const { id } = await create({
      include: { cohorts: [gold] },
      exclude: { cohorts: [loyal] },
      limit: { count: 1 },
    });
    const explain = (contact: string) =>
      reach.api<Explanation>('GET', `/v1/audiences/${id}/explain?contactId=${contact}`);
    expect((await explain('con_1')).body).toEqual({
      contactId: 'con_1',
      member: false,
      cutByLimit: false,
      rules: [
        { path: 'include.cohorts', label: 'in cohort Gold', held: true },
        { path: 'exclude.cohorts[0]', label: 'not (in cohort Loyal)', held: false },
      ],
    });
    expect((await explain('con_2')).body).toMatchObject({ member: true });
    expect((await explain('con_theirs')).status).toBe(404);
    const all = await create({ limit: { count: 1, orderBy: { trait: 'tenure' } } });
    const cut = await reach.api<Explanation>('GET', `/v1/audiences/${all.id}/explain?contactId=con_1`);
    expect(cut.body).toMatchObject({ member: false, cutByLimit: true, rules: [] });
  });
});

describe('bad input', () => {
  const cases: [string, object, string, string[]][] = [
    ['a field nobody knows', { includes: {} }, 'validation', ['includes']],
    ['a side that is a list', { include: [] }, 'validation', ['include']],
    ['a cohort that is a number', { include: { cohorts: [3] } }, 'validation', ['include.cohorts']],
    ['a limit of none', { limit: { count: 0 } }, 'validation', ['limit.count']],
    ['an order upside down', { limit: { count: 1, direction: 'up' } }, 'validation', ['limit.direction']],
    ['no personas', { personaSetId: 'pst_1', personas: [] }, 'validation', ['personas']],
    ['an unknown cohort', { exclude: { cohorts: ['coh_0'] } }, 'invalid', ['exclude.cohorts[0]']],
    [
      'a bad condition on either side',
      {
        include: { condition: { all: [{ trait: 'tenur', op: 'exists' }] } },
        exclude: { condition: { any: [] } },
      },
      'invalid',
      ['include.condition.all[0].trait', 'exclude.condition.any'],
    ],
    ['a condition that is a text', { include: { condition: 'gold' } }, 'invalid', ['include.condition']],
    [
      'an unknown audience',
      { include: { condition: { audience: 'aud_0' } } },
      'invalid',
      ['include.condition.audience'],
    ],
    ['a set that was never published', { personaSetId: 'pst_0' }, 'invalid', ['personaSetId']],
    ['an unknown persona', { personaSetId: 'pst_1', personas: ['x', 'q'] }, 'invalid', ['personas[1]']],
    ['personas of no set', { personas: ['x'] }, 'invalid', ['personaSetId']],
    [
      'an unknown trait to order by',
      { limit: { count: 1, orderBy: { trait: 'x' } } },
      'invalid',
      ['limit.orderBy.trait'],
    ],
    ['a category to order by', { limit: { count: 1, orderBy: { trait: 'plan' } } }, 'invalid', ['limit.orderBy.trait']],
    ['two orders', { limit: { count: 1, orderBy: { trait: 'tenure', random: 1 } } }, 'invalid', ['limit.orderBy']],
  ];
  it.each(cases)('%s is refused with its place', async (_, definition, code, paths) => {
    for (const [path, body] of [
      ['/v1/audiences', { name: 'x', ...definition }],
      ['/v1/audiences/preview', definition],
    ] as const) {
      const problem = (await reach.api<ProblemBody>('POST', path, body)).body;
      expect({ code: problem.code, paths: problem.errors?.map((e) => e.path) }).toEqual({ code, paths });
    }
  });

  it('a stored audience and a definition at once', async () => {
    const { id } = await create({});
    const answer = await reach.api<ProblemBody>('POST', '/v1/audiences/preview', {
      audienceId: id,
      limit: { count: 1 },
    });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'audienceId', code: 'ambiguous' }] } });
  });

  it('an audience that is not there', async () => {
    expect((await reach.api('GET', '/v1/audiences/aud_0')).status).toBe(404);
    expect((await reach.api('PATCH', '/v1/audiences/aud_0', {})).status).toBe(404);
    expect((await reach.api('DELETE', '/v1/audiences/aud_0')).status).toBe(404);
    expect((await reach.api('POST', '/v1/audiences/preview', { audienceId: 'aud_0' })).status).toBe(404);
  });
});
