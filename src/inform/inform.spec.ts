import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyOf, shop } from '../../test/support/inform.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';
import type { Steps } from '../../test/support/steps.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { sha256 } from '../identity/hash.ts';
import type { InformAnswer } from './inform.service.ts';
import { InformAudit } from './inform-audit.ts';

interface Problems {
  code: string;
  errors?: { path: string; code: string }[];
}

/** For what trains models on the way. */
const SLOW = 180_000;

let reach: Reach;
let steps: Steps;
let setId: string;
let outcomeId: string;

beforeAll(async () => {
  reach = await startReach();
  ({ steps, setId, outcomeId } = await shop(reach));
}, SLOW);
afterAll(() => reach.close());

const score = (body: object) => steps.ask<InformAnswer>('POST', '/v1/inform/score', body);
const one = async (contact: object, more: object = {}) => (await score({ contact, ...more })).results[0]!;
const warned = ({ warnings }: { warnings: { path: string; code: string }[] }) =>
  warnings.map(({ path, code }) => `${path} ${code}`);
const refused = async (body: unknown, headers: Record<string, string> = {}) => {
  const answer = await reach.api<Problems>('POST', '/v1/inform/score', body, headers);
  return {
    status: answer.status,
    code: answer.body.code,
    at: answer.body.errors?.map(({ path, code }) => `${path} ${code}`),
  };
};

