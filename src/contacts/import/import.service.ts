import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../../config/settings.ts';
import { AccountId } from '../../accounts/auth.ts';
import { Clock, type Recurring } from '../../engines/clock.ts';
import { HandlesJob } from '../../engines/jobs/job.ts';
import { Jobs } from '../../engines/jobs/jobs.ts';
import type { DatasetRow } from '../contacts.tables.ts';
import { DatasetsRepository, type QueuedImport } from '../datasets.repository.ts';
import { ErasedPeople } from '../erased-people.ts';
import { readSample } from '../files/sample.ts';
import { ImportListeners } from '../import-listeners.ts';
import { IMPORT_DATASET, IMPORT_SMALL_DATASET, type ImportDataset, importJob } from '../jobs.ts';
import { StoredFiles } from '../stored-files.ts';
import { TraitsRepository } from '../traits.repository.ts';
import { UploadStore } from '../upload.store.ts';
import type { KnownRows } from './convert.ts';
import { readingDigest, recognisesRows } from './digests.ts';
import { faultOf, ImportCancelled } from './faults.ts';
import type { ImportProgress } from './import.worker.ts';
import { type ChunkSink, runImportThread } from './import-thread.ts';
import type { MergeInput } from './merge.repository.ts';
import { ImportMerger } from './merger.ts';
import { type ImportPlan, planImport } from './plan.ts';
import { StagingRepository } from './staging.repository.ts';
import { UnchangedRowsRepository } from './unchanged-rows.repository.ts';

/** A worker without a heartbeat for this long is dead, and another one takes over its import. */
const DEAD_AFTER_MS = 60_000;
const SWEEP_MS = 30_000;
/** How often a running import sends a heartbeat and checks whether it was cancelled. */
const BEAT_MS = 2_000;

