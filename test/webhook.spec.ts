import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { plainToInstance } from 'class-transformer';
import { conformance, type Harness } from '../connectors/conformance.ts';
import { DestinationError } from '../connectors/errors.ts';
import {
  encodeAll,
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalUpload,
} from '../connectors/rehearsal.ts';
import { webhook } from '../connectors/webhook/definition.ts';
import { WebhookOptions, WebhookSettings } from '../connectors/webhook/settings.ts';
import { assertPublicHost } from '../src/connections/hosts.ts';
import { type Received, type Receiver, startReceiver } from './support/receiver.ts';

/** The webhook connector over real sockets, against a receiver that keeps the documented rules. */

const SECRET = 'a-shared-secret-of-ours';
const schema = (name: string) =>
  JSON.parse(readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')) as object;
const ajv = addFormats.default(new Ajv2020({ allowUnionTypes: true, schemas: [schema('brief.schema.json')] }));
const isValid = ajv.compile(schema('webhook.schema.json'));

interface Body {
  id: string;
  action: 'add' | 'remove' | 'ping';
  segment: { id: string };
  members: { contactId: string }[];
}
const bodyOf = ({ body }: Received) => JSON.parse(body) as Body;

/** Verifies as connectors/webhook/README.md tells receivers to, and keeps one list a segment. */
class Lists {
  readonly lists = new Map<string, Set<string>>();
  private readonly seen = new Set<string>();

  handle = (request: Received) => {
    if (!isSigned(request)) return { status: 401 };
    const body = bodyOf(request);
    if (!isValid(body)) return { status: 400, body: ajv.errorsText(isValid.errors) };
    if (body.action === 'ping' || this.seen.has(body.id)) return { status: 204 };
    if (request.headers['idempotency-key'] !== body.id) return { status: 400 };
    this.seen.add(body.id);
    const list = this.lists.get(body.segment.id) ?? new Set();
    this.lists.set(body.segment.id, list);
    for (const { contactId } of body.members) body.action === 'add' ? list.add(contactId) : list.delete(contactId);
    return { status: 200, body: {} };
  };

  clear() {
    this.lists.clear();
    this.seen.clear();
  }
}

function isSigned({ headers, body }: Received): boolean {
  const [, seconds, digests] = /^t=(\d+)((?:,v1=[0-9a-f]{64})+)$/.exec(String(headers['reach-signature'])) ?? [];
  const expected = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex');
  return Math.abs(Date.now() / 1000 - Number(seconds)) < 300 && digests?.includes(expected) === true;
}

const settingsFor = (url: string, more: object = {}) =>
  plainToInstance(WebhookSettings, { url: `${url}/reach`, secret: SECRET, ...more }, { exposeDefaultValues: true });

conformance(webhook, async (): Promise<Harness<WebhookSettings, WebhookOptions>> => {
  const lists = new Lists();
  const receiver = await startReceiver(lists.handle);
  const deliveries = () => receiver.requests.filter(({ body }) => !body.includes('"ping"'));
  const instead = (answer: ReturnType<NonNullable<Receiver['instead']>>) => {
    receiver.instead = () => answer;
  };
  return {
    settings: settingsFor(receiver.url),
    options: new WebhookOptions(),
    addresses: {},
    deliveries: () =>
      deliveries().map((request) => {
        const { action, members } = bodyOf(request);
        return { way: action === 'remove' ? 'remove' : 'add', entries: members.length, text: request.body };
      }),
    holds: ({ id }) => lists.lists.get(id)?.size ?? 0,
    state: () => [...lists.lists].map(([id, members]) => [id, [...members]]),
    connections: () => receiver.open(),
    hang: () => instead('hang'),
    failWith: ({ vendor }) => {
      if (vendor === 'redirect') instead({ status: 307, headers: { location: `${receiver.url}/elsewhere` } });
      else if (vendor === 'network') instead('reset');
      else if (/^\d{3}$/.test(vendor)) instead({ status: Number(vendor) });
      else return false;
      return true;
    },
    throttle: (seconds) => instead({ status: 429, headers: { 'retry-after': String(seconds) } }),
    reset: () => {
      receiver.instead = undefined;
      receiver.requests.length = 0;
      lists.clear();
    },
    stop: () => receiver.close(),
  };
});

describe('a webhook over sockets', () => {
  let receiver: Receiver;
  const lists = new Lists();
  const audience = { id: 'del_1/p_loyal', name: 'Loyal' };
  const opened: { close(): Promise<void> }[] = [];
  const open = async (settings: WebhookSettings, environment = rehearsalEnvironment()) => {
    const destination = await webhook.open(settings, environment);
    opened.push(destination);
    return destination;
  };
  const upload = (more: Partial<WebhookOptions> = {}) =>
    rehearsalUpload(audience, {
      options: Object.assign(new WebhookOptions(), more),
      matchKeys: webhook.capabilities.matchKeys,
      attributes: ['tenure', 'plan'],
    });
  const batchOf = (count: number, ref = upload()) =>
    rehearsalBatch(
      ref,
      encodeAll(
        webhook,
        ref,
        Array.from({ length: count }, (_, n) => rehearsalMember(n, { tenure: n, plan: null })),
      ),
    );

  beforeAll(async () => {
    receiver = await startReceiver(lists.handle);
  });
  beforeEach(() => {
    receiver.instead = undefined;
    receiver.requests.length = 0;
    lists.clear();
  });
  afterEach(() => Promise.all(opened.splice(0).map((destination) => destination.close())));
  afterAll(() => receiver.close());

  test('a batch goes in requests of the chosen size, and goes on where it failed', async () => {
    const destination = await open(settingsFor(receiver.url));
    const batch = batchOf(5, upload({ membersPerRequest: 2 }));
    receiver.instead = ({ body }) => (JSON.parse(body).run.part === 2 ? { status: 503 } : undefined);
    await expect(destination.add(batch)).rejects.toMatchObject({ code: 'transient', vendorCode: '503' });
    receiver.instead = undefined;
    const { outcomes, ticket } = await destination.add(batch);
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(Array(5).fill('accepted'));
    expect(receiver.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(
      ['1', '2', '2', '3'].map((part) => `${batch.idempotencyKey}-${part}`),
    );
    expect(lists.lists.get(audience.id)?.size).toBe(5);
    expect(await destination.confirm(batch.upload, [ticket!])).toMatchObject({ state: 'confirmed', received: 5 });
  });

  test('private hosts are refused before anything is sent, by name, by address and when a name is looked up', async () => {
    for (const url of [receiver.url, receiver.url.replace('127.0.0.1', 'localhost')]) {
      const guarded = { ...rehearsalEnvironment(), assertHostAllowed: assertPublicHost };
      const destination = await open(settingsFor(url), guarded);
      await expect(destination.add(batchOf(1))).rejects.toMatchObject({ code: 'config' });
      expect((await destination.check()).map(({ ok }) => ok)).toEqual([false, false, false]);
    }
    // A name that was fine when asked about, and leads elsewhere when connected to.
    const rebinding = {
      ...rehearsalEnvironment(),
      assertHostAllowed: (host: string) => (host === 'localhost' ? Promise.resolve() : assertPublicHost(host)),
    };
    const destination = await open(settingsFor(receiver.url.replace('127.0.0.1', 'localhost')), rebinding);
    await expect(destination.add(batchOf(1))).rejects.toBeInstanceOf(DestinationError);
    await expect(destination.add(batchOf(1))).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('private'),
    });
    expect(receiver.requests).toEqual([]);
  });

  test('a receiver that is too slow is given up at the deadline', async () => {
    receiver.instead = () => 'hang';
    const destination = await open(settingsFor(receiver.url, { timeoutSeconds: 1 }));
    await expect(destination.add(batchOf(1))).rejects.toMatchObject({ code: 'transient', vendorCode: 'timeout' });
  });

  test('the check says which step fails: a wrong secret, a dead port', async () => {
    const wrong = await open(settingsFor(receiver.url, { secret: 'another-secret-of-theirs' }), rehearsalEnvironment());
    expect((await wrong.check()).map(({ name, ok }) => [name, ok])).toEqual([
      ['host', true],
      ['answer', true],
      ['accepted', false],
    ]);
    const rotating = await open(
      settingsFor(receiver.url, { secret: 'another-secret-of-theirs', formerSecret: SECRET }),
      rehearsalEnvironment(),
    );
    expect((await rotating.check()).every(({ ok }) => ok)).toBe(true);
    const dead = await open(settingsFor('http://127.0.0.1:1'));
    expect((await dead.check()).map(({ ok }) => ok)).toEqual([true, false, false]);
  });
});
