import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { FaultBook } from '../faults.ts';
import { type Answer, bearer, type Call, type HttpContext, type Listening, listen, parseObject } from '../http.ts';
import type { RecordedRequest } from '../journal.ts';
import { createAudience, deleteAudience, pick, readAudience, updateAudience } from './audiences.ts';
import { ERRORS, errorAnswer, GraphError, invalid } from './errors.ts';
import { type Audience, type FacebookOptions, FacebookState } from './state.ts';
import { changeUsers, describeSession, forgetLapsed, removeFromAll, replaceUsers } from './users.ts';

type Parameters = Record<string, unknown>;

/** What a connection to the fake Graph API needs. */
export interface FacebookCredentials {
  accessToken: string;
  appId: string;
  appSecret: string;
  adAccountId: string;
  userId: string;
}

export const FACEBOOK_CREDENTIALS: FacebookCredentials = {
  accessToken: 'EAAsandboxSystemUserToken0001',
  appId: '700000000000001',
  appSecret: '5a17b0c5d1e2f3a4b5c6d7e8f9a0b1c2',
  adAccountId: '100200300400500',
  userId: '61550000000001',
};

interface Request {
  parameters: Parameters;
  fields: string[];
}
type Handler = (request: Request, ...groups: string[]) => object;

/** A fake Meta Graph API for customer-list custom audiences. */
export class FacebookSandbox {
  readonly faults = new FaultBook();
  readonly credentials = FACEBOOK_CREDENTIALS;
  readonly state: FacebookState;
  private readonly context: HttpContext;
  private readonly routes: [method: string, path: RegExp, handler: Handler][];
  private listening!: Listening;

  constructor(context: Omit<HttpContext, 'faults'>) {
    this.context = { ...context, faults: this.faults };
    this.state = new FacebookState(context.clock, context.journal);
    this.routes = this.table();
  }

  async start(port?: number): Promise<void> {
    const handle = (call: Call) => this.answer(call);
    const platform = {
      name: 'facebook' as const,
      handle,
      errorAnswer: ({ do: _, code, ...parts }: { do: string; code: number | string }) =>
        errorAnswer({ ...parts, code: Number(code) }, traceId()),
    };
    this.listening = await listen(platform, this.context, port);
  }

  get url(): string {
    return this.listening.url;
  }

  get port(): number {
    return this.listening.port;
  }

  get requests(): RecordedRequest[] {
    return this.context.journal.of('facebook');
  }

  /** Change its members to change how the platform behaves. */
  get options(): FacebookOptions {
    return this.state.options;
  }

  audiences(): Audience[] {
    return [...this.state.audiences.values()].map((audience) => forgetLapsed(this.state, audience));
  }

  audienceByName(name: string): Audience | undefined {
    return this.audiences().find((audience) => audience.name === name);
  }

  /** Rows an audience holds, each as `EMAIL=…|PHONE=…`. */
  members(audienceId: string): Set<string> {
    return this.audience(audienceId).members.list();
  }

  /** Distinct values of one key in an audience, e.g. its `EMAIL` hashes. */
  values(audienceId: string, key: string): Set<string> {
    return this.audience(audienceId).members.values(key);
  }

  /** Sets the operation status of an audience, e.g. 471 or 415. */
  setStatus(audienceId: string, status: number): void {
    this.audience(audienceId).status = status;
  }

  /** What it holds, as plain JSON. */
  snapshot(): object {
    return {
      options: this.options,
      audiences: this.audiences().map(({ members, replacement, ...audience }) => ({
        ...audience,
        rows: members.size,
        replacing: replacement?.members.size,
      })),
      sessions: [...this.state.sessions.values()].map(({ batches, ...s }) => ({ ...s, batches: [...batches.keys()] })),
    };
  }

  reset(): void {
    this.state.reset();
    this.faults.clear();
  }

  close(): Promise<void> {
    return this.listening.close();
  }

  private answer(call: Call): Answer {
    const trace = { 'x-fb-trace-id': traceId(), 'facebook-api-version': 'v26.0' };
    try {
      const body = this.dispatch(call);
      return { status: 200, body, headers: { ...trace, ...this.usageHeaders() } };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      const answer = errorAnswer(error.parts, trace['x-fb-trace-id']);
      return { ...answer, headers: { ...trace, ...this.usageHeaders(), ...answer.headers } };
    }
  }