/** Runs imports: stage in a thread, merge by SQL, notify listeners. Every step may be repeated after a crash. */
@Injectable()
export class ImportService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ImportService.name);
  private sweeps?: Recurring;
  private stopping = false;

  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly staging: StagingRepository,
    private readonly merger: ImportMerger,
    private readonly unchanged: UnchangedRowsRepository,
    private readonly traits: TraitsRepository,
    private readonly uploads: UploadStore,
    private readonly files: StoredFiles,
    private readonly listeners: ImportListeners,
    private readonly erased: ErasedPeople,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Embedded engines have one process: imports that run at its start were interrupted. Elsewhere heartbeats decide. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.REACH_ROLE === 'api') return;
    const alone = !this.settings.DATABASE_URL;
    await this.resume(alone ? this.clock.now() : undefined);
    const failed = (err: unknown) => this.logger.error({ msg: 'checking for interrupted imports failed', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.resume(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    await this.sweeps?.stop();
  }

  @HandlesJob(IMPORT_SMALL_DATASET)
  runSmall(job: ImportDataset): Promise<void> {
    return this.run(job);
  }

  @HandlesJob(IMPORT_DATASET)
  async run({ datasetId }: ImportDataset): Promise<void> {
    const dataset = await this.datasets.claim(datasetId, randomUUID(), this.clock.now(), this.deadline());
    if (!dataset) return;
    try {
      await this.carryOut(dataset);
    } finally {
      const next = await this.datasets.nextQueued(dataset.accountId as AccountId);
      if (next && !this.stopping) await this.enqueue(next);
    }
  }

  private async carryOut(dataset: DatasetRow): Promise<void> {
    const cancel = new AbortController();
    const beat = setInterval(() => void this.beat(dataset, cancel).catch(() => undefined), BEAT_MS);
    try {
      if (dataset.cancelRequestedAt && !dataset.mergingSince) throw new ImportCancelled();
      await this.import(dataset.accountId as AccountId, dataset, cancel.signal);
    } catch (error) {
      if (this.stopping) await this.datasets.release(dataset);
      else await this.fail(dataset, error);
      return;
    } finally {
      clearInterval(beat);
    }
    await this.notify(dataset);
    await this.files.deleteUnneeded();
  }

  private async beat(dataset: DatasetRow, cancel: AbortController): Promise<void> {
    if (await this.datasets.heartbeat(dataset, this.clock.now())) cancel.abort(new ImportCancelled());
  }

  private async enqueue(queued: QueuedImport): Promise<void> {
    await this.jobs.enqueue(importJob(queued), { datasetId: queued.id });
  }

  private deadline(): Date {
    return new Date(this.clock.now().getTime() - DEAD_AFTER_MS);
  }

  /** Queues interrupted imports again, and notifies listeners of imports whose worker died before it could. */
  async resume(unheardSince: Date = this.deadline()): Promise<void> {
    for (const queued of await this.datasets.orphans(unheardSince, this.clock.now())) await this.enqueue(queued);
    for (const dataset of await this.datasets.withPendingNotification(unheardSince)) await this.notify(dataset);
  }

  private async notify(dataset: DatasetRow): Promise<void> {
    if (await this.listeners.notify(dataset.accountId as AccountId, dataset.id)) await this.datasets.notified(dataset);
  }

  private async import(account: AccountId, dataset: DatasetRow, signal: AbortSignal): Promise<void> {
    const { importId, plan } = await this.prepare(account, dataset);
    if (dataset.attempt > 1) await this.forget(importIdOf(dataset.id, dataset.attempt - 1));
    const reading = recognisesRows(plan) ? readingDigest(plan, this.clock.now()) : undefined;
    const digests =
      reading === undefined ? new Uint8Array() : await this.unchanged.known(account, reading, dataset.startedAt!);
    const progress = await this.stage(dataset, plan, signal, { digests, are: 'left-out' });
    const input = await this.resolve(account, dataset, plan, signal, reading);
    dataset.mergingSince = await this.datasets.beginMerge(dataset, this.clock.now());
    const names = plan.traits.map(({ name }) => name);
    await this.traits.noteSource(account, dataset.id, names);
    const { funnel, result } = await this.merger.merge(account, dataset, plan, input, progress, reading);
    await this.traits.add(account, plan.traits, dataset.mapping!.source ?? 'first-party', this.clock.now());
    await this.forget(importId);
    await this.datasets.finish(dataset, this.clock.now(), { funnel, result, rowsRead: progress.received });
  }

  /** Assigns rows to contacts. A skipped row is read after all if other rows change its contact. */
  private async resolve(
    account: AccountId,
    dataset: DatasetRow,
    plan: ImportPlan,
    signal: AbortSignal,
    reading: string | undefined,
  ): Promise<MergeInput> {
    for (;;) {
      const input = await this.merger.resolve(account, dataset, plan);
      const digests = reading === undefined ? new Uint8Array() : await this.unchanged.clashing(account, input, reading);
      if (digests.length === 0) return input;
      await this.staging.dropResolution(plan.importId);
      await this.stage(dataset, plan, signal, { digests, are: 'read' });
    }
  }

  private async stage(
    dataset: DatasetRow,
    plan: ImportPlan,
    signal: AbortSignal,
    known: KnownRows,
  ): Promise<ImportProgress> {
    const work = { plan, now: this.clock.now().getTime(), known };
    const sink: ChunkSink = async (chunk, { received, bytes }) => {
      if (this.stopping) throw new Error('the service is stopping');
      signal.throwIfAborted();
      await this.staging.insert(chunk);
      // rows that are read a second time are counted already
      const progress = known.are === 'left-out' ? { rowsRead: received, bytesRead: bytes } : {};
      await this.datasets.progressed(dataset, this.clock.now(), progress);
    };
    const read = await runImportThread(work, sink, signal);
    await this.erased.drop(dataset.accountId as AccountId, plan.importId);
    return read;
  }

  private async prepare(account: AccountId, dataset: DatasetRow): Promise<{ importId: string; plan: ImportPlan }> {
    const path = this.uploads.path(dataset.id);
    const importId = importIdOf(dataset.id, dataset.attempt);
    const mapping = dataset.mapping!;
    const sample = await readSample(path, dataset.format);
    const catalogue = await this.traits.types(account);
    const { format, fileFirstStoredAt: uploadedAt } = dataset;
    const plan = planImport({ account, importId, path, format, mapping, sample, uploadedAt, catalogue });
    await this.traits.assertNoConflict(account, plan.traits);
    return { importId, plan };
  }

  private async forget(importId: string): Promise<void> {
    await this.staging.drop(importId);
  }

  /** Ends the import with its problem. `contacts` holds none of its rows unless merging had begun. */
  private async fail(dataset: DatasetRow, error: unknown): Promise<void> {
    const shown = faultOf(error, dataset.mergingSince !== null);
    if (shown.code === 'internal') this.logger.error({ msg: 'import failed', dataset: dataset.id, err: error });
    for (const attempt of [dataset.attempt - 1, dataset.attempt]) await this.forget(importIdOf(dataset.id, attempt));
    await this.datasets.fail(dataset, shown, this.clock.now());
  }
}

export const importIdOf = (datasetId: string, attempt: number): string => `${datasetId}-${attempt}`;
