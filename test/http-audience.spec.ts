import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { conformance, type Harness } from '../connectors/conformance.ts';
import { httpAudience } from '../connectors/http-audience/definition.ts';
import { HttpAudienceOptions, HttpAudienceSettings } from '../connectors/http-audience/settings.ts';
import {
  encodeAll,
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalUpload,
} from '../connectors/rehearsal.ts';
import { type Received, type Receiver, startReceiver } from './support/receiver.ts';

/** The HTTP audience connector over real sockets, against a made-up API that nobody wrote a connector for. */

const TOKEN = 'Bearer token-of-the-api';
const API = {
  authValue: TOKEN,
  headers: { 'api-version': '2026-01' },
  check: { method: 'GET', path: '/v1/me' },
  find: { method: 'GET', path: '/v1/lists?ref={{segment.id}}', idPointer: '/data/0/id' },
  create: {
    method: 'POST',
    path: '/v1/lists',
    body: { ref: '{{segment.id}}', title: '{{segment.name}}', note: 'By Reach: {{segment.description}}' },
    idPointer: '/data/id',
  },
  update: { method: 'PATCH', path: '/v1/lists/{{audience.id}}', body: { title: '{{segment.name}}' } },
  add: {
    method: 'POST',
    path: '/v1/lists/{{audience.id}}/people',
    body: {
      people: {
        $each: 'members',
        item: { ref: '{{member.contactId}}', email_sha256: '{{member.EMAIL}}', phones: '{{member.PHONE.all}}' },
      },
    },
  },
  remove: {
    method: 'DELETE',
    path: '/v1/lists/{{audience.id}}/people',
    body: { refs: { $each: 'members', item: '{{member.contactId}}' } },
  },
  membersPerRequest: 250,
  rejects: { pointer: '/refused', id: '/ref', code: '/why' },
};

const settingsFor = (url: string, more: object = {}) => {
  const settings = plainToInstance(
    HttpAudienceSettings,
    { baseUrl: url, ...API, ...more },
    { exposeDefaultValues: true },
  );
  expect(validateSync(settings, { whitelist: true, forbidNonWhitelisted: true })).toEqual([]);
  return settings;
};

class People {
  readonly lists = new Map<string, { ref: string; title: string; people: Set<string> }>();

  handle = ({ method, path, headers, body }: Received) => {
    if (headers.authorization !== TOKEN || headers['api-version'] !== '2026-01') return { status: 401 };
    const url = new URL(path, 'http://api');
    const sent = body === '' ? {} : JSON.parse(body);
    const [, , what, id = '', people] = url.pathname.split('/');
    if (what === 'me') return { status: 200, body: { name: 'Acme' } };
    const list = this.lists.get(decodeURIComponent(id));
    if (people) return list ? this.change(list.people, method, sent) : { status: 404 };
    if (method === 'PATCH') return Object.assign(list!, sent) && { status: 200, body: { data: { id } } };
    if (method === 'POST') return { status: 201, body: { data: { id: this.create(sent) } } };
    const found = [...this.lists].filter(([, { ref }]) => ref === url.searchParams.get('ref'));
    return { status: 200, body: { data: found.map(([each]) => ({ id: each })) } };
  };

  private create({ ref, title }: { ref: string; title: string }): string {
    const id = `lst/${this.lists.size + 1}`;
    this.lists.set(id, { ref, title, people: new Set() });
    return id;
  }

  private change(people: Set<string>, method: string, sent: { people?: { ref: string }[]; refs?: string[] }) {
    for (const { ref } of sent.people ?? []) people.add(ref);
    for (const ref of sent.refs ?? []) people.delete(ref);
    return { status: method === 'POST' ? 202 : 200, body: { refused: [] } };
  }
}

