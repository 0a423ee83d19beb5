import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ReachWithContacts, startWithContacts } from '../../test/support/contacts.ts';
import { until } from '../../test/support/service.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { CohortsService } from './cohorts.service.ts';
import { PersonaVersions } from './persona-versions.ts';

interface Cohort {
  id: string;
  name: string;
  summary: string;
  status: string;
  statusError: string | null;
  size: number | null;
  asOf: string | null;
  stale: boolean;
  revision: number;
}
interface ProblemBody {
  code: string;
  detail: string;
  errors: { path: string; code: string; message: string }[];
}

let reach: ReachWithContacts;
beforeAll(async () => {
  reach = await startWithContacts();
});
afterAll(() => reach.close());

const create = async (condition: unknown, name = 'A cohort') => {
  const { status, body } = await reach.api<Cohort>('POST', '/v1/cohorts', { name, condition });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body;
};
const refused = async (body: unknown) => (await reach.api<ProblemBody>('POST', '/v1/cohorts', body)).body;
const ready = (id: string) =>
  until(
    async () => (await reach.api<Cohort>('GET', `/v1/cohorts/${id}`)).body,
    (cohort) => cohort.status === 'ready' || cohort.status === 'error',
  );
const sizeOf = async (condition: unknown) => (await ready((await create(condition)).id)).size;