describe('scoring', () => {
  it('places a stranger by posted traits', async () => {
    const traits = { spend: 920, plan: 'premium', visits: 38, vip: true, signup: '2024-01-02', bought: 'no' };
    const result = await one({ reference: 'visit-1', traits });
    expect(result).toMatchObject({ reference: 'visit-1', contactId: null, known: false, matchedBy: [], warnings: [] });
    expect(result.personas).toMatchObject([
      { setId, version: 1, key: expect.any(String), second: { key: expect.any(String) } },
    ]);
    expect(result.personas[0]!.margin).toBeGreaterThan(0.5);
    expect(result.outcomes).toMatchObject([{ outcomeId, version: 1, reasons: expect.any(Array) }]);
    expect(result.outcomes[0]!.probability).toBeGreaterThan(0.6);
    expect(result.outcomes[0]!.percentile).toBeGreaterThan(60);
  });

  it('says of a known contact what is stored of it, by whichever identifier', async () => {
    const contactId = await steps.contactId('s0007');
    const stored = await steps.ask<{ items: { key: string; margin: number }[] }>(
      'GET',
      `/v1/contacts/${contactId}/persona`,
    );
    const scores = await steps.ask<{ items: { probability: number; percentile: number }[] }>(
      'GET',
      `/v1/contacts/${contactId}/scores`,
    );
    const contacts = [
      { contactId },
      { key: 's0007' },
      { externalIds: ['s0007'] },
      { emails: [' Shopper7@Example.com'] },
      { emails: [sha256('shopper7@example.com')] },
      { emailHashes: [sha256('shopper7@example.com').toUpperCase()] },
      { phones: ['(415) 222-1007'], country: 'US' },
      { phoneHashes: [sha256('+14152221007')] },
    ];
    const { results } = await score({ contacts });
    for (const result of results) {
      expect(result).toMatchObject({ contactId, known: true });
      expect(result.personas[0]).toMatchObject({ key: stored.items[0]!.key });
      expect(result.personas[0]!.margin).toBeCloseTo(stored.items[0]!.margin, 9);
      expect(result.outcomes[0]!.probability).toBeCloseTo(scores.items[0]!.probability, 9);
      expect(Math.abs(result.outcomes[0]!.percentile! - scores.items[0]!.percentile)).toBeLessThan(2);
    }
    expect(results.map(({ matchedBy }) => matchedBy.map(({ path, kind }) => `${path} ${kind}`))).toEqual([
      ['contacts[0].contactId contactId'],
      ['contacts[1].key external'],
      ['contacts[2].externalIds[0] external'],
      ['contacts[3].emails[0] email'],
      ['contacts[4].emails[0] email'],
      ['contacts[5].emailHashes[0] email'],
      ['contacts[6].phones[0] phone'],
      ['contacts[7].phoneHashes[0] phone'],
    ]);
    expect(JSON.stringify(results)).not.toMatch(/shopper7|2221007|s0007/i);
  });

  it('puts posted traits over stored ones, and null for what is not known', async () => {
    const [plain, richer, unknown] = (
      await score({
        contacts: [
          { key: 's0004' },
          { key: 's0004', traits: { spend: 940, plan: 'premium' } },
          { key: 's0004', traits: { visits: null } },
        ],
      })
    ).results;
    expect(richer!.personas[0]!.key).not.toBe(plain!.personas[0]!.key);
    expect(richer!.personas[0]!.second!.key).toBe(plain!.personas[0]!.key);
    expect(unknown!.outcomes[0]!.probability).not.toBe(plain!.outcomes[0]!.probability);
    expect(warned(unknown!)).toEqual(['contacts[2].traits missing_traits']);
  });

  it('reads values as an import does, and warns of what it cannot use', async () => {
    const result = await one({
      key: 'nobody',
      emails: ['no address'],
      phones: ['020 7946 0018'],
      emailHashes: ['abc'],
      traits: {
        spend: '1,200.50',
        plan: 5,
        visits: 'many',
        vip: 'perhaps',
        signup: '03/04/2024',
        shoe: 44,
        bought: {},
      },
    });
    expect(warned(result)).toEqual([
      'contact.emails[0] email_syntax',
      'contact.emailHashes[0] digest_length',
      'contact.phones[0] phone_no_region',
      'contact.traits.visits not_a_number',
      'contact.traits.vip not_a_boolean',
      'contact.traits.signup date_ambiguous',
      'contact.traits.shoe unknown_trait',
      'contact.traits.bought not_a_category',
      'contact.traits missing_traits',
    ]);
    expect(result.personas[0]!.key).not.toBeNull();
    expect(result.warnings.at(-1)).toMatchObject({ message: expect.stringContaining('visits') });
  });

  it('says nothing of a stranger of whom nothing is known', async () => {
    const result = await one({ emails: ['stranger@example.com'] });
    expect(result).toMatchObject({
      contactId: null,
      personas: [{ key: null, margin: null, second: null }],
      outcomes: [{ probability: null, percentile: null, reasons: [] }],
    });
    expect(warned(result)).toEqual(['contact.traits no_traits']);
  });

  it('goes by the surest identifier when several contacts are meant', async () => {
    const result = await one({ key: 's0001', emails: ['shopper2@example.com'] });
    expect(result.contactId).toBe(await steps.contactId('s0001'));
    expect(result.matchedBy.map(({ path }) => path)).toEqual(['contact.key', 'contact.emails[0]']);
    expect(warned(result)).toEqual(['contact several_contacts']);
  });

  it('takes null for a field that is left out', async () => {
    const nothing = { contactId: null, key: null, emails: null, phones: null, country: null };
    expect(await one({ ...nothing, traits: { spend: 30 } })).toMatchObject({
      known: false,
      warnings: [expect.anything()],
    });
    expect(await one({ ...nothing, externalIds: ['s0001'], traits: null })).toMatchObject({
      known: true,
      warnings: [],
    });
    expect(
      (await score({ contact: null, contacts: [{ key: 's0001' }], push: null, upsert: null })).results,
    ).toHaveLength(1);
    expect((await score({ contact: { key: 's0001' }, contacts: null, personaSets: null })).results).toHaveLength(1);
  });

  it('scores by the chosen models alone', async () => {
    const traits = { spend: 30, plan: 'basic', visits: 1 };
    expect(await one({ traits }, { personaSets: [setId], outcomes: [] })).toMatchObject({ outcomes: [] });
    expect(await one({ traits }, { personaSets: [] })).toMatchObject({ personas: [], outcomes: [{ outcomeId }] });
  });

  it('takes names that JavaScript knows for what they are', async () => {
    const traits = JSON.parse('{"__proto__": {"spend": 1}, "constructor": 1, "toString": "x", "spend": 30}') as object;
    const result = await one({ traits });
    expect(warned(result).filter((each) => each.endsWith('unknown_trait'))).toHaveLength(3);
    expect(result.personas).toEqual((await one({ traits: { spend: 30 } })).personas);
  });

  it('says no persona where too little is known for one, but a probability', async () => {
    const result = await one({ traits: { visits: 30 } });
    expect(result.personas).toMatchObject([{ key: null, name: null, second: null }]);
    expect(result.outcomes[0]!.probability).toBeGreaterThan(0);
    expect(warned(result)).toEqual(['contact.traits too_few_traits', 'contact.traits missing_traits']);
  });

  it('scores 500 in the order they came', async () => {
    const contacts = Array.from({ length: 500 }, (_, i) => ({
      reference: `r${i}`,
      key: `s${String(i).padStart(4, '0')}`,
    }));
    const { results } = await score({ contacts });
    expect(results.map(({ reference }) => reference)).toEqual(contacts.map(({ reference }) => reference));
    expect(results.every(({ known, matchedBy }) => known && matchedBy.length === 1)).toBe(true);
  });

  it(
    'follows a persona that is renamed and a version that is published',
    async () => {
      const traits = { spend: 30, plan: 'basic' };
      const before = (await one({ traits })).personas[0]!;
      await steps.ask('PATCH', `/v1/persona-sets/${setId}/personas/${before.key}`, { name: 'Savers' });
      const outcome = await steps.ask<{ version: number }>('POST', `/v1/outcomes/${outcomeId}/versions`, { seed: 5 });
      for (let status = ''; status !== 'ready'; )
        ({ status } = await steps.ask<{ status: string }>(
          'GET',
          `/v1/outcomes/${outcomeId}/versions/${outcome.version}`,
        ));
      await steps.ask('POST', `/v1/outcomes/${outcomeId}/versions/${outcome.version}/publish`);
      const after = await one({ traits });
      expect(after.personas[0]).toMatchObject({ key: before.key, name: 'Savers' });
      expect(after.outcomes[0]).toMatchObject({ version: outcome.version });
    },
    SLOW,
  );
});

