import { UNIQUE_ROWS } from '../../engines/warehouse/settings.ts';
import { DAY_MS } from './consent.ts';

/** When the import began. A number, because a date parameter loses its milliseconds on the embedded engine. */
export const STARTED_AT = `fromUnixTimestamp64Milli({startedMs:Int64}, 'UTC')`;

/**
 * Statements of an earlier import of the same file. The running import has read the file again and makes its own, which
 * replace them. Statements of another file hold, even if it was once the file of this dataset.
 */
const REPLACED = `dataset_id = {datasetId:String} AND recorded_at < ${STARTED_AT}
  AND toUnixTimestamp64Milli(uploaded_at) = if(state = 'denied', {uploadedMs:Int64}, {bytesUploadedMs:Int64})`;

/**
 * What statements say together about each purpose of each contact: the `current_state` with the times that count. A
 * denial holds until a grant was stated later. A grant without a time says how things stood, not since when: uploaded later,
 * it ends denials without a time, and none whose time is known. The order of imports does not matter. A denial of a day
 * without its time of day counts to the end of that day, or until its upload. A grant that reached the contact by an address it shares ends denials, and grants nothing by itself.
 * @param statements a FROM part that gives columns of `consent_statements`
 */
export const currentConsent = (statements: string): string => `
  SELECT contact_id, purpose,
    maxIf(stated, said = 'granted') AS granted_ms,
    maxIf(uploaded, said = 'granted' AND stated = 0) AS granted_by_upload,
    arrayFilter(d -> if(d.1 % ${DAY_MS} = 0, least(d.1 + ${DAY_MS - 1}, greatest(d.1, d.2)), d.1) >= granted_ms AND (d.1 != d.2 OR d.2 >= granted_by_upload), groupArrayIf((stated, uploaded), said = 'denied')) AS denials,
    if(empty(denials), 'granted', 'denied') AS current_state,
    if(empty(denials), granted_ms, arrayMax(d -> d.1, denials)) AS stated_ms,
    if(empty(denials), granted_by_upload, arrayMax(d -> d.2, denials)) AS uploaded_ms
  FROM (
    SELECT contact_id, purpose, state AS said, toUnixTimestamp64Milli(stated_at) AS stated,
      toUnixTimestamp64Milli(uploaded_at) AS uploaded, by_address
    ${statements}
  )
  GROUP BY contact_id, purpose
  HAVING notEmpty(denials) OR countIf(said = 'granted' AND by_address = 0) > 0`;

/** The consent of contacts by all that files have said, without what the import replaces. @param contacts a query of ids */
export const consentOf = (contacts: string): string => `
  SELECT contact_id,
    CAST((groupArray(purpose), groupArray(current_state)), 'Map(LowCardinality(String), LowCardinality(String))') AS consent
  FROM (${currentConsent(
    `FROM consent_statements WHERE account_id = {account:String} AND contact_id IN (${contacts}) AND NOT (${REPLACED})`,
  )})
  GROUP BY contact_id`;

/** The address that a row names its contact by; an external id names a person, not an address. */
const HAS_ADDRESS = `id_kinds[1] IN ('email', 'phone') AND NOT has(id_kinds, 'external')`;

/** Keeps every statement of staged rows. */
export const recordStatements = (rows: string): string => `
  INSERT INTO consent_statements
    (account_id, contact_id, purpose, state, stated_at, uploaded_at, dataset_id, column, recorded_at, address_kind, address_hash)
  SELECT account_id, contact_id, purpose, if(statement % 2 = 1, 'denied', 'granted'),
    fromUnixTimestamp64Milli(intDiv(statement, 2), 'UTC'), fromUnixTimestamp64Milli(if(statement % 2 = 1, {uploadedMs:Int64}, {bytesUploadedMs:Int64}), 'UTC'),
    {datasetId:String}, column, ${STARTED_AT},
    if(${HAS_ADDRESS}, id_kinds[1], ''), if(${HAS_ADDRESS}, toString(id_hashes[1]), '')
  FROM (${rows})
  ARRAY JOIN statements AS statement, {purposes:Array(String)} AS purpose, {statementColumns:Array(String)} AS column
  WHERE statement >= 0
  SETTINGS ${UNIQUE_ROWS}`;

