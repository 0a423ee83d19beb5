import { FaultBook } from '../faults.ts';
import {
  type Answer,
  bearer,
  type Call,
  type ErrorFault,
  type HttpContext,
  type Listening,
  listen,
  parseObject,
} from '../http.ts';
import type { RecordedRequest } from '../journal.ts';
import { assertHeaders } from './accounts.ts';
import { errorAnswer, StatusError, violation } from './errors.ts';
import { audienceMembers, requestStatus, requireBody } from './ingestion.ts';
import {
  DATA_MANAGER_SCOPE,
  GoogleTokens,
  type OAuthCredentials,
  type OAuthOptions,
  type ServiceAccount,
} from './oauth.ts';
import {
  CUSTOMER_ID,
  type GoogleOptions,
  type GoogleState,
  type IngestRequest,
  MANAGER_ID,
  type Outcome,
  type UserList,
} from './state.ts';
import { userLists } from './user-lists.ts';

/** What a connection to the fake Google needs. */
export interface GoogleCredentials extends OAuthCredentials {
  customerId: string;
  loginCustomerId: string;
}

/** Quotas are counted for writes, reads and other services apart. */
type Bucket = 'writes' | 'reads' | 'lists';

/** A fake Google OAuth token endpoint (`/token`) and Data Manager API (`/v1/…`) on one port. */
export class GoogleSandbox {
  readonly faults = new FaultBook();
  readonly tokens: GoogleTokens;
  readonly state: GoogleState;
  private readonly context: HttpContext;
  private readonly calls: Record<Bucket, number[]> = { writes: [], reads: [], lists: [] };
  private listening!: Listening;

  constructor(context: Omit<HttpContext, 'faults'>, state: GoogleState, tokens: GoogleTokens) {
    this.context = { ...context, faults: this.faults };
    this.state = state;
    this.tokens = tokens;
  }

  async start(port?: number): Promise<void> {
    const platform = { name: 'google' as const, handle: (call: Call) => this.answer(call), errorAnswer: scriptedError };
    this.listening = await listen(platform, this.context, port);
  }

  get url(): string {
    return this.listening.url;
  }

  get port(): number {
    return this.listening.port;
  }

  get oauthUrl(): string {
    return `${this.url}/token`;
  }

  get dataManagerUrl(): string {
    return `${this.url}/v1`;
  }

  get requests(): RecordedRequest[] {
    return this.context.journal.of('google');
  }

  get credentials(): GoogleCredentials {
    return { ...this.tokens.credentials, customerId: CUSTOMER_ID, loginCustomerId: MANAGER_ID };
  }

  /** Change its members to change how the Data Manager API behaves. */
  get options(): GoogleOptions {
    return this.state.options;
  }

  /** Change its members to change how the token endpoint behaves. */
  get oauth(): OAuthOptions {
    return this.tokens.options;
  }

  /** A service account's key file that the token endpoint accepts. */
  serviceAccount(): ServiceAccount {
    return this.tokens.serviceAccount(this.oauthUrl);
  }

  /** Decides what becomes of the next ingest or removal requests, one outcome a request. */
  script(...outcomes: Outcome[]): void {
    this.state.outcomes.push(...outcomes);
  }

  userLists(): UserList[] {
    return [...this.state.lists.values()];
  }

  userListByName(name: string): UserList | undefined {
    return this.state.listNamed(name);
  }

  /** Members a list holds, each as `EMAIL=…|PHONE=…`. */
  members(listId: string): Set<string> {
    return this.list(listId).members.list();
  }

  /** Distinct values of one kind (`EMAIL`, `PHONE`, `ADDRESS`) in a list. */
  values(listId: string, kind: string): Set<string> {
    return this.list(listId).members.values(kind);
  }

  ingestRequests(): IngestRequest[] {
    return [...this.state.requests.values()];
  }

  /** What it holds, as plain JSON. */
  snapshot(): object {
    return {
      options: this.options,
      oauth: this.oauth,
      userLists: this.userLists().map(({ members, ...list }) => ({ ...list, members: members.size })),
      requests: this.ingestRequests(),
    };
  }

  reset(): void {
    this.state.reset();
    this.tokens.reset();
    this.faults.clear();
    for (const bucket of Object.values(this.calls)) bucket.length = 0;
  }

  close(): Promise<void> {
    return this.listening.close();
  }

  private list(id: string): UserList {
    const list = this.state.lists.get(id);
    if (!list) throw new Error(`the sandbox has no Google user list ${id}`);
    return list;
  }

  private answer(call: Call): Answer {
    if (call.path === '/token') return this.tokens.answer(call);
    try {
      return { status: 200, body: this.dispatch(call) };
    } catch (error) {
      if (error instanceof StatusError) return errorAnswer(error);
      throw error;
    }
  }

  private dispatch(call: Call): object {
    this.context.journal.inspect('google', `${call.method} ${call.path}`, call.body);
    this.authenticate(call);
    const [, kind] = /^\/v1\/audienceMembers:(ingest|remove|removeAll)$/.exec(call.path) ?? [];
    if (kind && call.method === 'POST') {
      this.spend('writes');
      return audienceMembers(this.state, kind as IngestRequest['kind'], requireBody(parseObject(call.body)));
    }
    if (call.path === '/v1/requestStatus:retrieve' && call.method === 'GET') {
      this.spend('reads');
      return requestStatus(this.state, call.query.get('requestId'));
    }
    const [, account, id] =
      /^\/v1\/accountTypes\/GOOGLE_ADS\/accounts\/(\d+)\/userLists(?:\/(\d+))?$/.exec(call.path) ?? [];
    if (!account) throw new StatusError('NOT_FOUND', `Method not found: ${call.method} ${call.path}`);
    this.spend('lists');
    assertHeaders(this.state, account, call.headers['login-account']);
    return userLists(this.state, call, id);
  }

  private authenticate(call: Call): void {
    const refusal = this.tokens.refusal(bearer(call), DATA_MANAGER_SCOPE);
    if (refusal === 'missing')
      throw new StatusError('UNAUTHENTICATED', 'Request is missing required authentication credential.', {
        reason: 'CREDENTIALS_MISSING',
      });
    if (refusal === 'invalid')
      throw new StatusError('UNAUTHENTICATED', 'Request had invalid authentication credentials.', {
        reason: 'ACCESS_TOKEN_EXPIRED',
      });
    if (refusal)
      throw new StatusError('PERMISSION_DENIED', 'Request had insufficient authentication scopes.', {
        reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
      });
  }

  private spend(bucket: Bucket): void {
    const now = this.state.clock.now().getTime();
    const { perMinute, perDay } = this.options.quotas;
    const day = this.calls[bucket].filter((time) => time > now - 86_400_000);
    const minute = day.filter((time) => time > now - 60_000);
    this.calls[bucket] = day;
    if (minute.length >= perMinute || day.length >= perDay)
      throw new StatusError('RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', {
        reason: 'RESOURCE_EXHAUSTED',
      });
    day.push(now);
  }
}

/** `code` is the status (`RESOURCE_EXHAUSTED`) or, with a dot, status and field reason (`INVALID_ARGUMENT.INVALID_HEX_ENCODING`). */
function scriptedError({ code, message, headers }: ErrorFault): Answer {
  const [status = 'INTERNAL', reason] = String(code).split('.');
  const violations = reason ? [violation('request', reason, message ?? reason)] : [];
  return errorAnswer(new StatusError(status, message ?? `Scripted ${status}`, { reason, violations, headers }));
}
