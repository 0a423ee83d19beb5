import { createHash, createHmac } from 'node:crypto';
import { type Sandbox, startSandbox } from '../sandbox.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** What the tests look at of the many bodies the Graph API answers. */
interface GraphBody {
  id: string;
  data: Record<string, unknown>[];
  paging: { cursors: { after: string }; next?: string };
  operation_status: { code: number };
  num_received: number;
  num_invalid_entries: number;
  error: { code: number; error_subcode?: number; message: string; is_transient: boolean };
}
interface Answered {
  status: number;
  headers: Headers;
  body: GraphBody;
  text: string;
}

let sandbox: Sandbox;
let nextSession = 1000;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => {
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
});

async function graph(method: string, path: string, body?: object, version = '/v26.0'): Promise<Answered> {
  const { url, credentials } = sandbox.facebook;
  const response = await fetch(url + version + path, {
    method,
    headers: { authorization: `Bearer ${credentials.accessToken}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  const json = (text.startsWith('{') ? JSON.parse(text) : {}) as GraphBody;
  return { status: response.status, headers: response.headers, body: json, text };
}

const account = () => `/act_${sandbox.facebook.credentials.adAccountId}`;
const LIST = { name: 'Big spenders', subtype: 'CUSTOM', customer_file_source: 'USER_PROVIDED_ONLY' };

async function createAudience(more: object = {}): Promise<string> {
  const { body } = await graph('POST', `${account()}/customaudiences`, { ...LIST, ...more });
  return body.id;
}

const session = (batch_seq = 1, last_batch_flag = true, session_id = nextSession++) => ({
  session_id,
  batch_seq,
  last_batch_flag,
});
const emails = (...names: string[]) => ({ schema: ['EMAIL'], data: names.map((name) => [hash(name)]) });
const codes = ({ body }: Answered) => [body.error?.code, body.error?.error_subcode];

describe('access to the fake Graph API', () => {
  it('needs the right token, in the header or as a parameter', async () => {
    const { url, credentials } = sandbox.facebook;
    const good = await fetch(`${url}/v26.0/me?access_token=${credentials.accessToken}`);
    expect(await good.json()).toEqual({ id: credentials.userId });
    const bad = await fetch(`${url}/v26.0/me?access_token=wrong`);
    expect(bad.status).toBe(401);
    expect(await bad.json()).toMatchObject({ error: { code: 190, type: 'OAuthException' } });
  });

  it('ends when the token expires or is revoked', async () => {
    sandbox.facebook.options.token.expiresAt = new Date(sandbox.clock.now().getTime() + 60_000).toISOString();
    expect((await graph('GET', '/me')).status).toBe(200);
    sandbox.clock.advance(61_000);
    expect(codes(await graph('GET', '/me'))).toEqual([190, 463]);
    sandbox.facebook.options.token = { valid: false, subcode: 460, scopes: [], expiresAt: null };
    expect(codes(await graph('GET', '/me'))).toEqual([190, 460]);
  });

  it('verifies appsecret_proof, and demands it when told to', async () => {
    const { accessToken, appSecret } = sandbox.facebook.credentials;
    const proof = createHmac('sha256', appSecret).update(accessToken).digest('hex');
    sandbox.facebook.options.requireProof = true;
    expect((await graph('GET', `/me?appsecret_proof=${proof}`)).status).toBe(200);
    expect(codes(await graph('GET', `/me?appsecret_proof=${'0'.repeat(64)}`))).toEqual([104, undefined]);
    expect(codes(await graph('GET', '/me'))).toEqual([100, undefined]);
  });

  it.each(['/v24.0', '/v99.0'])('refuses version %s', async (version) => {
    const answer = await graph('GET', '/me', undefined, version);
    expect(codes(answer)).toEqual([2635, undefined]);
    expect(answer.headers.get('x-ad-api-version-warning')).toContain('expired');
    expect((await graph('GET', '/me', undefined, '')).status).toBe(200);
  });

  it('tells about the token, its permissions and the account', async () => {
    const { accessToken } = sandbox.facebook.credentials;
    const token = await graph('GET', `/debug_token?input_token=${accessToken}`);
    expect(token.body.data).toMatchObject({ is_valid: true, type: 'SYSTEM_USER', expires_at: 0 });
    const permissions = await graph('GET', '/me/permissions');
    expect(permissions.body.data).toContainEqual({ permission: 'ads_management', status: 'granted' });
    const node = await graph('GET', `${account()}?fields=name,account_status,tos_accepted,disable_reason`);
    expect(node.body).toMatchObject({ account_status: 1, disable_reason: 0, tos_accepted: { custom_audience_tos: 1 } });
    expect(codes(await graph('GET', '/act_1?fields=name'))).toEqual([100, 33]);
    expect(codes(await graph('GET', `${account()}?fields=nonsense`))).toEqual([100, undefined]);
  });

  it('reports usage when told to, and throttles above the hourly quota', async () => {
    sandbox.facebook.options.usage = { percent: 80, regainMinutes: 7 };
    const { headers } = await graph('GET', '/me');
    const usage = JSON.parse(headers.get('x-business-use-case-usage')!);
    expect(Object.values(usage)[0]).toMatchObject([{ type: 'custom_audience', call_count: 80 }]);
    sandbox.facebook.options.hourlyCalls = 1;
    expect((await graph('GET', account())).status).toBe(200);
    expect(codes(await graph('GET', account()))).toEqual([80003, 2446079]);
    sandbox.clock.advance(3_601_000);
    expect((await graph('GET', account())).status).toBe(200);
  });
});

describe('audiences', () => {
  it('are created, read, renamed and deleted', async () => {
    const id = await createAudience({ description: 'persona 1', retention_days: 180 });
    const read = await graph('GET', `/${id}?fields=name,description,operation_status,delivery_status,retention_days`);
    expect(read.body).toEqual({
      id,
      name: 'Big spenders',
      description: 'persona 1',
      retention_days: 180,
      operation_status: { code: 410, description: 'No upload' },
      delivery_status: { code: 300, description: expect.stringContaining('too small') },
    });
    await graph('POST', `/${id}`, { name: 'Savers' });
    expect(sandbox.facebook.audienceByName('Savers')).toMatchObject({ id, description: 'persona 1' });
    expect((await graph('DELETE', `/${id}`)).body).toEqual({ success: true });
    expect(codes(await graph('GET', `/${id}`))).toEqual([100, 33]);
  });

  it.each([
    ['no name', { name: '' }],
    ['no source', { customer_file_source: 'ELSEWHERE' }],
    ['retention above 180 days', { retention_days: 181 }],
    ['retention below 1 day', { retention_days: 0 }],
    ['another subtype', { subtype: 'WEBSITE' }],
  ])('are refused with %s', async (_, parameters) => {
    const answer = await graph('POST', `${account()}/customaudiences`, { ...LIST, ...parameters });
    expect(codes(answer)).toEqual([100, undefined]);
    expect(sandbox.facebook.audiences()).toHaveLength(0);
  });

  it('are listed in pages', async () => {
    for (const name of ['a', 'b', 'c']) await createAudience({ name });
    const first = await graph('GET', `${account()}/customaudiences?limit=2&fields=name`);
    expect(first.body.data.map((a) => a.name)).toEqual(['a', 'b']);
    const after = first.body.paging.cursors.after;
    const second = await graph('GET', `${account()}/customaudiences?limit=2&fields=name&after=${after}`);
    expect(second.body.data).toMatchObject([{ name: 'c' }]);
    expect(second.body.paging.next).toBeUndefined();
  });

  it('stop at the cap and need accepted terms', async () => {
    sandbox.facebook.options.audienceCap = 1;
    await createAudience();
    expect(codes(await graph('POST', `${account()}/customaudiences`, LIST))).toEqual([2654, undefined]);
    sandbox.facebook.options.account.termsAccepted = false;
    expect(codes(await graph('POST', `${account()}/customaudiences`, LIST))).toEqual([200, 1870090]);
  });

  it('are flagged for names that hint at health or finances', async () => {
    const id = await createAudience({ name: 'Diabetes patients' });
    const read = await graph('GET', `/${id}?fields=operation_status`);
    expect(read.body.operation_status.code).toBe(471);
    const upload = await graph('POST', `/${id}/users`, { session: session(), payload: emails('a') });
    expect(codes(upload)).toEqual([100, 1713230]);
    expect(codes(await graph('POST', `/${id}`, { description: 'x' }))).toEqual([100, 1713231]);
    await graph('POST', `/${id}`, { name: 'Walkers' });
    expect((await graph('GET', `/${id}?fields=operation_status`)).body.operation_status.code).toBe(410);
  });

  it('seed lookalikes once they have 100 people, and cannot be deleted after', async () => {
    const id = await createAudience();
    const lookalike = {
      name: 'Like them',
      subtype: 'LOOKALIKE',
      origin_audience_id: id,
      lookalike_spec: { ratio: 0.01, country: 'US' },
    };
    expect(codes(await graph('POST', `${account()}/customaudiences`, lookalike))).toEqual([100, undefined]);
    const people = Array.from({ length: 100 }, (_, i) => `p${i}`);
    await graph('POST', `/${id}/users`, { session: session(), payload: emails(...people) });
    expect((await graph('POST', `${account()}/customaudiences`, lookalike)).status).toBe(200);
    expect(codes(await graph('DELETE', `/${id}`))).toEqual([2656, undefined]);
  });
});

describe('adding and removing people', () => {
  it('keeps distinct rows and counts what it received in a session', async () => {
    const id = await createAudience();
    const first = session(1, false);
    const one = await graph('POST', `/${id}/users`, { session: first, payload: emails('a', 'b') });
    expect(one.body).toMatchObject({ audience_id: id, session_id: String(first.session_id), num_received: 2 });
    const second = session(2, true, first.session_id);
    const two = await graph('POST', `/${id}/users`, { session: second, payload: emails('b', 'c') });
    expect(two.body).toMatchObject({ num_received: 4, num_invalid_entries: 0 });
    expect(sandbox.facebook.values(id, 'EMAIL')).toEqual(new Set(['a', 'b', 'c'].map(hash)));
    const { body } = await graph('GET', `/${id}/sessions?session_id=${first.session_id}`);
    expect(body.data).toMatchObject([{ num_received: '4', num_matched: '-1', progress: '100', stage: 'completed' }]);
  });

  it('removes by the full tuple or a part of it, by POST with method=DELETE or by DELETE', async () => {
    const id = await createAudience();
    const payload = {
      schema: ['EMAIL', 'PHONE', 'EXTERN_ID'],
      data: [
        [hash('a'), hash('1'), 'x1'],
        [hash('b'), hash('2'), 'x2'],
        [hash('c'), '', 'x3'],
      ],
    };
    await graph('POST', `/${id}/users`, { session: session(), payload });
    const whole = { schema: payload.schema, data: payload.data.slice(0, 1) };
    await graph('POST', `/${id}/users`, { method: 'DELETE', session: session(), payload: whole });
    expect(sandbox.facebook.members(id).size).toBe(2);
    const byId = encodeURIComponent(JSON.stringify({ schema: ['EXTERN_ID'], data: [['x2']] }));
    await graph('DELETE', `/${id}/users?payload=${byId}`);
    expect(sandbox.facebook.values(id, 'EXTERN_ID')).toEqual(new Set(['x3']));
    const more = { schema: ['EMAIL', 'PHONE'], data: [[hash('c'), hash('other')]] };
    await graph('POST', `/${id}/users`, { method: 'DELETE', session: session(), payload: more });
    expect(sandbox.facebook.members(id).size).toBe(1);
  });

  it('counts malformed hashes without refusing the request', async () => {
    const id = await createAudience();
    const payload = {
      schema: ['EMAIL', 'PHONE'],
      data: [
        [hash('a'), 'zz'],
        [hash('B').toUpperCase(), ''],
        ['', ''],
        [hash('d'), hash('1')],
      ],
    };
    const { status, body } = await graph('POST', `/${id}/users`, { session: session(), payload });
    expect(status).toBe(200);
    expect(body).toMatchObject({ num_received: 4, num_invalid_entries: 3 });
    expect(sandbox.facebook.members(id)).toEqual(
      new Set([`EMAIL=${hash('a')}`, `EMAIL=${hash('d')}|PHONE=${hash('1')}`]),
    );
    expect(sandbox.violations.map(({ kind }) => kind)).toContain('upper-case-hash');
  });

  it('records raw identifiers and hashes of nothing as violations', async () => {
    const id = await createAudience();
    const data = [
      ['ada@example.com', '15551234567', 'Ada'],
      [hash(''), '', ''],
    ];
    await graph('POST', `/${id}/users`, { session: session(), payload: { schema: ['EMAIL', 'PHONE', 'FN'], data } });
    const kinds = sandbox.violations.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['raw-email', 'raw-value', 'hash-of-nothing']));
    expect(sandbox.journal.containing('ada@example.com')).toHaveLength(1);
  });

  it('takes plain external ids and mobile ids, and limited data use', async () => {
    const id = await createAudience();
    const payload = {
      schema: ['MADID', 'EXTERN_ID', 'DATA_PROCESSING_OPTIONS'],
      data: [
        ['ab1234cd-e123-12fg-j123-000000000000', 'c1', ['LDU']],
        ['', 'c2', []],
      ],
    };
    const { body } = await graph('POST', `/${id}/users`, { session: session(), payload });
    expect(body).toMatchObject({ num_received: 2, num_invalid_entries: 0 });
    expect(sandbox.facebook.values(id, 'EXTERN_ID')).toEqual(new Set(['c1', 'c2']));
  });

  it.each([
    ['an unknown key', { schema: ['E_MAIL'], data: [[hash('a')]] }],
    ['a key named twice', { schema: ['EMAIL', 'EMAIL'], data: [[hash('a'), hash('a')]] }],
    ['rows of another length', { schema: ['EMAIL', 'PHONE'], data: [[hash('a')]] }],
    ['no rows', { schema: ['EMAIL'], data: [] }],
    ['more than 10,000 rows', { schema: ['EMAIL'], data: Array.from({ length: 10_001 }, () => [hash('a')]) }],
    ['a value column on a plain list', { schema: ['EMAIL', 'LOOKALIKE_VALUE'], data: [[hash('a'), 1]] }],
  ])('refuses %s', async (_, payload) => {
    const id = await createAudience();
    const answer = await graph('POST', `/${id}/users`, { session: session(), payload });
    expect(codes(answer)).toEqual([100, undefined]);
    expect(sandbox.facebook.members(id).size).toBe(0);
  });

  it.each([
    ['no session', undefined, [100, undefined]],
    ['a session id of 0', { ...session(), session_id: 0 }, [100, undefined]],
    ['a batch number of 0', session(0), [100, undefined]],
    ['no last flag', { session_id: 5, batch_seq: 1 }, [100, undefined]],
    ['a session that starts at batch 2', session(2), [2650, 1870147]],
  ])('refuses %s', async (_, given, expected) => {
    const id = await createAudience();
    expect(codes(await graph('POST', `/${id}/users`, { session: given, payload: emails('a') }))).toEqual(expected);
  });

  it('keeps a session to one audience, one schema, one order and 90 minutes', async () => {
    const [id, other] = [await createAudience(), await createAudience()];
    const sid = nextSession++;
    await graph('POST', `/${id}/users`, { session: session(1, false, sid), payload: emails('a') });
    const send = (audience: string, seq: number, payload: object) =>
      graph('POST', `/${audience}/users`, { session: session(seq, false, sid), payload });
    expect(codes(await send(other, 2, emails('b')))).toEqual([100, undefined]);
    expect(codes(await send(id, 2, { schema: ['PHONE'], data: [[hash('1')]] }))).toEqual([100, undefined]);
    expect(codes(await send(id, 3, emails('b')))).toEqual([100, undefined]);
    sandbox.clock.advance(91 * 60_000);
    expect(codes(await send(id, 2, emails('b')))).toEqual([2650, 1870158]);
  });

  it('takes the same batch again without effect, and nothing new after the last', async () => {
    const id = await createAudience();
    const sid = nextSession++;
    const first = { session: session(1, false, sid), payload: emails('a') };
    const last = { session: session(2, true, sid), payload: emails('b') };
    for (const body of [first, first, last, last]) {
      expect((await graph('POST', `/${id}/users`, body)).status).toBe(200);
    }
    const { body } = await graph('GET', `/${id}/sessions?session_id=${sid}`);
    expect(body.data).toMatchObject([{ num_received: '2' }]);
    const late = { session: session(3, true, sid), payload: emails('c') };
    expect(codes(await graph('POST', `/${id}/users`, late))).toEqual([2650, 1870159]);
    await graph('POST', `/${id}/users`, { ...first, payload: emails('z') });
    expect(sandbox.violations).toMatchObject([{ kind: 'changed-repeat' }]);
  });

  it('does not mix string and array schemas on one audience', async () => {
    const id = await createAudience();
    await graph('POST', `/${id}/users`, { session: session(), payload: emails('a') });
    const single = { schema: 'EMAIL_SHA256', data: [hash('b')] };
    const answer = await graph('POST', `/${id}/users`, { session: session(), payload: single });
    expect(codes(answer)).toEqual([2650, undefined]);
    expect(answer.body.error.message).toContain('FILE_IMPORTED.MULTI_HASHES');
  });

  it('wants values on a value-based audience', async () => {
    const id = await createAudience({ is_value_based: true });
    expect(codes(await graph('POST', `/${id}/users`, { session: session(), payload: emails('a') }))).toEqual([
      100,
      undefined,
    ]);
    const payload = {
      schema: ['EMAIL', 'LOOKALIKE_VALUE'],
      data: [
        [hash('a'), 44.5],
        [hash('b'), 0],
      ],
    };
    const good = await graph('POST', `/${id}/users`, { session: session(), payload });
    expect(good.body.num_invalid_entries).toBe(0);
  });

  it('refuses a removal that would leave too few people, when told to', async () => {
    sandbox.facebook.options.smallestAfterRemoval = 2;
    const id = await createAudience();
    await graph('POST', `/${id}/users`, { session: session(), payload: emails('a', 'b') });
    const removal = { method: 'DELETE', session: session(), payload: emails('a') };
    expect(codes(await graph('POST', `/${id}/users`, removal))).toEqual([200, 1870047]);
    expect(sandbox.facebook.members(id).size).toBe(2);
  });

  it('removes people from every customer list of the account', async () => {
    const ids = [await createAudience(), await createAudience()];
    for (const id of ids) await graph('POST', `/${id}/users`, { session: session(), payload: emails('a', 'b') });
    await graph('DELETE', `${account()}/usersofanyaudience`, { payload: emails('a') });
    expect(ids.map((id) => [...sandbox.facebook.values(id, 'EMAIL')])).toEqual([[hash('b')], [hash('b')]]);
  });
});

describe('replacing everyone', () => {
  async function filled(): Promise<string> {
    const id = await createAudience();
    await graph('POST', `/${id}/users`, { session: session(), payload: emails('old', 'both') });
    return id;
  }
  const replace = (id: string, body: object) => graph('POST', `/${id}/usersreplace`, body);

  it('swaps the list on the last batch and blocks other changes meanwhile', async () => {
    const id = await filled();
    const sid = nextSession++;
    await replace(id, { session: session(1, false, sid), payload: emails('both') });
    expect(sandbox.facebook.audiences()[0]?.status).toBe(414);
    expect(sandbox.facebook.values(id, 'EMAIL').has(hash('old'))).toBe(true);
    expect(codes(await graph('POST', `/${id}/users`, { session: session(), payload: emails('x') }))).toEqual([
      2650, 1870145,
    ]);
    expect(codes(await replace(id, { session: session(), payload: emails('x') }))).toEqual([2650, 1870145]);
    const last = { session: session(2, true, sid), payload: emails('new') };
    expect((await replace(id, last)).status).toBe(200);
    expect(sandbox.facebook.values(id, 'EMAIL')).toEqual(new Set(['both', 'new'].map(hash)));
    expect(codes(await replace(id, last))).toEqual([2650, 1870159]);
  });

  it('never takes a second first batch, and allows repeats of the others', async () => {
    const id = await filled();
    const sid = nextSession++;
    const first = { session: session(1, false, sid), payload: emails('a') };
    await replace(id, first);
    expect(codes(await replace(id, first))).toEqual([2650, 1870145]);
    const other = { session: session(7, false, sid), payload: emails('b') };
    expect((await replace(id, other)).body.num_received).toBe(2);
    expect((await replace(id, other)).body.num_received).toBe(2);
  });

  it('needs batch 1 first', async () => {
    const id = await filled();
    expect(codes(await replace(id, { session: session(2), payload: emails('a') }))).toEqual([2650, 1870147]);
  });

  it('ends after 90 minutes with what was sent', async () => {
    const id = await filled();
    const sid = nextSession++;
    await replace(id, { session: session(1, false, sid), payload: emails('a') });
    sandbox.clock.advance(91 * 60_000);
    expect(codes(await replace(id, { session: session(2, true, sid), payload: emails('b') }))).toEqual([2650, 1870158]);
    expect(sandbox.facebook.values(id, 'EMAIL')).toEqual(new Set([hash('a')]));
    expect((await graph('GET', `/${id}?fields=operation_status`)).body.operation_status.code).toBe(200);
  });
});

describe('scripted faults', () => {
  it('answer with Graph errors, other bodies and headers', async () => {
    sandbox.facebook.faults.add(
      { do: 'error', code: 80003, subcode: 2446079, headers: { 'x-seen': '1' } },
      { do: 'html' },
      { do: 'status', status: 503 },
      { do: 'patch', body: { num_invalid_entries: 7 } },
    );
    const throttled = await graph('GET', '/me');
    expect(codes(throttled)).toEqual([80003, 2446079]);
    expect(throttled.body.error.is_transient).toBe(true);
    expect(throttled.headers.get('x-seen')).toBe('1');
    const html = await graph('GET', '/me');
    expect([html.status, html.text.slice(0, 9)]).toEqual([502, '<!DOCTYPE']);
    expect((await graph('GET', '/me')).status).toBe(503);
    expect((await graph('GET', '/me')).body).toMatchObject({ num_invalid_entries: 7 });
  });

  it('cut the connection before or after the work was done', async () => {
    const id = await createAudience();
    const body = { session: session(), payload: emails('a') };
    sandbox.facebook.faults.add({ match: { path: '/users' }, do: 'reset' });
    await expect(graph('POST', `/${id}/users`, body)).rejects.toThrow('fetch failed');
    expect(sandbox.facebook.members(id).size).toBe(0);
    sandbox.facebook.faults.add({ match: { path: '/users' }, do: 'reset', apply: true });
    await expect(graph('POST', `/${id}/users`, body)).rejects.toThrow('fetch failed');
    expect(sandbox.facebook.members(id).size).toBe(1);
    sandbox.facebook.faults.add({ do: 'truncate' });
    await expect(graph('GET', '/me')).rejects.toThrow();
  });

  it('hang and are slow', async () => {
    sandbox.facebook.faults.add({ do: 'slow', milliseconds: 80 }, { do: 'hang' });
    const started = Date.now();
    expect((await graph('GET', '/me')).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(75);
    const { url, credentials } = sandbox.facebook;
    const signal = AbortSignal.timeout(150);
    await expect(fetch(`${url}/me?access_token=${credentials.accessToken}`, { signal })).rejects.toThrow('timeout');
  });
});
