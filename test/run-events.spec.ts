import { setTimeout } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { DEFAULT_ACCOUNT } from '../src/accounts/accounts.service.ts';
import { accounts, apiKeys } from '../src/accounts/accounts.tables.ts';
import { RunsRepository } from '../src/deliveries/runs.repository.ts';
import { RunsService } from '../src/deliveries/runs.service.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { type Reach, startReach, until } from './support/service.ts';

const READ_MS = 1_200;
const MAX_STREAMS = 4;

interface Viewer {
  status: number;
  code?: string;
  events: { status: string }[];
  ended: boolean;
  leave(): void;
}

describe('the events of a run', () => {
  let reach: Reach;
  let reads = 0;
  let readsAtOnce = 0;
  let most = 0;
  beforeAll(async () => {
    reach = await startReach({ env: { REACH_STREAMS_PER_KEY: String(MAX_STREAMS) } });
  });
  beforeEach(() => {
    [reads, readsAtOnce, most] = [0, 0, 0];
    const runs = reach.app.get(RunsService);
    jest.spyOn(runs, 'row').mockImplementation(async () => ({}) as never);
    jest.spyOn(runs, 'get').mockImplementation(async (_account, id) => {
      most = Math.max(most, ++readsAtOnce);
      await setTimeout(READ_MS);
      readsAtOnce--;
      return { id, status: `read ${++reads}`, finishedAt: null } as never;
    });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => reach.close());

  const newKey = async (more = {}) =>
    (await reach.api<{ id: string; key: string }>('POST', '/v1/api-keys', { name: 'a key', role: 'viewer', ...more }))
      .body;

  async function view(key: string, run = 'run_slow'): Promise<Viewer> {
    const stop = new AbortController();
    const response = await fetch(`${reach.url}/v1/runs/${run}/events`, {
      headers: { authorization: `Bearer ${key}` },
      signal: stop.signal,
    });
    const viewer: Viewer = { status: response.status, events: [], ended: false, leave: () => stop.abort() };
    if (response.status !== 200) return { ...viewer, ...((await response.json()) as { code: string }) };
    const read = async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        for (const [, data] of chunk.matchAll(/^data: (.*)$/gm)) viewer.events.push(JSON.parse(data!));
      }
    };
    read()
      .catch(() => undefined)
      .finally(() => {
        viewer.ended = true;
      });
    return viewer;
  }

  it('arrive when a run takes longer to read than the pause between reads, from one reader for all viewers', async () => {
    const { key } = await newKey();
    const viewers = await Promise.all([view(key), view(key), view(key)]);
    await until(
      async () => viewers,
      (all) => all.every(({ events }) => events.length >= 2),
    );
    expect(most).toBe(1);
    const late = await view(key);
    await until(
      async () => late.events.length,
      (count) => count > 0,
    );
    // a late viewer begins with what was read last
    expect(viewers[0]!.events).toContainEqual(late.events[0]);
    for (const viewer of [...viewers, late]) viewer.leave();
    await setTimeout(2 * READ_MS);
    const after = reads;
    await setTimeout(2 * READ_MS);
    expect(reads).toBe(after);
  });

  it('are refused with 429 to a key that holds as many streams as it may, until it leaves one', async () => {
    const [{ key }, { key: other }] = [await newKey(), await newKey()];
    const open = await Promise.all(Array.from({ length: MAX_STREAMS }, (_, i) => view(key, `run_${i}`)));
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200));
    expect(await view(key)).toMatchObject({ status: 429, code: 'too_many_streams' });
    const another = await view(other);
    expect(another.status).toBe(200);
    open[0]!.leave();
    const again = await until(
      () => view(key),
      ({ status }) => status === 200,
    );
    for (const viewer of [...open, another, again]) viewer.leave();
  });

  it('end within seconds when the key is revoked or expires', async () => {
    const revoked = await newKey();
    const expiring = await newKey({ expiresAt: new Date(reach.clock.now().getTime() + 3_600_000).toISOString() });
    const lasting = await newKey();
    const [first, second, third] = [await view(revoked.key), await view(expiring.key), await view(lasting.key)];
    expect((await reach.api('DELETE', `/v1/api-keys/${revoked.id}`)).status).toBe(204);
    const ended = (viewer: Viewer) =>
      until(
        async () => viewer.ended,
        (isEnded) => isEnded,
        10_000,
      );
    await ended(first);
    expect(second.ended).toBe(false);
    reach.clock.advance(3_600_000);
    await ended(second);
    expect(third.ended).toBe(false);
    third.leave();
  });

  it('are answered with 404 for an unknown run and for a run of another account', async () => {
    jest.restoreAllMocks();
    const [own, { id, key }] = [await newKey(), await newKey()];
    const db = reach.app.get<Db>(DB);
    await db.insert(accounts).values({ id: 'acc_other', name: 'Other', createdAt: reach.clock.now() });
    await db.update(apiKeys).set({ accountId: 'acc_other' }).where(eq(apiKeys.id, id));
    jest.spyOn(reach.app.get(RunsRepository), 'findRun').mockImplementation(async (account, run) => {
      // a store on another machine does not answer at once
      await setTimeout(50);
      return account === DEFAULT_ACCOUNT && run === 'run_1' ? ({} as never) : undefined;
    });
    jest.spyOn(reach.app.get(RunsService), 'get').mockResolvedValue({ finishedAt: new Date() } as never);
    expect((await view(own.key, 'run_1')).status).toBe(200);
    expect(await view(own.key, 'run_unknown')).toMatchObject({ status: 404, code: 'not_found' });
    expect(await view(key, 'run_1')).toMatchObject({ status: 404, code: 'not_found' });
  });
});
