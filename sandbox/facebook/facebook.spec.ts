import { createHmac } from 'node:crypto';
import { codes, emails, GraphClient, LIST, session } from './spec-support.ts';

let client: GraphClient;

beforeAll(async () => {
  client = await GraphClient.start();
});
afterEach(() => {
  client.sandbox.reset();
});
afterAll(async () => {
  await client.sandbox.close();
});

describe('access to the fake Graph API', () => {
  it('needs the right token, in the header or as a parameter', async () => {
    const { url, credentials } = client.sandbox.facebook;
    const good = await fetch(`${url}/v26.0/me?access_token=${credentials.accessToken}`);
    expect(await good.json()).toEqual({ id: credentials.userId });
    const bad = await fetch(`${url}/v26.0/me?access_token=wrong`);
    expect(bad.status).toBe(401);
    expect(await bad.json()).toMatchObject({ error: { code: 190, type: 'OAuthException' } });
  });

  it('ends when the token expires or is revoked', async () => {
    client.sandbox.facebook.options.token.expiresAt = new Date(
      client.sandbox.clock.now().getTime() + 60_000,
    ).toISOString();
    expect((await client.send('GET', '/me')).status).toBe(200);
    client.sandbox.clock.advance(61_000);
    expect(codes(await client.send('GET', '/me'))).toEqual([190, 463]);
    client.sandbox.facebook.options.token = { valid: false, subcode: 460, scopes: [], expiresAt: null };
    expect(codes(await client.send('GET', '/me'))).toEqual([190, 460]);
  });

  it('verifies appsecret_proof, and demands it when told to', async () => {
    const { accessToken, appSecret } = client.sandbox.facebook.credentials;
    const proof = createHmac('sha256', appSecret).update(accessToken).digest('hex');
    client.sandbox.facebook.options.requireProof = true;
    expect((await client.send('GET', `/me?appsecret_proof=${proof}`)).status).toBe(200);
    expect(codes(await client.send('GET', `/me?appsecret_proof=${'0'.repeat(64)}`))).toEqual([100, undefined]);
    expect(codes(await client.send('GET', '/me'))).toEqual([100, undefined]);
  });

  it.each(['/v24.0', '/v99.0'])('refuses version %s', async (version) => {
    const answer = await client.send('GET', '/me', undefined, version);
    expect(codes(answer)).toEqual([2635, undefined]);
    expect(answer.headers.get('x-ad-api-version-warning')).toContain('expired');
    expect((await client.send('GET', '/me', undefined, '')).status).toBe(200);
  });

  it('tells about the token, its permissions and the account', async () => {
    const { accessToken } = client.sandbox.facebook.credentials;
    const token = await client.send('GET', `/debug_token?input_token=${accessToken}`);
    expect(token.body.data).toMatchObject({ is_valid: true, type: 'SYSTEM_USER', expires_at: 0 });
    const permissions = await client.send('GET', '/me/permissions');
    expect(permissions.body.data).toContainEqual({ permission: 'ads_management', status: 'granted' });
    const node = await client.send('GET', `${client.account}?fields=name,account_status,tos_accepted,disable_reason`);
    expect(node.body).toMatchObject({ account_status: 1, disable_reason: 0, tos_accepted: { custom_audience_tos: 1 } });
    expect(codes(await client.send('GET', '/act_1?fields=name'))).toEqual([100, 33]);
    expect(codes(await client.send('GET', `${client.account}?fields=nonsense`))).toEqual([100, undefined]);
  });

  it('reports usage when told to, and throttles above the hourly quota', async () => {
    client.sandbox.facebook.options.usage = { percent: 80, regainMinutes: 7 };
    const { headers } = await client.send('GET', '/me');
    const usage = JSON.parse(headers.get('x-business-use-case-usage')!);
    expect(Object.values(usage)[0]).toMatchObject([{ type: 'custom_audience', call_count: 80 }]);
    client.sandbox.facebook.options.hourlyCalls = 1;
    expect((await client.send('GET', client.account)).status).toBe(200);
    expect(codes(await client.send('GET', client.account))).toEqual([80003, 2446079]);
    client.sandbox.clock.advance(3_601_000);
    expect((await client.send('GET', client.account)).status).toBe(200);
  });
});

