import { createHmac } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import axios, { type AxiosInstance, type AxiosResponse, isAxiosError } from 'axios';
import { FacebookAdsApi } from 'facebook-nodejs-business-sdk';
import { skewOf } from '../clock-skew.ts';
import type { ConnectorEnvironment } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { type GraphErrorBody, toDestinationError, vendorCode } from './errors.ts';
import type { FacebookSettings } from './settings.ts';
import { pauseFor, readUsage, STOP_PERCENT, type Usage } from './usage.ts';

/** A call that Meta has not answered whole by then is given up; uploads of 10,000 rows take seconds. */
const TIMEOUT_MS = 120_000;
/** How long to stay away when Meta asks for it but names no time. */
const REST_SECONDS = 300;
const QUOTA_USED = 'The quota of calls to Facebook is used up for the moment. Reach waits before it goes on.';

type Params = Record<string, unknown>;

/**
 * The transport of the Facebook SDK, replaced: the SDK's own has no timeout, sends the token and whole removals in the
 * URL, loses network errors and attaches the token and the rows to what it throws. This one sends the token as a
 * header, signs with the app secret, obeys the usage headers, and throws `DestinationError` and nothing else.
 */
export class GraphApi extends FacebookAdsApi {
  /** What Meta said of the API version, when it warned of its end. */
  versionWarning?: string;
  /** Milliseconds that our clock is ahead of Meta's, as far as known. */
  skewMs?: number;
  /** How much of the quota is used, as the last answer said. */
  usage: Usage = { percent: 0, regainSeconds: 0 };
  /** No call before this time: Meta throttles us, and calls prolong that. */
  private restUntil = 0;
  private readonly closing = new AbortController();
  private readonly signal: AbortSignal;
  private readonly agents = [new HttpAgent({ keepAlive: true }), new HttpsAgent({ keepAlive: true })] as const;
  private readonly http: AxiosInstance;
  private readonly base: URL;
  readonly version: string;

  constructor(
    private readonly settings: FacebookSettings,
    private readonly environment: ConnectorEnvironment,
  ) {
    super(settings.accessToken, 'en_US', false); // false: no process-wide crash reporter that posts stacks to Meta
    this.base = new URL(environment.addresses.REACH_FACEBOOK_URL ?? 'https://graph.facebook.com');
    this.version = environment.addresses.REACH_FACEBOOK_API_VERSION ?? 'v26.0';
    this.signal = AbortSignal.any([environment.signal, this.closing.signal]);
    this.http = axios.create({
      timeout: TIMEOUT_MS,
      httpAgent: this.agents[0],
      httpsAgent: this.agents[1],
      proxy: false,
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      maxContentLength: 32 * 1024 * 1024,
      validateStatus: () => true,
      responseType: 'text',
      transformResponse: (text: unknown) => text,
      headers: { authorization: `Bearer ${settings.accessToken}`, accept: 'application/json', 'user-agent': 'reach' },
    });
  }

  now(): Date {
    return this.environment.now();
  }

  /** Digits of the ad account. */
  get adAccountId(): string {
    return this.settings.adAccountId.replace(/^act_/, '');
  }

  /**
   * One call, as the SDK's objects make it.
   * @param path node and edge
   * @throws DestinationError
   */
  override async call<T>(method: string, path: string | string[], params: Params = {}): Promise<T> {
    await this.takeTurn();
    const request = this.build(method, path, params);
    const at = this.environment.now();
    const started = performance.now();
    const record = (status: number | string, code?: string, vendorRequestId?: string) =>
      this.environment.record({
        at,
        method: request.method,
        target: request.url.host + request.url.pathname,
        status,
        milliseconds: Math.round(performance.now() - started),
        code,
        vendorRequestId,
      });
    let response: AxiosResponse<string>;
    // The timeout of axios starts again with every byte.
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    try {
      response = await this.http.request({
        method: request.method,
        url: request.url.href,
        data: request.body,
        signal: AbortSignal.any([this.signal, deadline]),
      });
    } catch (error) {
      const code = deadline.aborted ? 'ETIMEDOUT' : (isAxiosError(error) && error.code) || 'ERR_NETWORK';
      record(code);
      throw this.networkError(code);
    }
    this.learn(response);
    const body = parseObject(response.data);
    const failed = body?.error as GraphErrorBody | undefined;
    const requestId = failed?.fbtrace_id ?? header(response, 'x-fb-trace-id') ?? header(response, 'x-fb-request-id');
    record(response.status, failed && vendorCode(failed), requestId);
    if (!body) throw this.unreadable(response.status);
    if (failed || response.status >= 300) throw this.graphError(failed ?? {}, response.status);
    return body as T;
  }

  /** Ends every socket; calls in flight reject. */
  close(): void {
    this.closing.abort();
    for (const agent of this.agents) agent.destroy();
  }

