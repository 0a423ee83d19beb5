import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { WHOLE_BLOCKS } from '../engines/warehouse/settings.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { PersonaModel } from '../models/persona-model.ts';
import { type AssignmentRun, assignmentStatement, everyoneBy } from './assignment-statement.ts';

/** One contact's place in a persona set. */
export interface AssignmentRow {
  version_id: string;
  persona_key: string;
  second_key: string;
  distance: number;
  second_distance: number;
  margin: number;
}

/** Contacts that one model puts into a persona and another into the same or another; null stands for none. */
export interface Move {
  from: string | null;
  to: string | null;
  contacts: number;
}

/** Personas of contacts in the warehouse. An empty `persona_key` means that a contact is in no persona any more. */
@Injectable()
export class AssignmentsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /**
   * Assigns every contact of the account by one statement, then appends what changed. Only rows that differ from the
   * version's own are written; each keeps the key it had before, which is where the changes are read from.
   */
  async assign(account: AccountId, run: AssignmentRun): Promise<void> {
    await this.write(account, run);
    await this.recordChanges(account, run);
  }

  /**
   * Assigns as above, and lets the history of everyone end where the version has them: another version may have gone
   * on writing it until this one was live.
   */
  async catchUp(account: AccountId, run: AssignmentRun): Promise<void> {
    await this.write(account, run);
    await this.warehouse.command(
      `INSERT INTO persona_changes (account_id, persona_set_id, contact_id, from_key, to_key, version_id, at)
       SELECT {account:String}, {set:String}, n.contact_id, o.last_key, n.persona_key, {version:String}, fromUnixTimestamp64Milli({revision:Int64}, 'UTC')
       FROM (SELECT contact_id, toString(persona_key) AS persona_key FROM persona_assignments FINAL
         WHERE account_id = {account:String} AND version_id = {version:String}) AS n
       LEFT JOIN (SELECT contact_id, toString(argMax(to_key, at)) AS last_key FROM persona_changes
         WHERE account_id = {account:String} AND persona_set_id = {set:String} GROUP BY contact_id) AS o ON n.contact_id = o.contact_id
       WHERE n.persona_key != o.last_key SETTINGS ${WHOLE_BLOCKS}`,
      { account, set: run.setId, version: run.versionId, revision: run.at.getTime() },
    );
  }

  private async write(account: AccountId, run: AssignmentRun): Promise<void> {
    const { sql, params } = assignmentStatement(account, run);
    await this.warehouse.command(sql, params);
  }

  private async recordChanges(account: AccountId, run: AssignmentRun): Promise<void> {
    const params = { account, set: run.setId, version: run.versionId, revision: run.at.getTime() };
    const recorded = `SELECT contact_id FROM persona_changes WHERE account_id = {account:String} AND persona_set_id = {set:String}
      AND version_id = {version:String} AND at = fromUnixTimestamp64Milli({revision:Int64}, 'UTC')`;
    await this.warehouse.command(
      `INSERT INTO persona_changes (account_id, persona_set_id, contact_id, from_key, to_key, version_id, at)
       SELECT account_id, {set:String}, contact_id, previous_key, persona_key, version_id, fromUnixTimestamp64Milli({revision:Int64}, 'UTC')
       FROM persona_assignments FINAL WHERE account_id = {account:String} AND version_id = {version:String}
       AND revision = {revision:UInt64} AND previous_key != persona_key AND contact_id NOT IN (${recorded})`,
      params,
    );
  }

  /** How everyone would move from one model's personas to another's, as contacts are now. Writes nothing. */
  async moves(
    account: AccountId,
    { before, after, ...when }: Pick<AssignmentRun, 'fields' | 'at'> & Record<'before' | 'after', PersonaModel>,
  ): Promise<Move[]> {
    const [was, is] = [everyoneBy(before, when, 'a_'), everyoneBy(after, when, 'b_')];
    const rows = await this.warehouse.query<{ was: string; now: string; contacts: number }>(
      `SELECT a.persona_key AS was, b.persona_key AS now, count() AS contacts
       FROM (${was.sql}) AS a FULL OUTER JOIN (${is.sql}) AS b ON a.contact_id = b.contact_id GROUP BY was, now ORDER BY contacts DESC, was, now SETTINGS ${WHOLE_BLOCKS}`,
      { ...was.params, ...is.params, account },
    );
    return rows.map((row) => ({ from: row.was || null, to: row.now || null, contacts: Number(row.contacts) }));
  }

  /** Contacts in each persona of a version. */
  async sizes(account: AccountId, versionId: string): Promise<Map<string, number>> {
    const rows = await this.warehouse.query<{ key: string; size: number }>(
      `SELECT persona_key AS key, count() AS size FROM persona_assignments FINAL
       WHERE account_id = {account:String} AND version_id = {version:String} AND persona_key != '' GROUP BY key`,
      { account, version: versionId },
    );
    return new Map(rows.map(({ key, size }) => [key, Number(size)]));
  }

  /** A contact's personas in some versions. */
  async ofContact(account: AccountId, contactId: string, versionIds: string[]): Promise<AssignmentRow[]> {
    return this.warehouse.query<AssignmentRow>(
      `SELECT version_id, persona_key, second_key, distance, second_distance, margin FROM persona_assignments FINAL
       WHERE account_id = {account:String} AND version_id IN {versions:Array(String)} AND contact_id = {contact:String} AND persona_key != ''`,
      { account, versions: versionIds, contact: contactId },
    );
  }

  async contactExists(account: AccountId, contactId: string): Promise<boolean> {
    const rows = await this.warehouse.query(
      'SELECT 1 FROM contacts FINAL WHERE account_id = {account:String} AND contact_id = {contact:String} AND deleted = 0',
      { account, contact: contactId },
    );
    return rows.length > 0;
  }
}
