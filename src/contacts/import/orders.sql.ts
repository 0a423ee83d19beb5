import { MOVED } from './resolution.sql.ts';

/** Items of an order that are kept, and the letters of their JSON. */
const MOST_ITEMS = 100;
const LONGEST_ITEMS = 8_000;

const first = (column: string, filled: string): string => `argMinIf(${column}, p.line, ${filled})`;

/** Items in the order of the file, as a JSON list; those that would make it too long are left out. */
const ITEMS = `arrayMap(x -> x.2, arraySort(groupArrayIf((p.line, p.item), p.item != '')))`;
const BOUNDED = `arrayFilter((item, length) -> length <= ${LONGEST_ITEMS}, arraySlice(all_items, 1, ${MOST_ITEMS}),
  arrayCumSum(arrayMap(x -> length(x) + 1, arraySlice(all_items, 1, ${MOST_ITEMS}))))`;

/** The orders of one stream, each of all its rows: what a row lacks, another has. The first row that says something counts. */
const JOINED = `
  SELECT order_id, lines, at AS time_ms, property_values, currency, status, ${BOUNDED} AS items,
    if(o.owner = '', founded, o.owner) AS contact_id,
    multiIf(test = 1, 'test', cancelled = 1, 'cancelled',
      state = 'refunded' OR (refunded >= total AND total > 0), 'refunded',
      state = 'partiallyRefunded' OR refunded > 0, 'partiallyRefunded', 'imported') AS kind,
    if(kind = 'partiallyRefunded', total - ifNull(refunded, 0), total) AS value,
    multiIf(broken = 1, 'event_value', at < 0, 'event_time_missing', founded = '', 'no_key', '') AS fault
  FROM (
    SELECT any(p.order_id) AS order_id, groupArray(p.line) AS lines, ${first('p.contact_id', `p.contact_id != ''`)} AS founded,
      if(countIf(p.time_ms >= 0) = 0, -1, ${first('p.time_ms', 'p.time_ms >= 0')}) AS at,
      ${first('p.value', 'isNotNull(p.value)')} AS total, ${first('p.refunded', 'isNotNull(p.refunded)')} AS refunded,
      ${first('p.currency', `p.currency != ''`)} AS currency, ${first('p.status', `p.status != ''`)} AS status,
      ${first('p.state', `p.state != ''`)} AS state, max(p.state = 'cancelled') AS cancelled, max(p.test) AS test,
      max(p.broken) AS broken, ${ITEMS} AS all_items,
      argMinForEach(p.property_values, arrayMap(x -> if(x = '', 9e18, toFloat64(p.line)), p.property_values)) AS property_values
    FROM import_orders AS p
    WHERE p.account_id = {account:String} AND p.import_id = {importId:String} AND p.stream = {stream:String}
    GROUP BY if(p.order_id = '', concat('\n', toString(p.line)), p.order_id)) AS g
  LEFT JOIN (SELECT derived, contact_id AS owner ${MOVED}) AS o ON o.derived = g.founded`;

const KNOWN = `SELECT contact_id FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0
  AND contact_id IN (SELECT contact_id FROM (${JOINED}))`;

const COLUMNS = 'order_id, contact_id, lines, time_ms, value, property_values, currency, status, items, kind, fault';

/** Puts the rows of each order together. `ofKnown`: orders of people who are no contacts have a fault. */
export const joinOrders = (ofKnown: boolean): string => `
  INSERT INTO import_joined_orders (account_id, import_id, stream, ${COLUMNS})
  SELECT {account:String}, {importId:String}, {stream:String}, ${COLUMNS}
  FROM (${ofKnown ? `SELECT * REPLACE (if(fault = '' AND contact_id NOT IN (${KNOWN}), 'unknown_contact', fault) AS fault) FROM (${JOINED})` : JOINED})`;

const ORDERS = `FROM import_joined_orders
  WHERE account_id = {account:String} AND import_id = {importId:String} AND stream = {stream:String}`;

const EVENTS = `
  SELECT if(kind IN ('cancelled', 'refunded'), concat({stream:String}, '_cancelled'), {stream:String}) AS stream, contact_id,
    if(order_id != '', order_id, lower(hex(sipHash128(contact_id, time_ms, ifNull(toString(value), ''), property_values, items)))) AS event_id,
    fromUnixTimestamp64Milli(time_ms, 'UTC') AS time, value,
    mapFilter((k, v) -> v != '', CAST((
      arrayConcat({properties:Array(String)}, ['currency', 'status', 'items']),
      arrayConcat(property_values, [currency, status, if(empty(items), '', concat('[', arrayStringConcat(items, ','), ']'))])),
      'Map(LowCardinality(String), String)')) AS properties
  FROM (SELECT ${COLUMNS} ${ORDERS}) WHERE fault = '' AND kind != 'test'`;

/** Orders and their rows by what they are. */
export const COUNT_ORDERS = `SELECT kind, fault, count() AS orders, countIf(isNull(value)) AS without_value, sum(length(lines)) AS rows ${ORDERS} GROUP BY kind, fault`;

/** Rejects every row of orders that cannot be used. */
export const REJECT_ORDERS = `
  INSERT INTO import_rejects SELECT account_id, import_id, line, {column:String}, fault,
    transform(fault, {codes:Array(String)}, {texts:Array(String)}, ''), ''
  FROM (SELECT account_id, import_id, lines, fault ${ORDERS}) ARRAY JOIN lines AS line WHERE fault NOT IN ('', 'event_value')`;

/** Takes back what was stored of these orders before in another stream or of another person. */
export const REPLACE_ORDERS = `
  INSERT INTO events (account_id, stream, contact_id, event_id, time, value, properties, version, deleted)
  SELECT account_id, stream, contact_id, event_id, time, value, properties, greatest(version + 1, {version:UInt64}), 1
  FROM events FINAL
  WHERE account_id = {account:String} AND stream IN ({stream:String}, concat({stream:String}, '_cancelled'))
    AND event_id IN (SELECT order_id ${ORDERS} AND fault = '' AND order_id != '')
    AND (stream, contact_id, event_id) NOT IN (SELECT stream, contact_id, event_id FROM (${EVENTS}))`;

/** Notes which orders the dataset brought. */
export const NOTE_ORDERS = `
  INSERT INTO dataset_events (account_id, dataset_id, stream, contact_id, event_id)
  SELECT {account:String}, {datasetId:String}, stream, contact_id, event_id FROM (${EVENTS})`;

export const MERGE_ORDERS = `
  INSERT INTO events (account_id, stream, contact_id, event_id, time, value, properties, version)
  SELECT {account:String}, stream, contact_id, event_id, time, value, properties, {version:UInt64} FROM (${EVENTS})`;
