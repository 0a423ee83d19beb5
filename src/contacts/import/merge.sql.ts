import { UNIQUE_ROWS } from '../../engines/warehouse/settings.ts';
import { SINGLE_FIELDS } from '../mapping/mapping.ts';

/** Rows merged by one statement: bounds what a join holds in memory. */
const ROWS_A_STATEMENT = 500_000;
const HEX = '0123456789abcdef';

/** Contact ids are hex digests, spread evenly: ranges of them that hold about `ROWS_A_STATEMENT` of `rows` each. */
export function idRanges(rows: number): { from: string; to: string }[] {
  const parts = Math.max(1, Math.ceil(rows / ROWS_A_STATEMENT));
  const digits = Math.max(1, Math.ceil(Math.log(parts) / Math.log(16)));
  const steps = Math.min(parts, 16 ** digits);
  const bound = (i: number) =>
    Math.round((i / steps) * 16 ** digits)
      .toString(16)
      .padStart(digits, HEX[0]);
  return Array.from({ length: steps }, (_, i) => ({
    from: i === 0 ? '' : bound(i),
    to: i === steps - 1 ? 'g' : bound(i + 1),
  }));
}

/** Staged rows of one import, of a range of contact ids. */
export const STAGED_RANGE = (columns: string, more = ''): string =>
  `SELECT ${columns} FROM import_contacts
   WHERE account_id = {account:String} AND import_id = {importId:String} AND contact_id >= {from:String} AND contact_id < {to:String} ${more}`;

/**
 * Who owns the keys of staged rows: the contact that the key founded if it exists, else the first by id that is known
 * by it.
 */
export const OWNERS = (table: 'import_contacts' | 'import_events'): string =>
  `SELECT s.contact_id AS derived, if(countIf(i.contact_id = s.contact_id) > 0, derived, min(i.contact_id)) AS owner
   FROM identities AS i
   INNER JOIN (SELECT DISTINCT contact_id, key_hash FROM ${table} WHERE account_id = {account:String} AND import_id = {importId:String}) AS s
     ON i.hash = s.key_hash
   WHERE i.account_id = {account:String} AND i.kind = {kind:String}
   GROUP BY s.contact_id`;

const ARRAYS = ['emails', 'phones', 'email_hashes', 'phone_hashes', 'mobile_ad_ids', 'external_ids'];
const TEXTS = SINGLE_FIELDS.map((field) => field.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));
/** When the import began. A number, because a date parameter loses its milliseconds on the embedded engine. */
export const STARTED_AT = `fromUnixTimestamp64Milli({startedMs:Int64}, 'UTC')`;
/** The columns that match keys are made of. */
const IDENTITY = [...ARRAYS, ...TEXTS];

/** Several rows of one contact as one: lists united, later lines win, empty cells take nothing away. */
const FOLDED = [
  ...ARRAYS.map((c) => `arraySort(groupUniqArrayArray(${c})) AS ${c}`),
  ...TEXTS.map((c) => `argMaxIf(${c}, line, ${c} != '') AS ${c}`),
  `argMaxForEach(consents, arrayMap(x -> if(x = '', -1, toInt64(line)), consents)) AS consents`,
  `argMaxForEach(nums, arrayMap(x -> if(isNaN(x), -1, toInt64(line)), nums)) AS nums`,
  `argMaxForEach(cats, arrayMap(x -> if(x = '', -1, toInt64(line)), cats)) AS cats`,
];
const PLAIN = ['contact_id', ...IDENTITY, 'consents', 'nums', 'cats'].join(', ');

const REPEATED = `${STAGED_RANGE('contact_id')} GROUP BY contact_id HAVING count() > 1`;
/** One row a contact. Nearly always every row is one already, so only the repeated ones pay for grouping. */
const INCOMING = `
  ${STAGED_RANGE(PLAIN, `AND contact_id NOT IN (${REPEATED})`)}
  UNION ALL
  SELECT contact_id, ${FOLDED.join(', ')} FROM (${STAGED_RANGE('*', `AND contact_id IN (${REPEATED})`)}) GROUP BY contact_id`;

