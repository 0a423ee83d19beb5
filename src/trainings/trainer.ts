import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Settings } from '../../config/settings.ts';
import type { Clock, Recurring } from '../engines/clock.ts';
import type { JobDefinition } from '../engines/jobs/job.ts';
import type { Jobs } from '../engines/jobs/jobs.ts';
import { Problem } from '../http/problem.ts';
import type { TrainingStatusError } from './training.columns.ts';
import type { Claimed, TrainingClaims } from './training-claims.ts';
import type { OnProgress } from './training-thread.ts';

/** A worker that was not heard of for this long is dead, and its training is taken over. */
const DEAD_AFTER_MS = 60_000;
const HEARTBEAT_MS = 5_000;
const SWEEP_MS = 30_000;

/** A training that was refused for a reason the user can act on. */
type Refusal = Error & { code: string; path?: string };

/**
 * The life of trainings of one kind: taken by one worker, heard of while it lasts, taken over when that one dies. A
 * training can be repeated at any point, for it writes nothing until it is whole.
 */
export abstract class Trainer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(this.constructor.name);
  protected readonly stop = new AbortController();
  private sweeps?: Recurring;

  protected constructor(
    private readonly claims: TrainingClaims,
    private readonly job: JobDefinition<{ versionId: string }>,
    private readonly isRefusal: (error: unknown) => error is Refusal,
    protected readonly jobs: Jobs,
    protected readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Trains the claimed version and stores what came of it. */
  protected abstract train(claimed: Claimed): Promise<void>;

  /** Embedded engines have one process: what is under way at its start was cut off. Elsewhere silence tells. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.REACH_ROLE === 'api') return;
    await this.resume(this.settings.DATABASE_URL ? undefined : this.clock.now());
    const failed = (err: unknown) => this.logger.error({ msg: 'looking for trainings that died failed', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.resume(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.sweeps?.stop();
  }

  /** Trains a version unless another worker does; its failure is recorded with it. */
  protected async work(versionId: string): Promise<void> {
    const claimed = await this.claims.take(versionId, this.clock.now(), this.deadline());
    if (!claimed) return;
    try {
      await this.train(claimed);
    } catch (error) {
      if (this.stop.signal.aborted) await this.claims.release(claimed);
      else await this.claims.fail(claimed, this.statusError(error));
    }
  }

  /** Runs what takes long, and tells all the while that its worker lives and how far it is. */
  protected async heartbeating<Result>(
    claimed: Claimed,
    run: (options: { signal: AbortSignal; onProgress: OnProgress }) => Promise<Result>,
  ): Promise<Result> {
    let [progress, step] = [0, 'starting'];
    const tell = () => this.claims.heard(claimed, this.clock.now(), progress, step).catch(() => undefined);
    const heartbeat = setInterval(() => void tell(), HEARTBEAT_MS);
    let told = tell();
    const onProgress = (share: number, now: string) => {
      [progress, step] = [share, now];
      told = told.then(tell);
    };
    try {
      return await run({ signal: this.stop.signal, onProgress });
    } finally {
      clearInterval(heartbeat);
      await told;
    }
  }

  /** What the user can act on is told as it is; the rest goes to the log. */
  private statusError(error: unknown): TrainingStatusError {
    if (this.isRefusal(error)) return { code: error.code, detail: error.message, path: error.path };
    if (error instanceof Problem) return { code: error.code, detail: error.message };
    this.logger.error({ msg: 'a training failed', err: error });
    return { code: 'training_failed', detail: 'The training failed on our side; the log says why. Train again.' };
  }

  private deadline(): Date {
    return new Date(this.clock.now().getTime() - DEAD_AFTER_MS);
  }

  /** Queues again what died with its worker or whose job was lost. */
  async resume(unheardSince: Date = this.deadline()): Promise<void> {
    for (const versionId of await this.claims.orphans(unheardSince, this.clock.now()))
      await this.jobs.enqueue(this.job, { versionId });
  }
}
