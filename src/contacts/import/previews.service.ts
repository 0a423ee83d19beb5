import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { AccountId } from '../../accounts/auth.ts';
import { Clock } from '../../engines/clock.ts';
import { Problem } from '../../http/problem.ts';
import { fileDeleted } from '../dataset-problems.ts';
import { DatasetsRepository } from '../datasets.repository.ts';
import { FileFault } from '../files/csv.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { MappingChecker } from '../mapping-checker.ts';
import { TraitsRepository } from '../traits.repository.ts';
import { UploadStore } from '../upload.store.ts';
import type { ImportPreview } from './preview.ts';
import { runPreviewThread } from './preview-thread.ts';

/** Clients wait five minutes for an answer. */
const TIME_LIMIT_MS = 4 * 60_000;

/** Counts what an import of a whole stored file would do. An account has one preview at a time; the others wait. */
@Injectable()
export class PreviewsService implements OnModuleDestroy {
  private readonly stop = new AbortController();
  /** The end of the newest preview of each account. */
  private readonly newest = new Map<AccountId, Promise<unknown>>();

  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly uploads: UploadStore,
    private readonly traits: TraitsRepository,
    private readonly mappings: MappingChecker,
    private readonly clock: Clock,
  ) {}

  onModuleDestroy(): void {
    this.stop.abort(new Problem(503, 'stopping', 'Reach is stopping. Ask again in a minute.'));
  }

  /**
   * @param closed aborts the preview when its caller does not wait any more
   * @throws Problem 409 `file_deleted`, 422 where the mapping or the file cannot be used, or reading it takes too long
   */
  async preview(account: AccountId, id: string, mapping: Mapping, closed: AbortSignal): Promise<ImportPreview> {
    const dataset = await this.datasets.mustFind(account, id);
    if (dataset.fileDeletedAt) throw fileDeleted(dataset);
    await this.mappings.assertUsable(account, mapping, dataset);
    const catalogue = await this.traits.types(account);
    const { format, fileFirstStoredAt: uploadedAt } = dataset;
    const path = this.uploads.path(id);
    const input = { account, importId: id, path, format, mapping, uploadedAt, catalogue };
    return this.inTurn(account, async () => {
      const timeLimit = AbortSignal.timeout(TIME_LIMIT_MS);
      const signal = AbortSignal.any([closed, timeLimit, this.stop.signal]);
      try {
        return await runPreviewThread({ input, now: this.clock.now().getTime() }, signal);
      } catch (error) {
        if (timeLimit.aborted) throw tooLong();
        if (!(error instanceof FileFault)) throw error;
        // it was deleted after this request had found its dataset
        if (error.code === 'file_deleted') throw fileDeleted(dataset);
        throw Problem.invalid('file', error.code, error.message);
      }
    });
  }

  private inTurn<T>(account: AccountId, run: () => Promise<T>): Promise<T> {
    const mine = (this.newest.get(account) ?? Promise.resolve()).then(run);
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    this.newest.set(account, ended);
    void ended.then(() => this.newest.get(account) === ended && this.newest.delete(account));
    return mine;
  }
}

const tooLong = (): Problem =>
  new Problem(
    422,
    'preview_too_long',
    'The file could not be read to its end within four minutes. Check the counts of its first rows instead.',
  );
