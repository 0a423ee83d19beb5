import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type ApiResponse, until } from './http.ts';

export interface RunAnswer {
  id: string;
  status: string;
  verdict: string;
  reason: string | null;
  finishedAt: string | null;
  waiting: { until: string; because: string } | null;
  segments: {
    key: string;
    persona: string;
    name: string;
    remote: { id: string; name: string } | null;
    brief: { personaKey: string; size: number; summary: string };
    planned: Record<
      'adds' | 'changes' | 'outdated' | 'removes' | 'refreshes' | 'unchanged' | 'withheld' | 'removals',
      number
    >;
    counts: Record<'ok' | 'fixed' | 'invalid' | 'withheld' | 'rejected' | 'unattributed' | 'removed', number>;
    uploads: {
      id: string;
      direction: string;
      status: string;
      nextAt: string | null;
      sent: number;
      error: { code: string; text: string } | null;
      confirmation: {
        state: string;
        detail: string;
        received?: number;
        matchRate?: string;
        audienceSize?: { from: number; to: number };
      } | null;
    }[];
  }[];
  refusals: { field: string; verdict: string; code: string; contacts: number }[];
}

/** One made-up customer; columns of the test's contact file. */
export interface Person {
  id: string;
  email?: string;
  phone?: string;
  first?: string;
  last?: string;
  zip?: string;
  consent?: string;
  spend: number;
  plan: string;
}

const COLUMNS = ['id', 'email', 'phone', 'first', 'last', 'zip', 'country', 'consent', 'spend', 'plan'] as const;

export const PEOPLE_MAPPING = {
  kind: 'contacts',
  key: { column: 'id' },
  defaultCountry: 'US',
  columns: [
    { column: 'id', as: 'externalId' },
    { column: 'email', as: 'email' },
    { column: 'phone', as: 'phone' },
    { column: 'first', as: 'firstName' },
    { column: 'last', as: 'lastName' },
    { column: 'zip', as: 'postalCode' },
    { column: 'country', as: 'country' },
    { column: 'consent', as: 'consent', consent: { confirmed: true } },
    { column: 'spend', as: 'trait', trait: { type: 'number' } },
    { column: 'plan', as: 'trait', trait: { type: 'category' } },
  ],
};

/** People of two plain kinds: frugal ones on the basic plan and big spenders on the premium plan. */
export function twoKinds(count: number): Person[] {
  return Array.from({ length: count }, (_, i) => {
    const rich = i % 2 === 1;
    return {
      id: `c${String(i).padStart(5, '0')}`,
      email: `person${i}@example.com`,
      phone: `+1415222${String(1000 + (i % 9000)).padStart(4, '0')}`,
      first: `First${String.fromCharCode(97 + (i % 26))}`,
      last: `Last${String.fromCharCode(97 + ((i * 7) % 26))}`,
      zip: String(10_000 + (i % 80_000)),
      spend: rich ? 900 + (i % 50) : 20 + (i % 10),
      plan: rich ? 'premium' : 'basic',
    };
  });
}

export function peopleCsv(people: Person[]): string {
  const cell = (person: Person, column: (typeof COLUMNS)[number]) =>
    column === 'country' ? 'US' : (person[column as keyof Person] ?? '');
  return [COLUMNS.join(','), ...people.map((person) => COLUMNS.map((column) => cell(person, column)).join(','))].join(
    '\n',
  );
}

/** What the steps need of a service: its API, wherever it runs. */
export interface Service {
  api<T = Record<string, never>>(method: string, path: string, body?: unknown): Promise<ApiResponse<T>>;
}

/** The steps that most stories begin with, over HTTP. */
export class Steps {
  readonly sandbox: Sandbox;
  private readonly service: Service;

  constructor(service: Service, sandbox: Sandbox) {
    this.service = service;
    this.sandbox = sandbox;
  }

