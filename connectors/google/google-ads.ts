import { createRequire } from 'node:module';
import type { ConnectorEnvironment } from '../destination.ts';
import type { DestinationError } from '../errors.ts';
import { failure, statusName, type VendorCode } from './failure.ts';
import type { AccessTokens } from './oauth.ts';
import type { GoogleSettings } from './settings.ts';

const TIMEOUT_MS = 60_000;
const UNAUTHENTICATED = 16;
const WAIT_QUOTA = 60;

/** The little of `google-ads-api` that is used here; its own types are several megabytes that every compile would read. */
interface GoogleAdsPackage {
  GoogleAdsApi: new (options: object) => { Customer(options: object): Customer };
  errors: {
    GoogleAdsFailure: { decode(bytes: Uint8Array): Failure; toObject(failure: Failure, options: object): Failure };
  };
}

interface Customer {
  getCredentials(): unknown;
  loadService(name: string, options: { skipCache: boolean }): Service;
  getGoogleAdsError(error: unknown): unknown;
}

type Service = { close(): Promise<void> } & Record<string, (request: object, options: object) => Promise<unknown[]>>;

interface ChannelCredentials {
  createSsl(): unknown;
  createInsecure(): unknown;
}

/** GoogleAdsFailure. Its messages may repeat what was sent, so they are never read. */
interface Failure {
  errors?: {
    error_code?: Record<string, string | number>;
    location?: { field_path_elements?: { field_name?: string; index?: number | null }[] };
    details?: { quota_error_details?: { retry_delay?: { seconds?: number | string } } };
  }[];
  request_id?: string;
}

/** google.rpc.Status inside a success: what became of single operations. */
export interface PartialStatus {
  code?: number;
  details?: { type_url?: string; value?: Uint8Array }[];
}

/** One error, and which operation of the request it accuses. */
export interface Fault {
  code: VendorCode;
  operation?: number;
  retryAfterSeconds?: number;
}

export type ServiceName = 'OfflineUserDataJobServiceClient' | 'UserListServiceClient' | 'GoogleAdsServiceClient';

/**
 * The Google Ads API over gRPC through `google-ads-api`, which is only loaded on the first call: it takes 0.6 s and
 * 200 MB. We own its channels and time limits: left alone, it repeats calls for ten minutes and keeps channels open.
 */
export class GoogleAdsClient {
  private readonly services = new Map<ServiceName, Service>();
  private package?: GoogleAdsPackage;
  private customer?: Customer;
  private readonly address: URL;

  constructor(
    private readonly settings: GoogleSettings,
    private readonly environment: ConnectorEnvironment,
    private readonly tokens: AccessTokens,
  ) {
    this.address = new URL(environment.addresses.REACH_GOOGLE_ADS_URL ?? 'https://googleads.googleapis.com');
  }

