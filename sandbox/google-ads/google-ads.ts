import { setTimeout as pause } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import type { SandboxClock } from '../clock.ts';
import { FaultBook } from '../faults.ts';
import { ADS_SCOPE, type GoogleTokens, type OAuthCredentials } from '../google/oauth.ts';
import { CUSTOMER_ID, type GoogleState, MANAGER_ID } from '../google/state.ts';
import type { Journal, RecordedRequest } from '../journal.ts';
import { AdsError, partialFailure, refuse, serviceError } from './failures.ts';
import { type AddOperations, type CreateJob, type Job, Jobs } from './jobs.ts';
import { type AdsProtos, loadProtos } from './protos.ts';
import { search } from './search.ts';
import { type MutateUserLists, mutateUserLists } from './user-lists.ts';

/** What a connection to the fake Google Ads API needs. */
export interface GoogleAdsCredentials extends OAuthCredentials {
  /** A developer token that may still upload Customer Match. */
  developerToken: string;
  /** A genuine developer token that may not: NotAllowlistedError. */
  newDeveloperToken: string;
  customerId: string;
  loginCustomerId: string;
}

export interface GoogleAdsOptions {
  /**
   * gRPC clients without TLS do not send OAuth credentials by themselves, so a client of the sandbox adds the
   * `authorization` header to its metadata. `optional` lets calls without it through.
   */
  authorization: 'required' | 'optional';
}

const DEVELOPER_TOKEN = 'sandbox-allowlisted-token';
const NEW_DEVELOPER_TOKEN = 'sandbox-new-token';
const NEVER = new Promise<never>(() => {});

type Handler = (request: { customer_id?: string; query?: string; resource_name?: string }) => object;
type UnaryCall = grpc.ServerUnaryCall<{ customer_id?: string; resource_name?: string }, object>;

/** A fake Google Ads API (gRPC without TLS): user lists, offline user data jobs, and search about both. */
export class GoogleAdsSandbox {
  readonly faults = new FaultBook();
  options: GoogleAdsOptions = { authorization: 'required' };
  private readonly context: { clock: SandboxClock; journal: Journal };
  private readonly state: GoogleState;
  private readonly tokens: GoogleTokens;
  private readonly jobs: Jobs;
  private readonly server = new grpc.Server({ 'grpc.max_receive_message_length': 64 * 1024 ** 2 });
  private boundPort = 0;

  constructor(context: { clock: SandboxClock; journal: Journal }, state: GoogleState, tokens: GoogleTokens) {
    this.context = context;
    this.state = state;
    this.tokens = tokens;
    this.jobs = new Jobs(state);
  }

  async start(port = 0): Promise<void> {
    const protos = loadProtos();
    const { userLists, jobs, search: searching } = protos.services;
    this.register(protos, userLists, {
      MutateUserLists: (request) => {
        const { names, problems } = mutateUserLists(this.state, request as MutateUserLists);
        const results = names.map((resource_name) => ({ resource_name }));
        return { results, partial_failure_error: partialFailure(protos, problems) };
      },
    });
    this.register(protos, jobs, {
      CreateOfflineUserDataJob: (request) => ({ resource_name: this.jobs.create(request as CreateJob) }),
      AddOfflineUserDataJobOperations: (request) => {
        const { problems, warnings } = this.jobs.add(request as AddOperations);
        return { partial_failure_error: partialFailure(protos, problems), warning: partialFailure(protos, warnings) };
      },
      RunOfflineUserDataJob: (request) => {
        const { id } = this.jobs.run(request.resource_name, (request as { validate_only?: boolean }).validate_only);
        return { name: `customers/${CUSTOMER_ID}/operations/${id}`, done: false };
      },
    });
    this.register(protos, searching, {
      Search: (request) => {
        const results = search(this.state, this.jobs, protos, request.query ?? '');
        return { results, total_results_count: results.length };
      },
    });
    const credentials = grpc.ServerCredentials.createInsecure();
    this.boundPort = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
  }

