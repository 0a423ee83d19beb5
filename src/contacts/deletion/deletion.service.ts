import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../../config/settings.ts';
import { AccountsService } from '../../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../../accounts/auth.ts';
import { AlertsService } from '../../alerts/alerts.service.ts';
import { Clock, type Recurring } from '../../engines/clock.ts';
import { HandlesJob } from '../../engines/jobs/job.ts';
import { Jobs } from '../../engines/jobs/jobs.ts';
import type { ContactsChoice, DatasetRow } from '../contacts.tables.ts';
import { DatasetsRepository } from '../datasets.repository.ts';
import { importIdOf } from '../import/import.service.ts';
import { ImportListeners } from '../import-listeners.ts';
import { FINISH_DELETION, type FinishDeletion, importJob } from '../jobs.ts';
import { TraitsRepository } from '../traits.repository.ts';
import { TraitsService } from '../traits.service.ts';
import { UploadStore } from '../upload.store.ts';
import type { DatasetDeletionView } from './deletion.dto.ts';
import { DeletionsRepository } from './deletions.repository.ts';
import { ProvenanceRepository } from './provenance.repository.ts';

const SWEEP_MS = 60_000;
/** After this time an unfinished deletion may have lost its process. */
const UNFINISHED_MS = 120_000;

/**
 * Deletes datasets, by choice with what only they brought. The dataset is out of sight at once and its row goes last, so
 * that a deletion whose process dies is found by the sweep. Each step may be done twice.
 */
@Injectable()
export class DatasetDeletionService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DatasetDeletionService.name);
  private sweeps?: Recurring;

  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly deletions: DeletionsRepository,
    private readonly provenance: ProvenanceRepository,
    private readonly catalogue: TraitsRepository,
    private readonly traits: TraitsService,
    private readonly uploads: UploadStore,
    private readonly listeners: ImportListeners,
    private readonly alerts: AlertsService,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Embedded engines have one process: a deletion that is unfinished at its start was interrupted. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.REACH_ROLE === 'api') return;
    if (!this.settings.DATABASE_URL) await this.resume(this.clock.now());
    const failed = (err: unknown) => this.logger.error({ msg: 'looking for unfinished deletions failed', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.resume(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  /** Queues deletions that have not ended. */
  async resume(requestedBefore = new Date(this.clock.now().getTime() - UNFINISHED_MS)): Promise<void> {
    for (const datasetId of await this.deletions.unfinished(requestedBefore))
      await this.jobs.enqueue(FINISH_DELETION, { datasetId });
  }

  /** What a deletion would delete. @throws Problem 404 */
  async preview(account: AccountId, id: string, choice: ContactsChoice): Promise<DatasetDeletionView> {
    await this.datasets.mustFind(account, id);
    return this.counts(account, id, choice);
  }

  /** @returns what was deleted @throws Problem 404; 409 `import_under_way`, `deletion_under_way` */
  async delete(caller: Caller, id: string, choice: ContactsChoice): Promise<DatasetDeletionView> {
    const { accountId: account } = caller;
    const dataset = await this.deletions.begin(account, id, choice, this.clock.now());
    const counts = await this.counts(account, id, choice);
    const { contacts, events } = counts;
    const traits = counts.traits.map(({ name }) => name);
    await this.accounts.audit(caller, 'dataset.delete', id, { name: dataset.name, choice, contacts, events, traits });
    await this.carryOut(dataset);
    return counts;
  }

  /** Finishes a deletion whose process died; does nothing when it is done. */
  @HandlesJob(FINISH_DELETION)
  async finish({ datasetId }: FinishDeletion): Promise<void> {
    const dataset = await this.deletions.find(datasetId);
    if (dataset) await this.carryOut(dataset);
  }

  private async carryOut({ id, accountId, deletion, attempt }: DatasetRow): Promise<void> {
    const account = accountId as AccountId;
    if (deletion === 'delete') {
      await this.traits.removeUnused(account, await this.catalogue.onlyFrom(account, id));
      await this.provenance.delete(account, id, this.clock.now());
      await this.catalogue.forgetSource(account, id);
    }
    const imports = Array.from({ length: attempt }, (_, i) => importIdOf(id, i + 1));
    if (imports.length > 0) await this.provenance.deleteRejects(account, imports);
    await this.uploads.forget(id);
    if (deletion === 'delete') await this.listeners.notify(account, id);
    await this.alerts.close(account, id);
    await this.deletions.end(id);
    const next = await this.datasets.nextQueued(account);
    if (next) await this.jobs.enqueue(importJob(next), { datasetId: next.id });
  }

  private async counts(account: AccountId, id: string, choice: ContactsChoice): Promise<DatasetDeletionView> {
    const { all, only, unsubscribed, events } = await this.provenance.counts(account, id);
    if (choice === 'keep')
      return { contacts: { deleted: 0, kept: all, unsubscribed: 0 }, events: 0, traits: [], traitsInUse: [] };
    const traits = await this.traits.details(account, await this.catalogue.onlyFrom(account, id));
    const contactsOf = (name: string, contacts: number) => ({ name, contacts });
    return {
      contacts: { deleted: only, kept: all - only, unsubscribed },
      events,
      traits: traits
        .filter(({ usedBy }) => usedBy.length === 0)
        .map(({ name, filled }) => contactsOf(name, filled.contacts)),
      traitsInUse: traits
        .filter(({ usedBy }) => usedBy.length > 0)
        .map(({ name, filled, usedBy }) => ({ ...contactsOf(name, filled.contacts), usedBy })),
    };
  }
}
