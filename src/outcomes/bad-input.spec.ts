import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNT, putCustomers, putTraits } from '../../test/support/outcome-contacts.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { outcomes, outcomeVersions } from './outcomes.tables.ts';

interface ProblemBody {
  code: string;
  detail: string;
  errors?: { path: string; code: string; message: string }[];
}
interface OutcomeBody {
  id: string;
  status: string;
  statusError: { code: string; detail: string; path?: string } | null;
}

let reach: Reach;
const cohorts: Record<string, string> = {};

beforeAll(async () => {
  reach = await startReach();
  await putTraits(reach, { score: 'number', age: 'number', side: 'category' });
  await putCustomers(
    reach,
    Array.from({ length: 400 }, (_, i) => ({
      contact_id: `con_${String(i).padStart(4, '0')}`,
      num: { score: (i * 7919) % 101, age: 20 + (i % 60) },
      cat: { side: i < 99 ? 'few' : i < 250 ? 'many' : 'rest' },
    })),
  );
  await reach.app.get(Warehouse).insert(
    'events',
    Array.from({ length: 50 }, (_, i) => ({
      account_id: ACCOUNT,
      stream: 'order',
      contact_id: `con_${String(i).padStart(4, '0')}`,
      event_id: String(i),
      time: '2026-05-10T00:00:00.000Z',
      value: 1,
      version: 1,
    })),
  );
  const conditions = {
    few: { trait: 'side', op: 'eq', value: 'few' },
    many: { trait: 'side', op: 'eq', value: 'many' },
    none: { trait: 'score', op: 'gt', value: 1000 },
    everyone: { everyone: true },
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
  return (await db.select().from(outcomes)).length + (await db.select().from(outcomeVersions)).length;
}

type Case = [what: string, body: () => object, status: number, path: string, fault: string];
const event = (within?: object, more: object = {}) => ({
  attainedEvent: { event: 'order', ...(within ? { within } : {}), ...more },
});

const CASES: Case[] = [
  ['99 who attained', () => ({ attained: cohorts.few }), 422, 'attained', 'too_few_attained'],
  ['nobody who attained', () => ({ attained: cohorts.none }), 422, 'attained', 'too_few_attained'],
  [
    'cohorts that do not meet',
    () => ({ attained: cohorts.many, eligible: cohorts.few }),
    422,
    'attained',
    'too_few_attained',
  ],
  [
    'the same cohort twice',
    () => ({ attained: cohorts.many, eligible: cohorts.many }),
    422,
    'eligible',
    'too_few_not_attained',
  ],
  ['everyone attained', () => ({ attained: cohorts.everyone }), 422, 'eligible', 'too_few_not_attained'],
  [
    '99 who are lost',
    () => ({ attained: cohorts.many, attrition: cohorts.few }),
    422,
    'eligible',
    'too_few_not_attained',
  ],
  ['no way to attain it', () => ({}), 422, 'attained', 'one_of'],
  [
    'two ways to attain it',
    () => ({ attained: cohorts.many, ...event({ from: '2026-05-01' }) }),
    422,
    'attained',
    'one_of',
  ],
  ['an event that few have', () => event({ from: '2026-05-01' }), 422, 'attained', 'too_few_attained'],
  ['an event without a window', () => event(), 422, 'attainedEvent.within.from', 'missing_field'],
  ['an event in a relative window', () => event({ days: 30 }), 422, 'attainedEvent.within.from', 'missing_field'],
  ['an event with only an end', () => event({ to: '2026-05-01' }), 422, 'attainedEvent.within.from', 'missing_field'],
  [
    'a window that is empty',
    () => event({ from: '2026-05-01', to: '2026-04-01' }),
    422,
    'attainedEvent.within',
    'empty_range',
  ],
  ['a day that does not exist', () => event({ from: '2026-02-30' }), 422, 'attainedEvent.within.from', 'invalid_date'],
  [
    'an unknown stream',
    () => ({ attainedEvent: { event: 'ordre', within: { from: '2026-05-01' } } }),
    422,
    'attainedEvent.event',
    'unknown_event',
  ],
  [
    'a condition that is no event',
    () => ({ attainedEvent: { everyone: true } }),
    422,
    'attainedEvent.within.from',
    'missing_field',
  ],
  ['an event of another type', () => ({ attainedEvent: 'order' }), 400, 'attainedEvent', 'isObject'],
  [
    'an unknown trait',
    () => ({ attained: cohorts.many, traits: ['score', 'shoe size'] }),
    422,
    'traits[1]',
    'unknown_trait',
  ],
  [
    'a protected trait, excluded',
    () => ({ attained: cohorts.many, traits: ['age'], excludeProtected: true }),
    422,
    'traits[0]',
    'protected_trait',
  ],
  ['no traits at all', () => ({ attained: cohorts.many, traits: [] }), 400, 'traits', 'arrayMinSize'],
  ['a trait twice', () => ({ attained: cohorts.many, traits: ['age', 'age'] }), 400, 'traits', 'arrayUnique'],
  ['a negative seed', () => ({ attained: cohorts.many, seed: -1 }), 400, 'seed', 'min'],
  ['a name of spaces', () => ({ attained: cohorts.many, name: '  ' }), 400, 'name', 'matches'],
  ['a cohort of another type', () => ({ attained: 7 }), 400, 'attained', 'isString'],
  ['an unknown field', () => ({ attained: cohorts.many, colour: 'red' }), 400, 'colour', 'whitelistValidation'],
];

describe('bad input', () => {
  it.each(CASES)('%s is refused with its path, and nothing is stored', async (_, body, status, path, fault) => {
    const before = await stored();
    const answer = await reach.api<ProblemBody>('POST', '/v1/outcomes', { name: 'Will buy', ...body() });
    expect(answer).toMatchObject({ status, body: { code: status === 400 ? 'validation' : 'invalid' } });
    expect(answer.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ path, code: fault })]));
    expect(await stored()).toBe(before);
  });

  it.each(['eligible', 'attained', 'attrition'])('an unknown cohort as %s is not found', async (role) => {
    const body = { name: 'Will buy', attained: cohorts.many, [role]: 'coh_none' };
    expect(await reach.api('POST', '/v1/outcomes', body)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('what only training can find ends as a typed status error, and can be trained anew', async () => {
    const created = await reach.api<OutcomeBody>('POST', '/v1/outcomes', {
      name: 'Circular',
      attained: cohorts.many,
      traits: ['side'],
    });
    expect(created.status).toBe(202);
    const path = `/v1/outcomes/${created.body.id}`;
    const get = async () => (await reach.api<OutcomeBody>('GET', path)).body;
    const failed = await until(get, ({ status }) => status === 'error' || status === 'ready');
    expect(failed).toMatchObject({ status: 'error', statusError: { code: 'too_few_traits', path: 'traits' } });
    for (const [method, end] of [
      ['POST', 'publish'],
      ['GET', 'card.html'],
    ] as const) {
      expect(await reach.api(method, `${path}/versions/1/${end}`)).toMatchObject({
        status: 409,
        body: { code: 'version_not_ready' },
      });
    }
    const unpublished = { name: 'x', condition: { outcome: created.body.id, percentile: { gte: 90 } } };
    expect((await reach.api('POST', '/v1/cohorts', unpublished)).status).toBe(422);
    expect((await reach.api('POST', `${path}/versions`, { traits: null })).status).toBe(202);
    expect(await until(get, ({ status }) => status === 'ready')).toMatchObject({ statusError: null });
  });

  it('an outcome, version or contact that does not exist is said so', async () => {
    const { body } = await reach.api<{ items: OutcomeBody[] }>('GET', '/v1/outcomes');
    const path = `/v1/outcomes/${body.items[0]!.id}`;
    expect((await reach.api('GET', '/v1/outcomes/out_none')).status).toBe(404);
    expect((await reach.api('POST', '/v1/outcomes/out_none/versions', {})).status).toBe(404);
    expect((await reach.api('DELETE', '/v1/outcomes/out_none')).status).toBe(404);
    expect((await reach.api('GET', `${path}/versions/9`)).status).toBe(404);
    expect((await reach.api('GET', `${path}/versions/first`)).status).toBe(400);
    expect((await reach.api('POST', `${path}/versions`, { traits: ['none'] })).status).toBe(422);
    expect((await reach.api('GET', '/v1/contacts/con_none/scores')).status).toBe(404);
    expect((await reach.api('GET', '/v1/contacts/con_0001/scores?outcome=out_none')).status).toBe(404);
    expect((await reach.api<{ items: object[] }>('GET', '/v1/contacts/con_0001/scores')).body.items).toEqual([]);
    expect((await reach.api('GET', path, undefined, { authorization: 'Bearer nobody' })).status).toBe(401);
  });
});
