import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { OutcomeError } from '../models/outcomes/errors.ts';
import { dayOf } from '../models/outcomes/outcome-model.ts';
import type { OutcomeRequest } from '../models/outcomes/train.ts';
import { Trainer } from '../trainings/trainer.ts';
import type { Claimed } from '../trainings/training-claims.ts';
import { OutcomeDefinitions } from './definition.service.ts';
import { ExamplesRepository } from './examples.repository.ts';
import { TRAIN_OUTCOME } from './jobs.ts';
import { OutcomesRepository } from './outcomes.repository.ts';
import { OutcomeTrainingRepository } from './training.repository.ts';
import { runOutcomeThread } from './training-thread.ts';

/** Trains outcome versions. */
@Injectable()
export class OutcomeTrainingService extends Trainer {
  constructor(
    private readonly trainings: OutcomeTrainingRepository,
    private readonly outcomes: OutcomesRepository,
    private readonly definitions: OutcomeDefinitions,
    private readonly examples: ExamplesRepository,
    jobs: Jobs,
    clock: Clock,
    settings: Settings,
  ) {
    super(trainings, TRAIN_OUTCOME, (error) => error instanceof OutcomeError, jobs, clock, settings);
  }

  @HandlesJob(TRAIN_OUTCOME)
  run({ versionId }: { versionId: string }): Promise<void> {
    return this.work(versionId);
  }

  protected async train(claimed: Claimed): Promise<void> {
    const { account } = claimed;
    const version = await this.outcomes.versionById(account, claimed.id);
    const outcome = version && (await this.outcomes.find(account, version.outcomeId));
    if (!outcome) return;
    const readAt = this.clock.now();
    const { traits, seed, excludeProtected } = outcome;
    const resolved = await this.definitions.resolve(account, outcome);
    const { sides, streams, asOf, past, defining } = resolved;
    const population = await this.examples.counts(sides);
    const examples = await this.examples.sample(account, sides, { ...resolved, seed });
    const request: OutcomeRequest = {
      ...examples,
      population,
      today: dayOf(asOf),
      past,
      traits: traits ?? undefined,
      excludeProtected,
      defining,
      seed,
    };
    const { model, ...report } = await this.heartbeating(claimed, (options) => runOutcomeThread(request, options));
    const used = new Set(model.traits.map(({ trait }) => trait));
    const trained = {
      model,
      report: { ...report, seed, excludeProtected },
      counts: { ...population, sample: report.sampleSize },
      asOf: asOf.toISOString().slice(0, 10),
      streams: streams.filter((stream) => [...used].some((name) => name.startsWith(`event:${stream}:`))),
    };
    await this.trainings.finish(claimed, trained, readAt, this.clock.now());
  }
}