  private dispatch(call: Call): object {
    this.state.journal.inspect('facebook', `${call.method} ${call.path} body`, call.body);
    this.state.journal.inspect('facebook', `${call.method} ${call.path} query`, call.query.toString());
    const [, version, path] = /^(?:\/(v\d+\.\d+))?(\/.*)$/.exec(call.path) ?? [];
    if (version && !this.options.versions.includes(version)) throw ERRORS.version(version);
    const parameters = readParameters(call);
    this.authenticate(call, parameters);
    const method = call.method === 'POST' ? String(parameters.method ?? 'POST').toUpperCase() : call.method;
    const fields =
      typeof parameters.fields === 'string' ? parameters.fields.split(',').filter(Boolean) : asList(parameters.fields);
    for (const [verb, pattern, handler] of this.routes) {
      const match = verb === method && pattern.exec(path!);
      if (match) return handler({ parameters, fields }, ...match.slice(1));
    }
    throw new GraphError({ code: 2500, message: `Unknown path components: ${path}` });
  }

  private authenticate(call: Call, parameters: Parameters): void {
    const token = bearer(call) ?? parameters.access_token;
    const { valid, subcode, expiresAt } = this.options.token;
    if (token !== this.credentials.accessToken || !valid) throw ERRORS.token(valid ? undefined : subcode);
    if (expiresAt && new Date(expiresAt) <= this.state.clock.now()) throw ERRORS.token(463);
    const proof = parameters.appsecret_proof;
    if (proof === undefined && this.options.requireProof) throw ERRORS.proofMissing();
    if (proof !== undefined && !this.isProof(String(proof), parameters.appsecret_time)) throw ERRORS.proof();
  }

  private isProof(proof: string, time: unknown): boolean {
    const { accessToken, appSecret } = this.credentials;
    const signed = time === undefined ? accessToken : `${accessToken}|${time}`;
    const expected = createHmac('sha256', appSecret).update(signed).digest('hex');
    return proof.length === expected.length && timingSafeEqual(Buffer.from(proof), Buffer.from(expected));
  }

  private table(): [string, RegExp, Handler][] {
    const state = this.state;
    const list = (h: (r: Request, a: Audience) => object) => this.onAudience(h);
    const account = (h: (r: Request, id: string) => object) => this.onAccount(h);
    return [
      ['GET', /^\/me$/, ({ fields }) => pick({ id: this.credentials.userId, name: 'Sandbox system user' }, fields)],
      ['GET', /^\/(?:me|\d+)\/permissions$/, () => this.permissions()],
      ['GET', /^\/debug_token$/, ({ parameters }) => this.debugToken(parameters)],
      ['GET', /^\/act_(\d+)$/, account(({ fields }, id) => pick(this.accountNode(id), fields))],
      ['GET', /^\/act_(\d+)\/customaudiences$/, account((request) => this.listAudiences(request))],
      [
        'POST',
        /^\/act_(\d+)\/customaudiences$/,
        account(({ parameters }, id) => createAudience(state, id, parameters)),
      ],
      [
        'GET',
        /^\/act_(\d+)\/customaudiencestos$/,
        account(() => ({ data: [{ id: 'custom_audience_tos', type: 'custom_audience' }] })),
      ],
      ['DELETE', /^\/act_(\d+)\/usersofanyaudience$/, account(({ parameters }) => removeFromAll(state, parameters))],
      ['GET', /^\/(\d+)$/, list(({ fields }, audience) => readAudience(state, audience, fields))],
      ['POST', /^\/(\d+)$/, list(({ parameters }, audience) => updateAudience(state, audience, parameters))],
      ['DELETE', /^\/(\d+)$/, list((_, audience) => deleteAudience(state, audience))],
      ['POST', /^\/(\d+)\/users$/, list(({ parameters }, a) => changeUsers(state, a, 'add', parameters))],
      ['DELETE', /^\/(\d+)\/users$/, list(({ parameters }, a) => changeUsers(state, a, 'remove', parameters))],
      ['POST', /^\/(\d+)\/usersreplace$/, list(({ parameters }, a) => replaceUsers(state, a, parameters))],
      ['GET', /^\/(\d+)\/sessions$/, list(({ parameters }, a) => this.listSessions(a, parameters.session_id))],
    ];
  }

  private onAccount(handler: (request: Request, id: string) => object): Handler {
    return (request, id) => {
      this.countCall();
      if (id !== this.credentials.adAccountId) throw ERRORS.missing(`act_${id}`);
      if (!this.options.token.scopes.includes('ads_management')) throw ERRORS.permission('ads_management');
      return handler(request, id!);
    };
  }

  private onAudience(handler: (request: Request, audience: Audience) => object): Handler {
    return (request, id) => {
      this.countCall();
      if (!this.options.token.scopes.includes('ads_management')) throw ERRORS.permission('ads_management');
      return handler(request, this.audience(id!));
    };
  }

