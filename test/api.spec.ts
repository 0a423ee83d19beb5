import { idempotencyKeys } from '../src/accounts/accounts.tables.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { datasetForm } from './support/datasets.ts';
import { type Reach, startReach } from './support/service.ts';

interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  errors?: { path: string; code: string; message: string }[];
}

describe('the API', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  const as = (key: string) => ({ authorization: `Bearer ${key}` });

  it('answers /health without a key and everything else only with one', async () => {
    expect((await fetch(`${reach.url}/health`)).status).toBe(200);
    const closed = await fetch(`${reach.url}/v1/deliveries`);
    expect(closed.status).toBe(401);
    expect(closed.headers.get('content-type')).toContain('application/problem+json');
    expect((await reach.api('GET', '/v1/me', undefined, as('reach_nobody'))).status).toBe(401);
    expect((await fetch(`${reach.url}/v1/me`, { headers: { 'x-api-key': 'test-admin-key-0123456789' } })).status).toBe(
      200,
    );
  });

  it('gives each role what it may do and no more, and a revoked key nothing', async () => {
    const { body: key } = await reach.api<{ id: string; key: string }>('POST', '/v1/api-keys', {
      name: 'looker',
      role: 'viewer',
    });
    expect((await reach.api('GET', '/v1/cohorts', undefined, as(key.key))).status).toBe(200);
    const refused = await reach.api<ProblemBody>(
      'POST',
      '/v1/cohorts',
      { name: 'x', condition: { everyone: true } },
      as(key.key),
    );
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await reach.api('GET', '/v1/api-keys', undefined, as(key.key))).status).toBe(403);
    const { body: list } = await reach.api<{ items: object[] }>('GET', '/v1/api-keys');
    expect(JSON.stringify(list)).not.toContain(key.key);
    expect((await reach.api('DELETE', `/v1/api-keys/${key.id}`)).status).toBe(204);
    expect((await reach.api('GET', '/v1/cohorts', undefined, as(key.key))).status).toBe(401);
    const { body: audit } = await reach.api<{ items: { action: string; subject: string }[] }>('GET', '/v1/audit-log');
    expect(audit.items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['api-key.create', 'api-key.revoke']),
    );
  });

  it('describes every error as a problem with the path of the field', async () => {
    const { body } = await reach.api<ProblemBody>('POST', '/v1/api-keys', { name: '', role: 'king', extra: 1 });
    expect(body).toMatchObject({ title: 'Bad Request', status: 400, code: 'validation', instance: '/v1/api-keys' });
    expect(body.errors?.map(({ path }) => path).sort()).toEqual(['extra', 'name', 'role']);
  });

  it.each([
    ['a body that is not JSON', '{"name":', 400],
    ['a body that is a list', '[]', 400],
    ['a body nested without end', `${'['.repeat(5000)}${']'.repeat(5000)}`, 400],
  ])('refuses %s', async (_, body, status) => {
    const response = await fetch(`${reach.url}/v1/api-keys`, {
      method: 'POST',
      body,
      headers: { ...as('test-admin-key-0123456789'), 'content-type': 'application/json' },
    });
    expect(response.status).toBe(status);
    expect(((await response.json()) as ProblemBody).code).toBeTruthy();
  });

  it.each<[string, string, unknown, string]>([
    ['GET', '/v1/outcomes/a%00', undefined, 'id'],
    ['GET', '/v1/persona-sets/a%00', undefined, 'id'],
    ['GET', '/v1/cohorts?cursor=a%00', undefined, 'cursor'],
    ['POST', '/v1/persona-sets', { name: 'a\0b' }, 'name'],
    ['POST', '/v1/inform/score', { contact: {}, push: { connectionId: 'a\0' } }, 'push.connectionId'],
    ['POST', '/v1/inform/score', { contacts: [{}, { emails: ['a', '\0'] }] }, 'contacts[1].emails[1]'],
    ['POST', '/v1/inform/score', { contact: { traits: { 'a\0': 1 } } }, 'contact.traits'],
    ['POST', '/v1/events', { event: { id: 'a\0', stream: 'order', contact: { key: 'k' } } }, 'event.id'],
    ['POST', '/v1/events', { events: [{ id: 'a', stream: 'o\0', contact: { key: 'k' } }] }, 'events[0].stream'],
    ['POST', '/v1/datasets', datasetForm('id\n1\n', { name: 'a\0' }), 'name'],
    [
      'POST',
      '/v1/datasets',
      datasetForm('id\n1\n', { mapping: { key: { column: 'id\0' }, columns: [] } }),
      'mapping.key.column',
    ],
  ])('refuses a NUL character in %s %s with its place, case %#', async (method, path, body, at) => {
    expect(await reach.api<ProblemBody>(method, path, body)).toMatchObject({
      status: 400,
      body: { code: 'validation', errors: [{ path: at, code: 'nul_character' }] },
    });
  });

  it('refuses a NUL character in the name of a file', async () => {
    const disposition = `form-data; name="file"; filename*=UTF-8''a%00.csv`;
    const response = await fetch(`${reach.url}/v1/datasets`, {
      method: 'POST',
      body: `--B\r\nContent-Disposition: ${disposition}\r\n\r\nid\r\n--B--\r\n`,
      headers: { ...as('test-admin-key-0123456789'), 'content-type': 'multipart/form-data; boundary=B' },
    });
    const { errors } = (await response.json()) as ProblemBody;
    expect([response.status, errors]).toMatchObject([400, [{ path: 'file', code: 'nul_character' }]]);
  });

  it('knows what it does not know', async () => {
    expect(await reach.api<ProblemBody>('GET', '/v1/nothing')).toMatchObject({ status: 404, body: { status: 404 } });
    expect(await reach.api<ProblemBody>('GET', '/v1/runs/run_none')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('carries out a request with an Idempotency-Key once', async () => {
    const once = { 'idempotency-key': 'k-1' };
    const first = await reach.api<{ id: string }>(
      'POST',
      '/v1/cohorts',
      { name: 'All', condition: { everyone: true } },
      once,
    );
    const again = await reach.api<{ id: string }>(
      'POST',
      '/v1/cohorts',
      { name: 'All', condition: { everyone: true } },
      once,
    );
    expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
    expect(again.headers.get('idempotent-replay')).toBe('true');
    const other = await reach.api<ProblemBody>(
      'POST',
      '/v1/cohorts',
      { name: 'Other', condition: { everyone: true } },
      once,
    );
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const { body } = await reach.api<{ items: object[] }>('GET', '/v1/cohorts');
    expect(body.items).toHaveLength(1);
  });

  it('frees the key of a request that failed', async () => {
    const once = { 'idempotency-key': 'k-2' };
    expect((await reach.api('POST', '/v1/cohorts', { name: 'Bad', condition: { nonsense: 1 } }, once)).status).toBe(
      422,
    );
    expect((await reach.api('POST', '/v1/cohorts', { name: 'Good', condition: { everyone: true } }, once)).status).toBe(
      201,
    );
  });

  describe('keeps what it answered to an Idempotency-Key', () => {
    const rows = () => reach.app.get<Db>(DB).select().from(idempotencyKeys);
    const newKey = (once: string, name = 'robot') =>
      reach.api<{ id: string; key: string }>(
        'POST',
        '/v1/api-keys',
        { name, role: 'viewer' },
        { 'idempotency-key': once },
      );

    it('sealed, for a day', async () => {
      const first = await newKey('k-3');
      expect((await newKey('k-3')).body).toEqual(first.body);
      const kept = (await rows()).find(({ key }) => key === 'k-3')!;
      expect(JSON.stringify(kept)).not.toContain(first.body.key);
      expect(kept.response).toMatch(/^v1\./);
      reach.clock.advance(25 * 3_600_000);
      expect((await newKey('k-3', 'another request')).status).toBe(201);
      await newKey('k-4');
      reach.clock.advance(25 * 3_600_000);
      await reach.clock.round();
      expect(await rows()).toEqual([]);
    });

    it('but not what was only looked at', async () => {
      const body = { destination: 'facebook', contacts: [{ id: '1', emails: ['jane@example.com'] }] };
      const looked = await reach.api('POST', '/v1/match-keys/preview', body, { 'idempotency-key': 'k-5' });
      expect(looked).toMatchObject({ status: 200 });
      expect((await rows()).map(({ key }) => key)).not.toContain('k-5');
    });

    it('and carries out again what a crash cut off', async () => {
      const first = await newKey('k-6');
      await reach.app.get<Db>(DB).update(idempotencyKeys).set({ status: 'pending', response: null });
      expect(await newKey('k-6')).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
      reach.clock.advance(11 * 60_000);
      expect(await newKey('k-6', 'another request')).toMatchObject({ status: 422 });
      const second = await newKey('k-6');
      expect(second.status).toBe(201);
      expect(second.body.id).not.toBe(first.body.id);
      expect((await newKey('k-6')).body).toEqual(second.body);
    });

    it('by the file that was sent', async () => {
      const send = (file: string, fields = {}) =>
        reach.api<{ id: string }>('POST', '/v1/datasets', datasetForm(file, fields), { 'idempotency-key': 'k-7' });
      const first = await send('id,email\n1,a@example.com\n');
      expect(first.status).toBe(202);
      const again = await send('id,email\n1,a@example.com\n');
      expect(again).toMatchObject({ status: 202, body: { id: first.body.id } });
      expect(again.headers.get('idempotent-replay')).toBe('true');
      const reused = { status: 422, body: { code: 'idempotency_key_reused' } };
      expect(await send('id,email\n2,b@example.com\n')).toMatchObject(reused);
      expect(await send('id,email\n1,a@example.com\n', { name: 'Other' })).toMatchObject(reused);
    });
  });

  it('pages by cursor', async () => {
    for (let i = 0; i < 5; i++) await reach.api('POST', '/v1/api-keys', { name: `key ${i}`, role: 'viewer' });
    const seen: string[] = [];
    interface Page {
      items: { id: string }[];
      nextCursor: string | null;
    }
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: Page } = await reach.api<Page>(
        'GET',
        `/v1/audit-log?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(5);
    expect((await reach.api('GET', '/v1/audit-log?limit=0')).status).toBe(400);
  });

  it('publishes OpenAPI 3.1 that names every route', async () => {
    const { body } = await reach.api<{ openapi: string; paths: Record<string, object> }>('GET', '/docs/openapi.json');
    expect(body.openapi).toMatch(/^3\.1/);
    for (const path of [
      '/v1/datasets',
      '/v1/match-keys/preview',
      '/v1/cohorts',
      '/v1/audiences/preview',
      '/v1/persona-sets',
      '/v1/connections/{id}/check',
      '/v1/deliveries/{id}/runs',
      '/v1/runs/{id}',
    ]) {
      expect(Object.keys(body.paths)).toContain(path);
    }
  });
});
