import type { Sql } from '../conditions/condition.ts';
import { fieldSqls } from '../contacts/contact-fields.ts';
import { UNIQUE_ROWS, WHOLE_BLOCKS } from '../engines/warehouse/settings.ts';
import { dayOf, type OutcomeModel } from '../models/outcomes/outcome-model.ts';
import { probabilitySql } from '../models/outcomes/score-sql.ts';
import { featureQuery, type ReadFeatures } from './features.ts';

/** What one scoring of everyone is about. */
export interface ScoringRun extends ReadFeatures {
  versionId: string;
  model: OutcomeModel;
  /** Names the run: repeating it with the same time changes nothing. */
  at: Date;
  /** Write only scores that differ from those there are. */
  onlyChanges: boolean;
}

/** A percentile that moved by less, because of others, is left as it is. */
const VISIBLE = 0.5;

/** The statement that scores every contact of an account into `scores`. */
export function scoreStatement(account: string, run: ScoringRun): Sql {
  const { versionId, model, at, onlyChanges } = run;
  const source = featureQuery(account, run.streams, at);
  const { sql, params } = probabilitySql(model, dayOf(at), fieldSqls(run.fields, dayOf(at)));
  const scored = `SELECT contact_id, p AS probability, 100 * ((rank() OVER (ORDER BY p)) - 1) / greatest(1, (count() OVER ()) - 1) AS percentile
    FROM (SELECT contact_id, ${sql} AS p FROM (${source.sql}))`;
  const changed = onlyChanges
    ? `AS n LEFT JOIN (SELECT contact_id, probability, percentile FROM scores FINAL WHERE account_id = {account:String} AND outcome_version_id = {version:String}) AS o
       ON n.contact_id = o.contact_id WHERE o.contact_id = '' OR n.probability != o.probability OR abs(n.percentile - o.percentile) >= ${VISIBLE}`
    : 'AS n';
  return {
    sql: `INSERT INTO scores (account_id, outcome_version_id, contact_id, probability, percentile, revision)
      SELECT {account:String}, {version:String}, n.contact_id, n.probability, n.percentile, {revision:UInt64} FROM (${scored}) ${changed} SETTINGS ${UNIQUE_ROWS}, ${WHOLE_BLOCKS}`,
    params: { ...source.params, ...params, account, version: versionId, revision: at.getTime() },
  };
}
