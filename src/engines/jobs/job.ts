import { SetMetadata } from '@nestjs/common';

/** A kind of background work. Delivery is at least once, so every handler is idempotent. */
export interface JobDefinition<Payload extends object> {
  readonly name: string;
  /** How many of this kind run at once, over all processes. */
  readonly concurrency: number;
  /** Tries before the job is given up; 1 where the handler records its own failure. */
  readonly attempts: number;
  readonly payload?: Payload;
}

const defined = new Map<string, JobDefinition<object>>();

/** Declares a job. The boot check refuses to start when a declared job has no handler, or two. */
export function defineJob<Payload extends object>(
  name: string,
  options: { concurrency?: number; attempts?: number } = {},
): JobDefinition<Payload> {
  const job = { name, concurrency: options.concurrency ?? 1, attempts: options.attempts ?? 1 };
  defined.set(name, job);
  return job;
}

export function definedJobs(): JobDefinition<object>[] {
  return [...defined.values()];
}

export const JOB_HANDLER = 'reach:job-handler';

/** Marks the method that does a job: `(payload: Payload) => Promise<void>`. */
export const HandlesJob = (job: JobDefinition<never> | JobDefinition<object>): MethodDecorator =>
  SetMetadata(JOB_HANDLER, job.name);

export type JobHandler = (payload: never) => Promise<void>;

/** What a queue engine must do; one implementation on pg-boss, one on Bull. */
export interface JobDriver {
  start(): Promise<void>;
  work(job: JobDefinition<object>, handler: JobHandler): Promise<void>;
  enqueue(job: JobDefinition<object>, payload: object, delaySeconds: number): Promise<void>;
  /** @throws when the queue does not answer */
  ping(): Promise<void>;
  /** Stops taking jobs and waits for those in hand. */
  stop(): Promise<void>;
}
