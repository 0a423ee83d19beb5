import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { AccountId } from '../accounts/auth.ts';
import { CohortsService } from '../cohorts/cohorts.service.ts';
import type { Sql } from '../conditions/condition.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { TrainingError } from '../models/errors.ts';
import type { Table } from '../models/table.ts';
import type { TrainRequest, TrainResult } from '../models/train.ts';
import type { TaskName, Tasks } from '../models/train.worker.ts';
import { Trainer } from '../trainings/trainer.ts';
import type { Claimed } from '../trainings/training-claims.ts';
import { TRAIN_PERSONAS } from './jobs.ts';
import { newPersona } from './new-persona.ts';
import { PersonaSetsRepository, type SetRow, type VersionRow } from './persona-sets.repository.ts';
import { pinsOf } from './pins.ts';
import { SampleRepository } from './sample.repository.ts';
import { TrainingRepository } from './training.repository.ts';
import { runInThread } from './training-thread.ts';

/** Trains persona versions, and makes those that are edits of another. */
@Injectable()
export class TrainingService extends Trainer {
  constructor(
    private readonly trainings: TrainingRepository,
    private readonly sets: PersonaSetsRepository,
    private readonly samples: SampleRepository,
    private readonly cohorts: CohortsService,
    private readonly contacts: ContactsService,
    jobs: Jobs,
    clock: Clock,
    settings: Settings,
  ) {
    super(trainings, TRAIN_PERSONAS, (error) => error instanceof TrainingError, jobs, clock, settings);
  }

  /** A query for the contacts a set learns from. */
  async members(account: AccountId, cohortId: string | null): Promise<Sql> {
    return cohortId === null ? this.samples.everyone(account) : this.cohorts.memberQuery(account, cohortId);
  }

  @HandlesJob(TRAIN_PERSONAS)
  run({ versionId }: { versionId: string }): Promise<void> {
    return this.work(versionId);
  }

  protected async train(claimed: Claimed): Promise<void> {
    const { account } = claimed;
    const version = await this.sets.versionById(account, claimed.id);
    const set = version && (await this.sets.find(account, version.setId));
    if (!set) return;
    const readAt = this.clock.now();
    const members = await this.members(account, set.cohortId);
    const cohortSize = await this.samples.size(members);
    const catalogue = await this.contacts.catalogue(account);
    const table = await this.samples.sample(account, members, catalogue, { seed: set.seed, asOf: readAt });
    const result = await this.compute(claimed, set, version, table);
    const now = this.clock.now();
    const personas = result.personas.map(({ key }) => newPersona({ account, setId: set.id, key, now }));
    await this.trainings.finish(claimed, result, { cohortSize, readAt, now, personas });
  }

  /** Trains the version on the sample, or makes it of the one it is based on by its edit. */
  private async compute(claimed: Claimed, set: SetRow, version: VersionRow, table: Table): Promise<TrainResult> {
    const { account } = claimed;
    const base = version.basedOn === null ? undefined : await this.sets.version(account, set.id, version.basedOn);
    const usedKeys = (await this.sets.personasEver(set.id)).map(({ key }) => key);
    const { seed, excludeProtected } = set;
    const { edit } = version;
    if (edit && base?.model) {
      const request = { model: base.model, edit, table, seed, excludeProtected, usedKeys };
      const edited = await this.inThread(claimed, 'edit', request);
      return { ...edited, choice: base.choice ?? undefined, selection: base.selection ?? [] };
    }
    const request: TrainRequest = {
      table,
      traits: set.traits ?? undefined,
      k: version.k ?? undefined,
      seed,
      excludeProtected,
      previous: base?.model ?? undefined,
      usedKeys,
      pins: pinsOf(await this.sets.pins(account, set.id)),
    };
    return this.inThread(claimed, 'train', request);
  }

  private inThread<Name extends TaskName>(claimed: Claimed, task: Name, request: Tasks[Name]['request']) {
    return this.heartbeating(claimed, (options) => runInThread(task, request, options));
  }
}
