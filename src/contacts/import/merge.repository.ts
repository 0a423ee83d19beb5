import { Injectable } from '@nestjs/common';
import { AccountId } from '../../accounts/auth.ts';
import { UNIQUE_ROWS } from '../../engines/warehouse/settings.ts';
import { type SqlParams, Warehouse } from '../../engines/warehouse/warehouse.ts';
import {
  ANY_BY_ADDRESS,
  inheritStatements,
  REPLACED_STATEMENTS,
  RESTATED,
  recordStatements,
  restateContacts,
  STARTED_AT,
  shareStatements,
  sharingContacts,
} from './consent.sql.ts';
import {
  COPY_MOVED,
  countEventsSql,
  eventsSql,
  IN_RANGE,
  type MergePlan,
  mergeSql,
  noteEventsSql,
  ORPHANS,
  stagedRows,
} from './merge.sql.ts';
import { hexRanges } from './ranges.ts';

/** What merging needs to know of the import's plan. */
export interface MergeInput extends MergePlan {
  importId: string;
  /** The source of the rows: a dataset, or `inform`. */
  datasetId: string;
  /** When the file was uploaded: the time of denials without their own. */
  uploadedAt: Date;
  /** When a file with the same bytes was first uploaded to any dataset: the time of grants without their own. */
  bytesFirstUploadedAt: Date;
  /** ISO 3166-1 alpha-2: the country of contacts without one in these or earlier rows. */
  defaultCountry?: string;
  /** When the first attempt began: `created_at` of what it creates. */
  startedAt: Date;
}

export interface MergeCounts {
  contacts: number;
  created: number;
  consented: number;
  merged: number;
  enoughTraits: number;
}

/** Events that staged rows became. */
export interface MergedEvents {
  events: number;
  withoutValue: number;
}

