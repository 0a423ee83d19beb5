import type { Queue } from 'bull';
import type { JobDefinition, JobDriver, JobHandler } from './job.ts';

/**
 * Jobs on Redis, spread over every worker that listens. A job whose worker died is taken up again by another. Every kind
 * has a queue of its own: the workers of one Bull queue take jobs of any name, so that one kind could hold up the others.
 */
export class BullDriver implements JobDriver {
  constructor(private readonly queues: ReadonlyMap<string, Queue>) {}

  async start(): Promise<void> {
    for (const queue of this.queues.values()) await queue.isReady();
  }

  async work(job: JobDefinition<object>, handler: JobHandler): Promise<void> {
    const handle = async ({ data }: { data: object }) => handler(data as never);
    void this.queue(job).process(job.concurrency, handle);
  }

  async enqueue(job: JobDefinition<object>, payload: object, delaySeconds: number): Promise<void> {
    const retry = { attempts: job.attempts, backoff: { type: 'exponential', delay: 5000 } };
    await this.queue(job).add(payload, {
      ...retry,
      delay: delaySeconds * 1000,
      removeOnComplete: 1000,
      removeOnFail: 5000,
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }

  private queue({ name }: JobDefinition<object>): Queue {
    const queue = this.queues.get(name);
    if (!queue) throw new Error(`job ${name} was defined after the engines were opened`);
    return queue;
  }
}
