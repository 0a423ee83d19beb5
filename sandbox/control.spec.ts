import { type Sandbox, startSandbox } from './sandbox.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ ports: { control: 0 } });
});
afterEach(() => {
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
});

async function control<T = Record<string, unknown>>(method: string, path = '', body?: object) {
  const response = await fetch(sandbox.control!.url + path, { method, body: body && JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as T };
}

const me = () => {
  const { url, credentials } = sandbox.facebook;
  return fetch(`${url}/v26.0/me?access_token=${credentials.accessToken}`);
};

describe('the control API', () => {
  it('tells settings and credentials', async () => {
    const { body } = await control('GET');
    expect(body).toEqual({
      settings: sandbox.settings(),
      credentials: JSON.parse(JSON.stringify(sandbox.credentials)),
    });
    expect(sandbox.settings()).toMatchObject({
      REACH_FACEBOOK_URL: sandbox.facebook.url,
      REACH_GOOGLE_OAUTH_URL: `${sandbox.google.url}/token`,
      REACH_GOOGLE_DATA_MANAGER_URL: `${sandbox.google.url}/v1`,
      REACH_ALLOW_PRIVATE_HOSTS: 'true',
      REACH_CONFIRM_AFTER_SECONDS: '0',
    });
  });

  it('shows state, requests, members and violations', async () => {
    await me();
    sandbox.sftp.write('/upload/a', 'x');
    const state = await control<Record<string, object>>('GET', '/state');
    expect(Object.keys(state.body)).toEqual(['facebook', 'google', 'googleAds', 'sftp', 's3']);
    expect(state.body.sftp).toMatchObject({ files: [{ path: '/upload/a', bytes: 1 }] });
    const requests = await control<object[]>('GET', '/requests?platform=facebook');
    expect(requests.body).toMatchObject([{ method: 'GET', path: expect.stringContaining('/me'), status: 200 }]);
    expect((await control('GET', '/violations')).body).toEqual([]);
    expect((await control('GET', '/members?platform=facebook&audience=1')).status).toBe(400);
  });

  it('scripts faults and clears them', async () => {
    const faults = [{ do: 'html', times: 'always' }];
    expect((await control('POST', '/faults', { platform: 'facebook', faults })).status).toBe(200);
    expect((await me()).status).toBe(502);
    await control('DELETE', '/faults');
    expect((await me()).status).toBe(200);
    expect((await control('POST', '/faults', { platform: 'x', faults })).status).toBe(400);
    expect((await control('POST', '/faults', { platform: 'facebook', faults: [{}] })).status).toBe(400);
  });

  it('changes options, time and more, and forgets all of it', async () => {
    const options = { token: { valid: false } };
    await control('POST', '/options', { platform: 'facebook', options });
    expect((await me()).status).toBe(401);
    expect((await control('POST', '/options', { platform: 'facebook', options: { nonsense: 1 } })).status).toBe(400);
    await control('POST', '/clock', { set: '2030-01-01T00:00:00Z', advanceSeconds: 3600 });
    expect(sandbox.clock.now().toISOString()).toMatch(/^2030-01-01T01:00/);
    const before = sandbox.sftp.hostFingerprint;
    const { body } = await control('POST', '/actions', { action: 'sftp.changeHostKey' });
    expect(body.hostFingerprint).not.toBe(before);
    expect((await control('POST', '/actions', { action: 'explode' })).status).toBe(400);
    await control('POST', '/reset');
    expect((await me()).status).toBe(200);
    expect(sandbox.clock.now().getTime()).toBeLessThan(new Date('2030-01-01').getTime());
  });

  it('refuses what it does not know', async () => {
    expect((await control('GET', '/nothing')).status).toBe(404);
    const broken = await fetch(`${sandbox.control!.url}/faults`, { method: 'POST', body: '[' });
    expect(broken.status).toBe(400);
  });
});
