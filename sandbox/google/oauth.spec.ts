import { createSign } from 'node:crypto';
import { GoogleClient } from './spec-support.ts';

let client: GoogleClient;

beforeAll(async () => {
  client = await GoogleClient.start();
});
beforeEach(() => client.reset());
afterAll(async () => {
  await client.sandbox.close();
});

describe('the token endpoint', () => {
  it('trades a refresh token for an access token', async () => {
    const { status, body } = await client.refresh();
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
  });

  it.each([
    ['an unknown client', { client_id: 'x' }, 401, 'invalid_client'],
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['a wrong refresh token', { refresh_token: 'x' }, 400, 'invalid_grant'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_, changes, status, error) => {
    const answer = await client.refresh(changes);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ error })]);
  });

  it('refuses a revoked grant', async () => {
    client.sandbox.google.oauth.grantValid = false;
    const { status, body } = await client.refresh();
    expect([status, body]).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })]);
  });

  it('accepts the JWT of a service account unless its time is off', async () => {
    const { client_email, private_key, token_uri } = client.sandbox.google.serviceAccount();
    const now = Math.floor(client.sandbox.clock.now().getTime() / 1000);
    const jwt = (iat: number) => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = { iss: client_email, aud: token_uri, iat, exp: iat + 3600 };
      const signed = `${part({ alg: 'RS256' })}.${part(claims)}`;
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(private_key, 'base64url')}`;
    };
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    expect((await client.oauth({ grant_type, assertion: jwt(now) })).status).toBe(200);
    expect((await client.oauth({ grant_type, assertion: jwt(now - 7200) })).body).toMatchObject({
      error: 'invalid_grant',
    });
    expect((await client.oauth({ grant_type, assertion: `${jwt(now)}x` })).body).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('issues tokens that expire and are bound to scopes', async () => {
    expect((await client.send('GET', `${client.account}/userLists`)).status).toBe(200);
    client.sandbox.clock.advance(3_600_000);
    const expired = await client.send('GET', `${client.account}/userLists`);
    expect([expired.status, expired.body.error.status]).toEqual([401, 'UNAUTHENTICATED']);
    client.sandbox.google.oauth.scopes = ['https://www.googleapis.com/auth/adwords'];
    await client.authorize();
    const scoped = await client.send('GET', `${client.account}/userLists`);
    expect([scoped.status, scoped.body.error.status]).toEqual([403, 'PERMISSION_DENIED']);
  });
});
