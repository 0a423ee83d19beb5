import { gzipSync } from 'node:zlib';
import { datasetForm } from './support/datasets.ts';
import { ADMIN_KEY } from './support/http.ts';
import { type Reach, startReach } from './support/service.ts';

interface Refusal {
  code: string;
  detail: string;
  errors?: { path: string; code: string; message: string }[];
}

describe('bodies of requests', () => {
  let reach: Reach;
  let viewer: string;
  beforeAll(async () => {
    reach = await startReach();
    const { body } = await reach.api<{ key: string }>('POST', '/v1/api-keys', { name: 'looker', role: 'viewer' });
    viewer = body.key;
  });
  afterAll(() => reach.close());

  async function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
    const response = await fetch(reach.url + path, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', ...headers },
    });
    return { status: response.status, text: await response.text() };
  }
  const codeOf = ({ status, text }: { status: number; text: string }) => [status, (JSON.parse(text) as Refusal).code];
  const names = (count: number, prefix = 'n') =>
    `{${Array.from({ length: count }, (_, i) => `"${prefix}${i}":1`).join()}}`;

  it('are not read before the caller is known to have a key and the role', async () => {
    const broken = '{"name":';
    expect(codeOf(await post('/v1/cohorts', broken, { authorization: 'Bearer nobody' }))).toEqual([
      401,
      'unauthenticated',
    ]);
    expect(codeOf(await post('/v1/cohorts', broken, { authorization: `Bearer ${viewer}` }))).toEqual([
      403,
      'forbidden',
    ]);
    expect(codeOf(await post('/v1/cohorts', broken))).toEqual([400, 'not_json']);
  });

  it.each<[string, string, string, [number, string]]>([
    [
      '3,000,000 empty contacts',
      '/v1/match-keys/preview',
      `{"contacts":[${'{},'.repeat(3e6)}{}]}`,
      [413, 'body_too_large'],
    ],
    [
      '100,000 empty contacts',
      '/v1/match-keys/preview',
      `{"contacts":[${'{},'.repeat(1e5)}{}]}`,
      [413, 'too_many_items'],
    ],
    ['100,000 empty events', '/v1/events', `{"events":[${'{},'.repeat(1e5)}{}]}`, [413, 'too_many_items']],
    ['lists of lists', '/v1/cohorts', `{"condition":{"all":[${'[],'.repeat(9_999)}[]]}}`, [413, 'too_many_objects']],
    ['700,000 unknown names', '/v1/cohorts', names(7e5), [413, 'body_too_large']],
    ['50,000 unknown names', '/v1/cohorts', names(5e4), [413, 'too_many_names']],
    ['names in many objects', '/v1/events', `{"events":[${`${names(190)},`.repeat(600)}{}]}`, [413, 'too_many_values']],
    ['5,000 levels', '/v1/cohorts', `{"a":${'['.repeat(5e3)}${']'.repeat(5e3)}}`, [400, 'too_deep']],
  ])('with %s are refused before they are validated', async (_, path, body, refused) => {
    expect(codeOf(await post(path, body))).toEqual(refused);
  });

  it('that are compressed are measured as they unpack', async () => {
    const packed = { 'content-encoding': 'gzip' };
    expect(codeOf(await post('/v1/cohorts', gzipSync(names(3e4)), packed))).toEqual([413, 'too_many_names']);
    expect(codeOf(await post('/v1/cohorts', gzipSync(' '.repeat(5e7)), packed))).toEqual([413, 'body_too_large']);
    expect(codeOf(await post('/v1/cohorts', '{}', packed))).toEqual([400, 'body_broken']);
    expect(codeOf(await post('/v1/cohorts', '{}', { 'content-encoding': 'zstd' }))).toEqual([415, 'unknown_encoding']);
    const cohort = gzipSync(JSON.stringify({ name: 'Packed', condition: { everyone: true } }));
    expect((await post('/v1/cohorts', cohort, packed)).status).toBe(201);
  });

  it('without a length are measured as they arrive', async () => {
    const piece = Buffer.from(`${'{},'.repeat(1000)}`);
    let pieces = 0;
    const endless = new ReadableStream({
      start: (to) => to.enqueue(Buffer.from('{"contacts":[')),
      pull: (to) => (pieces++ < 1000 ? to.enqueue(piece) : to.close()),
    });
    const response = await fetch(`${reach.url}/v1/match-keys/preview`, {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { authorization: `Bearer ${viewer}`, 'content-type': 'application/json' },
    } as RequestInit);
    expect([response.status, ((await response.json()) as Refusal).code]).toEqual([413, 'too_many_items']);
  });

  it('of requests that were refused leave the connection usable', async () => {
    await post('/v1/cohorts', names(7e5));
    expect((await reach.api('GET', '/v1/me')).status).toBe(200);
  });

  it('with many faults are answered with a hundred of them', async () => {
    const answer = await post('/v1/match-keys/preview', `{"contacts":[${'{},'.repeat(900)}{}]}`);
    const { errors } = JSON.parse(answer.text) as Refusal;
    expect([answer.status, errors?.length]).toEqual([400, 100]);
  });

  it('with many unknown names are answered with the first of them only', async () => {
    const answer = await post('/v1/events', `{"events":[${`${names(150)},`.repeat(400)}{}]}`);
    const { errors } = JSON.parse(answer.text) as Refusal;
    expect([answer.status, errors?.length, errors?.[0]?.path]).toEqual([400, 21, 'events[0].n0']);
  });

  it('with a long name are answered with its beginning', async () => {
    const answer = await post('/v1/cohorts', `{"${'x'.repeat(100_000)}":1}`);
    const { errors } = JSON.parse(answer.text) as Refusal;
    expect(errors?.[0]?.path).toHaveLength(501);
    expect(answer.text.length).toBeLessThan(5_000);
  });

  it('with a mapping in a form have the limits of other bodies', async () => {
    const mapping = `{"columns":[${'{},'.repeat(20_000)}{}]}`;
    const form = datasetForm('id\n1\n');
    form.set('mapping', mapping);
    expect(await reach.api('POST', '/v1/datasets', form)).toMatchObject({
      status: 413,
      body: { code: 'too_many_objects' },
    });
  });
});