/** The statements that turn staged rows into contacts, identities and events. Each may run again with the same result. */
@Injectable()
export class MergeRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Gives staged rows of groups that resolution moved the id of their contact. */
  async copyMoved(account: AccountId, input: MergeInput): Promise<void> {
    await this.warehouse.command(COPY_MOVED, this.params(account, input));
  }

  /** Merges staged rows into `contacts`, a range of ids at a time so that memory is bounded. */
  async mergeContacts(account: AccountId, input: MergeInput, rows: number): Promise<void> {
    for (const range of hexRanges(rows)) {
      await this.warehouse.command(mergeSql(input), { ...this.params(account, input), ...range });
    }
  }

  async indexIdentities(account: AccountId, input: MergeInput): Promise<void> {
    const rows = stagedRows(input, 'account_id, contact_id, id_kinds, id_namespaces, id_hashes');
    await this.warehouse.command(
      `INSERT INTO identities (account_id, kind, namespace, hash, contact_id, since)
       SELECT account_id, kind, namespace, hash, contact_id, {version:UInt64} FROM (${rows})
       ARRAY JOIN id_kinds AS kind, id_namespaces AS namespace, id_hashes AS hash
       SETTINGS ${UNIQUE_ROWS}`,
      this.params(account, input),
    );
  }

  /** Records which contacts the dataset creates or updates. */
  async noteContacts(account: AccountId, input: MergeInput): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO dataset_contacts (account_id, dataset_id, contact_id, version)
       SELECT account_id, {datasetId:String}, contact_id, {version:UInt64} FROM (${stagedRows(input, 'account_id, contact_id')})
       SETTINGS ${UNIQUE_ROWS}`,
      this.params(account, input),
    );
  }

  /** Stores every consent statement of the rows, including those that another one overrules. */
  async recordStatements(account: AccountId, input: MergeInput): Promise<void> {
    if (input.statements.length === 0) return;
    const rows = stagedRows(input, 'account_id, contact_id, statements, id_kinds, id_hashes');
    await this.warehouse.command(recordStatements(rows), this.params(account, input));
  }

  /**
   * Gives what is stated under an address to every contact that has it, in whatever order the two came. Identities must
   * be indexed and contacts merged. @param rows staged ones
   */
  async shareStatements(account: AccountId, input: MergeInput, rows: number): Promise<void> {
    const params = this.params(account, input);
    const { any } = await this.warehouse.one<{ any: number }>(ANY_BY_ADDRESS, params);
    if (!any) return;
    const inherit = inheritStatements(stagedRows(input, 'contact_id, id_kinds, id_hashes'));
    for (const range of hexRanges(rows)) {
      if (input.statements.length > 0) await this.warehouse.command(shareStatements, { ...params, ...range });
      await this.warehouse.command(inherit, { ...params, ...range });
    }
    const contacts = sharingContacts(stagedRows(input, 'contact_id'));
    await this.warehouse.command(restateContacts(contacts), params);
  }

  /** Removes the consent statements of an earlier import of the same file that this one does not repeat. */
  async replaceStatements(account: AccountId, input: MergeInput): Promise<void> {
    const params = this.params(account, input);
    // contacts first: statements that are deleted cannot be taken back after a crash
    await this.warehouse.command(restateContacts(RESTATED), params);
    await this.warehouse.erase('consent_statements', REPLACED_STATEMENTS, params);
  }

  /** Adds staged events, those of contacts that exist or of all. @returns how many: equal ids of one contact and stream are one event */
  async mergeEvents(account: AccountId, input: MergeInput, rows: number, of: 'known' | 'all'): Promise<MergedEvents> {
    const sum: MergedEvents = { events: 0, withoutValue: 0 };
    for (const range of hexRanges(rows)) {
      const params = { ...this.params(account, input), ...range };
      await this.warehouse.command(noteEventsSql(of === 'known'), params);
      await this.warehouse.command(eventsSql(of === 'known'), params);
      const counts = await this.warehouse.one<{ events: number; without_value: number }>(
        countEventsSql(of === 'known'),
        params,
      );
      sum.events += counts.events;
      sum.withoutValue += counts.without_value;
    }
    return sum;
  }

  /** Writes a reject for every line whose contact does not exist. @returns how many those are */
  async rejectOrphans(account: AccountId, input: MergeInput, column: string, text: string): Promise<number> {
    const params = { ...this.params(account, input), column, text };
    const { lines } = await this.warehouse.one<{ lines: number }>(`SELECT uniqExact(line) AS lines ${ORPHANS}`, params);
    if (lines === 0) return 0;
    await this.warehouse.command(
      `INSERT INTO import_rejects SELECT DISTINCT account_id, import_id, line, {column:String}, 'unknown_contact', {text:String}, '' ${ORPHANS}`,
      params,
    );
    return lines;
  }

  /** @param rows staged ones: ranges of ids are counted one after the other, so that memory is bounded */
  async counts(account: AccountId, input: MergeInput, rows: number, enough: number): Promise<MergeCounts> {
    const sum: MergeCounts = { contacts: 0, created: 0, consented: 0, merged: 0, enoughTraits: 0 };
    for (const range of hexRanges(rows)) {
      const counts = await this.countsOf(input, { ...this.params(account, input), ...range, enough });
      for (const name of Object.keys(sum) as (keyof MergeCounts)[]) sum[name] += counts[name];
    }
    return sum;
  }

  private async countsOf(input: MergeInput, params: SqlParams): Promise<MergeCounts> {
    const staged = await this.warehouse.one<Omit<MergeCounts, 'created' | 'enoughTraits'>>(
      `SELECT uniqExact(contact_id) AS contacts, countIf(denied = 0) AS consented, contacts - uniqExactIf(contact_id, denied = 1) AS merged
       FROM (${stagedRows(input, 'contact_id, denied', IN_RANGE)})`,
      params,
    );
    const merged = await this.warehouse.one<Pick<MergeCounts, 'created' | 'enoughTraits'>>(
      `SELECT countIf(created_at = ${STARTED_AT}) AS created,
         countIf(length(num) + length(cat) >= {enough:UInt32} AND contact_id NOT IN (${stagedRows(input, 'contact_id', `${IN_RANGE} AND denied = 1`)})) AS enoughTraits
       FROM contacts FINAL
       WHERE account_id = {account:String} ${IN_RANGE} AND contact_id IN (${stagedRows(input, 'contact_id', IN_RANGE)})`,
      params,
    );
    return { ...staged, ...merged };
  }

  private params(account: AccountId, input: MergeInput): SqlParams {
    return {
      account,
      importId: input.importId,
      datasetId: input.datasetId,
      movedId: movedIdOf(input.importId),
      purposes: input.statements.map(({ purpose }) => purpose),
      statementColumns: input.statements.map(({ column }) => column),
      uploadedMs: input.uploadedAt.getTime(),
      bytesUploadedMs: input.bytesFirstUploadedAt.getTime(),
      numberNames: input.numberNames,
      categoryNames: input.categoryNames,
      defaultCountry: input.defaultCountry ?? '',
      startedMs: input.startedAt.getTime(),
      version: versionOf(input.startedAt),
    };
  }
}

/** The import id of the copies of rows that belong to another contact than the one that their key founds. */
export const movedIdOf = (importId: string): string => `${importId}-moved`;

/** The version that an import writes, the same in each of its attempts. */
export const versionOf = (startedAt: Date): number => startedAt.getTime() * 1000;
