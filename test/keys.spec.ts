import { AccountsService, DEFAULT_ACCOUNT } from '../src/accounts/accounts.service.ts';
import { accounts, apiKeys } from '../src/accounts/accounts.tables.ts';
import type { AccountId } from '../src/accounts/auth.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { type Reach, startReach } from './support/service.ts';

interface Key {
  id: string;
  key: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

const as = (key: string) => ({ authorization: `Bearer ${key}` });

describe('API keys', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  const newKey = async (role: string, more = {}) =>
    (await reach.api<Key>('POST', '/v1/api-keys', { name: 'a key', role, ...more })).body;
  const listed = async (id: string) =>
    (await reach.api<{ items: Key[] }>('GET', '/v1/api-keys')).body.items.find((each) => each.id === id)!;
  const statusOf = async (key: string) => (await reach.api('GET', '/v1/me', undefined, as(key))).status;

  it('stop working when they expire', async () => {
    const expiresAt = new Date(reach.clock.now().getTime() + 3_600_000).toISOString();
    const { key, id } = await newKey('viewer', { expiresAt });
    expect([await statusOf(key), (await listed(id)).expiresAt]).toEqual([200, expiresAt]);
    reach.clock.advance(3_600_000);
    // a key that was looked up is believed for a second
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await statusOf(key)).toBe(401);
  });

  it.each(['2020-01-01T00:00:00Z', 'tomorrow'])('are not made to expire at %s', async (expiresAt) => {
    const answer = await reach.api<{ errors: { path: string }[] }>('POST', '/v1/api-keys', {
      name: 'x',
      role: 'viewer',
      expiresAt,
    });
    expect(answer.body.errors.map(({ path }) => path)).toEqual(['expiresAt']);
  });

  it('say when they were used last', async () => {
    const { key, id } = await newKey('viewer');
    expect((await listed(id)).lastUsedAt).toBe(null);
    await statusOf(key);
    const used = new Date((await listed(id)).lastUsedAt!).getTime();
    expect(Math.abs(used - reach.clock.now().getTime())).toBeLessThan(60_000);
  });

  it('of admins are never all revoked', async () => {
    const lastAdmin = { status: 409, body: { code: 'last_admin' } };
    expect(await reach.api('DELETE', '/v1/api-keys/key_bootstrap')).toMatchObject(lastAdmin);
    const expiresAt = new Date(reach.clock.now().getTime() + 3_600_000).toISOString();
    const { id: expiring } = await newKey('admin', { expiresAt });
    expect(await reach.api('DELETE', '/v1/api-keys/key_bootstrap')).toMatchObject(lastAdmin);
    expect((await reach.api('DELETE', `/v1/api-keys/${expiring}`)).status).toBe(204);
    const other = await newKey('admin');
    expect((await reach.api('DELETE', '/v1/api-keys/key_bootstrap', undefined, as(other.key))).status).toBe(204);
    expect(await reach.api('DELETE', `/v1/api-keys/${other.id}`, undefined, as(other.key))).toMatchObject(lastAdmin);
    await reach.app.get<Db>(DB).update(apiKeys).set({ revokedAt: null });
  });

  it('and what they read are stored by no cache', async () => {
    for (const [method, path] of [
      ['GET', '/v1/me'],
      ['GET', '/v1/contacts/none'],
      ['GET', '/v1/nothing'],
      ['GET', '/metrics'],
    ] as const)
      expect((await reach.api(method, path)).headers.get('cache-control')).toBe('no-store');
    const refused = await fetch(`${reach.url}/v1/me`);
    expect([refused.headers.get('cache-control'), refused.headers.get('www-authenticate')]).toEqual([
      'no-store',
      'Bearer realm="reach"',
    ]);
  });

  it('read metrics as an admin, and of their own account only', async () => {
    const createdAt = reach.clock.now();
    const other = 'acc_other' as AccountId;
    await reach.app.get<Db>(DB).insert(accounts).values({ id: other, name: 'Other', createdAt });
    const { key } = await reach.app
      .get(AccountsService)
      .createKey({ accountId: other, role: 'admin', name: 'setup' }, { name: 'theirs', role: 'admin' });
    const theirs = String((await reach.api('GET', '/metrics', undefined, as(key))).body);
    expect([theirs.includes(other), theirs.includes(DEFAULT_ACCOUNT)]).toEqual([true, false]);
    expect(theirs).toContain('reach_process_cpu_seconds_total');
    const marketer = await newKey('marketer');
    expect((await reach.api('GET', '/metrics', undefined, as(marketer.key))).status).toBe(403);
  });

  it('do not edit the list of erased people', async () => {
    for (const path of ['/v1/suppressions', '/v1/suppressions/remove'])
      expect(await reach.api('POST', path, { list: 'erased', emails: ['ana@example.com'] })).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'list', code: 'reserved_list' }] },
      });
  });
});

describe('an address that sends wrong keys', () => {
  let reach: Reach;
  const lines: string[] = [];
  beforeAll(async () => {
    const env = { REACH_FAILED_LOGINS_PER_MINUTE: '5', REACH_TRUSTED_PROXIES: 'loopback' };
    reach = await startReach({ env, log: (line) => lines.push(line) });
  });
  afterAll(() => reach.close());

  const from = async (address: string, key: string) => {
    const headers = { ...as(key), 'x-forwarded-for': address };
    const answer = await reach.api<{ code: string }>('GET', '/v1/me', undefined, headers);
    return { status: answer.status, code: answer.body.code, wait: Number(answer.headers.get('retry-after')) };
  };

  it('has to wait after as many as it may send, is logged and counted, and leaves others alone', async () => {
    for (let i = 0; i < 5; i++) expect(await from('192.0.2.7', `wrong-${i}`)).toMatchObject({ status: 401 });
    const limited = await from('192.0.2.7', 'wrong-again');
    expect(limited).toMatchObject({ status: 429, code: 'too_many_failed_logins' });
    expect(limited.wait).toBeGreaterThan(0);
    expect(await from('192.0.2.8', 'wrong')).toMatchObject({ status: 401 });
    const logged = lines.filter((line) => line.includes('an API key was refused'));
    expect(logged.filter((line) => line.includes('192.0.2.7'))).toHaveLength(5);
    expect(logged.join()).not.toContain('wrong-');
    const metrics = String((await reach.api('GET', '/metrics')).body);
    expect(metrics).toMatch(/reach_failed_logins_total\{outcome="refused"\} 6/);
    expect(metrics).toMatch(/reach_failed_logins_total\{outcome="limited"\} 1/);
  });

  it('goes on with a key that worked before', async () => {
    const { body } = await reach.api<Key>('POST', '/v1/api-keys', { name: 'theirs', role: 'viewer' });
    expect((await from('192.0.2.9', body.key)).status).toBe(200);
    for (let i = 0; i < 6; i++) await from('192.0.2.9', 'wrong');
    expect((await from('192.0.2.9', body.key)).status).toBe(200);
    expect((await from('192.0.2.9', 'wrong')).status).toBe(429);
  });
});
