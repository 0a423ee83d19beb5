import { createVerify, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { type Answer, type Call, parseObject } from '../http.ts';

export const DATA_MANAGER_SCOPE = 'https://www.googleapis.com/auth/datamanager';
export const ADS_SCOPE = 'https://www.googleapis.com/auth/adwords';

export interface OAuthOptions {
  /** False: the user revoked the grant, and refreshing answers invalid_grant. */
  grantValid: boolean;
  scopes: string[];
  accessTokenSeconds: number;
}

export interface OAuthCredentials {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
}

/** A service account's key file, for the JWT bearer grant. */
export interface ServiceAccount {
  type: 'service_account';
  client_email: string;
  private_key: string;
  token_uri: string;
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SERVICE_EMAIL = 'reach@sandbox.iam.gserviceaccount.com';

/** Google's token endpoint: refresh tokens and service accounts in, short-lived access tokens out. */
export class GoogleTokens {
  options: OAuthOptions = defaultOAuth();
  readonly credentials: OAuthCredentials = {
    clientId: '123456789012-sandbox.apps.googleusercontent.com',
    clientSecret: 'GOCSPX-sandbox-client-secret',
    refreshToken: '1//sandbox-refresh-token',
  };
  private readonly issued = new Map<string, { scopes: string[]; expiresAt: number }>();
  private serviceKey: { publicKey: KeyObject; file: ServiceAccount } | undefined;
  private readonly clock: SandboxClock;

  constructor(clock: SandboxClock) {
    this.clock = clock;
  }

  /** Answers `POST /token`. */
  answer(call: Call): Answer {
    if (call.method !== 'POST') return refusal(405, 'invalid_request', 'Use POST.');
    const form = call.headers['content-type']?.includes('application/x-www-form-urlencoded');
    const p = form
      ? Object.fromEntries(new URLSearchParams(call.body))
      : ((parseObject(call.body) ?? {}) as Record<string, string>);
    if (p.grant_type === 'refresh_token') return this.refresh(p);
    if (p.grant_type === JWT_BEARER) return this.assertion(p.assertion ?? '');
    return refusal(400, 'unsupported_grant_type', `Invalid grant_type: ${p.grant_type ?? '(none)'}`);
  }

  /** Why a token does not open this scope, or undefined when it does. */
  refusal(token: string | undefined, scope: string): 'missing' | 'invalid' | 'scope' | undefined {
    if (!token) return 'missing';
    const known = this.issued.get(token);
    if (!known || known.expiresAt <= this.clock.now().getTime() || !this.options.grantValid) return 'invalid';
    return known.scopes.includes(scope) ? undefined : 'scope';
  }

  /** Makes every access token issued so far invalid, as when they expire early. */
  expireAccessTokens(): void {
    this.issued.clear();
  }

  /** A service account whose JWTs the token endpoint accepts. */
  serviceAccount(tokenUri: string): ServiceAccount {
    if (!this.serviceKey) {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
      const file = {
        type: 'service_account' as const,
        client_email: SERVICE_EMAIL,
        private_key: pem,
        token_uri: tokenUri,
      };
      this.serviceKey = { publicKey, file };
    }
    return this.serviceKey.file;
  }

  reset(): void {
    this.options = defaultOAuth();
    this.issued.clear();
  }

  private refresh(p: Record<string, string>): Answer {
    const { clientId, clientSecret, refreshToken } = this.credentials;
    if (p.client_id !== clientId) return refusal(401, 'invalid_client', 'The OAuth client was not found.');
    if (p.client_secret !== clientSecret) return refusal(401, 'invalid_client', 'Unauthorized');
    if (!p.refresh_token) return refusal(400, 'invalid_request', 'Missing required parameter: refresh_token');
    if (p.refresh_token !== refreshToken || !this.options.grantValid)
      return refusal(400, 'invalid_grant', 'Token has been expired or revoked.');
    return this.issue();
  }

  private assertion(jwt: string): Answer {
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const claims = parseObject(Buffer.from(body, 'base64url').toString()) ?? {};
    const key = this.serviceKey?.publicKey;
    const signed = key && createVerify('RSA-SHA256').update(`${head}.${body}`).verify(key, signature, 'base64url');
    if (!signed || claims.iss !== SERVICE_EMAIL) return refusal(400, 'invalid_grant', 'Invalid JWT Signature.');
    const now = this.clock.now().getTime() / 1000;
    const [issued, expires] = [Number(claims.iat), Number(claims.exp)];
    if (!(issued <= now + 300 && expires > now && expires - issued <= 3600))
      return refusal(
        400,
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      );
    return this.issue();
  }

  private issue(): Answer {
    const { scopes, accessTokenSeconds } = this.options;
    const token = `ya29.sandbox-${randomBytes(16).toString('hex')}`;
    this.issued.set(token, { scopes, expiresAt: this.clock.now().getTime() + accessTokenSeconds * 1000 });
    const body = { access_token: token, expires_in: accessTokenSeconds, scope: scopes.join(' '), token_type: 'Bearer' };
    return { status: 200, body, headers: { 'cache-control': 'no-store' } };
  }
}

function defaultOAuth(): OAuthOptions {
  return { grantValid: true, scopes: [DATA_MANAGER_SCOPE, ADS_SCOPE], accessTokenSeconds: 3599 };
}

function refusal(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } };
}