describe('audiences', () => {
  it('are created, read, renamed and deleted', async () => {
    const id = await client.createAudience({ description: 'persona 1', retention_days: 180 });
    const read = await client.send(
      'GET',
      `/${id}?fields=name,description,operation_status,delivery_status,retention_days`,
    );
    expect(read.body).toEqual({
      id,
      name: 'Big spenders',
      description: 'persona 1',
      retention_days: 180,
      operation_status: { code: 410, description: 'No upload' },
      delivery_status: { code: 300, description: expect.stringContaining('too small') },
    });
    await client.send('POST', `/${id}`, { name: 'Savers' });
    expect(client.sandbox.facebook.audienceByName('Savers')).toMatchObject({ id, description: 'persona 1' });
    expect((await client.send('DELETE', `/${id}`)).body).toEqual({ success: true });
    expect(codes(await client.send('GET', `/${id}`))).toEqual([100, 33]);
  });

  it.each([
    ['no name', { name: '' }],
    ['no source', { customer_file_source: 'ELSEWHERE' }],
    ['retention above 180 days', { retention_days: 181 }],
    ['retention below 1 day', { retention_days: 0 }],
    ['another subtype', { subtype: 'WEBSITE' }],
  ])('are refused with %s', async (_, parameters) => {
    const answer = await client.send('POST', `${client.account}/customaudiences`, { ...LIST, ...parameters });
    expect(codes(answer)).toEqual([100, undefined]);
    expect(client.sandbox.facebook.audiences()).toHaveLength(0);
  });

  it('are listed in pages', async () => {
    for (const name of ['a', 'b', 'c']) await client.createAudience({ name });
    const first = await client.send('GET', `${client.account}/customaudiences?limit=2&fields=name`);
    expect(first.body.data.map((a) => a.name)).toEqual(['a', 'b']);
    const after = first.body.paging.cursors.after;
    const second = await client.send('GET', `${client.account}/customaudiences?limit=2&fields=name&after=${after}`);
    expect(second.body.data).toMatchObject([{ name: 'c' }]);
    expect(second.body.paging.next).toBeUndefined();
  });

  it('stop at the cap and need accepted terms', async () => {
    client.sandbox.facebook.options.audienceCap = 1;
    await client.createAudience();
    expect(codes(await client.send('POST', `${client.account}/customaudiences`, LIST))).toEqual([2654, undefined]);
    client.sandbox.facebook.options.account.termsAccepted = false;
    expect(codes(await client.send('POST', `${client.account}/customaudiences`, LIST))).toEqual([200, 1870090]);
  });

  it('are fetched instead of created twice when asked', async () => {
    const id = await client.createAudience();
    expect(await client.createAudience({ enable_fetch_or_create: true })).toBe(id);
    expect(await client.createAudience()).not.toBe(id);
  });

  it('are flagged for names that hint at health or finances', async () => {
    const id = await client.createAudience({ name: 'Diabetes patients' });
    const read = await client.send('GET', `/${id}?fields=operation_status`);
    expect(read.body.operation_status.code).toBe(471);
    const upload = await client.send('POST', `/${id}/users`, { session: session(), payload: emails('a') });
    expect(codes(upload)).toEqual([100, 1713230]);
    expect(codes(await client.send('POST', `/${id}`, { description: 'x' }))).toEqual([100, 1713231]);
    await client.send('POST', `/${id}`, { name: 'Walkers' });
    expect((await client.send('GET', `/${id}?fields=operation_status`)).body.operation_status.code).toBe(410);
  });

  it('seed lookalikes once they have 100 people, and cannot be deleted after', async () => {
    const id = await client.createAudience();
    const lookalike = {
      name: 'Like them',
      subtype: 'LOOKALIKE',
      origin_audience_id: id,
      lookalike_spec: { ratio: 0.01, country: 'US' },
    };
    expect(codes(await client.send('POST', `${client.account}/customaudiences`, lookalike))).toEqual([100, undefined]);
    const people = Array.from({ length: 100 }, (_, i) => `p${i}`);
    await client.send('POST', `/${id}/users`, { session: session(), payload: emails(...people) });
    expect((await client.send('POST', `${client.account}/customaudiences`, lookalike)).status).toBe(200);
    expect(codes(await client.send('DELETE', `/${id}`))).toEqual([2656, undefined]);
  });
});

describe('scripted faults', () => {
  it('answer with Graph errors, other bodies and headers', async () => {
    client.sandbox.facebook.faults.add(
      { do: 'error', code: 80003, subcode: 2446079, headers: { 'x-seen': '1' } },
      { do: 'html' },
      { do: 'status', status: 503 },
      { do: 'patch', body: { num_invalid_entries: 7 } },
    );
    const throttled = await client.send('GET', '/me');
    expect(codes(throttled)).toEqual([80003, 2446079]);
    expect(throttled.body.error.is_transient).toBe(true);
    expect(throttled.headers.get('x-seen')).toBe('1');
    const html = await client.send('GET', '/me');
    expect([html.status, html.text.slice(0, 9)]).toEqual([502, '<!DOCTYPE']);
    expect((await client.send('GET', '/me')).status).toBe(503);
    expect((await client.send('GET', '/me')).body).toMatchObject({ num_invalid_entries: 7 });
  });

  it('cut the connection before or after the work was done', async () => {
    const id = await client.createAudience();
    const body = { session: session(), payload: emails('a') };
    client.sandbox.facebook.faults.add({ match: { path: '/users' }, do: 'reset' });
    await expect(client.send('POST', `/${id}/users`, body)).rejects.toThrow('fetch failed');
    expect(client.sandbox.facebook.members(id).size).toBe(0);
    client.sandbox.facebook.faults.add({ match: { path: '/users' }, do: 'reset', apply: true });
    await expect(client.send('POST', `/${id}/users`, body)).rejects.toThrow('fetch failed');
    expect(client.sandbox.facebook.members(id).size).toBe(1);
    client.sandbox.facebook.faults.add({ do: 'truncate' });
    await expect(client.send('GET', '/me')).rejects.toThrow();
  });

  it('hang and are slow', async () => {
    client.sandbox.facebook.faults.add({ do: 'slow', milliseconds: 80 }, { do: 'hang' });
    const started = Date.now();
    expect((await client.send('GET', '/me')).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(75);
    const { url, credentials } = client.sandbox.facebook;
    const signal = AbortSignal.timeout(150);
    await expect(fetch(`${url}/me?access_token=${credentials.accessToken}`, { signal })).rejects.toThrow('timeout');
  });
});