  /** Sends a request that must succeed. */
  async ask<T = Record<string, never>>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.service.api<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} → ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async importPeople(people: Person[]): Promise<void> {
    await this.importFile(peopleCsv(people), PEOPLE_MAPPING);
  }

  async importFile(text: string, mapping: object, name = 'people.csv'): Promise<{ id: string }> {
    const form = new FormData();
    form.append('mapping', JSON.stringify(mapping));
    form.append('file', new Blob([text]), name);
    const { id } = await this.ask<{ id: string }>('POST', '/v1/datasets', form);
    const ended = await until(
      () => this.ask<{ id: string; status: string; statusError: unknown }>('GET', `/v1/datasets/${id}`),
      ({ status }) => status === 'ready' || status === 'error',
    );
    if (ended.status === 'error') throw new Error(`import failed: ${JSON.stringify(ended.statusError)}`);
    return { id };
  }

  /** Trains on everyone, publishes, and returns the set's id with its personas. */
  async publishPersonas(k = 2): Promise<{ setId: string; personas: { key: string; name: string; size: number }[] }> {
    const { id: setId } = await this.ask<{ id: string }>('POST', '/v1/persona-sets', {
      name: 'Customers',
      traits: ['spend', 'plan'],
      k,
      seed: 7,
    });
    const set = await until(
      () =>
        this.ask<{ status: string; statusError: unknown; newestVersion: number }>('GET', `/v1/persona-sets/${setId}`),
      ({ status }) => status === 'ready' || status === 'error',
    );
    if (set.status === 'error') throw new Error(`training failed: ${JSON.stringify(set.statusError)}`);
    const path = `/v1/persona-sets/${setId}/versions/${set.newestVersion}`;
    await this.ask('POST', `${path}/publish`);
    const version = await this.ask<{ personas: { key: string; name: string; size: number }[] }>('GET', path);
    return { setId, personas: version.personas };
  }

  /** Waits until the published personas have taken in everything imported so far. */
  async settled(setId: string): Promise<void> {
    const { items } = await this.ask<{ items: { lastUpdatedOutputAt: string }[] }>('GET', '/v1/datasets?limit=1');
    await until(
      () => this.ask<{ asOf: string }>('GET', `/v1/persona-sets/${setId}`),
      ({ asOf }) => asOf >= items[0]!.lastUpdatedOutputAt,
    );
  }

  async contactId(externalId: string): Promise<string> {
    const { items } = await this.ask<{ items: { id: string }[] }>('GET', `/v1/contacts?externalId=${externalId}`);
    return items[0]!.id;
  }

  async audience(definition: object): Promise<string> {
    return (await this.ask<{ id: string }>('POST', '/v1/audiences', definition)).id;
  }

  async connect(
    type: 'facebook' | 'google' | 'google-ads' | 'sftp',
    settings: Record<string, unknown> = {},
  ): Promise<string> {
    const { facebook, google, googleAds, sftp } = this.sandbox.credentials;
    const { clientId, clientSecret, refreshToken, customerId, loginCustomerId } = google;
    const oauth = { clientId, clientSecret, refreshToken, customerId, loginCustomerId };
    const known = {
      facebook: { adAccountId: facebook.adAccountId, accessToken: facebook.accessToken, appSecret: facebook.appSecret },
      google: oauth,
      'google-ads': { ...oauth, api: 'google-ads', developerToken: googleAds.developerToken },
      sftp: {
        host: sftp.host,
        port: sftp.port,
        username: sftp.username,
        password: sftp.password,
        hostKeySha256: sftp.hostFingerprint,
        directory: sftp.directory,
      },
    }[type];
    const body = { name: type, type: type === 'google-ads' ? 'google' : type, settings: { ...known, ...settings } };
    return (await this.ask<{ id: string }>('POST', '/v1/connections', body)).id;
  }

  async delivery(definition: object): Promise<string> {
    return (await this.ask<{ id: string }>('POST', '/v1/deliveries', { defaultCountry: 'US', ...definition })).id;
  }

  /** Runs a delivery and waits for its verdict. */
  async run(deliveryId: string, timeoutMs = 60_000): Promise<RunAnswer> {
    const { id } = await this.ask<{ id: string }>('POST', `/v1/deliveries/${deliveryId}/runs`);
    return this.finished(id, timeoutMs);
  }

  async finished(runId: string, timeoutMs = 60_000): Promise<RunAnswer> {
    return until(
      () => this.ask<RunAnswer>('GET', `/v1/runs/${runId}`),
      ({ finishedAt }) => finishedAt !== null,
      timeoutMs,
    );
  }
}
