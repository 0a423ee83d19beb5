import { Injectable } from '@nestjs/common';
import { AccountId } from '../../accounts/auth.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { StagedChunk } from './convert.ts';
import { movedIdOf } from './merge.repository.ts';
import { STAGED } from './staged.ts';

const STAGING = ['import_contacts', 'import_events', 'import_orders', 'import_unchanged'];

/** The tables through which the rows of a file pass on their way in. */
@Injectable()
export class StagingRepository {
  constructor(private readonly warehouse: Warehouse) {}

  async insert(chunk: StagedChunk): Promise<void> {
    for (const [kind, { table, columns }] of Object.entries(STAGED)) {
      await this.warehouse.insertBinary(table, columns, chunk[kind as keyof StagedChunk]);
    }
  }

  /** Forgets the staged rows of an attempt; its rejects stay. */
  async drop(importId: string): Promise<void> {
    await this.dropResolution(importId);
    for (const table of STAGING) await this.warehouse.dropPartition(table, importId);
  }

  /** Forgets which contacts the staged rows of an attempt belong to. */
  async dropResolution(importId: string): Promise<void> {
    await this.warehouse.dropPartition('import_resolution', importId);
    await this.warehouse.dropPartition('import_contacts', movedIdOf(importId));
  }

  async counts(account: AccountId, importId: string): Promise<{ contacts: number; events: number; rejects: number }> {
    const count = (table: string) =>
      `(SELECT count() FROM ${table} WHERE account_id = {account:String} AND import_id = {importId:String})`;
    return this.warehouse.one(
      `SELECT ${count('import_contacts')} AS contacts, ${count('import_events')} AS events, ${count('import_rejects')} AS rejects`,
      { account, importId },
    );
  }

  /** Lines of the rejects file in the order of the uploaded file. */
  rejects(account: AccountId, importId: string): AsyncGenerator<Reject[]> {
    return this.warehouse.stream<Reject>(
      `SELECT line, column, code, text, sample FROM import_rejects
       WHERE account_id = {account:String} AND import_id = {importId:String} ORDER BY line, column, code`,
      { account, importId },
    );
  }
}

export interface Reject {
  line: number;
  column: string;
  code: string;
  text: string;
  /** The value, masked. */
  sample: string;
}