  /** Waits as the usage headers ask, or refuses to call while Meta keeps us out. */
  private async takeTurn(): Promise<void> {
    if (this.signal.aborted) throw this.networkError('ERR_CANCELED');
    const left = Math.ceil((this.restUntil - this.environment.now().getTime()) / 1000);
    if (left > 0) {
      throw new DestinationError('throttled', QUOTA_USED, { vendorCode: 'usage', retryAfterSeconds: left });
    }
    if (this.restUntil > 0) {
      this.restUntil = 0;
      this.usage = { percent: 0, regainSeconds: 0 }; // what we knew is from before the rest
    }
    const pause = pauseFor(this.usage.percent);
    if (pause === 0) return;
    await sleep(pause, undefined, { signal: this.signal }).catch(() => {
      throw this.networkError('ERR_CANCELED');
    });
  }

  private build(method: string, path: string | string[], params: Params) {
    const url = this.address(path);
    const proof = this.proof();
    // Rows fit into no URL and tokens belong into none. Meta takes POST with `method` in the body for the same.
    const moved = 'payload' in params || 'input_token' in params;
    if (method === 'POST' || moved) {
      const body = { ...params, ...(method === 'POST' ? {} : { method }), ...proof };
      return { method: 'POST', url, body };
    }
    for (const [name, value] of Object.entries({ ...params, ...proof })) {
      url.searchParams.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
    }
    return { method, url, body: undefined };
  }

  private address(path: string | string[]): URL {
    const prefix = this.base.origin + this.base.pathname.replace(/\/$/, '');
    return new URL(`${prefix}/${this.version}/${[path].flat().map(encodeURIComponent).join('/')}`);
  }

  /** Source: developers.facebook.com/docs/graph-api/guides/secure-requests */
  private proof(): Params {
    const { appSecret, accessToken } = this.settings;
    if (!appSecret) return {};
    const time = Math.floor(this.environment.now().getTime() / 1000);
    const appsecret_proof = createHmac('sha256', appSecret).update(`${accessToken}|${time}`).digest('hex');
    return { appsecret_proof, appsecret_time: time };
  }

  private learn(response: AxiosResponse): void {
    this.usage = readUsage(response.headers, { adAccountId: this.adAccountId, now: this.environment.now() });
    this.skewMs = skewOf(response.headers.date, this.environment.now()) ?? this.skewMs;
    this.versionWarning = header(response, 'x-ad-api-version-warning') ?? this.versionWarning;
    if (this.usage.percent < STOP_PERCENT) return;
    const seconds = this.usage.regainSeconds || REST_SECONDS;
    this.rest(seconds);
    this.environment.rest?.(seconds, QUOTA_USED);
  }

  private rest(seconds: number): void {
    this.restUntil = Math.max(this.restUntil, this.environment.now().getTime() + seconds * 1000);
  }

  private graphError(error: GraphErrorBody, status: number): DestinationError {
    const result = toDestinationError(error, status, {
      adAccountId: this.adAccountId,
      retryAfterSeconds: this.usage.regainSeconds || undefined,
      quote: (text) => this.quote(text),
      skewMs: this.skewMs,
    });
    if (result.code === 'throttled' && result.scope === 'connection')
      this.rest(result.retryAfterSeconds ?? REST_SECONDS);
    return result;
  }

  private unreadable(status: number): DestinationError {
    const text = `Facebook answered with status ${status} and no JSON, which an outage or a proxy in between does.`;
    const wait = this.usage.regainSeconds || undefined;
    const isThrottle = status === 429;
    if (isThrottle) this.rest(wait ?? REST_SECONDS);
    return new DestinationError(isThrottle ? 'throttled' : 'transient', text, {
      vendorCode: String(status),
      retryAfterSeconds: isThrottle ? (wait ?? REST_SECONDS) : wait,
    });
  }

  private networkError(code: string): DestinationError {
    const text = this.signal.aborted
      ? 'The call to Facebook was cancelled.'
      : `Facebook could not be reached at ${this.base.host} (${code}).`;
    return new DestinationError('transient', text, { vendorCode: this.signal.aborted ? 'cancelled' : code });
  }

  /** Vendor text, shortened, without anything that could be an identifier or a secret. */
  private quote(text: string): string {
    const secrets = [this.settings.accessToken, this.settings.appSecret].filter((s) => s !== undefined);
    const clean = secrets.reduce((t, secret) => t.replaceAll(secret, '…'), text);
    return clean
      .replace(/[^\s"'<>(),;]+@[^\s"'<>(),;]+/g, '…')
      .replace(/\b[0-9a-f]{32,}\b/gi, '…')
      .replace(/(?<!act_\d*)\+?\d[\d\s().-]{6,}\d/g, '…')
      .replace(/[\s.]+$/, '')
      .slice(0, 300);
  }
}

function parseObject(text: string): Params | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? (value as Params) : undefined;
  } catch {
    return undefined;
  }
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return value === undefined ? undefined : String(value);
}
