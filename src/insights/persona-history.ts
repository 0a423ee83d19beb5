import type { AccountId } from '../accounts/auth.ts';
import type { Sql } from '../conditions/condition.ts';
import type { Interval } from './period.ts';

/** Before anything that the warehouse's times can hold. */
const EVER = "toDateTime64('1900-01-01 00:00:00', 3, 'UTC')";

/**
 * Which persona contacts were in since when: `contact_id, persona, before, since`. What a contact was in first counts as what
 * it was in before, too: nothing else is known. An empty persona: in none any more.
 * @param members narrows it to some contacts.
 */
export function personaHistory(account: AccountId, setId: string, members?: Sql): Sql {
  const some = members ? ` AND contact_id IN (${members.sql})` : '';
  return {
    sql: `SELECT contact_id, toString(to_key) AS persona, at = min(at) OVER (PARTITION BY contact_id) AS first,
        if(first, '', toString(from_key)) AS before, if(first, ${EVER}, at) AS since
      FROM persona_changes WHERE account_id = {account:String} AND persona_set_id = {personaSet:String}${some}`,
    params: { account, personaSet: setId, ...members?.params },
  };
}

/** First day of the bucket that a time is in, by the zone in the parameter `zone`. */
export const bucketOf = (time: string, interval: Interval): string => {
  const local = `toTimeZone(${time}, {zone:String})`;
  return { day: `toDate(${local})`, week: `toStartOfWeek(${local}, 1)`, month: `toStartOfMonth(${local})` }[interval];
};

/**
 * First instant of a day in a time zone. Where the clock skips midnight the day begins later; where it repeats midnight,
 * with the first of both. Clocks change by multiples of half an hour, once by a day.
 * @param day an expression @param zone name of a String parameter
 */
const firstInstant = (day: string, zone: string): string => {
  const near = `arrayMap(step -> addMinutes(toDateTime64(concat(${day}, ' 00:00:00'), 3, {${zone}:String}), 30 * step), range(-4, 53))`;
  return `arrayFirst(at -> toDate(at, {${zone}:String}) >= toDate(${day}), ${near})`;
};

/** First instant of a day in a time zone, both names of String parameters. */
export const midnight = (day: string, zone: string): string => firstInstant(`{${day}:String}`, zone);

/** First instants of days in a time zone: an array. */
export const midnights = (days: string, zone: string): string =>
  `arrayMap(day -> ${firstInstant('day', zone)}, {${days}:Array(String)})`;

/** Refunds and returns are events with a negative value: they lower revenue and are no orders. */
export const SPEND = `ifNull(sum(value), 0) AS revenue, countIf(isNull(value) OR value >= 0) AS orders,
  countIf(isNull(value)) AS valueless, countIf(value < 0) AS refunds`;
