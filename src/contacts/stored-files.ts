import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Clock, type Recurring } from '../engines/clock.ts';
import type { FileDeletion } from './contacts.tables.ts';
import { DatasetsRepository } from './datasets.repository.ts';
import { UploadStore } from './upload.store.ts';

const SWEEP_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;

/** Deletes uploaded files that nobody needs any more. */
@Injectable()
export class StoredFiles implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(StoredFiles.name);
  private sweeps?: Recurring;

  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly uploads: UploadStore,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Embedded engines have one process: whatever belongs to no dataset at its start was left by one that died. */
  async onApplicationBootstrap(): Promise<void> {
    await this.uploads.prepare();
    await this.deleteStray(!this.settings.DATABASE_URL);
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'old files could not be deleted', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.sweep(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  async sweep(): Promise<void> {
    await this.deleteUnneeded();
    await this.deleteStray(false);
  }

  /** Deletes files that were imported, and those that nobody imported, when the settings do not keep them longer. */
  async deleteUnneeded(): Promise<void> {
    const { REACH_KEEP_UPLOADS_HOURS, REACH_KEEP_UNUSED_UPLOADS_DAYS } = this.settings;
    const ago = (hours: number) => new Date(this.clock.now().getTime() - hours * HOUR_MS);
    const { imported, unused } = await this.datasets.filesToDelete(
      ago(REACH_KEEP_UPLOADS_HOURS),
      ago(REACH_KEEP_UNUSED_UPLOADS_DAYS * 24),
    );
    await this.delete(imported, 'imported');
    await this.delete(unused, 'unused');
  }

  /**
   * Deletes an account's files that were stored until a time and that nobody reads, and parts that a crash left.
   * @returns ids of the datasets whose file was deleted
   */
  async deleteForErasure(account: AccountId, until: Date): Promise<string[]> {
    const ids = await this.datasets.filesAtRest(account, until);
    await this.delete(ids, 'erasure');
    await this.deleteStray(false);
    return ids;
  }

  /** Files first, so that a process that dies in between deletes them once more. */
  private async delete(ids: string[], why: FileDeletion): Promise<void> {
    for (const id of ids) await this.uploads.forget(id);
    if (ids.length > 0) await this.datasets.filesDeleted(ids, why, this.clock.now());
  }

  private async deleteStray(alone: boolean): Promise<void> {
    await this.uploads.deleteStray(new Set(await this.datasets.storedFiles()), alone);
  }
}
