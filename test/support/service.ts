import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadSettings } from '../../config/settings.ts';
import { createApplication } from '../../src/application.ts';
import { Clock, type Recurring } from '../../src/engines/clock.ts';
import { ADMIN_KEY, type ApiResponse, call } from './http.ts';
import { createDatabase, createWarehouse, dropWarehouse, fillDataDir } from './template.ts';

export { type ApiResponse, until } from './http.ts';

/** How many times as often recurring work is done in tests, which would only wait for it. */
const HURRY = 10;

/** A clock that a test moves; it runs on from where it was set. Recurring work is done when the clock passes its time. */
export class TestClock extends Clock {
  private offset = 0;
  private readonly recurring = new Map<Recurring, number>();

  override now(): Date {
    return new Date(Date.now() + this.offset);
  }

  set(date: Date | string): void {
    this.advance(new Date(date).getTime() - this.now().getTime());
  }

  advance(milliseconds: number): void {
    this.offset += milliseconds;
    for (const [work, interval] of this.recurring) if (milliseconds >= interval) void work.run();
  }

  override every(milliseconds: number, work: () => Promise<void>, failed: (error: unknown) => void): Recurring {
    const recurring = super.every(milliseconds / HURRY, work, failed);
    this.recurring.set(recurring, milliseconds);
    return recurring;
  }

  /** Does a whole round of all recurring work, after the one that may be under way. */
  async round(): Promise<void> {
    const all = [...this.recurring.keys()];
    await Promise.all(all.map((work) => work.run()));
    await Promise.all(all.map((work) => work.run()));
  }
}

/** A running service with its own stores, reached over real HTTP. */
export interface Reach {
  url: string;
  dataDir: string;
  app: NestExpressApplication;
  clock: TestClock;
  /** Sends JSON with the admin key (or the key in `headers`) and parses the JSON answer. */
  api<T = Record<string, never>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiResponse<T>>;
  /** Stops the service; keeps the stores when `keep` is set, so that another start finds them. */
  close(options?: { keep?: boolean }): Promise<void>;
}

/**
 * Starts the whole service on a free port. Embedded engines by default. Where TEST_DATABASE_URL and TEST_REDIS_URL are
 * set (the gate's second round), each start gets a database of its own on that server, and Redis for jobs; where
 * TEST_CLICKHOUSE_URL is set, a database of its own there too.
 */
export async function startReach(
  options: { env?: Record<string, string>; dataDir?: string; log?: (line: string) => void } = {},
): Promise<Reach> {
  const dataDir = options.dataDir ?? (await newDataDir());
  const served = await servedEngines(dataDir);
  const settings = loadSettings({
    PORT: '0',
    REACH_DATA_DIR: dataDir,
    REACH_ADMIN_KEY: ADMIN_KEY,
    REACH_ALLOW_PRIVATE_HOSTS: 'true',
    REACH_LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    ...served,
    ...options.env,
  });
  const clock = new TestClock();
  const logger = options.log ? lineLogger(options.log) : undefined;
  const app = await createApplication(settings, { clock, logger });
  await app.listen(0, '127.0.0.1');
  // on a busy machine a socket that idles out just as it is used again would fail a request
  app.getHttpServer().keepAliveTimeout = 600_000;
  const url = await app.getUrl();
  return {
    url,
    dataDir,
    app,
    clock,
    api: (method, path, body, headers = {}) => call(url, method, path, body, headers),
    async close({ keep = false } = {}) {
      await app.close();
      if (keep) return;
      if (served.CLICKHOUSE_URL) await dropWarehouse(served.CLICKHOUSE_URL);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function newDataDir(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-'));
  await fillDataDir(dataDir);
  return dataDir;
}

async function servedEngines(dataDir: string): Promise<Record<string, string>> {
  const { TEST_DATABASE_URL, TEST_REDIS_URL, TEST_CLICKHOUSE_URL } = process.env;
  const name = dataDir.replaceAll(/\W+/g, '_').slice(-40).toLowerCase();
  const served: Record<string, string> = {};
  if (TEST_DATABASE_URL && TEST_REDIS_URL) {
    served.DATABASE_URL = await createDatabase(TEST_DATABASE_URL, name);
    served.REDIS_URL = TEST_REDIS_URL;
    served.REACH_REDIS_PREFIX = name;
  }
  if (TEST_CLICKHOUSE_URL) served.CLICKHOUSE_URL = await createWarehouse(TEST_CLICKHOUSE_URL, name);
  return served;
}

function lineLogger(log: (line: string) => void) {
  const write = (...args: unknown[]) =>
    log(args.map((a) => (a instanceof Error ? a.stack : JSON.stringify(a))).join(' '));
  return { log: write, error: write, warn: write, debug: write, verbose: write, fatal: write };
}
