import type { Sql } from '../conditions/condition.ts';
import { type ContactField, FIELD_COLUMNS, traitMaps } from '../contacts/contact-fields.ts';
import { dayOf } from '../models/outcomes/outcome-model.ts';
import type { TraitType } from '../models/table.ts';

/** A trait to learn from: of the catalogue, or made of a stream of events. */
export interface Feature {
  name: string;
  type: TraitType;
}

/** What is made of a contact's events in one stream: how many, their total value, and days since the last. */
const OF_STREAM = ['count', 'value', 'days_since'] as const;

export const eventFeature = (stream: string, what: (typeof OF_STREAM)[number]) => `event:${stream}:${what}`;

/** Whether a feature is made of events, and no trait of the catalogue. */
export const isOfEvents = (name: string): boolean => name.startsWith('event:');

export const eventFeatures = (streams: string[]): Feature[] =>
  streams.flatMap((stream) => OF_STREAM.map((what): Feature => ({ name: eventFeature(stream, what), type: 'number' })));

/** What is read beside the contact's own traits. */
export interface ReadFeatures {
  /** Streams whose events are traits. */
  streams: string[];
  fields: readonly ContactField[];
}

/** The columns that `featureQuery` gives beside the maps. */
const COLUMNS = FIELD_COLUMNS.split(', ');

/** The features of some contacts, contact fields among them, as maps: contact_id, num, cat, gender and birth_date. */
export function featureMaps(account: string, { streams, fields }: ReadFeatures, asOf: Date, only?: string[]): Sql {
  const { sql, params } = featureQuery(account, streams, asOf, only);
  return { sql: `SELECT contact_id, ${traitMaps(fields, dayOf(asOf))}, gender, birth_date FROM (${sql})`, params };
}

/**
 * A query for contact_id, num, cat and the columns of contact fields of an account's contacts. Events before `asOf` (ms)
 * in the given streams are traits in `num`. A contact without any in a stream lacks its traits, and one whose events have no
 * value lacks their total.
 * @param only ids to read; absent: everyone
 */
export function featureQuery(account: string, streams: string[], asOf: Date, only?: string[]): Sql {
  const some = only ? 'AND contact_id IN {f_only:Array(String)}' : '';
  const contacts = `SELECT contact_id, num, cat, ${COLUMNS.join(', ')} FROM contacts FINAL WHERE account_id = {f_account:String} AND deleted = 0 ${some}`;
  const params = { f_account: account, f_streams: streams, f_as_of: asOf.getTime(), ...(only && { f_only: only }) };
  if (streams.length === 0) return { sql: contacts, params };
  const days = `intDiv({f_as_of:Int64} - toUnixTimestamp64Milli(max(time)), 86400000)`;
  const each = `SELECT contact_id, stream, [toFloat64(count()), ifNull(toFloat64(sum(value)), nan), toFloat64(${days})] AS figures FROM events FINAL
    WHERE account_id = {f_account:String} AND stream IN {f_streams:Array(String)}
    AND time < fromUnixTimestamp64Milli({f_as_of:Int64}, 'UTC') ${some} GROUP BY contact_id, stream`;
  const names = `[${OF_STREAM.map((what) => `concat('event:', stream, ':${what}')`).join(', ')}]`;
  const events = `SELECT contact_id, mapFilter((name, x) -> NOT isNaN(x),
      CAST((arrayFlatten(groupArray(${names})), arrayFlatten(groupArray(figures))), 'Map(LowCardinality(String), Float64)')) AS figures
    FROM (${each}) GROUP BY contact_id`;
  return {
    sql: `SELECT c.contact_id AS contact_id, mapUpdate(c.num, e.figures) AS num, c.cat AS cat, ${COLUMNS.map((column) => `c.${column} AS ${column}`).join(', ')}
      FROM (${contacts}) AS c LEFT JOIN (${events}) AS e ON c.contact_id = e.contact_id`,
    params,
  };
}
