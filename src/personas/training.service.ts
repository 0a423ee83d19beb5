import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { AccountId } from '../accounts/auth.ts';
import { CohortsService } from '../cohorts/cohorts.service.ts';
import type { Sql } from '../conditions/condition.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Problem } from '../http/problem.ts';
import { TrainingError } from '../models/errors.ts';
import type { Table } from '../models/table.ts';
import type { TrainRequest, TrainResult } from '../models/train.ts';
import type { TaskName, Tasks } from '../models/train.worker.ts';
import { TRAIN_PERSONAS } from './jobs.ts';
import { newPersona } from './new-persona.ts';
import { PersonaSetsRepository, type SetRow, type VersionRow } from './persona-sets.repository.ts';
import type { StatusError } from './personas.tables.ts';
import { pinsOf } from './pins.ts';
import { SampleRepository } from './sample.repository.ts';
import { TrainingRepository } from './training.repository.ts';
import { runInThread } from './training-thread.ts';

/** A worker that was not heard of for this long is dead, and its training is taken over. */
const DEAD_AFTER_MS = 60_000;
const HEARTBEAT_MS = 5_000;
const SWEEP_MS = 30_000;

/** Trains persona versions. A training can be repeated at any point: it writes nothing until it is whole. */
@Injectable()
export class TrainingService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TrainingService.name);
  private readonly stop = new AbortController();
  private sweeper?: NodeJS.Timeout;

  constructor(
    private readonly trainings: TrainingRepository,
    private readonly sets: PersonaSetsRepository,
    private readonly samples: SampleRepository,
    private readonly cohorts: CohortsService,
    private readonly contacts: ContactsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Embedded engines have one process: what is under way at its start was cut off. Elsewhere silence tells. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.REACH_ROLE === 'api') return;
    const alone = !this.settings.DATABASE_URL;
    await this.resume(alone ? this.clock.now() : this.deadline());
    this.sweeper = setInterval(() => void this.resume(this.deadline()).catch(() => undefined), SWEEP_MS);
    this.sweeper.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeper);
    this.stop.abort();
  }

  /** A query for the contacts a set learns from. */
  async members(account: AccountId, cohortId: string | null): Promise<Sql> {
    return cohortId === null ? this.samples.everyone(account) : this.cohorts.memberQuery(account, cohortId);
  }

  @HandlesJob(TRAIN_PERSONAS)
  async run({ versionId }: { versionId: string }): Promise<void> {
    const version = await this.trainings.claim(versionId, randomUUID(), this.clock.now(), this.deadline());
    if (!version) return;
    const account = version.accountId as AccountId;
    const set = await this.sets.find(account, version.setId);
    if (!set) return;
    try {
      await this.train(account, set, version);
    } catch (error) {
      if (this.stop.signal.aborted) await this.trainings.release(version);
      else await this.trainings.fail(version, this.statusError(error));
    }
  }

  private async train(account: AccountId, set: SetRow, version: VersionRow): Promise<void> {
    const readAt = this.clock.now();
    const members = await this.members(account, set.cohortId);
    const cohortSize = await this.samples.size(members);
    const table = await this.samples.sample(account, members, await this.contacts.catalogue(account), set.seed);
    const result = await this.compute(account, set, version, table);
    const now = this.clock.now();
    const personas = result.personas.map(({ key }) => newPersona({ account, setId: set.id, key, now }));
    await this.trainings.finish(version, result, { cohortSize, readAt, now, personas });
  }

  /** Trains the version on the sample, or makes it of the one it is based on by its edit. */
  private async compute(account: AccountId, set: SetRow, version: VersionRow, table: Table): Promise<TrainResult> {
    const base = version.basedOn === null ? undefined : await this.sets.version(account, set.id, version.basedOn);
    const usedKeys = (await this.sets.personasEver(set.id)).map(({ key }) => key);
    const { seed, excludeProtected } = set;
    const { edit } = version;
    if (edit && base?.model) {
      const request = { model: base.model, edit, table, seed, excludeProtected, usedKeys };
      const edited = await this.heartbeating(version, 'edit', request);
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
    return this.heartbeating(version, 'train', request);
  }

  private async heartbeating<Name extends TaskName>(version: VersionRow, task: Name, request: Tasks[Name]['request']) {
    let [progress, step] = [0, 'starting'];
    const tell = () => this.trainings.heard(version, this.clock.now(), progress, step).catch(() => undefined);
    const heartbeat = setInterval(() => void tell(), HEARTBEAT_MS);
    let told = tell();
    const onProgress = (share: number, now: string) => {
      [progress, step] = [share, now];
      told = told.then(tell);
    };
    try {
      return await runInThread(task, request, { onProgress, signal: this.stop.signal });
    } finally {
      clearInterval(heartbeat);
      await told;
    }
  }

  /** What the user can act on is told as it is; the rest goes to the log. */
  private statusError(error: unknown): StatusError {
    if (error instanceof TrainingError) return { code: error.code, detail: error.message, path: error.path };
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
      await this.jobs.enqueue(TRAIN_PERSONAS, { versionId });
    }
  }
}