  /** @throws DestinationError */
  async call<T>(service: ServiceName, method: string, request: object): Promise<T> {
    try {
      return await this.send<T>(service, method, request, await this.tokens.get());
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNAUTHENTICATED) throw this.known(error);
      const token = await this.tokens.renew();
      return await this.send<T>(service, method, request, token).catch((again) => Promise.reject(this.known(again)));
    }
  }

  /** Rows of a query in the Google Ads Query Language. */
  search<T>(query: string): Promise<T[]> {
    return this.call<T[]>('GoogleAdsServiceClient', 'search', { customer_id: this.settings.customerId, query });
  }

  /** What is wrong with single operations of a request that was accepted. @throws DestinationError when it cannot be told */
  faults(status: PartialStatus | null | undefined): Fault[] {
    if (!status?.code) return [];
    const details = (status.details ?? []).filter(({ type_url: type }) => type?.endsWith('errors.GoogleAdsFailure'));
    const found = details.flatMap(({ value }) =>
      value ? faultsOf(this.named(this.loaded().errors.GoogleAdsFailure.decode(value))) : [],
    );
    if (found.length === 0) throw failure([{ code: statusName(status.code) }]);
    return found;
  }

  async close(): Promise<void> {
    const services = [...this.services.values()];
    this.services.clear();
    await Promise.all(services.map((service) => service.close()));
  }

  private async send<T>(name: ServiceName, method: string, request: object, token: string): Promise<T> {
    const { environment, settings } = this;
    const service = this.service(name);
    const at = environment.now();
    const started = performance.now();
    const record = (status: string, more: { vendorRequestId?: string; code?: string } = {}) =>
      environment.record({
        at,
        method: 'GRPC',
        target: `${this.address.host}/${name.replace(/Client$/, '')}/${method}`,
        status,
        milliseconds: Math.round(performance.now() - started),
        ...more,
      });
    const headers = {
      authorization: `Bearer ${token}`,
      'developer-token': settings.developerToken ?? '',
      ...(settings.loginCustomerId ? { 'login-customer-id': settings.loginCustomerId } : {}),
    };
    try {
      // Retries are the engine's, so that they are counted and seen.
      const [response] = await service[method]!(request, {
        timeout: TIMEOUT_MS,
        retry: null,
        signal: environment.signal,
        otherArgs: { headers },
      });
      record('OK');
      return response as T;
    } catch (error) {
      const { code, vendorCode } = {
        code: 2,
        vendorCode: this.known(error).vendorCode,
        ...(error as { code?: number }),
      };
      record(statusName(Number(code)), { code: vendorCode, vendorRequestId: this.failureIn(error)?.request_id });
      throw error;
    }
  }

  /** Nothing of a gRPC error is passed on: it may hold the request. */
  private known(error: unknown): DestinationError {
    if (this.environment.signal.aborted) return failure([{ code: 'cancelled' }]);
    if (error instanceof Error && error.name === 'DestinationError') return error as DestinationError;
    const status = { code: statusName(Number((error as { code?: number }).code ?? 2)) };
    const found = faultsOf(this.failureIn(error) ?? {});
    const waits = found.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
    return failure([...found.map(({ code }) => code), status], {
      retryAfterSeconds: waits[0] ?? (status.code === 'RESOURCE_EXHAUSTED' ? WAIT_QUOTA : undefined),
    });
  }

  private failureIn(error: unknown): Failure | undefined {
    const decoded = this.open().getGoogleAdsError(error);
    return decoded !== error ? this.named(decoded as Failure) : undefined;
  }

  /** With names in place of enum numbers. */
  private named(encoded: Failure): Failure {
    return this.loaded().errors.GoogleAdsFailure.toObject(encoded, { enums: String, longs: String });
  }

  private service(name: ServiceName): Service {
    const service = this.services.get(name) ?? this.open().loadService(name, { skipCache: true });
    this.services.set(name, service);
    return service;
  }

  private loaded(): GoogleAdsPackage {
    this.package ??= createRequire(import.meta.url)('google-ads-api') as GoogleAdsPackage;
    return this.package;
  }

  private open(): Customer {
    if (this.customer) return this.customer;
    const { clientId, clientSecret, developerToken, customerId, loginCustomerId, refreshToken } = this.settings;
    const secure = this.address.protocol === 'https:';
    const api = new (this.loaded().GoogleAdsApi)({
      client_id: clientId,
      client_secret: clientSecret,
      developer_token: developerToken,
      grpc_channel_options: {
        servicePath: this.address.hostname,
        port: Number(this.address.port || (secure ? 443 : 80)),
      },
    });
    this.customer = api.Customer({
      customer_id: customerId,
      login_customer_id: loginCustomerId,
      refresh_token: refreshToken,
    });
    // Its own credentials insist on TLS and on Google's token address; the token travels with each call instead.
    this.customer.getCredentials = () => (secure ? credentials().createSsl() : credentials().createInsecure());
    return this.customer;
  }
}

/** Channel credentials only work with the very gRPC that `google-ads-api` uses. */
function credentials(): ChannelCredentials {
  const require = createRequire(import.meta.url);
  const gax = createRequire(require.resolve('google-ads-api'))('google-gax') as {
    grpc: { credentials: ChannelCredentials };
  };
  return gax.grpc.credentials;
}

function faultsOf({ errors = [] }: Failure): Fault[] {
  return errors.map(({ error_code: code = {}, location, details }) => {
    const [[kind, value] = ['unknown_error', 'UNKNOWN']] = Object.entries(code);
    const index = location?.field_path_elements?.find(({ field_name: field }) => field === 'operations')?.index;
    const wait = Number(details?.quota_error_details?.retry_delay?.seconds ?? 0);
    return {
      code: { code: camelCase(kind), subcode: String(value) },
      ...(typeof index === 'number' ? { operation: index } : {}),
      ...(kind === 'quota_error' ? { retryAfterSeconds: wait || WAIT_QUOTA } : {}),
    };
  });
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
