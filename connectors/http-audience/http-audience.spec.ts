import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import nock from 'nock';
import { encodeAll, rehearsalBatch, rehearsalEnvironment, rehearsalMember, rehearsalUpload } from '../rehearsal.ts';
import { httpAudience } from './definition.ts';
import { HttpAudienceOptions, HttpAudienceSettings } from './settings.ts';
import { at, renderJson } from './template.ts';

const LOOP = { $each: 'members', item: { email: '{{member.EMAIL}}' } };
const plain = {
  baseUrl: 'https://api.example.com/v3/',
  authHeader: 'X-Api-Key',
  authValue: 'key-of-ours',
  add: {
    method: 'PUT',
    path: '/audiences/{{audience.id}}/members?run={{run.id}}',
    body: { list: '{{audience.id}}', users: LOOP },
  },
};
const instance = (more: object = {}) =>
  plainToInstance(HttpAudienceSettings, { ...plain, ...more }, { exposeDefaultValues: true });
const open = async (more: object = {}) => {
  const environment = rehearsalEnvironment();
  return { environment, destination: await httpAudience.open(instance(more), environment) };
};
const batchOf = (count: number, direction: 'add' | 'remove' = 'add') => {
  const upload = rehearsalUpload(
    { id: 'a/1', name: 'Loyal' },
    {
      options: new HttpAudienceOptions(),
      matchKeys: ['EMAIL', 'EXTERN_ID'],
      attributes: ['tenure'],
      direction,
    },
  );
  const members = Array.from({ length: count }, (_, n) => rehearsalMember(n + 1, { tenure: 40 + n }));
  return rehearsalBatch(upload, encodeAll(httpAudience, upload, members));
};
const SHA256 = '4ce4ec4548b0d93be9e908324d29f3c890a7cdd29aca603661b209a7c60758ac';
const API = 'https://api.example.com';
const PATH = '/v3/audiences/a%2F1/members?run=run_1';

beforeAll(() => nock.disableNetConnect());
afterAll(() => nock.restore());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});

test('the exact request, and what is recorded of it', async () => {
  nock(API, {
    reqheaders: { 'x-api-key': 'key-of-ours', 'content-type': 'application/json', 'idempotency-key': 'upl_1:1' },
  })
    .put(PATH, { list: 'a/1', users: [{ email: SHA256 }] })
    .reply(202, { id: 7 }, { 'x-request-id': 'r-1' });
  const { destination, environment } = await open();
  expect(await destination.add(batchOf(1))).toEqual({
    outcomes: [{ contactId: 'con_1', verdict: 'accepted' }],
    unattributedRejects: 0,
    warnings: [],
    vendorRequestId: 'r-1',
    ticket: { received: 1, rejects: {} },
  });
  expect(environment.calls).toMatchObject([
    { method: 'PUT', target: 'https://api.example.com/v3/audiences/{{audience.id}}/members', status: 202 },
  ]);
});

test('types, texts and what is missing', () => {
  const values: Record<string, unknown> = {
    n: 3,
    flag: false,
    none: null,
    list: ['a', 'b'],
    text: 'a "quoted" \\ text',
  };
  const lookup = (name: string) => values[name] as never;
  const template = {
    number: '{{n}}',
    flag: '{{ flag }}',
    none: '{{none}}',
    list: '{{list}}',
    text: 'x {{text}} {{n}} {{none}}{{gone}}',
    left: '{{gone}}',
    fixed: [1, '{{gone}}', true, null],
    loop: { $each: 'members', item: ['{{m}}', '{{n}}'] },
  };
  const members = [1, 2].map((m) => (name: string) => (name === 'm' ? m : undefined));
  expect(renderJson(template, lookup, members)).toEqual({
    number: 3,
    flag: false,
    none: null,
    list: ['a', 'b'],
    text: 'x a "quoted" \\ text 3 ',
    fixed: [1, true, null],
    loop: [
      [1, 3],
      [2, 3],
    ],
  });
});

test('one member in a request may stand in the path, encoded', async () => {
  const add = {
    method: 'POST',
    path: '/people/{{member.EMAIL}}/tags',
    body: { tag: '{{segment.key}}', years: '{{member.attributes.tenure}}', creatives: '{{persona.creatives}}' },
  };
  const upload = batchOf(1).upload;
  const body = { tag: 'p_loyal', years: 40, creatives: upload.segment.creatives } as unknown as nock.DataMatcherMap;
  nock(API).post('/v3/people/planted.person1%40example.com/tags', body).reply(200);
  const { destination, environment } = await open({ membersPerRequest: 1, add });
  const encode = httpAudience.encoder({ ...upload, representation: 'plain' });
  const encoded = encode(rehearsalMember(1, { tenure: 40 }));
  await destination.add(rehearsalBatch(upload, [{ ...encoded, wire: encoded.wire! }]));
  expect(JSON.stringify(environment.calls)).not.toContain('planted');
});