describe('storing', () => {
  const stored = async (externalId: string) => {
    const { items } = await steps.ask<{ items: { id: string; emails: string[]; traits: object }[] }>(
      'GET',
      `/v1/contacts?externalId=${externalId}`,
    );
    return items[0];
  };

  it('creates a stranger and knows it from then on', async () => {
    const contact = {
      key: 'new-1',
      emails: ['New.One@example.com'],
      traits: { spend: 910, plan: 'premium', visits: 3 },
    };
    const created = await one(contact, { upsert: true });
    expect(created).toMatchObject({ known: false, matchedBy: [] });
    expect(await stored('new-1')).toMatchObject({
      id: created.contactId,
      emails: ['new.one@example.com'],
      traits: { spend: 910, plan: 'premium', visits: 3 },
    });
    const again = await one({ emails: ['new.one@example.com'] });
    expect(again).toMatchObject({ known: true, contactId: created.contactId });
    expect(again.personas).toEqual(created.personas);
  });

  it('adds to a known contact and takes nothing away', async () => {
    const [first, second] = (
      await score({
        contacts: [
          { key: 's0020', emails: ['second20@example.com'], traits: { visits: 39, plan: null, shoe: 1 } },
          { phones: ['+14152221021'], traits: { signup: '2025-06-07', vip: false } },
        ],
        upsert: true,
      })
    ).results;
    expect(first).toMatchObject({ known: true, contactId: await steps.contactId('s0020') });
    expect(second).toMatchObject({ known: true, contactId: await steps.contactId('s0021') });
    expect(await stored('s0020')).toMatchObject({
      emails: ['shopper20@example.com', 'second20@example.com'],
      traits: { visits: 39, plan: 'basic', spend: 20 },
    });
    expect(await stored('s0021')).toMatchObject({ traits: { signup: '2025-06-07', vip: false, plan: 'premium' } });
  });

  it('stores nothing of a person who was erased, and says so', async () => {
    const contact = { emails: ['erased@example.com'], traits: { spend: 30, plan: 'basic' } };
    const { contactId } = await one(contact, { upsert: true });
    const erasure = await steps.ask<{ id: string }>('POST', `/v1/contacts/${contactId}/erasure`);
    await until(
      () => steps.ask<{ status: string }>('GET', `/v1/erasures/${erasure.id}`),
      ({ status }) => status === 'done',
    );
    const again = await one(contact, { upsert: true });
    expect(again).toMatchObject({ contactId: null, known: false });
    expect(warned(again)).toContain('contact erased_person');
    expect((await reach.api('GET', `/v1/contacts/${contactId}`)).status).toBe(404);
  });

  it('says nothing by an identifier of more than ten contacts', async () => {
    const office = (phone: string, people: number) =>
      Array.from({ length: people }, (_, i) => ({ key: `${phone} ${i}`, phones: [phone], traits: {} }));
    await score({ contacts: office('+14152229001', 10), upsert: true });
    await score({ contacts: office('+14152229002', 11), upsert: true });
    const [ten, eleven] = (await score({ contacts: [{ phones: ['+14152229001'] }, { phones: ['+14152229002'] }] }))
      .results;
    expect(ten!.matchedBy).toHaveLength(10);
    expect(warned(ten!)).toContain('contacts[0] several_contacts');
    expect(eleven).toMatchObject({ known: false, matchedBy: [] });
  });

  it('changes nothing when the same comes again, also at once', async () => {
    const contact = { key: 'twice', traits: { spend: 5 } };
    const answers = await Promise.all([1, 2, 3].map(() => one(contact, { upsert: true })));
    expect(new Set(answers.map(({ contactId }) => contactId)).size).toBe(1);
    const [{ contacts }] = (await reach.app
      .get(Warehouse)
      .query('SELECT count() AS contacts FROM contacts FINAL WHERE contact_id = {id:String}', {
        id: answers[0]!.contactId,
      })) as [{ contacts: number }];
    expect(contacts).toBe(1);
  });
});