/** A country that is known is worth more than the one that rows are taken to be of when they name none. */
const COUNTRY = `multiIf(n.country != '', n.country, c.country != '', c.country, {defaultCountry:String})`;

const MAP_OF = (names: string, values: string, type: string, filled: string): string =>
  `mapFilter((k, v) -> ${filled}, CAST((${names}, ${values}), 'Map(LowCardinality(String), ${type})'))`;

/** Merges staged rows of a range of ids into `contacts`: one statement, one row a contact, each complete. */
export function mergeSql(plan: { purposes: string[]; numberNames: string[]; categoryNames: string[] }): string {
  const map = (column: string, names: string[], incoming: string) =>
    names.length === 0 ? `c.${column} AS ${column}` : `mapUpdate(c.${column}, ${incoming}) AS ${column}`;
  const maps = [
    map(
      'consent',
      plan.purposes,
      MAP_OF('{purposes:Array(String)}', 'n.consents', 'LowCardinality(String)', `v != ''`),
    ),
    map('num', plan.numberNames, MAP_OF('{numberNames:Array(String)}', 'n.nums', 'Float64', 'NOT isNaN(v)')),
    map('cat', plan.categoryNames, MAP_OF('{categoryNames:Array(String)}', 'n.cats', 'String', `v != ''`)),
  ];
  const columns = ['contact_id', 'version', ...IDENTITY, 'consent', 'num', 'cat', 'created_at', 'updated_at'];
  return `INSERT INTO contacts (account_id, ${columns.join(', ')}, identity_version)
    SELECT {account:String}, ${columns.join(', ')}, cityHash64(${IDENTITY.join(', ')})
    FROM (
      SELECT n.contact_id AS contact_id, greatest(c.version + 1, {version:UInt64}) AS version,
        ${ARRAYS.map((a) => `arrayDistinct(arrayConcat(c.${a}, n.${a})) AS ${a}`).join(', ')},
        ${TEXTS.map((t) => `${t === 'country' ? COUNTRY : `if(n.${t} != '', n.${t}, c.${t})`} AS ${t}`).join(', ')},
        ${maps.join(', ')},
        if(c.version = 0, ${STARTED_AT}, c.created_at) AS created_at,
        ${STARTED_AT} AS updated_at
      FROM (${INCOMING}) AS n
      LEFT JOIN (
        SELECT * FROM contacts FINAL
        WHERE account_id = {account:String} AND contact_id >= {from:String} AND contact_id < {to:String} AND deleted = 0
      ) AS c ON c.contact_id = n.contact_id
    )
    SETTINGS ${UNIQUE_ROWS}, max_bytes_before_external_group_by = 500000000`;
}

export const EVENT_MERGE = `
  INSERT INTO events (account_id, stream, contact_id, event_id, time, value, properties, version)
  SELECT account_id, stream, contact_id,
    if(event_id != '', event_id, lower(hex(sipHash128(contact_id, stream, time_ms, value, arraySort(arrayZip(property_names, property_values)))))) AS event_id,
    fromUnixTimestamp64Milli(time_ms, 'UTC'), value,
    CAST((property_names, property_values), 'Map(LowCardinality(String), String)'), {version:UInt64}
  FROM (
    SELECT e.* REPLACE (o.owner AS contact_id)
    FROM (
      SELECT * FROM import_events
      WHERE account_id = {account:String} AND import_id = {importId:String} AND contact_id >= {from:String} AND contact_id < {to:String}
    ) AS e
    INNER JOIN (${OWNERS('import_events')}) AS o ON o.derived = e.contact_id
  )
  SETTINGS ${UNIQUE_ROWS}, max_partitions_per_insert_block = 0`;
