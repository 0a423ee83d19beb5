import type { Sql } from '../conditions/condition.ts';
import { dayOf } from '../conditions/dates.ts';
import { type ContactField, FIELD_COLUMNS, fieldSqls } from '../contacts/contact-fields.ts';
import { UNIQUE_ROWS, WHOLE_BLOCKS } from '../engines/warehouse/settings.ts';
import { assignmentQuery, type CompiledSql } from '../models/compile-sql.ts';
import type { PersonaModel } from '../models/persona-model.ts';

/** What one assignment of everyone is about. */
export interface AssignmentRun {
  setId: string;
  versionId: string;
  model: PersonaModel;
  /** The contact fields that the account has as traits. */
  fields: readonly ContactField[];
  /** The version whose assignments are replaced: the same one, another, or none yet. */
  fromVersionId: string | null;
  /** Names the run: repeating it with the same time changes nothing. */
  at: Date;
}

const EVERYONE = `(SELECT contact_id, num, cat, ${FIELD_COLUMNS} FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0)`;

/** Everyone in an account by a model, with their contact fields as of a time. */
export const everyoneBy = (
  model: PersonaModel,
  { fields, at }: Pick<AssignmentRun, 'fields' | 'at'>,
  prefix = '',
): CompiledSql => assignmentQuery(model, EVERYONE, { fields: fieldSqls(fields, dayOf(at)), prefix });

const COLUMNS =
  'account_id, version_id, contact_id, persona_key, second_key, distance, second_distance, margin, previous_key, revision';

/**
 * The statement that assigns every contact of an account into `persona_assignments`. Only rows that differ from the
 * version's own are written; each keeps the key it had before.
 */
export function assignmentStatement(account: string, run: AssignmentRun): Sql {
  const { sql, params } = everyoneBy(run.model, run);
  const assigned = run.fromVersionId === null ? firstAssignment(sql) : laterAssignment(sql, run);
  return {
    sql: `INSERT INTO persona_assignments (${COLUMNS}) ${assigned} SETTINGS ${UNIQUE_ROWS}, ${WHOLE_BLOCKS}`,
    params: { ...params, account, version: run.versionId, from: run.fromVersionId ?? '', revision: run.at.getTime() },
  };
}

function firstAssignment(fresh: string): string {
  return `SELECT {account:String}, {version:String}, contact_id, persona_key, second_key, distance, second_distance, margin, '', {revision:UInt64} FROM (${fresh})`;
}

/** Against the assignments that are live: contacts that left get an empty key. */
function laterAssignment(fresh: string, run: AssignmentRun): string {
  const unchanged =
    run.fromVersionId === run.versionId
      ? 'WHERE n.persona_key != o.persona_key OR n.distance != o.distance OR n.second_distance != o.second_distance'
      : '';
  return `SELECT {account:String}, {version:String}, if(n.contact_id = '', o.contact_id, n.contact_id), n.persona_key, n.second_key,
      n.distance, n.second_distance, n.margin, o.persona_key, {revision:UInt64}
    FROM (${fresh}) AS n FULL OUTER JOIN (SELECT contact_id, toString(persona_key) AS persona_key, distance, second_distance FROM persona_assignments FINAL
      WHERE account_id = {account:String} AND version_id = {from:String}) AS o ON n.contact_id = o.contact_id ${unchanged}`;
}