describe('a cohort', () => {
  it('is kept, described in words, counted with its time, and listed', async () => {
    const created = await create({ trait: 'tenure', op: 'gte', value: 12 }, 'Loyal');
    expect(created).toMatchObject({
      status: 'new',
      size: null,
      asOf: null,
      stale: true,
      summary: 'tenure is at least 12',
    });
    const counted = await ready(created.id);
    expect(counted).toMatchObject({ status: 'ready', size: 3, stale: false, statusError: null });
    expect(Date.parse(counted.asOf!)).toBeGreaterThan(Date.now() - 60_000);
    const { body } = await reach.api<{ items: Cohort[] }>('GET', '/v1/cohorts?limit=1');
    expect(body.items.map((item) => item.id)).toEqual([created.id]);
    const sizes = await reach.api<{ items: { size: number }[] }>('GET', `/v1/cohorts/${created.id}/sizes`);
    expect(sizes.body.items.map((item) => item.size)).toEqual([3]);
  });

  it('shows members masked and nothing that identifies them', async () => {
    const { id } = await create({ trait: 'plan', op: 'eq', value: 'gold' });
    const { body } = await reach.api<{ size: number; items: object[] }>('GET', `/v1/cohorts/${id}/members?limit=1`);
    expect(body).toMatchObject({ size: 2 });
    expect(body.items).toEqual([
      {
        contactId: 'con_1',
        initials: 'A. L.',
        emails: ['a•••@e•••.com'],
        phones: ['•••01'],
        country: 'GB',
        traits: { tenure: 24, plan: 'gold', paperless: true, renewal: '2026-04-10' },
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/ada|lovelace|5550101/i);
  });

  it('may be empty', async () => {
    const { id } = await create({ trait: 'tenure', op: 'gt', value: 9999 });
    expect(await ready(id)).toMatchObject({ status: 'ready', size: 0 });
    expect((await reach.api('GET', `/v1/cohorts/${id}/members`)).body).toMatchObject({ size: 0, items: [] });
  });

  it('counts what the documentation says of missing traits, deleted contacts and other accounts', async () => {
    expect(await sizeOf({ everyone: true })).toBe(5);
    expect(await sizeOf({ trait: 'plan', op: 'ne', value: 'gold' })).toBe(3);
    expect(
      await sizeOf({
        all: [
          { trait: 'plan', op: 'exists' },
          { trait: 'plan', op: 'ne', value: 'gold' },
        ],
      }),
    ).toBe(2);
    expect(await sizeOf({ event: 'order', count: { eq: 0 } })).toBe(3);
  });

  it('knows a consent to advertising by both of its purposes, and others by what contacts hold', async () => {
    const sizes = (consent: string) =>
      Promise.all(['granted', 'denied', 'unspecified'].map((is) => sizeOf({ consent, is })));
    expect(await sizes('advertising')).toEqual([1, 1, 3]);
    expect(await sizes('ad_user_data')).toEqual([2, 0, 3]);
    expect(await sizes('email')).toEqual([0, 1, 4]);
    const { errors } = await refused({ name: 'Asked', condition: { not: { consent: 'emails', is: 'denied' } } });
    expect(errors).toMatchObject([{ path: 'condition.not.consent', code: 'unknown_purpose' }]);
    expect(errors[0]?.message).toContain('Did you mean "email"?');
  });

  it('follows the clock', async () => {
    const condition = { trait: 'renewal', op: 'withinNext', value: { days: 30 } };
    reach.clock.set('2026-03-31T12:00:00Z');
    expect(await sizeOf(condition)).toBe(1);
    const lately = { event: 'order', within: { days: 90 } };
    expect(await sizeOf(lately)).toBe(2);
    reach.clock.set('2026-06-30T12:00:00Z');
    expect(await sizeOf(condition)).toBe(0);
    expect(await sizeOf(lately)).toBe(0);
    reach.clock.set(new Date());
  });

  it('is counted again when contacts come in, and keeps its history', async () => {
    const { id } = await create({ trait: 'tenure', op: 'eq', value: 77 });
    await ready(id);
    await reach.addContact({ contact_id: 'con_new', num: { tenure: 77 } });
    const history = await until(
      async () => (await reach.api<{ items: { size: number }[] }>('GET', `/v1/cohorts/${id}/sizes`)).body.items,
      (items) => items.length === 2,
    );
    expect(history.map((item) => item.size)).toEqual([1, 0]);
    await reach.removeContact('con_new');
  });
});

describe('a change', () => {
  it('counts again, those who mention it too, and moves the revision', async () => {
    const base = await create({ trait: 'tenure', op: 'gte', value: 12 }, 'Base');
    const other = await create({ not: { cohort: base.id } }, 'The rest');
    expect(await ready(other.id)).toMatchObject({ size: 2, summary: 'not (in cohort Base)' });
    await ready(base.id);
    const read = await reach.api<Cohort>('GET', `/v1/cohorts/${base.id}`);
    const etag = read.headers.get('etag')!;
    expect(etag).toBe('"1"');
    const change = { condition: { everyone: true } };
    const changed = await reach.api<Cohort>('PATCH', `/v1/cohorts/${base.id}`, change, { 'if-match': etag });
    expect(changed).toMatchObject({ status: 200, body: { revision: 2, stale: true, size: 3 } });
    expect(
      (
        await until(
          () => ready(other.id),
          (cohort) => cohort.size === 0,
        )
      ).size,
    ).toBe(0);
    const late = await reach.api<ProblemBody>('PATCH', `/v1/cohorts/${base.id}`, { name: 'x' }, { 'if-match': etag });
    expect(late).toMatchObject({ status: 412, body: { code: 'changed_meanwhile' } });
  });

  it('of the name alone keeps the count', async () => {
    const { id } = await create({ everyone: true });
    await ready(id);
    const { body } = await reach.api<Cohort>('PATCH', `/v1/cohorts/${id}`, { name: 'Renamed' });
    expect(body).toMatchObject({ name: 'Renamed', status: 'ready', stale: false, revision: 2 });
  });

  it('is refused where it would define a cohort by itself', async () => {
    const first = await create({ everyone: true });
    const second = await create({ all: [{ cohort: first.id }] });
    const { status, body } = await reach.api<ProblemBody>('PATCH', `/v1/cohorts/${first.id}`, {
      condition: { not: { cohort: second.id } },
    });
    expect({ status, errors: body.errors.map((e) => `${e.path} ${e.code}`) }).toEqual({
      status: 422,
      errors: ['condition.not.cohort cyclic_cohort'],
    });
    expect(await ready(first.id)).toMatchObject({ revision: 1, summary: 'everyone' });
  });
});

describe('deletion', () => {
  it('is refused while somebody uses it, and names them', async () => {
    const used = await create({ everyone: true });
    const user = await create({ cohort: used.id }, 'Its user');
    const { status, body } = await reach.api<ProblemBody>('DELETE', `/v1/cohorts/${used.id}`);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'in_use' });
    expect(body.detail).toContain(`cohort "Its user" (${user.id})`);
    expect((await reach.api('DELETE', `/v1/cohorts/${user.id}`)).status).toBe(204);
    expect((await reach.api('DELETE', `/v1/cohorts/${used.id}`)).status).toBe(204);
    expect((await reach.api('GET', `/v1/cohorts/${used.id}`)).status).toBe(404);
  });
});

