import { Injectable } from '@nestjs/common';
import { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { FoundKind } from '../identity/identity-keys.ts';
import { currentConsent } from './import/consent.sql.ts';

/** A contact as the warehouse holds it. */
export interface ContactRecord {
  contact_id: string;
  emails: string[];
  phones: string[];
  email_hashes: string[];
  phone_hashes: string[];
  mobile_ad_ids: string[];
  external_ids: string[];
  first_name: string;
  last_name: string;
  gender: string;
  birth_date: string;
  street: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  consent: Record<string, string>;
  num: Record<string, number>;
  cat: Record<string, string>;
  created_at: string;
  updated_at: string;
}

export interface CurrentConsent {
  purpose: string;
  state: 'granted' | 'denied';
  /** Milliseconds since 1970; 0 where nobody stated a time. */
  stated_ms: number;
  uploaded_ms: number;
}

/** One statement of a file about one purpose of a contact. */
export interface StatementRecord {
  purpose: string;
  state: 'granted' | 'denied';
  /** Milliseconds since 1970; 0 where nobody stated a time. */
  stated_ms: number;
  uploaded_at: string;
  recorded_at: string;
  dataset_id: string;
  /** Empty where the file as a whole says it. */
  column: string;
  /** Made under an address that another contact has too. */
  by_address: boolean;
}

@Injectable()
export class ContactsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  async find(account: AccountId, id: string): Promise<ContactRecord | undefined> {
    const [row] = await this.warehouse.query<ContactRecord>(
      `SELECT * EXCEPT (account_id, version, deleted, identity_version) FROM contacts FINAL
       WHERE account_id = {account:String} AND contact_id = {id:String} AND deleted = 0`,
      { account, id },
    );
    return row;
  }

  /** Contacts that any of these identities belongs to; at most 100. */
  async findByIdentity(account: AccountId, keys: { kind: FoundKind; hash: string }[]): Promise<ContactRecord[]> {
    return this.warehouse.query<ContactRecord>(
      `SELECT * EXCEPT (account_id, version, deleted, identity_version) FROM contacts FINAL
       WHERE account_id = {account:String} AND deleted = 0 AND contact_id IN (
         SELECT contact_id FROM identities WHERE account_id = {account:String}
           AND (kind, hash) IN (SELECT arrayJoin(arrayZip({kinds:Array(String)}, {hashes:Array(String)}))))
       ORDER BY contact_id LIMIT 100`,
      { account, kinds: keys.map(({ kind }) => kind), hashes: keys.map(({ hash }) => hash) },
    );
  }

  /** Identities of a contact, as digests: what it is recognised by. */
  async identitiesOf(account: AccountId, id: string): Promise<{ kind: string; hash: string }[]> {
    return this.warehouse.query(
      `SELECT DISTINCT toString(kind) AS kind, toString(hash) AS hash FROM identities
       WHERE account_id = {account:String} AND contact_id = {id:String} AND kind != 'external-any'`,
      { account, id },
    );
  }

  /** Which of these contacts there are. */
  async existing(account: AccountId, ids: string[]): Promise<string[]> {
    const rows = await this.warehouse.query<{ id: string }>(
      `SELECT contact_id AS id FROM contacts FINAL
       WHERE account_id = {account:String} AND contact_id IN {ids:Array(String)} AND deleted = 0`,
      { account, ids },
    );
    return rows.map(({ id }) => id);
  }

  /** Deletes everything that is known of contacts, in every version. */
  async erase(account: AccountId, ids: string[]): Promise<void> {
    for (const table of [
      'contacts',
      'identities',
      'events',
      'dataset_contacts',
      'dataset_events',
      'imported_rows',
      'consent_statements',
      'persona_assignments',
      'persona_changes',
      'run_members',
      'run_outcomes',
      'scores',
      'score_history',
    ]) {
      const theirs = 'account_id = {account:String} AND contact_id IN {ids:Array(String)}';
      await this.warehouse.erase(table, theirs, { account, ids });
    }
  }

  /** The consent of a contact by purpose, and its time: 0 where only the upload of a file says it. */
  currentConsent(account: AccountId, id: string): Promise<CurrentConsent[]> {
    return this.warehouse.query(
      `SELECT toString(purpose) AS purpose, current_state AS state, stated_ms, uploaded_ms
       FROM (${currentConsent('FROM consent_statements WHERE account_id = {account:String} AND contact_id = {id:String}')})
       ORDER BY purpose`,
      { account, id },
    );
  }

  /** Every statement about a contact's consent, the newest first. */
  consentStatements(account: AccountId, id: string): Promise<StatementRecord[]> {
    return this.warehouse.query(
      `SELECT toString(purpose) AS purpose, toString(state) AS state, toUnixTimestamp64Milli(stated_at) AS stated_ms,
         uploaded_at, recorded_at, toString(dataset_id) AS dataset_id, toString(column) AS column,
         toBool(by_address) AS by_address
       FROM consent_statements FINAL
       WHERE account_id = {account:String} AND contact_id = {id:String}
       ORDER BY if(stated_ms = 0, uploaded_at, stated_at) DESC, recorded_at DESC, column`,
      { account, id },
    );
  }

  async count(account: AccountId): Promise<number> {
    const { total } = await this.warehouse.one<{ total: number }>(
      'SELECT count() AS total FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0',
      { account },
    );
    return total;
  }

  /** Number of events a stream, and of those without a value. */
  async streams(
    account: AccountId,
  ): Promise<{ stream: string; events: number; withoutValue: number; first: string; last: string }[]> {
    return this.warehouse.query(
      `SELECT stream, count() AS events, countIf(isNull(value)) AS withoutValue, min(time) AS first, max(time) AS last FROM events FINAL
       WHERE account_id = {account:String} GROUP BY stream ORDER BY stream`,
      { account },
    );
  }
}