  private audience(id: string): Audience {
    const audience = this.state.audiences.get(id);
    if (!audience) throw ERRORS.missing(id);
    return forgetLapsed(this.state, audience);
  }

  private countCall(): void {
    const now = this.state.clock.now().getTime();
    const hourAgo = now - 3_600_000;
    this.state.calls.push(now);
    if (this.state.calls[0]! < hourAgo) this.state.calls = this.state.calls.filter((time) => time >= hourAgo);
    const quota = this.options.hourlyCalls + 40 * this.state.audiences.size;
    if (this.state.calls.length > quota) throw ERRORS.limit(this.options.usage?.regainMinutes ?? 60);
  }

  private accountNode(id: string): Record<string, unknown> {
    const { account } = this.options;
    return {
      id: `act_${id}`,
      account_id: id,
      name: account.name,
      account_status: account.status,
      disable_reason: account.disableReason,
      currency: 'USD',
      timezone_name: 'America/New_York',
      business: { id: '900000000000001', name: 'Sandbox business' },
      capabilities: ['CAN_USE_CUSTOM_AUDIENCES'],
      tos_accepted: account.termsAccepted ? { custom_audience_tos: 1 } : {},
      user_tos_accepted: account.termsAccepted ? { custom_audience_tos: 1 } : {},
    };
  }

  private permissions(): object {
    return { data: this.options.token.scopes.map((permission) => ({ permission, status: 'granted' })) };
  }

  private debugToken({ input_token: inspected }: Parameters): object {
    const { valid, scopes, expiresAt } = this.options.token;
    const expiry = expiresAt ? Math.floor(new Date(expiresAt).getTime() / 1000) : 0;
    const known = inspected === this.credentials.accessToken && valid;
    return {
      data: {
        app_id: this.credentials.appId,
        application: 'Reach sandbox',
        type: 'SYSTEM_USER',
        is_valid: known,
        expires_at: expiry,
        data_access_expires_at: 0,
        scopes: known ? scopes : [],
        user_id: this.credentials.userId,
      },
    };
  }

  private listAudiences({ parameters, fields }: Request): object {
    const all = this.audiences();
    const limit = Math.min(Number(parameters.limit ?? 25), 500);
    if (!(limit >= 1)) throw invalid('limit must be a positive number.');
    const after = parameters.after === undefined ? 0 : Number(Buffer.from(String(parameters.after), 'base64url'));
    const page = all.slice(after, after + limit).map((audience) => readAudience(this.state, audience, fields));
    const end = after + page.length;
    const cursors = { before: cursor(after), after: cursor(end) };
    const next = `${this.url}/act_${this.credentials.adAccountId}/customaudiences?limit=${limit}&after=${cursors.after}&fields=${fields.join(',')}`;
    return { data: page, paging: end < all.length ? { cursors, next } : { cursors } };
  }

  private listSessions(audience: Audience, sessionId: unknown): object {
    const sessions = [...this.state.sessions.values()].filter(
      (s) => s.audienceId === audience.id && (sessionId === undefined || s.id === String(sessionId)),
    );
    return { data: sessions.map((session) => describeSession(this.state, session)) };
  }

  private usageHeaders(): Record<string, string> {
    const { usage } = this.options;
    if (!usage) return {};
    const numbers = { call_count: usage.percent, total_time: usage.percent, total_cputime: usage.percent };
    const entry = {
      type: 'custom_audience',
      ...numbers,
      estimated_time_to_regain_access: usage.regainMinutes,
      ads_api_access_tier: 'standard_access',
    };
    return {
      'x-app-usage': JSON.stringify(numbers),
      'x-business-use-case-usage': JSON.stringify({ [this.credentials.adAccountId]: [entry] }),
    };
  }
}

/** Query, form and JSON body together; JSON inside form values is read. */
function readParameters(call: Call): Parameters {
  const form = call.headers['content-type']?.includes('application/x-www-form-urlencoded');
  const json = form ? undefined : parseObject(call.body);
  if (call.body && !form && !json) throw invalid('The body must be a JSON object or a URL-encoded form.');
  const pairs = [...call.query, ...(form ? new URLSearchParams(call.body) : [])];
  return { ...Object.fromEntries(pairs.map(([name, value]) => [name, readValue(value)])), ...json };
}

function readValue(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function asList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function cursor(position: number): string {
  return Buffer.from(String(position)).toString('base64url');
}

function traceId(): string {
  return randomBytes(8).toString('base64url');
}