describe('bad input', () => {
  const nested = (levels: number): unknown => (levels === 0 ? { everyone: true } : { not: nested(levels - 1) });
  const cases: [string, unknown, string, string[]][] = [
    ['nothing', {}, 'validation', ['name', 'condition']],
    ['no name', { condition: { everyone: true } }, 'validation', ['name']],
    ['a blank name', { name: '  ', condition: { everyone: true } }, 'validation', ['name']],
    ['a name with a NUL', { name: 'a\0b', condition: { everyone: true } }, 'validation', ['name']],
    ['no condition', { name: 'x' }, 'validation', ['condition']],
    ['a field nobody knows', { name: 'x', condition: { everyone: true }, color: 1 }, 'validation', ['color']],
    ['a condition that is a text', { name: 'x', condition: 'all' }, 'invalid', ['condition']],
    ['an empty condition', { name: 'x', condition: {} }, 'invalid', ['condition']],
    [
      'unknown trait deep down',
      { name: 'x', condition: { all: [{ everyone: true }, { not: { trait: 'tenur', op: 'exists' } }] } },
      'invalid',
      ['condition.all[1].not.trait'],
    ],
    [
      'text where a number belongs',
      { name: 'x', condition: { any: [{ trait: 'tenure', op: 'gt', value: '3' }] } },
      'invalid',
      ['condition.any[0].value'],
    ],
    [
      'SQL as the name of a trait',
      { name: 'x', condition: { trait: "tenure'] = 1 OR 1=1 --", op: 'exists' } },
      'invalid',
      ['condition.trait'],
    ],
    ['unknown stream', { name: 'x', condition: { event: 'ordr' } }, 'invalid', ['condition.event']],
    ['unknown cohort', { name: 'x', condition: { cohort: 'coh_0' } }, 'invalid', ['condition.cohort']],
    [
      'persona set that was never published',
      { name: 'x', condition: { persona: { set: 'pst_0', in: ['a'] } } },
      'invalid',
      ['condition.persona.set'],
    ],
    [
      'a trap for objects',
      { name: 'x', condition: JSON.parse('{"__proto__": {"everyone": true}}') },
      'invalid',
      ['condition'],
    ],
    ['21 levels', { name: 'x', condition: nested(20) }, 'invalid', [`condition.${'not.'.repeat(19)}not`]],
    ['90 levels', { name: 'x', condition: nested(90) }, 'invalid', [`condition.${'not.'.repeat(19)}not`]],
    ['3,000 levels', { name: 'x', condition: nested(3000) }, 'too_deep', []],
  ];
  it.each(cases)('%s is refused with its place', async (_, body, code, paths) => {
    const before = (await reach.api<{ items: object[] }>('GET', '/v1/cohorts?limit=200')).body.items.length;
    const problem = await refused(body);
    expect({ code: problem.code, paths: [...new Set(problem.errors?.map((e) => e.path))] }).toEqual({ code, paths });
    const after = (await reach.api<{ items: object[] }>('GET', '/v1/cohorts?limit=200')).body.items.length;
    expect(after).toBe(before);
  });

  it('suggests the name that was meant', async () => {
    const problem = await refused({ name: 'x', condition: { trait: 'tenur', op: 'exists' } });
    expect(problem.errors[0]!.message).toContain('Did you mean "tenure"?');
  });

  it('takes hostile text as data', async () => {
    const evil = "gold' OR 1=1; DROP TABLE contacts; --";
    expect(await sizeOf({ trait: 'plan', op: 'in', value: [evil, '\\', '{account:String}'] })).toBe(0);
    expect(await sizeOf({ everyone: true })).toBe(5);
  });

  it('says which cohort is not there', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/members'],
      ['GET', '/sizes'],
    ]) {
      const answer = await reach.api(method!, `/v1/cohorts/coh_nope${path}`, method === 'PATCH' ? {} : undefined);
      expect(answer.status).toBe(404);
    }
  });
});

describe('for other features', () => {
  let service: CohortsService;
  beforeEach(() => {
    service = reach.app.get(CohortsService);
  });

  it('gives a query whose parameters do not meet those of another', async () => {
    const [a, b] = [await create({ trait: 'plan', op: 'eq', value: 'gold' }), await create({ everyone: true })];
    const [first, second] = [
      await service.memberQuery(reach.account, a.id),
      await service.memberQuery(reach.account, b.id),
    ];
    const rows = await reach.app
      .get(Warehouse)
      .query<{ contact_id: string }>(
        `SELECT contact_id FROM (${second.sql}) WHERE contact_id NOT IN (${first.sql}) ORDER BY contact_id`,
        { ...first.params, ...second.params },
      );
    expect(rows.map((row) => row.contact_id)).toEqual(['con_3', 'con_4', 'con_5']);
    await expect(service.memberQuery('acc_other' as AccountId, a.id)).rejects.toThrow('There is no cohort');
  });

  it('resolves personas by the version that is published', async () => {
    const versions = reach.app.get(PersonaVersions);
    versions.provide(async (_, id) =>
      id === 'pst_1' ? { name: 'Set', versionId: 'psv_2', personas: [{ key: 'x', name: 'Xs' }] } : undefined,
    );
    await reach.app.get(Warehouse).insert('persona_assignments', [
      { account_id: reach.account, version_id: 'psv_1', contact_id: 'con_1', persona_key: 'x', revision: 1 },
      { account_id: reach.account, version_id: 'psv_2', contact_id: 'con_2', persona_key: 'x', revision: 1 },
    ]);
    const cohort = await create({ persona: { set: 'pst_1', in: ['x'] } });
    expect(await ready(cohort.id)).toMatchObject({ size: 1, summary: 'persona is Xs' });
    versions.provide(async () => undefined);
    await versions.published(reach.account, 'pst_1');
    const broken = await until(
      () => ready(cohort.id),
      (now) => now.status === 'error',
    );
    expect(broken.statusError).toContain('no published persona set');
    expect(broken.size).toBe(1);
    expect((await reach.api('GET', `/v1/cohorts/${cohort.id}/members`)).status).toBe(422);
  });
});
