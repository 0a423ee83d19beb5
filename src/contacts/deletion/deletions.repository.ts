import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNotNull, lte, or } from 'drizzle-orm';
import type { AccountId } from '../../accounts/auth.ts';
import type { Db } from '../../engines/database/database.ts';
import { DB } from '../../engines/database/token.ts';
import { Problem } from '../../http/problem.ts';
import { type ContactsChoice, type DatasetRow, datasets } from '../contacts.tables.ts';
import { lockImports } from '../datasets.repository.ts';

/** Datasets that are being deleted: out of sight for everybody, and no import of the account runs meanwhile. */
@Injectable()
export class DeletionsRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /**
   * Takes a dataset out of sight.
   * @throws Problem 404; 409 `import_under_way`, `deletion_under_way`
   */
  async begin(account: AccountId, id: string, choice: ContactsChoice, now: Date): Promise<DatasetRow> {
    return this.db.transaction(async (tx) => {
      await lockImports(tx as unknown as Db, account);
      const isBusy = or(isNotNull(datasets.deletion), eq(datasets.status, 'running'));
      const busy = await tx
        .select()
        .from(datasets)
        .where(and(eq(datasets.accountId, account), or(isBusy, eq(datasets.id, id))));
      const dataset = busy.find((each) => each.id === id && each.deletion === null);
      if (!dataset) throw Problem.notFound('dataset', id);
      if (dataset.status === 'starting' || busy.some(({ status }) => status === 'running')) throw importUnderWay();
      if (busy.some(({ deletion }) => deletion !== null)) throw deletionUnderWay();
      const change = { deletion: choice, deletionRequestedAt: now };
      await tx.update(datasets).set(change).where(eq(datasets.id, id));
      return { ...dataset, ...change };
    });
  }

  /** A dataset whose deletion has begun and not ended. */
  async find(id: string): Promise<DatasetRow | undefined> {
    const [row] = await this.db
      .select()
      .from(datasets)
      .where(and(eq(datasets.id, id), isNotNull(datasets.deletion)));
    return row;
  }

  /** Datasets whose deletion was requested before a time and has not ended. */
  async unfinished(before: Date): Promise<string[]> {
    const rows = await this.db
      .select({ id: datasets.id })
      .from(datasets)
      .where(and(isNotNull(datasets.deletion), lte(datasets.deletionRequestedAt, before)));
    return rows.map(({ id }) => id);
  }

  async end(id: string): Promise<void> {
    await this.db.delete(datasets).where(and(eq(datasets.id, id), isNotNull(datasets.deletion)));
  }
}

const importUnderWay = (): Problem =>
  Problem.conflict(
    'import_under_way',
    'A file of the account is being imported. Delete the dataset once the import has ended, or cancel the import first.',
  );

const deletionUnderWay = (): Problem =>
  Problem.conflict('deletion_under_way', 'Another dataset is being deleted. Delete this one once that has ended.');