  get port(): number {
    return this.boundPort;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get requests(): RecordedRequest[] {
    return this.context.journal.of('googleAds');
  }

  get credentials(): GoogleAdsCredentials {
    return {
      ...this.tokens.credentials,
      developerToken: DEVELOPER_TOKEN,
      newDeveloperToken: NEW_DEVELOPER_TOKEN,
      customerId: CUSTOMER_ID,
      loginCustomerId: MANAGER_ID,
    };
  }

  /** Every job, whatever its state. Lists and members are those of `sandbox.google`. */
  offlineJobs(): Job[] {
    return [...this.jobs.all.values()];
  }

  /** What it holds, as plain JSON. */
  snapshot(): object {
    return {
      options: this.options,
      jobs: this.offlineJobs().map(({ list, operations, ...job }) => ({
        ...job,
        userListId: list.id,
        operations: operations.length,
      })),
    };
  }

  reset(): void {
    this.options = { authorization: 'required' };
    this.jobs.all.clear();
    this.faults.clear();
  }

  async close(): Promise<void> {
    this.server.forceShutdown();
  }

  private register(protos: AdsProtos, service: grpc.ServiceDefinition, handlers: Record<string, Handler>): void {
    const implementation = Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [name, this.unary(protos, service[name]!.path, name, handler)]),
    );
    // Calls of the service that the sandbox does not play are answered UNIMPLEMENTED by grpc itself.
    this.server.addService(service, implementation);
  }

  private unary(protos: AdsProtos, path: string, name: string, handler: Handler) {
    return async (call: UnaryCall, reply: grpc.sendUnaryData<object>) => {
      try {
        reply(null, await this.perform(call, path, name, handler));
      } catch (error) {
        if (error instanceof AdsError) return reply(serviceError(protos, error));
        reply({ code: grpc.status.UNKNOWN, details: `sandbox failure: ${(error as Error).stack}` });
      }
    };
  }

  private async perform(call: UnaryCall, path: string, name: string, handler: Handler): Promise<object> {
    const headers = Object.fromEntries(
      Object.entries(call.metadata.getMap()).map(([key, value]) => [key, String(value)]),
    );
    const body = JSON.stringify(call.request);
    const entry = this.context.journal.record(
      { platform: 'googleAds', method: name, path, headers, body },
      this.context.clock.now(),
    );
    this.context.journal.inspect('googleAds', name, body);
    const fault = this.faults.take({ method: name, path, body, bytes: body.length });
    entry.fault = fault?.do;
    if (fault?.do === 'slow') await pause(fault.milliseconds);
    const normal = !fault || fault.do === 'slow' || fault.do === 'patch';
    const result = normal || ('apply' in fault && fault.apply) ? this.carryOut(call, headers, name, handler) : {};
    if (normal) return fault?.do === 'patch' ? { ...result, ...fault.body } : result;
    if (fault.do === 'hang') return NEVER;
    if (fault.do === 'status') throw new AdsError([], fault.status as grpc.status);
    if (fault.do === 'error') {
      const [kind = 'internal_error', code = 'INTERNAL_ERROR'] = String(fault.code).split('.');
      throw new AdsError(
        [{ kind, code, message: fault.message ?? `Scripted ${code}` }],
        fault.status as grpc.status | undefined,
      );
    }
    throw new AdsError([], grpc.status.UNAVAILABLE);
  }

  private carryOut(call: UnaryCall, headers: Record<string, string>, name: string, handler: Handler): object {
    this.authenticate(headers, name);
    const customer = call.request.customer_id || /^customers\/(\d+)\//.exec(call.request.resource_name ?? '')?.[1];
    if (customer !== CUSTOMER_ID)
      throw refuse('authorization_error', 'USER_PERMISSION_DENIED', "User doesn't have permission to access customer.");
    return handler(call.request);
  }

  private authenticate(headers: Record<string, string>, name: string): void {
    const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token || this.options.authorization === 'required') {
      const refusal = this.tokens.refusal(token, ADS_SCOPE);
      if (refusal === 'missing')
        throw refuse(
          'authentication_error',
          'AUTHENTICATION_ERROR',
          'No authorization in the call metadata. Without TLS a client must add "authorization: Bearer …" itself; see sandbox/README.md.',
        );
      if (refusal)
        throw refuse(
          'authentication_error',
          refusal === 'invalid' ? 'OAUTH_TOKEN_INVALID' : 'OAUTH_TOKEN_HEADER_INVALID',
          'The OAuth token is not valid.',
        );
    }
    const developer = headers['developer-token'];
    if (developer !== DEVELOPER_TOKEN && developer !== NEW_DEVELOPER_TOKEN)
      throw refuse('authentication_error', 'DEVELOPER_TOKEN_INVALID', 'The developer token is not valid.');
    if (developer === NEW_DEVELOPER_TOKEN && name.includes('OfflineUserDataJob'))
      throw refuse(
        'not_allowlisted_error',
        'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE',
        'Customer is not allowlisted for accessing this feature.',
      );
    const login = headers['login-customer-id'];
    if (login !== undefined && !/^\d{10}$/.test(login))
      throw refuse(
        'header_error',
        'INVALID_LOGIN_CUSTOMER_ID',
        'The login customer ID must be 10 digits without dashes.',
      );
    const reaches =
      login === undefined ? this.state.options.access === 'direct' : [MANAGER_ID, CUSTOMER_ID].includes(login);
    if (!reaches || (login === CUSTOMER_ID && this.state.options.access === 'manager'))
      throw refuse('authorization_error', 'USER_PERMISSION_DENIED', "User doesn't have permission to access customer.");
  }
}
