import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadSettings } from '../../config/settings.ts';
import { EnginesModule } from '../../src/engines/engines.module.ts';
import { defineJob, HandlesJob } from '../../src/engines/jobs/job.ts';
import { Jobs } from '../../src/engines/jobs/jobs.ts';
import { fillDataDir } from '../support/template.ts';

const LINGER = defineJob<object>('test.linger');

@Injectable()
class Lingerer {
  begun = 0;
  letGo = () => {};
  private readonly gate = new Promise<void>((resolve) => {
    this.letGo = resolve;
  });

  @HandlesJob(LINGER)
  async linger(): Promise<void> {
    this.begun += 1;
    await this.gate;
  }
}

describe('two processes with one Redis', () => {
  // the embedded warehouse of a test process has one folder
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-places-'));
  const processes: INestApplicationContext[] = [];

  beforeAll(async () => {
    const { TEST_DATABASE_URL: DATABASE_URL, TEST_REDIS_URL: REDIS_URL } = process.env;
    const served = { DATABASE_URL, REDIS_URL, REACH_REDIS_PREFIX: randomUUID() };
    await fillDataDir(dataDir);
    const settings = loadSettings({ REACH_DATA_DIR: dataDir, ...served });
    @Module({ imports: [EnginesModule.forRoot(settings)], providers: [Lingerer] })
    class TestModule {}
    for (let i = 0; i < 2; i++)
      processes.push(await NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false }));
  });
  afterAll(async () => {
    for (const each of processes) each.get(Lingerer).letGo();
    for (const each of processes) await each.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('do no more of a kind at once than the job declares', async () => {
    for (let i = 0; i < 4; i++) await processes[0]!.get(Jobs).enqueue(LINGER, {});
    const begun = () => processes.reduce((sum, each) => sum + each.get(Lingerer).begun, 0);
    for (let i = 0; i < 600 && begun() === 0; i++) await setTimeout(50);
    await setTimeout(3_000);
    expect(begun()).toBe(1);
  });
});
