import { startReceiver } from './support/receiver.ts';
import { World } from './support/world.ts';

interface Connection {
  id: string;
  status: string;
  statusError: string | null;
  settings: Record<string, unknown>;
  secretsSet: string[];
}
interface Check {
  ok: boolean;
  prerequisites: { name: string; title: string; ok: boolean; detail: string }[];
}

describe('connections', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.close());

  it('lists the destinations with the fields that they take', async () => {
    const { items } = await world.ask<{
      items: { type: string; settings: { name: string; secret: boolean; required: boolean }[] }[];
    }>('GET', '/v1/destinations');
    expect(items.map(({ type }) => type).sort()).toEqual([
      'facebook',
      'google',
      'http-audience',
      'object-storage',
      'sftp',
      'webhook',
    ]);
    const facebook = items.find(({ type }) => type === 'facebook');
    expect(facebook?.settings).toContainEqual(
      expect.objectContaining({ name: 'accessToken', secret: true, required: true }),
    );
    expect(facebook?.settings).toContainEqual(
      expect.objectContaining({ name: 'appSecret', secret: true, required: false }),
    );
  });

  it.each(['facebook', 'google', 'google-ads', 'sftp'] as const)(
    'checks every prerequisite of %s and finds them met',
    async (type) => {
      const id = await world.connect(type);
      const check = await world.ask<Check>('POST', `/v1/connections/${id}/check`);
      expect(check.prerequisites.filter(({ ok }) => !ok)).toEqual([]);
      expect(check.prerequisites.length).toBeGreaterThanOrEqual(3);
      expect(await world.ask<Connection>('GET', `/v1/connections/${id}`)).toMatchObject({
        status: 'ready',
        statusError: null,
      });
    },
  );

  it('never gives a credential back, and keeps it when other fields change', async () => {
    const id = await world.connect('sftp');
    const { password } = world.sandbox.credentials.sftp;
    const changed = await world.ask<Connection>('PATCH', `/v1/connections/${id}`, {
      name: 'Mail house',
      settings: { directory: '.' },
    });
    expect(JSON.stringify(changed)).not.toContain(password);
    expect(changed.secretsSet).toContain('password');
    expect((await world.ask<Check>('POST', `/v1/connections/${id}/check`)).ok).toBe(true);
  });

  it('asks for its credentials again when its address changes, and takes none along', async () => {
    const receiver = await startReceiver();
    const { id } = await world.ask<Connection>('POST', '/v1/connections', {
      name: 'Receiver',
      type: 'webhook',
      settings: {
        url: 'https://receiver.example.com/hook',
        secret: 'planted-signing-secret',
        authorization: 'Bearer planted-token',
      },
    });
    const path = `/v1/connections/${id}`;
    const refused = await world.reach.api<{ errors: { path: string; code: string }[] }>('PATCH', path, {
      settings: { url: receiver.url },
    });
    expect([refused.status, refused.body.errors.map((error) => [error.path, error.code])]).toEqual([
      422,
      [
        ['settings.secret', 'secret_needed_again'],
        ['settings.authorization', 'secret_needed_again'],
      ],
    ]);
    expect((await world.ask<Connection>('GET', path)).settings.url).toBe('https://receiver.example.com/hook');
    await world.ask('PATCH', path, {
      settings: { url: receiver.url, secret: 'another-signing-secret', authorization: null },
    });
    await world.reach.api('POST', `${path}/check`);
    expect(receiver.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(receiver.requests)).not.toContain('planted');
    await receiver.close();
  });

  it('takes back a setting or a credential that is null, unless it is needed', async () => {
    const { id, settings } = await world.ask<Connection>('POST', '/v1/connections', {
      name: 'Google',
      type: 'google',
      settings: {
        customerId: '123-456-7890',
        loginCustomerId: '999-456-7890',
        clientId: '1055-abc.apps.googleusercontent.com',
        clientSecret: 'client-secret-value',
        refreshToken: 'refresh-token-value',
        developerToken: 'developer-token-value',
      },
    });
    expect(settings).toHaveProperty('loginCustomerId');
    const path = `/v1/connections/${id}`;
    const changed = await world.ask<Connection>('PATCH', path, {
      settings: { loginCustomerId: null, developerToken: null, clientSecret: 'another', refreshToken: 'another' },
    });
    expect(changed.settings).not.toHaveProperty('loginCustomerId');
    expect(changed.secretsSet.toSorted()).toEqual(['clientSecret', 'refreshToken']);
    const refused = await world.reach.api('PATCH', path, { settings: { refreshToken: null } });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain('"settings.refreshToken"');
  });

  it.each([
    ['facebook', { accessToken: 'EAAwrongtoken' }, 'token', 'failing'],
    ['google', { refreshToken: 'revoked' }, 'token', 'failing'],
    ['sftp', { password: 'wrong' }, 'login', 'failing'],
    ['sftp', { hostKeySha256: `SHA256:${'A'.repeat(43)}` }, 'host-key', 'stopped'],
    ['sftp', { directory: '/nowhere' }, 'directory', 'failing'],
  ] as const)('%s with %j names what is not met', async (type, settings, word, status) => {
    const id = await world.connect(type, settings);
    const check = await world.ask<Check>('POST', `/v1/connections/${id}/check`);
    expect(check.ok).toBe(false);
    expect(
      check.prerequisites
        .filter(({ ok }) => !ok)
        .map(({ name }) => name)
        .join(),
    ).toContain(word);
    expect((await world.ask<Connection>('GET', `/v1/connections/${id}`)).status).toBe(status);
  });

  it.each([
    [{ name: 'x', type: 'myspace', settings: {} }, 'type'],
    [{ name: 'x', type: 'facebook', settings: {} }, 'settings.adAccountId'],
    [{ name: 'x', type: 'facebook', settings: { adAccountId: '1', accessToken: 't', extra: 1 } }, 'settings.extra'],
    [
      {
        name: 'x',
        type: 'google',
        settings: { customerId: 'abc', clientId: 'a', clientSecret: 'b', refreshToken: 'c' },
      },
      'settings.customerId',
    ],
    [{ name: 'x', type: 'sftp', settings: { host: 'sftp://x', username: 'u', password: 'p' } }, 'settings.host'],
    [{ name: '', type: 'sftp', settings: {} }, 'name'],
    [{ name: 'x', type: 'sftp', settings: 'no' }, 'settings'],
  ])('refuses %j with the path %s', async (body, path) => {
    const answer = await world.reach.api<{ errors: { path: string }[] }>('POST', '/v1/connections', body);
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.errors.map((error) => error.path)).toContain(path);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('knows nothing of connections of nobody', async () => {
    expect((await world.reach.api('GET', '/v1/connections/con_none')).status).toBe(404);
  });
});
