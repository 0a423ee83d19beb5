import { SMALL_BLOCKS, UNIQUE_ROWS } from '../../engines/warehouse/settings.ts';
import { SINGLE_FIELDS } from '../mapping/mapping.ts';
import { consentOf, STARTED_AT } from './consent.sql.ts';
import type { PlannedStatement } from './consent.ts';
import { MOVED } from './resolution.sql.ts';

/** Whose rows a statement reads. */
export interface StagedRows {
  /** Some rows belong to another contact than the one that their key founds: copies of them carry its id. */
  moved: boolean;
  /** Only those of contacts that the import creates. */
  onlyNew?: boolean;
}

const KNOWN_BEFORE = `SELECT contact_id FROM contacts FINAL
  WHERE account_id = {account:String} AND deleted = 0 AND created_at != ${STARTED_AT}`;

/** Staged rows by the contact that each belongs to. */
export const stagedRows = ({ moved, onlyNew }: StagedRows, columns: string, more = ''): string =>
  `SELECT ${columns} FROM import_contacts WHERE account_id = {account:String} AND ${
    moved
      ? `(import_id = {movedId:String} OR import_id = {importId:String} AND contact_id NOT IN (SELECT derived ${MOVED}))`
      : 'import_id = {importId:String}'
  } ${onlyNew ? `AND contact_id NOT IN (${KNOWN_BEFORE})` : ''} ${more}`;

/** Of a range of contact ids: bounds what one statement holds in memory. */
export const IN_RANGE = 'AND contact_id >= {from:String} AND contact_id < {to:String}';

/** Copies the rows that belong to another contact than the one that their key founds. */
export const COPY_MOVED = `
  INSERT INTO import_contacts SELECT s.* REPLACE ({movedId:String} AS import_id, o.contact_id AS contact_id)
  FROM (SELECT * FROM import_contacts WHERE account_id = {account:String} AND import_id = {importId:String}) AS s
  INNER JOIN (SELECT derived, contact_id ${MOVED}) AS o ON o.derived = s.contact_id`;

const ARRAYS = ['emails', 'phones', 'email_hashes', 'phone_hashes', 'mobile_ad_ids', 'external_ids'];
const TEXTS = SINGLE_FIELDS.map((field) => field.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));
/** The columns that match keys are made of. */
const IDENTITY = [...ARRAYS, ...TEXTS];

/** Several rows of one contact as one: lists united, later lines win, empty cells take nothing away. */
const FOLDED = [
  ...ARRAYS.map((c) => `arraySort(groupUniqArrayArray(${c})) AS ${c}`),
  ...TEXTS.map((c) => `argMaxIf(${c}, line, ${c} != '') AS ${c}`),
  'maxForEach(statements) AS statements',
  `argMaxForEach(nums, arrayMap(x -> if(isNaN(x), -1, toInt64(line)), nums)) AS nums`,
  `argMaxForEach(cats, arrayMap(x -> if(x = '', -1, toInt64(line)), cats)) AS cats`,
];
const PLAIN = ['contact_id', ...IDENTITY, 'statements', 'nums', 'cats'].join(', ');

/** One row a contact. Nearly always every row is one already, so only the repeated ones pay for grouping. */
function incoming(rows: StagedRows): string {
  const repeated = `${stagedRows(rows, 'contact_id', IN_RANGE)} GROUP BY contact_id HAVING count() > 1`;
  return `
    ${stagedRows(rows, PLAIN, `${IN_RANGE} AND contact_id NOT IN (${repeated})`)}
    UNION ALL
    SELECT contact_id, ${FOLDED.join(', ')}
    FROM (${stagedRows(rows, '*', `${IN_RANGE} AND contact_id IN (${repeated})`)}) GROUP BY contact_id`;
}

/** A country that is known is worth more than the one that rows are taken to be of when they name none. */
const FALLBACK: Partial<Record<string, string>> = { country: '{defaultCountry:String}' };

/** The value of a field: what the row says, else what is known of the contact, else the fallback. */
function known(field: string): string {
  const fallback = FALLBACK[field];
  return fallback
    ? `multiIf(n.${field} != '', n.${field}, c.${field} != '', c.${field}, ${fallback})`
    : `if(n.${field} != '', n.${field}, c.${field})`;
}

/** As `known`, where an empty cell may clear the field. Marks: `CLEARED_TEXT`, `CLEARED_NUMBER`. */
const cleared = (field: string): string => `if(n.${field} = '\\0', ${FALLBACK[field] ?? "''"}, ${known(field)})`;

const MAP_OF = (names: string, values: string, type: string, filled: string): string =>
  `mapFilter((k, v) -> ${filled}, CAST((${names}, ${values}), 'Map(LowCardinality(String), ${type})'))`;

/** What the places of staged values stand for. */
export interface MergePlan extends StagedRows {
  /** Whether empty cells clear values. */
  clears: boolean;
  statements: PlannedStatement[];
  numberNames: string[];
  categoryNames: string[];
}

