import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosInstance, type AxiosResponse, isAxiosError } from 'axios';
import { skewOf } from '../clock-skew.ts';
import type { ConnectorEnvironment } from '../destination.ts';
import type { DestinationError } from '../errors.ts';
import type { Paces } from '../pacing.ts';
import { retryAfter, timeOf } from '../retry-after.ts';
import { failure, seconds, type VendorCode } from './failure.ts';
import type { AccessTokens } from './oauth.ts';
import { ALLOWANCES, type Quota, quotaName } from './quotas.ts';
import type { GoogleSettings } from './settings.ts';

const TIMEOUT_MS = 60_000;
/** When a quota is used up and Google does not say for how long: minute quotas, then day quotas. */
const WAIT_MINUTE = 60;
const WAIT_DAY = 3600;

/** google.rpc.Status as REST sends it. */
interface ErrorBody {
  error?: { code?: number; status?: string; details?: ErrorDetail[] };
}

interface ErrorDetail {
  '@type'?: string;
  reason?: string;
  metadata?: Record<string, string>;
  requestId?: string;
  retryDelay?: string;
  fieldViolations?: FieldViolation[];
}

/** Its `description` may repeat what was sent, so it is never read. */
export interface FieldViolation {
  field?: string;
  reason?: string;
}

/** A refusal, with the fields that Google named. */
export class Refusal {
  constructor(
    readonly error: DestinationError,
    readonly violations: FieldViolation[],
  ) {}
}

export interface Call {
  method: 'GET' | 'POST' | 'PATCH';
  /** Below the address of the API. */
  path: string;
  query?: Record<string, string>;
  body?: object;
  quota: Quota;
}

/**
 * The Data Manager API over REST. `@google-ads/datamanager` is a preview that lacks `compositeData` and
 * `audienceMembers:removeAll`. @see https://developers.google.com/data-manager/api/reference/rest
 */
export class DataManagerClient {
  private readonly agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  /** Milliseconds that our clock is ahead of Google's, as the last answer showed. */
  skewMs?: number;
  private readonly address: string;
  private readonly client: AxiosInstance;

  constructor(
    private readonly settings: GoogleSettings,
    private readonly environment: ConnectorEnvironment,
    private readonly tokens: AccessTokens,
    private readonly paces: Paces,
  ) {
    this.address = (
      environment.addresses.REACH_GOOGLE_DATA_MANAGER_URL ?? 'https://datamanager.googleapis.com/v1'
    ).replace(/\/$/, '');
    this.client = axios.create({
      httpAgent: this.agents.http,
      httpsAgent: this.agents.https,
      timeout: TIMEOUT_MS,
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      responseType: 'text',
      // Bodies are read below: axios would pass unreadable ones on as text.
      transformResponse: (text) => text,
      validateStatus: () => true,
    });
  }

  /** @throws DestinationError, or Refusal when Google found fault with the request itself */
  async call<T>(call: Call): Promise<T> {
    const first = await this.send(call, await this.tokens.get());
    const response = first.status === 401 ? await this.send(call, await this.tokens.renew()) : first;
    const body = parsed(response);
    if (response.status >= 200 && response.status < 300) {
      if (body === undefined) throw failure([{ code: 'unreadable' }]);
      return body as T;
    }
    const refusal = refusalOf(response, (body ?? {}) as ErrorBody, this.environment.now());
    throw response.status === 400 ? refusal : refusal.error;
  }

  /** `call` for what takes no members: a refusal is an error like any other. */
  async ask<T>(call: Call): Promise<T> {
    return this.call<T>(call).catch((error) => Promise.reject(error instanceof Refusal ? error.error : error));
  }

  close(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  private async send({ method, path, query, body, quota }: Call, token: string): Promise<AxiosResponse<string>> {
    const { environment, settings } = this;
    await this.paces.of(quotaName(settings.clientId, quota)).turn({
      allowance: ALLOWANCES[quota],
      environment,
      throttled: (retryAfterSeconds) => failure([{ code: 'RESOURCE_EXHAUSTED' }], { retryAfterSeconds }),
      cancelled: () => failure([{ code: 'cancelled' }]),
    });
    const target = `${this.address}/${path}`;
    const at = environment.now();
    const started = performance.now();
    const record = (status: number | string, more: { vendorRequestId?: string; code?: string } = {}) =>
      environment.record({
        at,
        method,
        target,
        status,
        milliseconds: Math.round(performance.now() - started),
        ...more,
      });
    // The timeout of axios starts again with every byte.
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const login = settings.loginCustomerId;
      const response = await this.client.request<string>({
        method,
        url: target,
        params: query,
        data: body && JSON.stringify(body),
        signal: AbortSignal.any([environment.signal, deadline]),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(login && path.startsWith('accountTypes/')
            ? { 'login-account': `accountTypes/GOOGLE_ADS/accounts/${login}` }
            : {}),
        },
      });
      this.skewMs = skewOf(response.headers.date, environment.now()) ?? this.skewMs;
      record(response.status, evidence(response, environment.now()));
      return response;
    } catch (error) {
      const known = broken(error, environment.signal, deadline);
      record('failed', { code: known.vendorCode });
      throw known;
    }
  }
}

/** Nothing of an axios error is passed on: it holds the token and the members. */
function broken(error: unknown, signal: AbortSignal, deadline: AbortSignal): DestinationError {
  if (signal.aborted) return failure([{ code: 'cancelled' }]);
  const code = deadline.aborted ? 'ETIMEDOUT' : isAxiosError(error) ? error.code : undefined;
  return failure(
    [{ code: code === 'ECONNABORTED' || code === 'ETIMEDOUT' ? 'timeout' : 'network' }],
    code ? { suffix: `(${code})` } : {},
  );
}

function parsed(response: AxiosResponse<string>): unknown {
  try {
    const body: unknown = JSON.parse(response.data);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

function evidence(response: AxiosResponse<string>, now: Date): { vendorRequestId?: string; code?: string } {
  const body = parsed(response) as ({ requestId?: string } & ErrorBody) | undefined;
  const vendorRequestId = body?.requestId ?? body?.error?.details?.find((detail) => detail.requestId)?.requestId;
  return { vendorRequestId, code: body?.error ? refusalOf(response, body, now).error.vendorCode : undefined };
}

/** The most telling code wins: what a field is accused of, then the reason, then the status, then plain HTTP. */
export function refusalOf(
  { status, headers }: Pick<AxiosResponse, 'status' | 'headers'>,
  body: ErrorBody,
  now: Date,
): Refusal {
  const details = Array.isArray(body.error?.details) ? body.error.details : [];
  const violations = details.flatMap((detail) => detail.fieldViolations ?? []);
  const reasons = [...violations, ...details].flatMap(({ reason }) => (reason ? [reason] : []));
  const codes: VendorCode[] = [
    ...reasons
      .filter((reason) => reason !== body.error?.status && reason !== 'INVALID_ARGUMENT')
      .map((code) => ({ code })),
    ...(body.error?.status ? [{ code: body.error.status }] : []),
    { code: String(status) },
    { code: status >= 500 ? '500' : '400' },
  ];
  const quotaUnit = details.find((detail) => detail.metadata?.quota_unit)?.metadata?.quota_unit;
  const stated =
    retryAfter(headers?.['retry-after'], timeOf(headers, now)) ??
    seconds(details.find((detail) => detail.retryDelay)?.retryDelay);
  const wait = stated ?? (status === 429 ? (quotaUnit?.includes('/d/') ? WAIT_DAY : WAIT_MINUTE) : undefined);
  return new Refusal(failure(codes, { retryAfterSeconds: wait }), violations);
}
