import { PgBoss } from 'pg-boss';
import type { OpenDatabase } from '../database/database.ts';
import type { JobDefinition, JobDriver, JobHandler } from './job.ts';

const SIX_HOURS = 6 * 3600;
/** While LISTEN works. Finds retries, and delayed jobs of a process that died. */
const FLOOR_SECONDS = 5;
const POLL_SECONDS = 1;
/** After a longer delay, the floor makes no difference. */
const PROMPT_SECONDS = 300;
/** The database's clock may be a little behind the timer. */
const SLACK_MS = 50;

/**
 * Jobs in the control-plane database. LISTEN/NOTIFY wakes workers at once, a timer wakes them for a delayed job; polling
 * stays as the floor.
 */
export class PgBossDriver implements JobDriver {
  private readonly boss: PgBoss;
  private readonly queues = new Set<string>();
  /** Ids of workers by the name of their job. */
  private readonly workers = new Map<string, string[]>();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(database: OpenDatabase, onError: (error: Error) => void) {
    this.boss = new PgBoss({ ...database.boss, useListenNotify: true, schema: 'jobs' });
    this.boss.on('error', onError);
  }

  async start(): Promise<void> {
    await this.boss.start();
  }

  async work(job: JobDefinition<object>, handler: JobHandler): Promise<void> {
    await this.queue(job);
    const polling = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: FLOOR_SECONDS };
    const work = () =>
      this.boss.work<object>(job.name, { ...polling, batchSize: 1 }, async (jobs: { data: object }[]) => {
        for (const { data } of jobs) await handler(data as never);
      });
    this.workers.set(job.name, await Promise.all(Array.from({ length: job.concurrency }, work)));
  }

  async enqueue(job: JobDefinition<object>, payload: object, delaySeconds: number): Promise<void> {
    await this.queue(job);
    const seconds = Math.ceil(delaySeconds);
    await this.boss.send(job.name, payload, seconds > 0 ? { startAfter: seconds } : {});
    if (seconds > 0 && seconds <= PROMPT_SECONDS) this.wake(job.name, seconds);
  }

  /** The queue lives in the database, which is asked by itself. */
  async ping(): Promise<void> {}

  async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    await this.boss.stop({ graceful: true, timeout: 10_000 });
  }

  /** Nothing announces that a delayed job is due. */
  private wake(name: string, seconds: number): void {
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        for (const id of this.workers.get(name) ?? []) this.boss.notifyWorker(id);
      },
      seconds * 1000 + SLACK_MS,
    );
    timer.unref();
    this.timers.add(timer);
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
