import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../accounts/auth.ts';
import { UNIQUE_ROWS } from '../../engines/warehouse/settings.ts';
import { type SqlParams, Warehouse } from '../../engines/warehouse/warehouse.ts';
import { type MergeInput, movedIdOf, versionOf } from './merge.repository.ts';
import { IN_RANGE, stagedRows } from './merge.sql.ts';
import { hexRanges } from './ranges.ts';

const OF_READING = 'account_id = {account:String} AND reading = {reading:UInt64}';

/** Digests as hex, little-endian, one after the other: a million of them are one value of 16 MB. */
const AS_HEX = `arrayStringConcat(groupArray(hex(reinterpretAsFixedString(digest))))`;

/** Rows of the import that were recognised and have not been read since. */
const RECOGNISED = `
  SELECT digest FROM import_unchanged WHERE account_id = {account:String} AND import_id = {importId:String} AND digest NOT IN (
    SELECT digest FROM import_contacts WHERE account_id = {account:String} AND import_id = {importId:String})`;

/** Contacts whose only row in the file is unchanged. */
const UNCHANGED_CONTACTS = `
  SELECT contact_id FROM imported_rows FINAL WHERE ${OF_READING} AND digest IN (${RECOGNISED})`;

/** Rows that were recognised, and their contacts. */
export interface UnchangedCounts {
  rows: number;
  contacts: number;
  /** Contacts with at least as many traits as say something about a person. */
  enoughTraits: number;
}

/**
 * Rows of an earlier import whose contacts have not changed since: importing them again would change nothing. A row
 * counts only if it is the only row of its contact in its file.
 */
@Injectable()
export class UnchangedRowsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Digests of the rows that need not be read again. Rows of an earlier attempt at the same import are not among them. */
  async known(account: AccountId, reading: string, startedAt: Date): Promise<Uint8Array> {
    const params = { account, reading, version: versionOf(startedAt) };
    const { rows } = await this.warehouse.one<{ rows: number }>(
      `SELECT count() AS rows FROM imported_rows WHERE ${OF_READING}`,
      params,
    );
    if (rows === 0) return new Uint8Array();
    const parts: Buffer[] = [];
    for (const range of hexRanges(rows)) parts.push(await this.digests(KNOWN, { ...params, ...range }));
    return Buffer.concat(parts);
  }

  /** Recognised rows whose contact other rows of the file change: together they decide what the contact becomes. */
  async clashing(account: AccountId, input: MergeInput, reading: string): Promise<Uint8Array> {
    const staged = stagedRows(input, 'contact_id');
    const clashing = `SELECT digest FROM imported_rows FINAL
      WHERE ${OF_READING} AND digest IN (${RECOGNISED}) AND contact_id IN (${staged})`;
    return this.digests(clashing, paramsOf(account, input, reading));
  }

  /** Records that the dataset added the contacts of unchanged rows too. @returns how many those are */
  async noteContacts(account: AccountId, input: MergeInput, reading: string, enough: number): Promise<UnchangedCounts> {
    const params = { ...paramsOf(account, input, reading), enough };
    const { rows } = await this.warehouse.one<{ rows: number }>(`SELECT count() AS rows FROM (${RECOGNISED})`, params);
    const sum = { rows, contacts: 0, enoughTraits: 0 };
    if (rows === 0) return sum;
    for (const range of hexRanges(rows)) {
      await this.warehouse.command(
        `INSERT INTO dataset_contacts (account_id, dataset_id, contact_id, version)
         SELECT {account:String}, {datasetId:String}, contact_id, {version:UInt64} FROM (${UNCHANGED_CONTACTS} ${IN_RANGE})
         SETTINGS ${UNIQUE_ROWS}`,
        { ...params, ...range },
      );
      const { contacts, enoughTraits } = await this.warehouse.one<Omit<UnchangedCounts, 'rows'>>(
        `SELECT count() AS contacts, countIf(length(num) + length(cat) >= {enough:UInt32}) AS enoughTraits
         FROM contacts FINAL
         WHERE account_id = {account:String} ${IN_RANGE} AND contact_id IN (${UNCHANGED_CONTACTS} ${IN_RANGE})`,
        { ...params, ...range },
      );
      sum.contacts += contacts;
      sum.enoughTraits += enoughTraits;
    }
    return sum;
  }

  /** Records the rows that the import merged. */
  async remember(account: AccountId, input: MergeInput, reading: string, rows: number): Promise<void> {
    const statement = `INSERT INTO imported_rows (account_id, reading, contact_id, digest, version)
      SELECT {account:String}, {reading:UInt64}, contact_id, any(digest), {version:UInt64}
      FROM (${stagedRows(input, 'contact_id, digest', IN_RANGE)})
      GROUP BY contact_id HAVING count() = 1 AND any(digest) != 0
      SETTINGS ${UNIQUE_ROWS}`;
    for (const range of hexRanges(rows))
      await this.warehouse.command(statement, { ...paramsOf(account, input, reading), ...range });
  }

  private async digests(select: string, params: SqlParams): Promise<Buffer> {
    const { hex } = await this.warehouse.one<{ hex: string }>(`SELECT ${AS_HEX} AS hex FROM (${select})`, params);
    return Buffer.from(hex, 'hex');
  }
}

const paramsOf = (account: AccountId, { importId, datasetId, startedAt }: MergeInput, reading: string): SqlParams => ({
  account,
  datasetId,
  reading,
  importId,
  movedId: movedIdOf(importId),
  version: versionOf(startedAt),
});

const KNOWN = `
  SELECT r.digest AS digest
  FROM (
    SELECT contact_id, digest, version FROM imported_rows FINAL
    WHERE ${OF_READING} ${IN_RANGE} AND version != {version:UInt64}) AS r
  INNER JOIN (
    SELECT contact_id, version FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0 ${IN_RANGE}) AS c
  ON c.contact_id = r.contact_id AND c.version = r.version`;