/** Merges staged rows of a range of ids into `contacts`: one statement, one row a contact, each complete. */
export function mergeSql(plan: MergePlan): string {
  const map = (column: string, names: string[], value: string, mark: string) => {
    if (names.length === 0) return `c.${column} AS ${column}`;
    const updated = `mapUpdate(c.${column}, ${value})`;
    return `${plan.clears ? `mapFilter((k, v) -> v != ${mark}, ${updated})` : updated} AS ${column}`;
  };
  const hasConsent = plan.statements.length > 0;
  const maps = [
    `${hasConsent ? 's' : 'c'}.consent AS consent`,
    map('num', plan.numberNames, MAP_OF('{numberNames:Array(String)}', 'n.nums', 'Float64', 'NOT isNaN(v)'), '-inf'),
    map('cat', plan.categoryNames, MAP_OF('{categoryNames:Array(String)}', 'n.cats', 'String', `v != ''`), `'\\0'`),
  ];
  const columns = ['contact_id', 'version', ...IDENTITY, 'consent', 'num', 'cat', 'created_at', 'updated_at'];
  return `INSERT INTO contacts (account_id, ${columns.join(', ')}, identity_version)
    SELECT {account:String}, ${columns.join(', ')}, cityHash64(${IDENTITY.join(', ')})
    FROM (
      SELECT n.contact_id AS contact_id, greatest(c.version + 1, {version:UInt64}) AS version,
        ${ARRAYS.map((a) => `arrayDistinct(arrayConcat(c.${a}, n.${a})) AS ${a}`).join(', ')},
        ${TEXTS.map((t) => `${plan.clears ? cleared(t) : known(t)} AS ${t}`).join(', ')},
        ${maps.join(', ')},
        if(c.version = 0, ${STARTED_AT}, c.created_at) AS created_at,
        ${STARTED_AT} AS updated_at
      FROM (${incoming(plan)}) AS n
      LEFT JOIN (
        SELECT * FROM contacts FINAL
        WHERE account_id = {account:String} AND deleted = 0 AND contact_id IN (${stagedRows(plan, 'contact_id', IN_RANGE)})
      ) AS c ON c.contact_id = n.contact_id
      ${hasConsent ? `LEFT JOIN (${consentOf(stagedRows(plan, 'contact_id', IN_RANGE))}) AS s ON s.contact_id = n.contact_id` : ''}
    )
    SETTINGS ${UNIQUE_ROWS}, ${SMALL_BLOCKS}, max_bytes_before_external_group_by = 500000000`;
}

/** Staged events by the contact that each belongs to. */
const EVENTS = `
  SELECT e.* REPLACE (if(o.owner = '', e.contact_id, o.owner) AS contact_id)
  FROM (SELECT * FROM import_events WHERE account_id = {account:String} AND import_id = {importId:String}) AS e
  LEFT JOIN (SELECT derived, contact_id AS owner ${MOVED}) AS o ON o.derived = e.contact_id`;

const EXISTING = `SELECT contact_id FROM contacts FINAL
  WHERE account_id = {account:String} AND deleted = 0 AND contact_id IN (SELECT contact_id FROM (${EVENTS}))`;

/** Staged events of nobody. */
export const ORPHANS = `FROM (${EVENTS}) WHERE contact_id NOT IN (${EXISTING})`;

const CONTENT = `contact_id, stream, time_ms, ifNull(toString(value), ''), arraySort(arrayZip(property_names, property_values))`;

/**
 * Staged events of a range of founded ids as they are stored: of rows with the id of one event the last. `ofKnown`: only
 * those of contacts that exist.
 */
const storable = (ofKnown: boolean): string => `
  SELECT account_id, stream, contact_id, if(given = '', lower(hex(sipHash128(${CONTENT}))), given) AS event_id,
    fromUnixTimestamp64Milli(time_ms, 'UTC') AS time, value,
    CAST((property_names, property_values), 'Map(LowCardinality(String), String)') AS properties
  FROM (SELECT * EXCEPT event_id, event_id AS given FROM (${EVENTS} WHERE e.contact_id >= {from:String} AND e.contact_id < {to:String}))
  ${ofKnown ? `WHERE contact_id IN (${EXISTING})` : ''}
  ORDER BY line DESC LIMIT 1 BY stream, contact_id, event_id`;

/** Notes which events the dataset brought. */
export const noteEventsSql = (ofKnown: boolean): string => `
  INSERT INTO dataset_events (account_id, dataset_id, stream, contact_id, event_id)
  SELECT account_id, {datasetId:String}, stream, contact_id, event_id FROM (${storable(ofKnown)})
  SETTINGS ${UNIQUE_ROWS}`;

/** How many events staged rows are. */
export const countEventsSql = (ofKnown: boolean): string =>
  `SELECT count() AS events, countIf(isNull(value)) AS without_value FROM (${storable(ofKnown)})`;

/** Adds staged events. */
export const eventsSql = (ofKnown: boolean): string => `
  INSERT INTO events (account_id, stream, contact_id, event_id, time, value, properties, version)
  SELECT account_id, stream, contact_id, event_id, time, value, properties, {version:UInt64} FROM (${storable(ofKnown)})
  SETTINGS ${UNIQUE_ROWS}`;