describe('requests that no feature can take', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  it.each([
    '/v1/persona-sets/ps_1/versions/2147483648',
    '/v1/persona-sets/ps_1/versions/9007199254740993',
    '/v1/outcomes/out_1/versions/2147483648',
    '/v1/outcomes/out_1/versions/99999999999999999999',
  ])('for the version of %s are answered with 404', async (path) => {
    expect(await reach.api('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it.each(['-1', '1.5', 'x'])('for the version "%s" are answered with 400', async (version) => {
    expect(await reach.api('GET', `/v1/outcomes/out_1/versions/${version}`)).toMatchObject({
      status: 400,
      body: { code: 'validation' },
    });
  });

  it.each([
    ['8,000 characters', 'k'.repeat(8_000)],
    ['a space', 'a b'],
    ['256 characters', 'k'.repeat(256)],
  ])('because their Idempotency-Key has %s are answered with 400', async (_, key) => {
    const cohort = { name: 'All', condition: { everyone: true } };
    expect(await reach.api('POST', '/v1/cohorts', cohort, { 'idempotency-key': key })).toMatchObject({
      status: 400,
      body: { code: 'idempotency_key_invalid' },
    });
  });

  it('take an Idempotency-Key of 255 characters', async () => {
    const cohort = { name: 'All', condition: { everyone: true } };
    const once = { 'idempotency-key': 'k'.repeat(255) };
    expect((await reach.api('POST', '/v1/cohorts', cohort, once)).status).toBe(201);
  });

  it('because their body is deep are refused with an Idempotency-Key as well', async () => {
    const deep = JSON.parse(`{"name":"x","condition":${'['.repeat(500)}${']'.repeat(500)}}`) as object;
    expect(await reach.api('POST', '/v1/cohorts', deep, { 'idempotency-key': 'deep' })).toMatchObject({
      status: 400,
      body: { code: 'too_deep' },
    });
  });

  it.each([
    ['an array of 200,000 levels', `{"a":${'['.repeat(2e5)}${']'.repeat(2e5)}}`],
    ['objects of 20,000 levels', `${'{"a":'.repeat(2e4)}1${'}'.repeat(2e4)}`],
  ])('because a line of their JSONL file holds %s are answered without a server error', async (_, line) => {
    const form = datasetForm(`${line}\n{"a":1}\n`, {}, 'deep.jsonl');
    const answer = await reach.api('POST', '/v1/datasets', form);
    expect(answer.status).toBeLessThan(500);
  });
});
