import { Injectable } from '@nestjs/common';
import { AccountId } from '../../accounts/auth.ts';
import { type SqlParams, Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { StagedChunk } from './convert.ts';
import { movedIdOf } from './merge.repository.ts';
import type { RejectCode } from './rejects.ts';
import { STAGED } from './staged.ts';

const STAGED_OF = (table: string) =>
  `FROM ${table} WHERE account_id = {account:String} AND import_id = {importId:String}`;
const REJECTS = STAGED_OF('import_rejects');
const ROWS_WITH_EVENTS = `SELECT line ${STAGED_OF('import_events')} UNION ALL SELECT line ${STAGED_OF('import_orders')}`;
const UNUSABLE_ORDERS = `SELECT arrayJoin(lines) ${STAGED_OF('import_joined_orders')} AND fault != ''`;
/** Values without which there is no event. */
const EVENT_CODES: RejectCode[] = [
  'event_time_missing',
  'event_time',
  'date_ambiguous',
  'event_value',
  'number_ambiguous',
];

const STAGING = ['import_contacts', 'import_events', 'import_orders', 'import_joined_orders', 'import_unchanged'];

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
    const count = (table: string) => `(SELECT count() ${STAGED_OF(table)})`;
    return this.warehouse.one(
      `SELECT ${count('import_contacts')} AS contacts, ${count('import_events')} AS events, ${count('import_rejects')} AS rejects`,
      { account, importId },
    );
  }

  /**
   * Values that were skipped in rows that were imported, by code.
   * @param unimported codes of rows that were not
   * @param kind of the file: in one of events, a row without any event was not imported
   */
  async skippedValues(
    account: AccountId,
    importId: string,
    unimported: string[],
    kind: Mapping['kind'],
  ): Promise<Record<string, number>> {
    return this.codes(
      `SELECT code, count() AS n ${REJECTS} AND code NOT IN {unimported:Array(String)}
         AND line NOT IN (SELECT line ${REJECTS} AND code IN {unimported:Array(String)})
         ${kind === 'events' ? `AND line NOT IN (${UNUSABLE_ORDERS}) AND line IN (${ROWS_WITH_EVENTS})` : ''}
       GROUP BY code`,
      { account, importId, unimported },
    );
  }

  /** Rows of a file of events that brought neither an event nor a part of an order, by the code of the value to blame. */
  async rowsWithoutEvents(account: AccountId, importId: string, unread: string[]): Promise<Record<string, number>> {
    return this.codes(
      `SELECT code, count() AS n
       FROM (
         SELECT line, argMin(code, (indexOf({events:Array(String)}, code) = 0, code)) AS code ${REJECTS}
           AND line NOT IN (SELECT line ${REJECTS} AND code IN {unread:Array(String)})
           AND line NOT IN (${ROWS_WITH_EVENTS})
         GROUP BY line)
       GROUP BY code`,
      { account, importId, unread, events: EVENT_CODES },
    );
  }

  private async codes(query: string, params: SqlParams): Promise<Record<string, number>> {
    const rows = await this.warehouse.query<{ code: string; n: number }>(query, params);
    return Object.fromEntries(rows.map(({ code, n }) => [code, n]));
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