describe('refusals', () => {
  it.each([
    [{}, 422, [' contact_or_contacts']],
    [{ contact: { traits: {} }, contacts: [{ traits: {} }] }, 422, [' contact_or_contacts']],
    [{ contact: null }, 422, [' contact_or_contacts']],
    [{ contact: {} }, 422, ['contact empty_contact']],
    [{ contact: { contactId: null, key: null, traits: null } }, 422, ['contact empty_contact']],
    [{ contacts: [null] }, 400, expect.anything()],
    [{ contacts: [{ traits: {} }, { reference: 'r' }] }, 422, ['contacts[1] empty_contact']],
    [{ contact: { traits: {} }, upsert: true }, 422, ['contact no_identifier']],
    [{ contact: { emails: ['broken'] }, upsert: true }, 422, ['contact no_identifier']],
    [{ contact: { traits: {} }, personaSets: ['pst_none'] }, 422, ['personaSets[0] not_live']],
    [{ contact: { traits: {} }, outcomes: ['out_none'] }, 422, ['outcomes[0] not_live']],
    [{ contact: { traits: {} }, push: { connectionId: 'con_none' } }, 422, ['push.connectionId not_found']],
    [{ contacts: [] }, 400, ['contacts arrayMinSize']],
    [{ contacts: Array(501).fill({ traits: {} }) }, 400, ['contacts arrayMaxSize']],
    [{ contacts: [1] }, 400, expect.anything()],
    [{ contact: [] }, 400, expect.anything()],
    [{ contact: { traits: [] } }, 400, ['contact.traits isObject']],
    [{ contact: { traits: 'x' } }, 400, ['contact.traits isObject']],
    [{ contact: { emails: 'a@example.com' } }, 400, expect.arrayContaining(['contact.emails isArray'])],
    [{ contact: { emails: [7] } }, 400, expect.arrayContaining(['contact.emails isString'])],
    [{ contact: { emails: Array(21).fill('a@example.com') } }, 400, ['contact.emails arrayMaxSize']],
    [{ contact: { country: 'Atlantis', key: 'x' } }, 400, ['contact.country isISO31661Alpha2']],
    [{ contact: { name: 'Ada' } }, 400, ['contact.name whitelistValidation']],
    [{ contact: { traits: {} }, push: {} }, 400, expect.arrayContaining(['push.connectionId isString'])],
    [{ contact: { traits: {} }, upsert: 'yes' }, 400, ['upsert isBoolean']],
  ] as [object, number, unknown][])('case %#', async (body, status, at) => {
    expect(await refused(body)).toMatchObject({ status, at });
  });

  it('of roles', async () => {
    const contact = { traits: { spend: 1 } };
    expect(await refused({ contact }, await keyOf(reach, 'viewer'))).toMatchObject({ status: 403 });
    const analyst = await keyOf(reach, 'analyst');
    expect(await refused({ contact }, analyst)).toMatchObject({ status: 200 });
    expect(await refused({ contact, upsert: true }, analyst)).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refused({ contact, push: { connectionId: 'con_x' } }, analyst)).toMatchObject({ status: 403 });
    expect(await refused({ contact }, { authorization: 'Bearer nobody' })).toMatchObject({ status: 401 });
  });

  it('of a key as soon as it is revoked', async () => {
    const key = await steps.ask<{ id: string; key: string }>('POST', '/v1/api-keys', {
      name: 'brief',
      role: 'analyst',
    });
    const headers = { authorization: `Bearer ${key.key}` };
    expect(await refused({ contact: { traits: {} } }, headers)).toMatchObject({ status: 200 });
    await steps.ask('DELETE', `/v1/api-keys/${key.id}`);
    expect(await refused({ contact: { traits: {} } }, headers)).toMatchObject({ status: 401 });
  });

  it('leave no identifier in the audit log, which says who scored how many', async () => {
    await reach.app.get(InformAudit).flush();
    const { items } = await steps.ask<{ items: { action: string; detail: { contacts: number; known: number } }[] }>(
      'GET',
      '/v1/audit-log?limit=200',
    );
    const scored = items.filter(({ action }) => action === 'inform.score');
    expect(scored.some(({ detail }) => detail.contacts > 500 && detail.known > 500)).toBe(true);
    expect(items.filter(({ action }) => action === 'contact.upsert').length).toBeGreaterThan(2);
    expect(JSON.stringify(items)).not.toContain('example.com');
  });
});
