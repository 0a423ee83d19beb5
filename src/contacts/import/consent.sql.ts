import { UNIQUE_ROWS } from '../../engines/warehouse/settings.ts';
import { DAY_MS } from './consent.ts';

/** When the import began. A number, because a date parameter loses its milliseconds on the embedded engine. */
export const STARTED_AT = `fromUnixTimestamp64Milli({startedMs:Int64}, 'UTC')`;

/**
 * Statements of an earlier import of the same file. The running import has read the file again and makes its own, which
 * replace them. Statements of another file hold, even if it was once the file of this dataset.
 */
const REPLACED = `dataset_id = {datasetId:String} AND uploaded_at = fromUnixTimestamp64Milli({uploadedMs:Int64}, 'UTC')
  AND recorded_at < ${STARTED_AT}`;

/**
 * What statements say together about each purpose of each contact: the `current_state` with the times that count. A
 * denial holds until a grant was stated later, or, where nobody stated the grant's time, its file was uploaded later. The
 * order of imports does not matter. A denial of a day without its time of day counts to the end of that day, or until its
 * upload. @param statements a FROM part that gives columns of `consent_statements`
 */
export const currentConsent = (statements: string): string => `
  SELECT contact_id, purpose,
    maxIf(stated, said = 'granted') AS granted_ms,
    maxIf(uploaded, said = 'granted' AND stated = 0) AS granted_by_upload,
    arrayFilter(d -> if(d.1 % ${DAY_MS} = 0, least(d.1 + ${DAY_MS - 1}, greatest(d.1, d.2)), d.1) >= granted_ms AND d.2 >= granted_by_upload, groupArrayIf((stated, uploaded), said = 'denied')) AS denials,
    if(empty(denials), 'granted', 'denied') AS current_state,
    if(empty(denials), granted_ms, arrayMax(d -> d.1, denials)) AS stated_ms,
    if(empty(denials), granted_by_upload, arrayMax(d -> d.2, denials)) AS uploaded_ms
  FROM (
    SELECT contact_id, purpose, state AS said, toUnixTimestamp64Milli(stated_at) AS stated,
      toUnixTimestamp64Milli(uploaded_at) AS uploaded
    ${statements}
  )
  GROUP BY contact_id, purpose`;

/** The consent of contacts by all that files have said, without what the import replaces. @param contacts a query of ids */
export const consentOf = (contacts: string): string => `
  SELECT contact_id,
    CAST((groupArray(purpose), groupArray(current_state)), 'Map(LowCardinality(String), LowCardinality(String))') AS consent
  FROM (${currentConsent(
    `FROM consent_statements WHERE account_id = {account:String} AND contact_id IN (${contacts}) AND NOT (${REPLACED})`,
  )})
  GROUP BY contact_id`;

/** Keeps every statement of staged rows. */
export const recordStatements = (rows: string): string => `
  INSERT INTO consent_statements
    (account_id, contact_id, purpose, state, stated_at, uploaded_at, dataset_id, column, recorded_at)
  SELECT account_id, contact_id, purpose, if(statement % 2 = 1, 'denied', 'granted'),
    fromUnixTimestamp64Milli(intDiv(statement, 2), 'UTC'), fromUnixTimestamp64Milli({uploadedMs:Int64}, 'UTC'),
    {datasetId:String}, column, ${STARTED_AT}
  FROM (${rows})
  ARRAY JOIN statements AS statement, {purposes:Array(String)} AS purpose, {statementColumns:Array(String)} AS column
  WHERE statement >= 0
  SETTINGS ${UNIQUE_ROWS}`;

/** Contacts with a statement that the import replaces and does not make again. */
const RESTATED = `SELECT DISTINCT contact_id FROM consent_statements FINAL WHERE account_id = {account:String} AND ${REPLACED}`;

/** Gives contacts the consent that remains without the replaced statements. */
export const RESTATE_CONTACTS = `
  INSERT INTO contacts SELECT c.* REPLACE (
    s.consent AS consent, greatest(c.version + 1, {version:UInt64}) AS version, ${STARTED_AT} AS updated_at)
  FROM (
    SELECT * FROM contacts FINAL
    WHERE account_id = {account:String} AND deleted = 0 AND contact_id IN (${RESTATED})
  ) AS c
  LEFT JOIN (${consentOf(RESTATED)}) AS s ON s.contact_id = c.contact_id
  SETTINGS ${UNIQUE_ROWS}`;

/** The replaced statements, deleted once no contact depends on them. */
export const REPLACED_STATEMENTS = `account_id = {account:String} AND ${REPLACED}`;
