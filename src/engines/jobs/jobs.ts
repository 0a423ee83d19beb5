import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { definedJobs, JOB_HANDLER, type JobDefinition, type JobDriver, type JobHandler } from './job.ts';

/** The door to background work: enqueue from anywhere; handlers are found and checked at boot. */
@Injectable()
export class Jobs implements OnApplicationBootstrap {
  private readonly logger = new Logger(Jobs.name);

  constructor(
    private readonly driver: JobDriver,
    private readonly works: boolean,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** Adds a job, to run as soon as a worker is free, or after `delaySeconds`. */
  async enqueue<Payload extends object>(
    job: JobDefinition<Payload>,
    payload: Payload,
    delaySeconds = 0,
  ): Promise<void> {
    await this.driver.enqueue(job, payload, delaySeconds);
  }

  async onApplicationBootstrap(): Promise<void> {
    const handlers = this.handlers();
    await this.driver.start();
    if (!this.works) return;
    for (const job of definedJobs()) {
      await this.driver.work(job, this.guarded(job.name, handlers.get(job.name)!));
    }
  }

  /** @throws when the queue does not answer within seconds */
  async ping(): Promise<void> {
    await this.driver.ping();
  }

  async stop(): Promise<void> {
    await this.driver.stop();
  }

  /** Logs a failed job by name and error; payloads hold ids only, and are not logged. */
  private guarded(name: string, handler: JobHandler): JobHandler {
    return async (payload) => {
      try {
        await handler(payload);
      } catch (error) {
        this.logger.error({ msg: `job ${name} failed`, err: error });
        throw error;
      }
    };
  }

  /** @throws when a declared job has no handler or two, or a handler names no declared job. */
  private handlers(): Map<string, JobHandler> {
    const found = new Map<string, JobHandler>();
    for (const { instance } of this.discovery.getProviders()) {
      if (!instance || typeof instance !== 'object') continue;
      for (const method of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const name = this.reflector.get<string | undefined>(JOB_HANDLER, instance[method]);
        if (!name) continue;
        if (found.has(name)) throw new Error(`job ${name} has two handlers`);
        found.set(name, instance[method].bind(instance));
      }
    }
    const missing = definedJobs().filter((job) => !found.has(job.name));
    if (missing.length > 0) throw new Error(`jobs without a handler: ${missing.map((job) => job.name).join(', ')}`);
    return found;
  }
}
