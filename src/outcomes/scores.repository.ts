import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { Cuts } from '../models/outcomes/score.ts';
import { type ScoringRun, scoreStatement } from './score-statement.ts';

export interface ScoreRow {
  outcome_version_id: string;
  probability: number;
  percentile: number;
}

/** Scores of contacts in the warehouse. */
@Injectable()
export class ScoresRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Scores every contact of the account by one statement, then adds what it wrote to the history; a repeat adds nothing. */
  async score(account: AccountId, run: ScoringRun): Promise<void> {
    const { sql, params } = scoreStatement(account, run);
    await this.warehouse.command(sql, params);
    await this.warehouse.command(
      `INSERT INTO score_history (account_id, outcome_version_id, contact_id, probability, percentile, at)
       SELECT account_id, outcome_version_id, contact_id, probability, percentile, fromUnixTimestamp64Milli({revision:Int64}, 'UTC') FROM scores FINAL
       WHERE account_id = {account:String} AND outcome_version_id = {version:String} AND revision = {revision:UInt64}`,
      { account, version: run.versionId, revision: run.at.getTime() },
    );
  }

  /** How many contacts a version has scored, and the probabilities at each percent of them. */
  async distribution(account: AccountId, versionId: string): Promise<{ contacts: number; cuts: Cuts }> {
    const percents = Array.from({ length: 101 }, (_, i) => i / 100).join(', ');
    const row = await this.warehouse.one<{ contacts: number; cuts: number[] }>(
      `SELECT count() AS contacts, quantilesExactInclusive(${percents})(probability) AS cuts FROM scores FINAL
       WHERE account_id = {account:String} AND outcome_version_id = {version:String}
       AND contact_id IN (SELECT contact_id FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0)`,
      { account, version: versionId },
    );
    const contacts = Number(row.contacts);
    return { contacts, cuts: contacts > 0 ? row.cuts : [] };
  }

  /** A contact's scores by some versions. */
  async ofContact(account: AccountId, contactId: string, versionIds: string[]): Promise<ScoreRow[]> {
    return this.warehouse.query<ScoreRow>(
      `SELECT outcome_version_id, probability, percentile FROM scores FINAL
       WHERE account_id = {account:String} AND outcome_version_id IN {versions:Array(String)} AND contact_id = {contact:String}`,
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
