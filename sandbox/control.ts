import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxClock } from './clock.ts';
import type { Fault, FaultBook } from './faults.ts';
import { isObject, parseObject } from './http.ts';
import type { Journal, PlatformName } from './journal.ts';

/** What the control API needs of a platform. */
export interface Controlled {
  faults: FaultBook;
  options: object;
  snapshot(): object;
  members?(id: string): Set<string>;
  values?(id: string, kind: string): Set<string>;
}

export interface ControlTarget {
  clock: SandboxClock;
  journal: Journal;
  platforms: Record<PlatformName, Controlled>;
  settings(): Record<string, string>;
  credentials: object;
  /** Named actions beside faults and options, e.g. `sftp.changeHostKey`. */
  actions: Record<string, (body: Record<string, unknown>) => unknown>;
  reset(): void;
}

/** The running control API. */
export interface Control {
  url: string;
  close(): Promise<void>;
}

class Refused extends Error {}

type Route = (target: ControlTarget, query: URLSearchParams, body: Record<string, unknown>) => unknown;

const ROUTES: Record<string, Route> = {
  'GET /_sandbox': (target) => ({ settings: target.settings(), credentials: target.credentials }),
  'GET /_sandbox/state': (target, query) => {
    const only = query.get('platform');
    if (only) return platform(target, only).snapshot();
    return Object.fromEntries(Object.entries(target.platforms).map(([name, p]) => [name, p.snapshot()]));
  },
  'GET /_sandbox/requests': ({ journal }, query) => {
    const only = query.get('platform');
    const after = Number(query.get('after') ?? 0);
    return journal.requests.filter((r) => r.id > after && (!only || r.platform === only));
  },
  'GET /_sandbox/violations': ({ journal }) => journal.violations,
  'GET /_sandbox/members': (target, query) => {
    const source = platform(target, query.get('platform') ?? '');
    const [audience, kind] = [query.get('audience') ?? '', query.get('kind')];
    try {
      return [...((kind ? source.values?.(audience, kind) : source.members?.(audience)) ?? [])];
    } catch {
      throw new Refused(`there is no audience ${audience}`);
    }
  },
  'GET /_sandbox/faults': (target) =>
    Object.fromEntries(Object.entries(target.platforms).map(([name, p]) => [name, p.faults.list()])),
  'POST /_sandbox/faults': (target, _, body) => {
    const { faults } = platform(target, body.platform);
    const list = Array.isArray(body.faults) ? (body.faults as Fault[]) : [];
    if (list.length === 0 || list.some((fault) => typeof fault?.do !== 'string'))
      throw new Refused('send {"platform": …, "faults": [{"do": …}]}');
    faults.add(...list);
    return faults.list();
  },
  'DELETE /_sandbox/faults': (target) => {
    for (const p of Object.values(target.platforms)) p.faults.clear();
    return {};
  },
  'POST /_sandbox/options': (target, _, body) => {
    const { options } = platform(target, body.platform);
    if (!isObject(body.options)) throw new Refused('send {"platform": …, "options": {…}}');
    merge(options as Record<string, unknown>, body.options);
    return options;
  },
  'POST /_sandbox/clock': ({ clock }, _, body) => {
    if (typeof body.set === 'string') clock.set(body.set);
    if (typeof body.advanceSeconds === 'number') clock.advance(body.advanceSeconds * 1000);
    if (body.reset === true) clock.reset();
    return { now: clock.now().toISOString() };
  },
  'POST /_sandbox/actions': ({ actions }, _, body) => {
    const action = actions[String(body.action)];
    if (!action) throw new Refused(`action must be one of ${Object.keys(actions).join(', ')}`);
    return action(body) ?? {};
  },
  'POST /_sandbox/reset': (target) => {
    target.reset();
    return {};
  },
};

/** Serves the control API, so that a test in another process or a person can look in and script faults. */
export async function startControl(target: ControlTarget, port = 0): Promise<Control> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, body } = answer(
      target,
      `${request.method} ${url.pathname}`,
      url.searchParams,
      Buffer.concat(chunks).toString(),
    );
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body, null, 2));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/_sandbox`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(target: ControlTarget, name: string, query: URLSearchParams, text: string) {
  const route = ROUTES[name];
  if (!route) return { status: 404, body: { error: `unknown; there are ${Object.keys(ROUTES).join(', ')}` } };
  const body = text ? parseObject(text) : {};
  if (!body) return { status: 400, body: { error: 'the body must be a JSON object' } };
  try {
    return { status: 200, body: route(target, query, body) };
  } catch (error) {
    return { status: error instanceof Refused ? 400 : 500, body: { error: (error as Error).message } };
  }
}

function platform(target: ControlTarget, name: unknown): Controlled {
  const found = target.platforms[String(name) as PlatformName];
  if (!found) throw new Refused(`platform must be one of ${Object.keys(target.platforms).join(', ')}`);
  return found;
}

function merge(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(from)) {
    if (!(name in into)) throw new Refused(`there is no option ${name}; there are ${Object.keys(into).join(', ')}`);
    const old = into[name];
    if (isObject(old) && isObject(value)) merge(old, value);
    else into[name] = value;
  }
}
