import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { dayOf, type OutcomeModel } from '../models/outcomes/outcome-model.ts';
import type { Cuts } from '../models/outcomes/score.ts';
import { probabilitySql } from '../models/outcomes/score-sql.ts';
import { featureQuery } from './features.ts';

/** What one scoring of everyone is about. */
export interface ScoringRun {
  versionId: string;
  model: OutcomeModel;
  streams: string[];
  /** Names the run: repeating it with the same time changes nothing. */
  at: Date;
  /** Write only scores that differ from those there are. */
  onlyChanges: boolean;
}

export interface ScoreRow {
  outcome_version_id: string;
  probability: number;
  percentile: number;
}

/** A percentile that moved by less, because of others, is left as it is. */
const VISIBLE = 0.5;

/** Scores of contacts in the warehouse. */
@Injectable()
export class ScoresRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Scores every contact of the account by one statement. */
  async score(account: AccountId, { versionId, model, streams, at, onlyChanges }: ScoringRun): Promise<void> {
    const source = featureQuery(account, streams, at);
    const { sql, params } = probabilitySql(model, dayOf(at));
    const scored = `SELECT contact_id, p AS probability, 100 * ((rank() OVER (ORDER BY p)) - 1) / greatest(1, (count() OVER ()) - 1) AS percentile
      FROM (SELECT contact_id, ${sql} AS p FROM (${source.sql}))`;
    const changed = onlyChanges
      ? `AS n LEFT JOIN (SELECT contact_id, probability, percentile FROM scores FINAL WHERE account_id = {account:String} AND outcome_version_id = {version:String}) AS o
         ON n.contact_id = o.contact_id WHERE o.contact_id = '' OR n.probability != o.probability OR abs(n.percentile - o.percentile) >= ${VISIBLE}`
      : 'AS n';
    await this.warehouse.command(
      `INSERT INTO scores (account_id, outcome_version_id, contact_id, probability, percentile, revision)
       SELECT {account:String}, {version:String}, n.contact_id, n.probability, n.percentile, {revision:UInt64} FROM (${scored}) ${changed}`,
      { ...source.params, ...params, account, version: versionId, revision: at.getTime() },
    );
  }

  /** How many contacts a version has scored, and the probabilities at each percent of them. */
  async distribution(account: AccountId, versionId: string): Promise<{ contacts: number; cuts: Cuts }> {
    const percents = Array.from({ length: 101 }, (_, i) => i / 100).join(', ');
    const row = await this.warehouse.one<{ contacts: number; cuts: number[] }>(
      `SELECT count() AS contacts, quantilesExactInclusive(${percents})(probability) AS cuts FROM scores FINAL
       WHERE account_id = {account:String} AND outcome_version_id = {version:String}`,
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
