import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { Caller } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { type DatasetView, viewOf } from './dataset.view.ts';
import type { UpdateDatasetDto } from './datasets.dto.ts';
import { DatasetsRepository } from './datasets.repository.ts';

/** What happens to a dataset after its upload, apart from its import. */
@Injectable()
export class DatasetLifecycleService {
  constructor(
    private readonly datasets: DatasetsRepository,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** Renames a dataset, or says when its next file is expected. @throws Problem 404 */
  async update(caller: Caller, id: string, dto: UpdateDatasetDto): Promise<DatasetView> {
    const row = await this.datasets.update(caller.accountId, id, dto);
    await this.accounts.audit(caller, 'dataset.update', id, { ...dto });
    return viewOf(row);
  }

  /**
   * Cancels an import that waits or runs. It ends within seconds in `error` with the code `cancelled`, and none of its
   * rows are stored.
   * @throws Problem 409 `import_merging` when it changes contacts already, `no_import` when none is under way
   */
  async cancel(caller: Caller, id: string): Promise<DatasetView> {
    const { accountId: account } = caller;
    await this.datasets.mustFind(account, id);
    const now = this.clock.now();
    const row =
      (await this.datasets.cancelQueued(account, id, now)) ?? (await this.datasets.requestCancel(account, id, now));
    if (!row) {
      const { mergingSince, status } = await this.datasets.mustFind(account, id);
      throw mergingSince && status !== 'ready' && status !== 'error' ? merging() : noImport();
    }
    await this.accounts.audit(caller, 'dataset.cancel', id);
    return viewOf(row);
  }
}

const merging = (): Problem =>
  Problem.conflict(
    'import_merging',
    'The import is storing its contacts and will end soon, so it cannot be cancelled. Delete the dataset with its contacts to undo it.',
  );

const noImport = (): Problem => Problem.conflict('no_import', 'No import of this dataset is under way.');
