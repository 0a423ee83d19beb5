import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { groupedContacts, putCatalogue, putContacts } from '../../test/support/persona-contacts.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { personaSets, personaVersions } from './personas.tables.ts';

interface ProblemBody {
  code: string;
  detail: string;
  errors?: { path: string; code: string; message: string }[];
}
interface SetBody {
  id: string;
  status: string;
  statusError: { code: string; detail: string; path?: string } | null;
}

let reach: Reach;
const cohorts: Record<string, string> = {};

beforeAll(async () => {
  reach = await startReach();
  await putCatalogue(reach);
  await putContacts(reach, groupedContacts(200));
  const conditions = {
    empty: { trait: 'tenure', op: 'gt', value: 1e6 },
    few: { trait: 'reference', op: 'in', value: ['ref-0', 'ref-1', 'ref-2'] },
    gold: { trait: 'plan', op: 'eq', value: 'gold' },
  };
  for (const [name, condition] of Object.entries(conditions)) {
    const { status, body } = await reach.api<{ id: string }>('POST', '/v1/cohorts', { name, condition });
    expect({ status, body }).toMatchObject({ status: 201 });
    cohorts[name] = body.id;
  }
});
afterAll(() => reach.close());

async function stored(): Promise<number> {
  const db = reach.app.get<Db>(DB);
  return (await db.select().from(personaSets)).length + (await db.select().from(personaVersions)).length;
}

type Case = [what: string, body: () => object, expected: { status: number; code: string; path: string; fault: string }];

const CASES: Case[] = [
  [
    'an empty cohort',
    () => ({ cohortId: cohorts.empty }),
    { status: 422, code: 'invalid', path: 'cohortId', fault: 'cohort_empty' },
  ],
  [
    'k above the size of the cohort',
    () => ({ cohortId: cohorts.few, k: 4 }),
    { status: 422, code: 'invalid', path: 'k', fault: 'cohort_too_small' },
  ],
  [
    'one trait',
    () => ({ traits: ['tenure'] }),
    { status: 422, code: 'invalid', path: 'traits', fault: 'too_few_traits' },
  ],
  [
    'a constant trait',
    () => ({ traits: ['tenure', 'one'] }),
    { status: 422, code: 'invalid', path: 'traits[1]', fault: 'constant_trait' },
  ],
  [
    'a trait constant in the cohort',
    () => ({ cohortId: cohorts.gold, traits: ['plan', 'tenure'] }),
    { status: 422, code: 'invalid', path: 'traits[0]', fault: 'constant_trait' },
  ],
  [
    'a trait nobody has',
    () => ({ traits: ['nothing', 'tenure'] }),
    { status: 422, code: 'invalid', path: 'traits[0]', fault: 'missing_trait' },
  ],
  [
    'an unknown trait',
    () => ({ traits: ['tenure', 'plan', 'shoe size'] }),
    { status: 422, code: 'invalid', path: 'traits[2]', fault: 'unknown_trait' },
  ],
  [
    'a protected trait, excluded',
    () => ({ traits: ['tenure', 'age'], excludeProtected: true }),
    { status: 422, code: 'invalid', path: 'traits[1]', fault: 'protected_trait' },
  ],
  ['k of 1', () => ({ k: 1 }), { status: 400, code: 'validation', path: 'k', fault: 'min' }],
  ['k of 21', () => ({ k: 21 }), { status: 400, code: 'validation', path: 'k', fault: 'max' }],
  ['k of 2.5', () => ({ k: 2.5 }), { status: 400, code: 'validation', path: 'k', fault: 'isInt' }],
  ['k in words', () => ({ k: 'many' }), { status: 400, code: 'validation', path: 'k', fault: 'isInt' }],
  [
    'no traits at all',
    () => ({ traits: [] }),
    { status: 400, code: 'validation', path: 'traits', fault: 'arrayMinSize' },
  ],
  [
    'a trait twice',
    () => ({ traits: ['tenure', 'tenure'] }),
    { status: 400, code: 'validation', path: 'traits', fault: 'arrayUnique' },
  ],
  [
    'traits of another type',
    () => ({ traits: 'tenure' }),
    { status: 400, code: 'validation', path: 'traits', fault: 'isArray' },
  ],
  ['a negative seed', () => ({ seed: -1 }), { status: 400, code: 'validation', path: 'seed', fault: 'min' }],
  [
    'an unknown field',
    () => ({ colour: 'red' }),
    { status: 400, code: 'validation', path: 'colour', fault: 'whitelistValidation' },
  ],
  ['a name of spaces', () => ({ name: '  ' }), { status: 400, code: 'validation', path: 'name', fault: 'matches' }],
];

