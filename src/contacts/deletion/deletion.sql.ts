/**
 * What leaves with a dataset, as SQL: what no other dataset, upsert or post brought. Statements that delete contacts or
 * events write rows with `deleted` of a higher version, so they may run again with the same result.
 */

const OF_ACCOUNT = 'account_id = {account:String}';
const IN_RANGE = 'contact_id >= {from:String} AND contact_id < {to:String}';

const brought = (table: string, columns: string, by: '=' | '!=', where: string): string =>
  `SELECT ${columns} FROM ${table} WHERE ${OF_ACCOUNT} AND dataset_id ${by} {dataset:String} AND ${where}`;

/** Contacts that only the dataset brought. A contact with events from elsewhere is brought by those too. */
const onlyContacts = (where: string): string => `
  ${brought('dataset_contacts', 'contact_id', '=', where)}
  AND contact_id NOT IN (${brought('dataset_contacts', 'contact_id', '!=', where)})
  AND contact_id NOT IN (${brought('dataset_events', 'contact_id', '!=', where)})`;

const LIVE = `FROM contacts FINAL WHERE ${OF_ACCOUNT} AND deleted = 0 AND ${IN_RANGE}`;
/** A denial has to be remembered: without it a later file could subscribe the person again. */
const HAS_DENIED = `has(mapValues(consent), 'denied')`;
const ONLY_LIVE = `${LIVE} AND NOT ${HAS_DENIED} AND contact_id IN (${onlyContacts(IN_RANGE)})`;

const EVENT = 'stream, contact_id, event_id';
const ONLY_EVENTS = `FROM events FINAL WHERE ${OF_ACCOUNT} AND ${IN_RANGE}
  AND (${EVENT}) IN (${brought('dataset_events', EVENT, '=', IN_RANGE)})
  AND (${EVENT}) NOT IN (${brought('dataset_events', EVENT, '!=', IN_RANGE)})`;

/** Notes of a dataset: they bound how many contacts a statement looks at. */
export const COUNT_NOTES = `
  SELECT (SELECT count() FROM (${brought('dataset_contacts', 'contact_id', '=', '1')}))
    + (SELECT count() FROM (${brought('dataset_events', 'contact_id', '=', '1')})) AS notes`;

export const COUNT_CONTACTS = `
  SELECT (SELECT count() ${ONLY_LIVE}) AS only,
    (SELECT count() ${LIVE} AND ${HAS_DENIED} AND contact_id IN (${onlyContacts(IN_RANGE)})) AS unsubscribed,
    (SELECT count() ${LIVE} AND contact_id IN (${brought('dataset_contacts', 'contact_id', '=', IN_RANGE)})) AS all`;

export const COUNT_EVENTS = `SELECT count() AS events ${ONLY_EVENTS}`;

/** Of contacts that are deleted nothing is kept but their id. */
export const DELETE_CONTACTS = `
  INSERT INTO contacts (account_id, contact_id, version, deleted, created_at, updated_at)
  SELECT account_id, contact_id, greatest(version + 1, {version:UInt64}), 1, created_at,
    fromUnixTimestamp64Milli({at:Int64}, 'UTC')
  ${ONLY_LIVE}`;

export const DELETE_EVENTS = `
  INSERT INTO events (account_id, ${EVENT}, version, deleted)
  SELECT account_id, ${EVENT}, greatest(version + 1, {version:UInt64}), 1 ${ONLY_EVENTS}`;

/** What else is known of the contacts that leave. */
export const OF_LEAVERS = `${OF_ACCOUNT} AND contact_id IN (${onlyContacts('1')}) AND contact_id NOT IN (
  SELECT contact_id FROM contacts FINAL WHERE ${OF_ACCOUNT} AND deleted = 0)`;
/** What the dataset brought, as it was noted. */
export const NOTES = `${OF_ACCOUNT} AND dataset_id = {dataset:String}`;
/** Rejected rows of the dataset's imports. */
export const REJECTS = `${OF_ACCOUNT} AND import_id IN {imports:Array(String)}`;
