import { OAuth2Client } from 'google-auth-library';
import type { ConnectorEnvironment } from '../destination.ts';
import type { DestinationError } from '../errors.ts';
import { retryAfter, timeOf } from '../retry-after.ts';
import { failure } from './failure.ts';
import type { GoogleSettings } from './settings.ts';

const TIMEOUT_MS = 30_000;

/** What the token endpoint answers with when it refuses. */
interface TokenError {
  code?: string;
  status?: number;
  response?: { status?: number; data?: { error?: unknown }; headers?: Headers };
}

/** Access tokens for one connection, fetched with its refresh token and kept until shortly before they expire. */
export class AccessTokens {
  private readonly client: OAuth2Client;
  private readonly url: string;

  constructor(
    settings: Pick<GoogleSettings, 'clientId' | 'clientSecret' | 'refreshToken'>,
    private readonly environment: ConnectorEnvironment,
  ) {
    this.url = environment.addresses.REACH_GOOGLE_OAUTH_URL ?? 'https://oauth2.googleapis.com/token';
    this.client = new OAuth2Client({
      clientId: settings.clientId,
      clientSecret: settings.clientSecret,
      endpoints: { oauth2TokenUrl: this.url },
      transporterOptions: {
        timeout: TIMEOUT_MS,
        signal: environment.signal,
        // Retries are the engine's, so that they are counted and seen.
        retryConfig: { retry: 0, noResponseRetries: 0 },
        // Its default, node-fetch, throws past every handler when a call is aborted before it starts.
        // A token is asked for once an hour: a kept-alive socket would outlive `close`.
        fetchImplementation: (input, init) => {
          const headers = new Headers(init?.headers);
          headers.set('connection', 'close');
          return fetch(input, { ...init, headers });
        },
      },
    });
    this.client.setCredentials({ refresh_token: settings.refreshToken });
  }

  /** Scopes that the last refresh named, if Google named them. */
  get scopes(): string[] | undefined {
    return this.client.credentials.scope?.split(' ');
  }

  /** @throws DestinationError `auth` when the grant is gone */
  async get(): Promise<string> {
    const { access_token: token, expiry_date: expires } = this.client.credentials;
    const fresh = token && expires && expires - Date.now() > this.client.eagerRefreshThresholdMillis;
    return fresh ? token : this.renew();
  }

  /** A new token, also when the old one seems valid: for use after a 401. */
  async renew(): Promise<string> {
    const at = this.environment.now();
    const started = performance.now();
    const record = (status: number | string, code?: string) =>
      this.environment.record({
        at,
        method: 'POST',
        target: this.url,
        status,
        milliseconds: Math.round(performance.now() - started),
        code,
      });
    try {
      const { credentials } = await this.client.refreshAccessToken();
      if (!credentials.access_token) throw failure([{ code: 'unreadable' }]);
      record(200);
      return credentials.access_token;
    } catch (error) {
      const known = this.known(error as TokenError);
      record((error as TokenError).response?.status ?? 'failed', known.vendorCode);
      throw known;
    }
  }

  private known(error: TokenError | DestinationError): DestinationError {
    if (error instanceof Error && error.name === 'DestinationError') return error as DestinationError;
    const { response, code } = error as TokenError;
    if (this.environment.signal.aborted) return failure([{ code: 'cancelled' }]);
    if (!response?.status)
      return failure([{ code: /TIMEOUT|TimeoutError/i.test(String(code)) ? 'timeout' : 'network' }]);
    const reason = response.data?.error;
    const named = typeof reason === 'string' ? [{ code: 'oauth', subcode: reason }] : [];
    const headers = { date: response.headers?.get('date') };
    const retryAfterSeconds = retryAfter(response.headers?.get('retry-after'), timeOf(headers, this.environment.now()));
    const codes = [...named, { code: String(response.status) }, { code: response.status >= 500 ? '500' : '400' }];
    return failure(codes, { retryAfterSeconds });
  }
}
