import { PgBoss } from 'pg-boss';
import type { OpenDatabase } from '../database/database.ts';
import type { JobDefinition, JobDriver, JobHandler } from './job.ts';

const SIX_HOURS = 6 * 3600;
const POLL_SECONDS = 1;

/** Jobs in the control-plane database. LISTEN/NOTIFY wakes workers at once; polling stays as the floor. */
export class PgBossDriver implements JobDriver {
  private readonly boss: PgBoss;
  private readonly queues = new Set<string>();

  constructor(database: OpenDatabase, onError: (error: Error) => void) {
    this.boss = new PgBoss({ ...database.boss, useListenNotify: true, schema: 'jobs' });
    this.boss.on('error', onError);
  }

  async start(): Promise<void> {
    await this.boss.start();
  }

  async work(job: JobDefinition<object>, handler: JobHandler): Promise<void> {
    await this.queue(job);
    // polling still has to find delayed jobs and retries, which nobody announces
    const polling = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS };
    const options = { localConcurrency: job.concurrency, ...polling, batchSize: 1 } as const;
    await this.boss.work<object>(job.name, options, async (jobs: { data: object }[]) => {
      for (const { data } of jobs) await handler(data as never);
    });
  }

  async enqueue(job: JobDefinition<object>, payload: object, delaySeconds: number): Promise<void> {
    await this.queue(job);
    await this.boss.send(job.name, payload, delaySeconds > 0 ? { startAfter: Math.ceil(delaySeconds) } : {});
  }

  async stop(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: 10_000 });
  }

  private async queue(job: JobDefinition<object>): Promise<void> {
    if (this.queues.has(job.name)) return;
    const options = {
      retryLimit: job.attempts - 1,
      retryDelay: 5,
      retryBackoff: true,
      expireInSeconds: SIX_HOURS,
      notify: true,
    };
    await this.boss.createQueue(job.name, options);
    this.queues.add(job.name);
  }
}
