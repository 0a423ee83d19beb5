import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, NestFactory, Reflector } from '@nestjs/core';
import { loadSettings } from '../../../config/settings.ts';
import { fillDataDir } from '../../../test/support/template.ts';
import { EnginesModule } from '../engines.module.ts';
import { defineJob, HandlesJob, type JobDriver } from './job.ts';
import { Jobs } from './jobs.ts';

const GREET = defineJob<{ name: string }>('test.greet', { concurrency: 2 });
const STUMBLE = defineJob<{ name: string }>('test.stumble', { attempts: 2 });
const LINGER = defineJob<object>('test.linger');

@Injectable()
class Greeter {
  letGo = () => {};
  private gate = Promise.resolve();
  lingering = 0;
  readonly greeted: { name: string; at: number }[] = [];
  stumbles = 0;

  /** Lets jobs linger until they are let go. */
  hold(): void {
    this.gate = new Promise<void>((resolve) => {
      this.letGo = resolve;
    });
  }

  @HandlesJob(GREET)
  async greet({ name }: { name: string }): Promise<void> {
    this.greeted.push({ name, at: Date.now() });
  }

  @HandlesJob(LINGER)
  async linger(): Promise<void> {
    this.lingering += 1;
    await this.gate;
  }

  @HandlesJob(STUMBLE)
  async stumble({ name }: { name: string }): Promise<void> {
    this.stumbles += 1;
    if (this.stumbles === 1) throw new Error('first try fails');
    this.greeted.push({ name, at: Date.now() });
  }
}

@Injectable()
class SecondGreeter {
  @HandlesJob(GREET)
  async greet(): Promise<void> {}
}

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const served =
  TEST_DATABASE_URL && TEST_REDIS_URL
    ? { DATABASE_URL: TEST_DATABASE_URL, REDIS_URL: TEST_REDIS_URL, REACH_REDIS_PREFIX: randomUUID() }
    : {};

describe(`jobs on ${TEST_REDIS_URL ? 'Bull' : 'pg-boss'}`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-jobs-'));
  const settings = loadSettings({ REACH_DATA_DIR: dataDir, ...served });
  let app: INestApplicationContext;

  const start = (providers: (typeof Greeter | typeof SecondGreeter)[]) => {
    @Module({ imports: [EnginesModule.forRoot(settings)], providers })
    class TestModule {}
    return NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
  };

  const eventually = async (holds: () => boolean) => {
    for (let i = 0; i < 600 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(holds()).toBe(true);
  };

  beforeAll(async () => {
    await fillDataDir(dataDir);
    app = await start([Greeter]);
  });
  afterAll(async () => {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('does what was enqueued, soon', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    for (const name of names) await app.get(Jobs).enqueue(GREET, { name });
    await eventually(() => names.every((name) => app.get(Greeter).greeted.some((g) => g.name === name)));
  });

  it('waits as long as it was asked to', async () => {
    const before = Date.now();
    await app.get(Jobs).enqueue(GREET, { name: 'later' }, 1);
    await eventually(() => app.get(Greeter).greeted.some((g) => g.name === 'later'));
    expect(app.get(Greeter).greeted.find((g) => g.name === 'later')!.at - before).toBeGreaterThanOrEqual(900);
  });

  it('does no more of a kind at once than it says, and goes on with the other kinds meanwhile', async () => {
    const greeter = app.get(Greeter);
    greeter.hold();
    for (let i = 0; i < 10; i++) await app.get(Jobs).enqueue(LINGER, {});
    await eventually(() => greeter.lingering > 0);
    await app.get(Jobs).enqueue(GREET, { name: 'quick' });
    await eventually(() => greeter.greeted.some((g) => g.name === 'quick'));
    expect(greeter.lingering).toBe(1);
    greeter.letGo();
  });

  it('tries a failed job again as often as it says', async () => {
    await app.get(Jobs).enqueue(STUMBLE, { name: 'stumbled' });
    await eventually(() => app.get(Greeter).greeted.some((g) => g.name === 'stumbled'));
    expect(app.get(Greeter).stumbles).toBe(2);
  }, 30_000);
});

describe('the boot check', () => {
  const idle: JobDriver = {
    start: async () => {},
    work: async () => {},
    enqueue: async () => {},
    ping: async () => {},
    stop: async () => {},
  };

  const boot = async (providers: (typeof Greeter | typeof SecondGreeter)[]) => {
    @Module({
      imports: [DiscoveryModule],
      providers: [
        ...providers,
        {
          provide: Jobs,
          useFactory: (...parts: [DiscoveryService, MetadataScanner, Reflector]) => new Jobs(idle, true, ...parts),
          inject: [DiscoveryService, MetadataScanner, Reflector],
        },
      ],
    })
    class TestModule {}
    return NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
  };

  it('refuses a job without a handler', async () => {
    await expect(boot([])).rejects.toThrow('jobs without a handler: test.greet, test.stumble, test.linger');
  });

  it('refuses a job with two handlers', async () => {
    await expect(boot([Greeter, SecondGreeter])).rejects.toThrow('job test.greet has two handlers');
  });
});
