/** Statements about people who were erased and do not come back: see `ErasedPeople`. */

const OF_ACCOUNT = 'account_id = {account:String}';
const OF_IMPORT = `${OF_ACCOUNT} AND import_id = {importId:String}`;

const BLOCKED = `SELECT kind, hash FROM erased_identities FINAL WHERE ${OF_ACCOUNT} AND active = 1 AND shared = 0`;

/** Which of some identities live contacts other than one have as well. */
export const SHARED = `
  SELECT DISTINCT toString(kind) AS kind, toString(hash) AS hash FROM identities
  WHERE ${OF_ACCOUNT} AND hash IN {hashes:Array(String)} AND contact_id != {contact:String} AND contact_id IN (
    SELECT contact_id FROM contacts FINAL WHERE ${OF_ACCOUNT} AND deleted = 0 AND contact_id IN (
      SELECT contact_id FROM identities WHERE ${OF_ACCOUNT} AND hash IN {hashes:Array(String)}))`;

/** Which of some identities are those of people who were erased. */
export const MATCHES = `
  SELECT DISTINCT toString(kind) AS kind, toString(hash) AS hash FROM (${BLOCKED}) WHERE hash IN {hashes:Array(String)}`;

export const COUNT_BLOCKED = `SELECT count() AS blocked FROM (${BLOCKED})`;

/** What an erasure remembers, and whether another erasure remembers it too. */
export const OF_ERASURE = `
  SELECT toString(kind) AS kind, toString(hash) AS hash, shared, (kind, hash) IN (
    SELECT kind, hash FROM erased_identities FINAL WHERE ${OF_ACCOUNT} AND active = 1 AND erasure_id != {erasure:String}
  ) AS elsewhere
  FROM erased_identities FINAL WHERE ${OF_ACCOUNT} AND erasure_id = {erasure:String}`;

/** Notes the groups of staged rows of which one names a person who was erased. */
export const NOTE_ERASED = `
  INSERT INTO import_resolution (account_id, import_id, step, derived, contact_id, rank, since)
  SELECT DISTINCT account_id, import_id, 'erased', contact_id, '', 0, 0
  FROM (
    SELECT account_id, import_id, contact_id, kind, hash FROM import_contacts
    ARRAY JOIN id_kinds AS kind, id_hashes AS hash WHERE ${OF_IMPORT})
  WHERE (kind, hash) IN (${BLOCKED})`;

const noted = (step: string): string => `FROM import_resolution WHERE ${OF_IMPORT} AND step = '${step}'`;
const ERASED = `contact_id IN (SELECT derived ${noted('erased')})`;
/** Rows of an order belong to one person, also those without a key. */
const ERASED_ORDERS = `(${ERASED} OR order_id != '' AND (stream, order_id) IN (
  SELECT stream, order_id FROM import_orders WHERE ${OF_IMPORT} AND ${ERASED}))`;

/** Notes the lines of those groups: as `since`. */
export const NOTE_LINES = `
  INSERT INTO import_resolution (account_id, import_id, step, derived, contact_id, rank, since)
  SELECT {account:String}, {importId:String}, 'erased-line', '', '', 0, line FROM (
    SELECT line FROM import_contacts WHERE ${OF_IMPORT} AND ${ERASED}
    UNION DISTINCT SELECT line FROM import_events WHERE ${OF_IMPORT} AND ${ERASED}
    UNION DISTINCT SELECT line FROM import_orders WHERE ${OF_IMPORT} AND ${ERASED_ORDERS})`;

const LINES = `SELECT since AS line ${noted('erased-line')}`;

export const COUNT_LINES = `SELECT count() AS lines FROM (${LINES})`;
/** Staged rows, and what was rejected of them: they are counted once, as erased. */
export const OF_LINES = `${OF_IMPORT} AND line IN (${LINES})`;
export const REJECT_ERASED = `
  INSERT INTO import_rejects (account_id, import_id, line, column, code, text, sample)
  SELECT {account:String}, {importId:String}, line, '', 'erased_person', {text:String}, '' FROM (${LINES})`;

export const COUNT_DROPPED = `SELECT count() AS rows FROM import_rejects WHERE ${OF_IMPORT} AND code = 'erased_person'`;
