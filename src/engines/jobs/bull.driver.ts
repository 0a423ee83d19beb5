import type { Queue } from 'bull';
import type { JobDefinition, JobDriver, JobHandler } from './job.ts';

/** Name of the Bull queue that @nestjs/bull registers; every job kind is a named process on it. */
export const BULL_QUEUE = 'reach';

/** Jobs on Redis, spread over every worker that listens. A job whose worker died is taken up again by another. */
export class BullDriver implements JobDriver {
  constructor(private readonly queue: Queue) {}

  async start(): Promise<void> {
    await this.queue.isReady();
  }

  async work(job: JobDefinition<object>, handler: JobHandler): Promise<void> {
    void this.queue.process(job.name, job.concurrency, async ({ data }: { data: object }) => handler(data as never));
  }

  async enqueue(job: JobDefinition<object>, payload: object, delaySeconds: number): Promise<void> {
    const retry = { attempts: job.attempts, backoff: { type: 'exponential', delay: 5000 } };
    await this.queue.add(job.name, payload, {
      ...retry,
      delay: delaySeconds * 1000,
      removeOnComplete: 1000,
      removeOnFail: 5000,
    });
  }

  async stop(): Promise<void> {
    await this.queue.close();
  }
}
