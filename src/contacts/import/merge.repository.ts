import { Injectable } from '@nestjs/common';
import { AccountId } from '../../accounts/auth.ts';
import { UNIQUE_ROWS } from '../../engines/warehouse/settings.ts';
import { type SqlParams, Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { IdentityKind } from '../../identity/identity-keys.ts';
import { EVENT_MERGE, idRanges, mergeSql, OWNERS, STAGED_RANGE, STARTED_AT } from './merge.sql.ts';

/** What merging needs to know of the import's plan. */
export interface MergeInput {
  importId: string;
  kind: IdentityKind;
  purposes: string[];
  numberNames: string[];
  categoryNames: string[];
  /** ISO 3166-1 alpha-2: the country of contacts for whom neither these rows nor any before name one. */
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

/** Lines of an events file whose contact does not exist, and the events that stood in them. */
export interface Orphans {
  lines: number;
  events: number;
}

/** The statements that turn staged rows into contacts, identities and events. Each may run again with the same result. */
@Injectable()
export class MergeRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /**
   * Gives staged rows whose key another contact already owns that contact's id.
   * @returns the import id to go on with: a copy's when something changed.
   */
  async resolveOwners(account: AccountId, input: MergeInput): Promise<string> {
    const params = this.params(account, input);
    const { foreign } = await this.warehouse.one<{ foreign: number }>(
      `SELECT count() AS foreign FROM (${OWNERS('import_contacts')}) WHERE owner != derived`,
      params,
    );
    if (foreign === 0) return input.importId;
    const resolvedId = resolvedIdOf(input.importId);
    await this.warehouse.command(
      `INSERT INTO import_contacts SELECT s.* REPLACE ({resolvedId:String} AS import_id, if(o.owner = '', s.contact_id, o.owner) AS contact_id)
       FROM (SELECT * FROM import_contacts WHERE account_id = {account:String} AND import_id = {importId:String}) AS s
       LEFT JOIN (${OWNERS('import_contacts')}) AS o ON o.derived = s.contact_id`,
      { ...params, resolvedId },
    );
    return resolvedId;
  }

  /** Merges staged rows into `contacts`, a range of ids at a time so that memory is bounded. */
  async mergeContacts(account: AccountId, input: MergeInput, rows: number): Promise<void> {
    for (const range of idRanges(rows)) {
      await this.warehouse.command(mergeSql(input), { ...this.params(account, input), ...range });
    }
  }

  async indexIdentities(account: AccountId, input: MergeInput): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO identities (account_id, kind, hash, contact_id, version)
       SELECT account_id, kind, hash, contact_id, {version:UInt64} FROM import_contacts
       ARRAY JOIN id_kinds AS kind, id_hashes AS hash
       WHERE account_id = {account:String} AND import_id = {importId:String}
       SETTINGS ${UNIQUE_ROWS}`,
      this.params(account, input),
    );
  }

  /** Notes which contacts the dataset created or updated. */
  async noteContacts(account: AccountId, input: MergeInput, datasetId: string): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO dataset_contacts (account_id, dataset_id, contact_id, version)
       SELECT account_id, {datasetId:String}, contact_id, {version:UInt64} FROM import_contacts
       WHERE account_id = {account:String} AND import_id = {importId:String}
       SETTINGS ${UNIQUE_ROWS}`,
      { ...this.params(account, input), datasetId },
    );
  }

  /** Adds staged events of contacts that exist. Equal ids of one contact, stream and time are one event. */
  async mergeEvents(account: AccountId, input: MergeInput, rows: number): Promise<void> {
    for (const range of idRanges(rows)) {
      await this.warehouse.command(EVENT_MERGE, { ...this.params(account, input), ...range });
    }
  }

  /** Writes a reject for every line whose contact does not exist. @returns how many those are, and their events */
  async rejectOrphans(account: AccountId, input: MergeInput, column: string, text: string): Promise<Orphans> {
    const orphans = `FROM import_events WHERE account_id = {account:String} AND import_id = {importId:String}
      AND contact_id NOT IN (SELECT derived FROM (${OWNERS('import_events')}))`;
    const params = { ...this.params(account, input), column, text };
    const counts = `SELECT uniqExact(line) AS lines, count() AS events ${orphans}`;
    const found = await this.warehouse.one<Orphans>(counts, params);
    if (found.lines === 0) return found;
    await this.warehouse.command(
      `INSERT INTO import_rejects SELECT DISTINCT account_id, import_id, line, {column:String}, 'unknown_contact', {text:String}, '' ${orphans}`,
      params,
    );
    return found;
  }

  async counts(account: AccountId, input: MergeInput, enough: number): Promise<MergeCounts> {
    const params = { ...this.params(account, input), enough };
    const staged = await this.warehouse.one<Omit<MergeCounts, 'created' | 'enoughTraits'>>(
      `SELECT uniqExact(contact_id) AS contacts, countIf(denied = 0) AS consented, uniqExactIf(contact_id, denied = 0) AS merged
       FROM import_contacts WHERE account_id = {account:String} AND import_id = {importId:String}`,
      params,
    );
    const merged = await this.warehouse.one<Pick<MergeCounts, 'created' | 'enoughTraits'>>(
      `SELECT countIf(created_at = ${STARTED_AT}) AS created,
         countIf(length(num) + length(cat) >= {enough:UInt32} AND contact_id IN (${STAGED_RANGE('contact_id', 'AND denied = 0')})) AS enoughTraits
       FROM contacts FINAL
       WHERE account_id = {account:String} AND contact_id IN (${STAGED_RANGE('contact_id')})`,
      { ...params, from: '', to: 'g' },
    );
    return { ...staged, ...merged };
  }

  private params(account: AccountId, input: MergeInput): SqlParams {
    return {
      account,
      importId: input.importId,
      kind: input.kind,
      purposes: input.purposes,
      numberNames: input.numberNames,
      categoryNames: input.categoryNames,
      defaultCountry: input.defaultCountry ?? '',
      startedMs: input.startedAt.getTime(),
      version: input.startedAt.getTime() * 1000,
    };
  }
}

/** The import id of the copy whose rows carry the ids of the contacts that own their keys. */
export const resolvedIdOf = (importId: string): string => `${importId}-resolved`;
