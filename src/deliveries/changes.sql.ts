import type { Band, Told } from './changes.ts';
import {
  decisionParams,
  diffQuery,
  KEPT_BACK,
  KEPT_BACK_SINCE,
  leaverActions,
  memberActions,
  membersQuery,
  type PlanInput,
  type PlannedAttribute,
  type Query,
} from './plan.sql.ts';

/** Members of the audience are told as a list of `name=value`, which starts with this: who is not told has an empty list. */
export const IN = 'in';

/** What a run does for whom: of the mode `changes` by what was told, of every other mode by what was sent. */
export const planQuery = (input: PlanInput): Query =>
  input.told ? changesQuery({ ...input, told: input.told }) : diffQuery(input);

/**
 * Members with what is to be told of them, set against what the ledger says was told: one row a contact with what to do,
 * `told` and `previous`. Other things of a contact may change as they like.
 */
function changesQuery(input: PlanInput & { told: Told }): Query {
  const { told } = input;
  const params: Record<string, unknown> = {
    ...input.audience.params,
    ...decisionParams(input),
    denied_countries: input.deniedCountries,
    told_persona_version: told.personaVersionId ?? '',
  };
  const entries = [`'${IN}'`, ...(told.personaVersionId ? ["concat('persona=', p.persona_key)"] : [])];
  const joins = told.personaVersionId ? [PERSONAS] : [];
  for (const [i, { as, versionId, bands }] of told.outcomes.entries()) {
    params[`told_version${i}`] = versionId;
    params[`told_name${i}`] = `${as}_band=`;
    entries.push(`concat({told_name${i}:String}, ${bandSql(i, bands, params)})`);
    joins.push(`LEFT JOIN (SELECT contact_id, percentile FROM scores FINAL
      WHERE account_id = {account:String} AND outcome_version_id = {told_version${i}:String}) AS s${i} ON s${i}.contact_id = c.contact_id`);
  }
  return {
    params,
    sql: `WITH members AS (
        SELECT c.contact_id AS contact_id, c.kept_back AS reason, [${entries.join(', ')}] AS told, cityHash64(told) AS identity_version
        FROM (SELECT contact_id, ${KEPT_BACK} AS kept_back FROM contacts FINAL
          WHERE account_id = {account:String} AND deleted = 0 AND ${input.audience.sql}) AS c ${joins.join(' ')}
      ),
      held AS (
        SELECT contact_id, identity_version, toString(state) AS state, told, at FROM ledger FINAL
        WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND state IN ('present', 'refused', 'failed')
      )
      SELECT 'all' AS segment_key, if(m.contact_id = '', h.contact_id, m.contact_id) AS contact_id,
        arrayJoin(multiIf(
          m.contact_id = '' AND h.state = 'refused', [],
          m.contact_id = '', ${leaverActions({ ...input, removesLeavers: true })},
          m.reason != '', if(h.state IN ('present', 'failed'), ['withheld', 'remove'], ['withheld']),
          ${memberActions(input)})) AS action,
        m.reason AS reason, if(m.contact_id = '', h.identity_version, m.identity_version) AS identity_version,
        m.told AS told, if(h.state = 'present', h.told, []) AS previous
      FROM members AS m FULL OUTER JOIN held AS h ON h.contact_id = m.contact_id`,
  };
}

const PERSONAS = `LEFT JOIN (SELECT contact_id, toString(persona_key) AS persona_key FROM persona_assignments FINAL
  WHERE account_id = {account:String} AND version_id = {told_persona_version:String}) AS p ON p.contact_id = c.contact_id`;

/** The band of a percentile; empty for who is not scored or below every band. */
function bandSql(outcome: number, bands: Band[], params: Record<string, unknown>): string {
  const highestFirst = [...bands].sort((a, b) => b.from - a.from);
  const cases = highestFirst.flatMap(({ name, from }, i) => {
    params[`told_band${outcome}_${i}`] = name;
    params[`told_from${outcome}_${i}`] = from;
    return [`s${outcome}.percentile >= {told_from${outcome}_${i}:Float64}, {told_band${outcome}_${i}:String}`];
  });
  return `multiIf(s${outcome}.contact_id = '', '', ${cases.join(', ')}, '')`;
}

/** Rows of a plan of changes a page at a time, each with everything an encoder needs. */
export const changesPageQuery = (attributes: PlannedAttribute[]): string =>
  membersQuery(
    CHANGES_PAGE,
    attributes,
    `m.told AS told, m.previous AS previous, m.action AS action, ${KEPT_BACK_SINCE}`,
  );

const CHANGES_PAGE = `
  SELECT contact_id, identity_version, told, previous, action FROM run_members
  WHERE account_id = {account:String} AND plan_id = {plan:String} AND segment_key = 'all'
    AND contact_id > {cursor:String} AND action IN {actions:Array(String)}
  ORDER BY contact_id LIMIT {limit:UInt32}`;