describe('bad input', () => {
  it.each(CASES)('%s is refused with its path, and nothing is stored', async (_, body, expected) => {
    const before = await stored();
    const answer = await reach.api<ProblemBody>('POST', '/v1/persona-sets', { name: 'Customers', ...body() });
    expect(answer).toMatchObject({ status: expected.status, body: { code: expected.code } });
    expect(answer.body.errors).toEqual(
      expect.arrayContaining([expect.objectContaining({ path: expected.path, code: expected.fault })]),
    );
    expect(await stored()).toBe(before);
  });

  it('an unknown cohort is not found', async () => {
    const answer = await reach.api<ProblemBody>('POST', '/v1/persona-sets', {
      name: 'Customers',
      cohortId: 'coh_none',
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('what only training can find ends as a typed status error, and can be trained anew', async () => {
    const body = { name: 'Vague', traits: ['vip', 'plan'], k: 20 };
    const created = await reach.api<SetBody>('POST', '/v1/persona-sets', body);
    expect(created.status).toBe(202);
    const get = async () => (await reach.api<SetBody>('GET', `/v1/persona-sets/${created.body.id}`)).body;
    const ended = (set: SetBody) => set.status === 'ready' || set.status === 'error';
    expect(await until(get, ended)).toMatchObject({ status: 'error', statusError: { code: 'too_few_distinct' } });
    const publish = await reach.api<ProblemBody>('POST', `/v1/persona-sets/${created.body.id}/versions/1/publish`);
    expect(publish).toMatchObject({ status: 409, body: { code: 'version_not_ready' } });
    expect((await reach.api('POST', `/v1/persona-sets/${created.body.id}/versions`, { k: 2 })).status).toBe(202);
    expect(await until(get, ({ status }) => status === 'ready')).toMatchObject({ statusError: null });
  });

  it('an identifier as trait is named in the status error', async () => {
    const created = await reach.api<SetBody>('POST', '/v1/persona-sets', {
      name: 'Ids',
      traits: ['tenure', 'reference'],
    });
    const get = async () => (await reach.api<SetBody>('GET', `/v1/persona-sets/${created.body.id}`)).body;
    const failed = await until(get, ({ status }) => status === 'error');
    expect(failed.statusError).toMatchObject({ code: 'identifier_trait', path: 'traits[1]' });
  });

  it('a persona, version or set that does not exist is said so', async () => {
    const created = await reach.api<SetBody>('POST', '/v1/persona-sets', { name: 'Small', k: 2 });
    const path = `/v1/persona-sets/${created.body.id}`;
    const early = await reach.api<ProblemBody>('POST', `${path}/versions/1/publish`);
    expect(early).toMatchObject({ status: 409, body: { code: 'version_not_ready' } });
    await until(
      async () => (await reach.api<SetBody>('GET', path)).body,
      ({ status }) => status === 'ready',
    );
    expect(await reach.api('PATCH', `${path}/personas/p9`, { name: 'Nobody' })).toMatchObject({
      status: 404,
      body: { code: 'unknown_persona' },
    });
    expect(await reach.api('PATCH', `${path}/personas/p1`, { name: null })).toMatchObject({ status: 400 });
    expect(await reach.api('PATCH', `${path}/personas/p1`, { color: 'reddish' })).toMatchObject({ status: 400 });
    expect(await reach.api('GET', `${path}/versions/7`)).toMatchObject({ status: 404 });
    expect(await reach.api('GET', `${path}/versions/first`)).toMatchObject({ status: 400 });
    expect(await reach.api('POST', '/v1/persona-sets/pst_none/versions', {})).toMatchObject({ status: 404 });
    expect(await reach.api('GET', '/v1/contacts/con_none/persona')).toMatchObject({ status: 404 });
    const second = (await reach.api<{ personas: { name: string }[] }>('GET', path)).body.personas[1]!;
    expect(await reach.api('PATCH', `${path}/personas/p1`, { name: second.name.toUpperCase() })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'name', code: 'duplicate_name' }] },
    });
  });
});
