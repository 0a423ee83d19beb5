import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Problem } from '../http/problem.ts';
import { OutcomeError } from '../models/outcomes/errors.ts';
import { dayOf } from '../models/outcomes/outcome-model.ts';
import type { OutcomeRequest, OutcomeResult } from '../models/outcomes/train.ts';
import { OutcomeDefinitions } from './definition.service.ts';
import { ExamplesRepository } from './examples.repository.ts';
import { TRAIN_OUTCOME } from './jobs.ts';
import { type OutcomeRow, OutcomesRepository, type OutcomeVersionRow } from './outcomes.repository.ts';
import type { OutcomeStatusError } from './outcomes.tables.ts';
import { OutcomeTrainingRepository } from './training.repository.ts';
import { runOutcomeThread } from './training-thread.ts';

/** A worker that was not heard of for this long is dead, and its training is taken over. */
const DEAD_AFTER_MS = 60_000;
const HEARTBEAT_MS = 5_000;
const SWEEP_MS = 30_000;

/** Trains outcome versions. A training can be repeated at any point: it writes nothing until it is whole. */
@Injectable()
export class OutcomeTrainingService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OutcomeTrainingService.name);
  private readonly stop = new AbortController();
  private sweeper?: NodeJS.Timeout;

  constructor(
    private readonly trainings: OutcomeTrainingRepository,
    private readonly outcomes: OutcomesRepository,
    private readonly definitions: OutcomeDefinitions,
    private readonly examples: ExamplesRepository,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Embedded engines have one process: what is under way at its start was cut off. Elsewhere silence tells. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.REACH_ROLE === 'api') return;
    await this.resume(this.settings.DATABASE_URL ? this.deadline() : this.clock.now());
    this.sweeper = setInterval(() => void this.resume(this.deadline()).catch(() => undefined), SWEEP_MS);
    this.sweeper.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeper);
    this.stop.abort();
  }

  @HandlesJob(TRAIN_OUTCOME)
  async run({ versionId }: { versionId: string }): Promise<void> {
    const version = await this.trainings.claim(versionId, randomUUID(), this.clock.now(), this.deadline());
    if (!version) return;
    const account = version.accountId as AccountId;
    const outcome = await this.outcomes.find(account, version.outcomeId);
    if (!outcome) return;
    try {
      await this.train(account, outcome, version);
    } catch (error) {
      if (this.stop.signal.aborted) await this.trainings.release(version);
      else await this.trainings.fail(version, this.statusError(error));
    }
  }

  private async train(account: AccountId, outcome: OutcomeRow, version: OutcomeVersionRow): Promise<void> {
    const readAt = this.clock.now();
    const { traits, seed, excludeProtected } = outcome;
    const { sides, features, streams, asOf, past, defining } = await this.definitions.resolve(account, outcome);
    const population = await this.examples.counts(sides);
    const examples = await this.examples.sample(account, sides, { features, streams, asOf, seed });
    const { model, ...report } = await this.heartbeating(version, {
      ...examples,
      population,
      today: dayOf(asOf),
      past,
      traits: traits ?? undefined,
      excludeProtected,
      defining,
      seed,
    });
    const used = new Set(model.traits.map(({ trait }) => trait));
    const trained = {
      model,
      report: { ...report, seed, excludeProtected },
      counts: { ...population, sample: report.sampleSize },
      asOf: asOf.toISOString().slice(0, 10),
      streams: streams.filter((stream) => [...used].some((name) => name.startsWith(`event:${stream}:`))),
    };
    await this.trainings.finish(version, trained, readAt, this.clock.now());
  }

  private async heartbeating(version: OutcomeVersionRow, request: OutcomeRequest): Promise<OutcomeResult> {
    let [progress, step] = [0, 'starting'];
    const tell = () => this.trainings.heard(version, this.clock.now(), progress, step).catch(() => undefined);
    const heartbeat = setInterval(() => void tell(), HEARTBEAT_MS);
    let told = tell();
    const onProgress = (share: number, now: string) => {
      [progress, step] = [share, now];
      told = told.then(tell);
    };
    try {
      return await runOutcomeThread(request, onProgress, this.stop.signal);
    } finally {
      clearInterval(heartbeat);
      await told;
    }
  }

  /** What the user can act on is told as it is; the rest goes to the log. */
  private statusError(error: unknown): OutcomeStatusError {
    if (error instanceof OutcomeError) return { code: error.code, detail: error.message, path: error.path };
    if (error instanceof Problem) return { code: error.code, detail: error.message };
    this.logger.error({ msg: 'a training failed', err: error });
    return { code: 'training_failed', detail: 'The training failed on our side; the log says why. Train again.' };
  }

  private deadline(): Date {
    return new Date(this.clock.now().getTime() - DEAD_AFTER_MS);
  }

  private async resume(unheardSince: Date): Promise<void> {
    for (const versionId of await this.trainings.orphans(unheardSince)) {
      await this.trainings.forget(versionId, unheardSince);
      await this.jobs.enqueue(TRAIN_OUTCOME, { versionId });
    }
  }
}
