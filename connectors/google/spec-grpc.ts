import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Metadata, Server, ServerCredentials, type ServiceDefinition, type UntypedHandleCall } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const require = createRequire(import.meta.url);
const nearby = createRequire(require.resolve('google-ads-api'));
/** Both packages have `build/src/index.js` and `build/protos`. */
const protos = (name: string) => join(dirname(nearby.resolve(name)), '..', 'protos');
const V25 = 'google.ads.googleads.v25';

/** One call as the server saw it. */
export interface Seen {
  method: string;
  request: Record<string, unknown>;
  headers: Record<string, string>;
}

/** `silence`: it never answers. */
type Answer = object | Error | 'silence';

/** A Google Ads server that answers what a spec scripts, method by method, and remembers what it was asked. */
export class ScriptedGoogleAds {
  readonly seen: Seen[] = [];
  private readonly answers: { method: string; answer: Answer }[] = [];
  private readonly server = new Server();
  private readonly definitions = loadSync(
    ['offline_user_data_job_service', 'user_list_service', 'google_ads_service']
      .map((file) => `google/ads/googleads/v25/services/${file}.proto`)
      .concat('google/ads/googleads/v25/errors/errors.proto'),
    {
      keepCase: true,
      longs: String,
      enums: String,
      defaults: false,
      includeDirs: [protos('google-ads-node'), protos('google-gax')],
    },
  );
  url = '';

  async start(): Promise<void> {
    const methods: Record<string, string[]> = {
      OfflineUserDataJobService: [
        'CreateOfflineUserDataJob',
        'AddOfflineUserDataJobOperations',
        'RunOfflineUserDataJob',
      ],
      UserListService: ['MutateUserLists'],
      GoogleAdsService: ['Search'],
    };
    for (const [service, names] of Object.entries(methods)) {
      const all = this.definitions[`${V25}.services.${service}`] as ServiceDefinition;
      const wanted = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
      this.server.addService(wanted, Object.fromEntries(names.map((name) => [name, this.handler(name)])));
    }
    const port = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    this.url = `http://127.0.0.1:${port}`;
  }

  /** The next call of `method` gets this answer. */
  answer(method: string, answer: Answer): this {
    this.answers.push({ method, answer });
    return this;
  }

  /** A refusal with GoogleAdsFailure in its trailer, as Google sends it. */
  failure(code: number, ...errors: object[]): Error {
    const metadata = new Metadata();
    metadata.set(`${V25}.errors.googleadsfailure-bin`, this.encoded(errors));
    return Object.assign(new Error('Request contains an invalid argument.'), {
      code,
      details: 'Request contains an invalid argument.',
      metadata,
    });
  }

  /** A partial failure: google.rpc.Status inside a success. */
  partial(code: number, ...errors: object[]): object {
    const details =
      errors.length > 0
        ? [{ type_url: `type.googleapis.com/${V25}.errors.GoogleAdsFailure`, value: this.encoded(errors) }]
        : [];
    return { code, message: 'Multiple errors in details.', details };
  }

  /** Scripted answers that nobody asked for. */
  get left(): string[] {
    return this.answers.map(({ method }) => method);
  }

  reset(): void {
    this.seen.length = 0;
    this.answers.length = 0;
  }

  close(): void {
    this.server.forceShutdown();
  }

  private handler(method: string): UntypedHandleCall {
    return (
      call: { request: Record<string, unknown>; metadata: Metadata },
      callback: (error: Error | null, value?: object) => void,
    ) => {
      const headers = Object.fromEntries(
        Object.entries(call.metadata.getMap()).map(([name, value]) => [name, String(value)]),
      );
      this.seen.push({ method, request: call.request, headers });
      const index = this.answers.findIndex((entry) => entry.method === method);
      const [entry] = index >= 0 ? this.answers.splice(index, 1) : [];
      if (!entry) callback(Object.assign(new Error(`nothing scripted for ${method}`), { code: 12 }));
      else if (entry.answer instanceof Error) callback(entry.answer);
      else if (entry.answer !== 'silence') callback(null, entry.answer as object);
    };
  }

  private encoded(errors: object[]): Buffer {
    const { errors: types } = require('google-ads-api') as {
      errors: {
        GoogleAdsFailure: { fromObject(value: object): object; encode(value: object): { finish(): Uint8Array } };
      };
    };
    const { GoogleAdsFailure } = types;
    return Buffer.from(
      GoogleAdsFailure.encode(GoogleAdsFailure.fromObject({ errors, request_id: 'lvB3KOjGHsgduHjt0wCglQ' })).finish(),
    );
  }
}
