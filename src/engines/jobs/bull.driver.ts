import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bull';
import { Semaphore } from 'redis-semaphore';
import { within } from '../engine-away.ts';
import type { JobDefinition, JobDriver, JobHandler } from './job.ts';

/** How long a request waits for Redis. */
const ENQUEUE_MS = 5_000;
const PING_MS = 2_000;
/** How long a stop waits for jobs. */
const STOP_MS = 10_000;
/** A place of a process that died is free after this time. */
const PLACE_MS = 30_000;
const RETRY_MS = 250;

/** How Bull's clients behave while Redis is away: commands wait until it is back, so that nothing is lost. */
export const REDIS_OPTIONS = {
  maxRetriesPerRequest: null,
  retryStrategy: (times: number) => Math.min(times * 200, 2_000),
};

/**
 * Jobs on Redis, spread over every worker that listens. A job whose worker died is taken up again by another. Every kind
 * has a queue of its own: the workers of one Bull queue take jobs of any name, so that one kind could hold up the others.
 * Bull counts concurrency by process; places in Redis count it over all processes.
 */
export class BullDriver implements JobDriver {
  private away = false;

  constructor(
    private readonly queues: ReadonlyMap<string, Queue>,
    private readonly onError: (error: Error) => void,
  ) {
    for (const queue of queues.values()) {
      queue.on('error', (error) => this.noteAway(error));
      // one client of each queue is enough to know that Redis is back
      queue.client.on('ready', () => {
        this.away = false;
      });
    }
  }

  /** Does not wait for Redis: a process starts without it, and works when it is there. */
  async start(): Promise<void> {}

  async work(job: JobDefinition<object>, handler: JobHandler): Promise<void> {
    const queue = this.queue(job);
    const handle = async ({ data }: { data: object }) => {
      const place = this.place(queue, job);
      await place.acquire();
      try {
        await handler(data as never);
      } finally {
        await place.release();
      }
    };
    queue.process(job.concurrency, handle).catch(this.onError);
  }

  /** @throws EngineAwayError when Redis does not answer; the job is added when it is back, if the process lives */
  async enqueue(job: JobDefinition<object>, payload: object, delaySeconds: number): Promise<void> {
    const retry = { attempts: job.attempts, backoff: { type: 'exponential', delay: 5000 } };
    const added = this.queue(job).add(payload, {
      ...retry,
      delay: delaySeconds * 1000,
      removeOnComplete: 1000,
      removeOnFail: 5000,
    });
    added.catch(() => undefined);
    await within(ENQUEUE_MS, 'jobs', added);
  }

  async ping(): Promise<void> {
    const [queue] = this.queues.values();
    await within(PING_MS, 'jobs', Promise.resolve(queue?.client.ping()));
  }

  /** Jobs that are not done in time, or that Redis cannot be told of, are taken up again by another process. */
  async stop(): Promise<void> {
    const queues = [...this.queues.values()];
    const ready = queues.filter((queue) => queue.clients.every(({ status }) => status === 'ready'));
    await Promise.race([Promise.allSettled(ready.map((queue) => queue.close())), sleep(STOP_MS)]);
    for (const queue of queues) for (const client of queue.clients) client.disconnect();
  }

  private place(queue: Queue, { name, concurrency }: JobDefinition<object>): Semaphore {
    return new Semaphore(queue.client, `${queue.toKey('places')}`, concurrency, {
      acquireTimeout: Number.POSITIVE_INFINITY,
      lockTimeout: PLACE_MS,
      retryInterval: RETRY_MS,
      onLockLost: () => this.onError(new Error(`a job of ${name} lost its place, while Redis was away`)),
    });
  }

  /** One line, not one for every client and every try. */
  private noteAway(error: Error): void {
    if (this.away) return;
    this.away = true;
    this.onError(error);
  }

  private queue({ name }: JobDefinition<object>): Queue {
    const queue = this.queues.get(name);
    if (!queue) throw new Error(`job ${name} was defined after the engines were opened`);
    return queue;
  }
}
