import { plainToInstance } from 'class-transformer';
import { conformance, type Harness } from '../connectors/conformance.ts';
import type { ErrorRule } from '../connectors/errors.ts';
import { kit } from '../connectors/kit.ts';
import mailingList, { Options, Settings } from '../docs/examples/mailing-list/connector.ts';
import { type Received, type Receiver, startReceiver } from './support/receiver.ts';

/** The example of docs/writing-a-connector.md, held to what every connector promises. */

class Service {
  readonly lists = new Map<string, { reference: string; name: string; people: Set<string> }>();

  handle = ({ method, path, headers, body }: Received) => {
    if (headers.authorization !== 'Bearer token-of-ours') return { status: 401 };
    if (path === '/me') return { status: 200, body: {} };
    const sent = JSON.parse(body);
    const [, , id = '', way] = path.split('/');
    if (method === 'POST' && !id) return { status: 200, body: { id: this.listOf(sent) } };
    const list = this.lists.get(id);
    if (!list) return { status: 404 };
    for (const [digest] of sent.people as string[][])
      way === 'add' ? list.people.add(digest!) : list.people.delete(digest!);
    return { status: 200, body: { refused: [] } };
  };

  private listOf({ reference, name }: { reference: string; name: string }): string {
    const known = [...this.lists].find(([, list]) => list.reference === reference);
    if (known) known[1].name = name;
    else this.lists.set(`list-${this.lists.size + 1}`, { reference, name, people: new Set() });
    return known?.[0] ?? `list-${this.lists.size}`;
  }
}

conformance(mailingList(kit), async (): Promise<Harness<Settings, Options>> => {
  const service = new Service();
  const receiver = await startReceiver(service.handle);
  const deliveries = () => receiver.requests.filter(({ path }) => /\/(add|remove)$/.test(path));
  const instead = (answer: ReturnType<NonNullable<Receiver['instead']>>) => {
    receiver.instead = ({ path }) => (/\/(add|remove)$/.test(path) ? answer : undefined);
  };
  return {
    settings: plainToInstance(Settings, { url: receiver.url, token: 'token-of-ours' }),
    options: new Options(),
    addresses: {},
    deliveries: () =>
      deliveries().map(({ path, body }) => ({
        way: path.endsWith('remove') ? 'remove' : 'add',
        entries: JSON.parse(body).people.length,
        text: body,
      })),
    holds: ({ id }) => service.lists.get(id)?.people.size ?? 0,
    state: () => [...service.lists].map(([id, { name, people }]) => [id, name, [...people]]),
    connections: () => receiver.open(),
    hang: () => instead('hang'),
    failWith: ({ vendor }: ErrorRule) => {
      if (!/^\d{3}$/.test(vendor)) return false;
      instead({ status: Number(vendor) });
      return true;
    },
    throttle: (seconds) => instead({ status: 429, headers: { 'retry-after': String(seconds) } }),
    reset: () => {
      receiver.instead = undefined;
      receiver.requests.length = 0;
      service.lists.clear();
    },
    stop: () => receiver.close(),
  };
});