conformance(httpAudience, async (): Promise<Harness<HttpAudienceSettings, HttpAudienceOptions>> => {
  const api = new People();
  const receiver = await startReceiver(api.handle);
  const deliveries = () => receiver.requests.filter(({ path }) => path.endsWith('/people'));
  const instead = (answer: ReturnType<NonNullable<Receiver['instead']>>) => {
    receiver.instead = ({ path }) => (path.endsWith('/people') ? answer : undefined);
  };
  return {
    settings: settingsFor(receiver.url),
    options: new HttpAudienceOptions(),
    addresses: {},
    deliveries: () =>
      deliveries().map(({ method, body }) => {
        const { people = [], refs = [] } = JSON.parse(body);
        return { way: method === 'DELETE' ? 'remove' : 'add', entries: people.length + refs.length, text: body };
      }),
    holds: ({ id }) => api.lists.get(id)?.people.size ?? 0,
    state: () => [...api.lists].map(([id, { title, people }]) => [id, title, [...people]]),
    connections: () => receiver.open(),
    hang: () => instead('hang'),
    failWith: ({ vendor }) => {
      if (vendor === 'redirect') instead({ status: 302, headers: { location: '/elsewhere' } });
      else if (vendor === 'network') instead('reset');
      else if (/^\d{3}$/.test(vendor)) instead({ status: Number(vendor) });
      else return false;
      return true;
    },
    throttle: (seconds) => instead({ status: 429, headers: { 'retry-after': String(seconds) } }),
    reset: () => {
      receiver.instead = undefined;
      receiver.requests.length = 0;
      api.lists.clear();
    },
    stop: () => receiver.close(),
  };
});

describe('an API over sockets', () => {
  let receiver: Receiver;
  const api = new People();
  beforeAll(async () => {
    receiver = await startReceiver(api.handle);
  });
  beforeEach(() => {
    receiver.requests.length = 0;
    receiver.instead = undefined;
    api.lists.clear();
  });
  afterAll(() => receiver.close());
  const open = (more: object = {}) => httpAudience.open(settingsFor(receiver.url, more), rehearsalEnvironment());
  const segment = (name = 'Loyal') => ({
    ...rehearsalUpload({ id: '', name: '' }, { options: {}, matchKeys: [] }).segment,
    id: 'del_1/loyal',
    name,
  });

  test('an audience is created once, found after a crash, and renamed', async () => {
    const destination = await open();
    const made = await destination.ensureAudience(segment(), {});
    expect(await destination.ensureAudience(segment(), {})).toEqual(made);
    expect(await destination.ensureAudience(segment('Most loyal'), {}, made)).toEqual({ ...made, name: 'Most loyal' });
    expect([...api.lists.values()].map(({ ref, title }) => [ref, title])).toEqual([['del_1/loyal', 'Most loyal']]);
    expect(receiver.requests.map(({ method, headers }) => [method, headers['idempotency-key']])).toEqual([
      ['GET', undefined],
      ['POST', 'del_1/loyal'],
      ['GET', undefined],
      ['PATCH', undefined],
    ]);
    expect(await destination.ensureAudience(segment(), { audienceId: '17' })).toMatchObject({ id: '17' });
    await destination.close();
  });

  test('an audience that belongs to another segment is not taken for its own', async () => {
    const destination = await open();
    const { id } = await destination.ensureAudience(segment(), {});
    const other = await destination.ensureAudience(segment(), {}, undefined, new Set([id]));
    expect([...api.lists.keys()]).toEqual([id, other.id]);
    await destination.close();
  });

  test('a limit of requests a minute holds across openings, and says when to come back', async () => {
    const limits = { requestsPerMinute: 3, membersPerRequest: 1, find: undefined, create: undefined };
    const [one, two] = [await open(limits), await open(limits)];
    const upload = rehearsalUpload({ id: 'lst', name: '' }, { options: {}, matchKeys: ['EMAIL'] });
    const members = encodeAll(
      httpAudience,
      upload,
      [1, 2, 3, 4].map((n) => rehearsalMember(n)),
    );
    receiver.instead = () => ({ status: 202, body: {} });
    await one.add(rehearsalBatch(upload, members.slice(0, 2)));
    const error = await two.add(rehearsalBatch(upload, members)).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'throttled', vendorCode: '429' });
    expect((error as unknown as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(50);
    expect(receiver.requests).toHaveLength(3);
    await Promise.all([one.close(), two.close()]);
  });

  test('the check asks what the connection describes, or else only looks whether the credentials are refused', async () => {
    const all = async (more: object) => {
      const destination = await open(more);
      const found = await destination.check();
      await destination.close();
      return found.map(({ ok }) => ok);
    };
    expect(await all({})).toEqual([true, true, true]);
    expect(await all({ authValue: 'Bearer wrong' })).toEqual([true, true, false]);
    expect(await all({ check: undefined, authValue: 'Bearer wrong' })).toEqual([true, true, false]);
    expect(await all({ check: undefined })).toEqual([true, true, true]);
    expect(await all({ baseUrl: 'http://127.0.0.1:1' })).toEqual([true, false, false]);
  });
});