test.each(['..', '.', ''])('a value %j never changes the path', async (id) => {
  const { destination } = await open({
    membersPerRequest: 1,
    add: { method: 'POST', path: '/people/{{member.EXTERN_ID}}' },
  });
  const batch = batchOf(1);
  const wire = { keys: [{ key: 'EXTERN_ID', value: id, hash: 'none' }], attributes: {} };
  const error = await destination
    .add({ ...batch, members: [{ ...batch.members[0]!, wire }] })
    .catch((reason: Error) => reason);
  expect(error).toMatchObject({ code: 'config', vendorCode: 'path' });
});

describe('digests', () => {
  const valuesOf = (hashes: HttpAudienceOptions['hashes'], representation?: 'plain' | 'hashed') => {
    const encode = httpAudience.encoder({ ...batchOf(1).upload, options: { hashes }, representation });
    return (encode(rehearsalMember(1)).wire as { keys: { value: string }[] }).keys.map(({ value }) => value);
  };
  test('as chosen by match key', () => {
    expect(valuesOf(undefined)).toEqual([SHA256, 'ext-1']);
    expect(valuesOf({ EMAIL: 'md5' })[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(valuesOf({ EXTERN_ID: 'sha1' })[1]).toMatch(/^[0-9a-f]{40}$/);
    expect(valuesOf({ EXTERN_ID: 'sha256' }, 'plain')).toEqual([
      'planted.person1@example.com',
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
  });
  test('never none in a hashed delivery', () => {
    expect(() => valuesOf({ EMAIL: 'none' })).toThrow(
      expect.objectContaining({ code: 'config', vendorCode: 'hashes' }),
    );
    expect(valuesOf({ EMAIL: 'none' }, 'plain')[0]).toContain('@');
  });
});

describe('the answer', () => {
  const answer = (status: number, body: nock.Body) => nock(API).put(PATH).reply(status, body);

  test('names refused members by whatever was sent of them', async () => {
    answer(200, {
      errors: [
        { who: SHA256, reason: { code: 12, text: 'bad "x"' } },
        { who: 'ext-2' },
        { who: 'con_3' },
        { who: '?' },
      ],
    });
    const { destination } = await open({
      rejects: { pointer: '/errors', id: '/who', code: '/reason/code', text: '/reason/text' },
    });
    const { outcomes, unattributedRejects, ticket } = await destination.add(batchOf(4));
    expect(outcomes).toEqual([
      { contactId: 'con_1', verdict: 'rejected', code: '12', text: 'bad …' },
      { contactId: 'con_2', verdict: 'rejected', code: 'rejected', text: 'The API refused this contact.' },
      { contactId: 'con_3', verdict: 'rejected', code: 'rejected', text: 'The API refused this contact.' },
      { contactId: 'con_4', verdict: 'accepted' },
    ]);
    expect(unattributedRejects).toBe(1);
    expect(await destination.confirm(batchOf(1).upload, [ticket!])).toMatchObject({ state: 'failed', received: 0 });
  });

  test('names refused members by position', async () => {
    answer(200, { invalid: [1] });
    const { destination } = await open({ rejects: { pointer: '/invalid', by: 'position' } });
    const { outcomes } = await destination.add(batchOf(2));
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['accepted', 'rejected']);
  });

  test.each([
    [
      400,
      { error: { code: 'LIST_GONE' } },
      { code: 'audience-missing', vendorCode: '400/LIST_GONE', message: 'Make the list anew.' },
    ],
    [400, { error: { code: 'OTHER' } }, { code: 'config', vendorCode: '400' }],
    [420, {}, { code: 'throttled', vendorCode: '420' }],
    [200, { ok: false }, { code: 'unknown', vendorCode: '200' }],
    [500, {}, { code: 'transient', vendorCode: '500' }],
  ])('%s %j means %j', async (status, body, expected) => {
    answer(status, body);
    const errorMap = [
      {
        status: 400,
        pointer: '/error/code',
        equals: 'LIST_GONE',
        code: 'audience-missing',
        text: 'Make the list anew.',
      },
      { status: 420, code: 'throttled' },
    ];
    const { destination } = await open({ errorMap, successCodes: [201, 202] });
    await expect(destination.add(batchOf(1))).rejects.toMatchObject(expected);
  });

  test('without a remove request nobody is removed, in words', async () => {
    const { destination } = await open();
    await expect(destination.remove(batchOf(1, 'remove'))).rejects.toMatchObject({ vendorCode: 'no-remove' });
  });

  test('a created audience without an id is a fault of the connection', async () => {
    nock(API).post('/v3/lists', { name: 'Rehearsal p_loyal' }).reply(201, { list: {} });
    const { destination } = await open({
      create: { method: 'POST', path: '/lists', body: { name: '{{segment.name}}' }, idPointer: '/list/id' },
    });
    await expect(destination.ensureAudience(batchOf(1).upload.segment, {})).rejects.toMatchObject({
      vendorCode: 'no-audience-id',
    });
  });
});

const wordsOf = (errors: ValidationError[]): string[] =>
  errors.flatMap(({ constraints = {}, children = [] }) => [...Object.values(constraints), ...wordsOf(children)]);
const faultsOf = (more: object) =>
  wordsOf(validateSync(instance(more), { whitelist: true, forbidNonWhitelisted: true }));
const adding = (template: object) => ({ add: { method: 'POST', path: '/x', ...template } });

test.each<[string, object, RegExp | undefined]>([
  ['what is right', {}, undefined],
  ['a loop of plain texts', adding({ body: { $each: 'members', item: '{{member.EMAIL.all}}' } }), undefined],
  [
    'an unknown variable',
    adding({ body: { a: ['{{segment.nam}}'] } }),
    /add\.body\.a\[0\]: {{segment\.nam}} is not known in the add request/,
  ],
  [
    'an unknown match key',
    adding({ body: { $each: 'members', item: '{{member.FAX}}' } }),
    /{{member\.FAX}} is not known/,
  ],
  [
    'a member outside a loop',
    adding({ body: { a: '{{member.EMAIL}}' } }),
    /add\.body\.a: {{member\.EMAIL}} belongs into/,
  ],
  [
    'a member in the path of many',
    adding({ path: '/x/{{member.EMAIL}}' }),
    /add\.path: {{member\.EMAIL}} belongs into/,
  ],
  [
    'a member where there is none',
    { create: { method: 'POST', path: '/x', body: LOOP } },
    /is not known in the create request/,
  ],
  ['an open tag', adding({ body: { a: '{{segment.name' } }), /add\.body\.a: Unclosed tag/],
  ['a section', adding({ body: { a: '{{#members}}x{{/members}}' } }), /only {{variables}} can be used/],
  ['a loop in a loop', adding({ body: { $each: 'members', item: { a: LOOP } } }), /a loop cannot hold another/],
  ['a loop over something else', adding({ body: { $each: 'people', item: 1 } }), /a loop is/],
  ['a path to another host', adding({ path: '//evil.example.com' }), /path must start with one slash/],
  ['a pointer that is none', { rejects: { pointer: 'errors' } }, /pointer must be a JSON pointer/],
  ['an unknown property', adding({ boddy: {} }), /boddy should not exist/],
  ['a header that splits', { headers: { 'x-a': 'b\r\nc: d' } }, /headers\.x-a must be/],
  ['an error code of nobody', { errorMap: [{ status: 400, code: 'retry' }] }, /code must be one of/],
])('settings with %s', (_name, more, fault) => {
  expect(faultsOf(more)).toEqual(fault ? [expect.stringMatching(fault)] : []);
});

test('options name match keys and digests that there are', () => {
  const words = (hashes: object) => wordsOf(validateSync(plainToInstance(HttpAudienceOptions, { hashes })));
  expect(words({ EMAIL: 'sha1', ZIP: 'none' })).toEqual([]);
  expect(words({ FAX: 'sha1' })).toEqual(['hashes.FAX is no match key']);
  expect(words({ EMAIL: 'sha3' })).toEqual(['hashes.EMAIL must be sha256, sha1, md5 or none']);
});

test('JSON pointers', () => {
  const document = { a: [{ 'b/c': { '~d': 1 } }] };
  expect(at(document, '/a/0/b~1c/~0d')).toBe(1);
  expect(at(document, '')).toBe(document);
  expect(at(document, '/a/1')).toBeUndefined();
  expect(at(document, '/constructor')).toBeUndefined();
});