const IN_RANGE = (hash: string): string => `${hash} >= {from:String} AND ${hash} < {to:String}`;
const OF_ADDRESSES = `FROM consent_statements
  WHERE account_id = {account:String} AND by_address = 0 AND address_kind != '' AND ${IN_RANGE('address_hash')}`;

/** Whether any statement was made under an address: without one no contact shares any. */
export const ANY_BY_ADDRESS = `SELECT count() > 0 AS any FROM (
  SELECT 1 FROM consent_statements WHERE account_id = {account:String} AND address_kind != '' LIMIT 1)`;

const share = (statements: string, holders: string): string => `
  INSERT INTO consent_statements
    (account_id, contact_id, purpose, state, stated_at, uploaded_at, dataset_id, column, recorded_at, address_kind, address_hash, by_address)
  SELECT account_id, h.contact_id, purpose, state, stated_at, uploaded_at, dataset_id, column, recorded_at, address_kind,
    address_hash, 1
  FROM (SELECT * ${OF_ADDRESSES} AND ${statements}) AS s
  INNER JOIN (${holders}) AS h ON h.kind = s.address_kind AND h.hash = s.address_hash
  WHERE h.contact_id != s.contact_id
  SETTINGS ${UNIQUE_ROWS}`;

const MADE = `dataset_id = {datasetId:String} AND recorded_at = ${STARTED_AT}`;

/**
 * Gives what rows state under an address to the other contacts that have it: the address was unsubscribed, not one of
 * them. A range of hashes at a time, as `inheritStatements`, so that memory is bounded.
 */
export const shareStatements: string = share(
  MADE,
  `SELECT DISTINCT kind, toString(hash) AS hash, contact_id FROM identities
   WHERE account_id = {account:String} AND (kind, toString(hash)) IN (SELECT address_kind, address_hash ${OF_ADDRESSES} AND ${MADE})`,
);

/** Gives contacts what was stated earlier under the addresses that they bring. @param rows staged ones */
export const inheritStatements = (rows: string): string => {
  const addresses = `SELECT DISTINCT kind, toString(hash) AS hash, contact_id FROM (${rows})
    ARRAY JOIN id_kinds AS kind, id_hashes AS hash WHERE kind IN ('email', 'phone') AND ${IN_RANGE('hash')}`;
  return share(`address_hash IN (SELECT hash FROM (${addresses}))`, addresses);
};

/** Contacts whose consent may follow from statements that reached them by an address. @param contacts ids of the import */
export const sharingContacts = (contacts: string): string => `
  SELECT DISTINCT contact_id FROM consent_statements
  WHERE account_id = {account:String} AND by_address = 1 AND (${MADE} OR contact_id IN (${contacts}))`;

/** Contacts with a statement that the import replaces and does not make again. */
export const RESTATED = `SELECT DISTINCT contact_id FROM consent_statements FINAL WHERE account_id = {account:String} AND ${REPLACED}`;

/** Gives contacts the consent that follows from all statements but the replaced ones. @param contacts a query of ids */
export const restateContacts = (contacts: string): string => `
  INSERT INTO contacts SELECT c.* REPLACE (
    s.consent AS consent, greatest(c.version + 1, {version:UInt64}) AS version, ${STARTED_AT} AS updated_at)
  FROM (
    SELECT * FROM contacts FINAL
    WHERE account_id = {account:String} AND deleted = 0 AND contact_id IN (${contacts})
  ) AS c
  LEFT JOIN (${consentOf(contacts)}) AS s ON s.contact_id = c.contact_id
  WHERE mapSort(s.consent) != mapSort(c.consent)
  SETTINGS ${UNIQUE_ROWS}`;

/** The replaced statements, deleted once no contact depends on them. */
export const REPLACED_STATEMENTS = `account_id = {account:String} AND ${REPLACED}`;
