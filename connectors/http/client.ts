import axios, { type AxiosInstance, isAxiosError } from 'axios';
import type { ConnectorEnvironment } from '../destination.ts';
import { DestinationError, type ErrorTable } from '../errors.ts';
import { failure, refusalOf } from './errors.ts';
import { type Agents, assertUrlAllowed, guardedAgents } from './guard.ts';

/** Longest answer that is read. */
const LONGEST_ANSWER = 16 * 1024 ** 2;

export interface HttpCall {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** What the evidence log shows in place of the URL, where that could name a person. */
  target?: string;
}

export interface HttpAnswer {
  status: number;
  /** Names in small letters. */
  headers: Record<string, string>;
  text: string;
  vendorRequestId?: string;
}

export interface HttpClientOptions {
  timeoutSeconds: number;
  errors: ErrorTable;
  isSuccess?: (status: number) => boolean;
}

/** Calls a receiver that a user named: allowed hosts only, no redirects, no proxy, one deadline for the whole call. */
export class HttpClient {
  private readonly agents: Agents;
  private readonly axios: AxiosInstance;
  readonly isSuccess: (status: number) => boolean;
  private closed = false;

  constructor(
    private readonly environment: ConnectorEnvironment,
    private readonly options: HttpClientOptions,
  ) {
    this.isSuccess = options.isSuccess ?? ((status) => status >= 200 && status < 300);
    this.agents = guardedAgents(environment);
    this.axios = axios.create({
      httpAgent: this.agents.http,
      httpsAgent: this.agents.https,
      proxy: false,
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      maxContentLength: LONGEST_ANSWER,
      responseType: 'text',
      // Bodies are read by the connector: axios would pass unreadable ones on as text.
      transformResponse: (text) => text,
      transformRequest: (text) => text,
      validateStatus: () => true,
    });
  }

  /** @throws DestinationError for anything but a success */
  async send(call: HttpCall): Promise<HttpAnswer> {
    const answer = await this.ask(call);
    if (this.isSuccess(answer.status)) return answer;
    throw refusalOf(this.options.errors, answer, this.environment.now());
  }

  /** The answer, whatever its status. @throws DestinationError when there is none */
  async ask({ method, url, headers, body, target }: HttpCall): Promise<HttpAnswer> {
    const { environment } = this;
    if (this.closed || environment.signal.aborted) throw failure(this.options.errors, 'cancelled');
    await assertUrlAllowed(environment, url);
    const at = environment.now();
    const started = performance.now();
    const deadline = AbortSignal.timeout(this.options.timeoutSeconds * 1000);
    const record = (status: number | string, more: { vendorRequestId?: string; code?: string }) => {
      const milliseconds = Math.round(performance.now() - started);
      environment.record({ at, method, target: target ?? plainTarget(url), status, milliseconds, ...more });
    };
    try {
      const response = await this.axios.request<string>({
        method,
        url,
        data: body,
        headers: { 'user-agent': 'Reach', accept: 'application/json', ...headers },
        signal: AbortSignal.any([environment.signal, deadline]),
      });
      const answer = { status: response.status, headers: flat(response.headers), text: String(response.data ?? '') };
      const vendorRequestId = requestId(answer.headers);
      record(answer.status, {
        vendorRequestId,
        ...(this.isSuccess(answer.status) ? {} : { code: String(answer.status) }),
      });
      return { ...answer, vendorRequestId };
    } catch (error) {
      const known = this.broken(error, deadline);
      record('failed', { code: known.vendorCode ?? known.code });
      throw known;
    }
  }

  close(): void {
    this.closed = true;
    this.agents.destroy();
  }

  /** Nothing of an axios error is passed on: it holds credentials and members. */
  private broken(error: unknown, deadline: AbortSignal): DestinationError {
    const { errors } = this.options;
    const code = isAxiosError(error) ? (error.code ?? '') : '';
    const cause = isAxiosError(error) ? error.cause : error;
    if (cause instanceof DestinationError) return cause;
    if (this.environment.signal.aborted) return failure(errors, 'cancelled');
    if (deadline.aborted) return failure(errors, 'timeout');
    return failure(errors, BROKEN.find(([pattern]) => pattern.test(code))?.[1] ?? 'network', {
      more: code && `(${code})`,
    });
  }
}

/** Codes of Node and axios, and what our table calls them. */
const BROKEN: [RegExp, string][] = [
  [/^ENOTFOUND$/, 'dns'],
  [/^(ETIMEDOUT|ECONNABORTED)$/, 'timeout'],
  [/CERT|^ERR_TLS|^UNABLE_TO_/, 'certificate'],
  [/^(ERR_BAD_RESPONSE|HPE_|Z_)/, 'unreadable'],
];

function plainTarget(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function flat(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function requestId(headers: Record<string, string>): string | undefined {
  const id = headers['x-request-id'] ?? headers['request-id'] ?? headers['x-correlation-id'];
  return id && /^[\w.:/+=-]{1,128}$/.test(id) ? id : undefined;
}

/** JSON of any kind, or undefined. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
