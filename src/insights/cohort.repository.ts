import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { Sql } from '../conditions/condition.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { addDays, type Interval } from './period.ts';
import { bucketOf, midnights, personaHistory } from './persona-history.ts';

export interface CohortPeriod {
  setId: string;
  members: Sql;
  timeZone: string;
  interval: Interval;
  /** First days of buckets. */
  starts: string[];
}

/** Members of a cohort by persona over time. Bucket 0 is the first. */
@Injectable()
export class CohortInsightsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  async size(members: Sql): Promise<number> {
    const row = await this.warehouse.one<{ size: number }>(
      `SELECT count() AS size FROM (${members.sql})`,
      members.params,
    );
    return Number(row.size);
  }

  /**
   * How many members went from persona to persona before the start of each bucket and after that of the one before it. The
   * first bucket has all that came before, and the bucket of a move is the one that begins next.
   */
  async moves(
    account: AccountId,
    period: CohortPeriod,
  ): Promise<{ bucket: string; from: string; to: string; contacts: number }[]> {
    const history = personaHistory(account, period.setId, period.members);
    // a moment earlier: what happens on the stroke of a bucket's beginning is in time for it; and dates begin in 1970
    const earlier = "greatest(since, toDateTime64('1970-01-02 00:00:00', 3, 'UTC')) - toIntervalMillisecond(1)";
    const bucket = bucketOf(earlier, period.interval);
    return this.warehouse.query(
      `SELECT toString(greatest(toDate({before:String}), ${bucket})) AS bucket, before AS from, persona AS to, count() AS contacts
       FROM (${history.sql}) GROUP BY bucket, from, to`,
      { ...history.params, before: addDays(period.starts[0]!, -1), zone: period.timeZone },
    );
  }

  /** Members with at least one event within `days` of the start of each bucket, by the persona they were in at that start. */
  async converted(
    account: AccountId,
    period: CohortPeriod & { stream: string; days: number },
  ): Promise<{ bucket: number; persona: string; converted: number }[]> {
    const history = personaHistory(account, period.setId, period.members);
    return this.warehouse.query(
      `WITH ${midnights('starts', 'zone')} AS starts
       SELECT bucket, p.persona AS persona, count() AS converted
       FROM (SELECT contact_id, tupleElement(hit, 1) AS bucket, tupleElement(hit, 2) AS start
         FROM events FINAL ARRAY JOIN arrayFilter(
           x -> tupleElement(x, 2) <= time AND time < addDays(tupleElement(x, 2), {days:UInt16}),
           arrayMap((start, i) -> (i - 1, start), starts, arrayEnumerate(starts))) AS hit
         WHERE account_id = {account:String} AND stream = {stream:String} AND time >= starts[1]
           AND time < addDays(starts[-1], {days:UInt16}) AND contact_id IN (${period.members.sql})
         GROUP BY contact_id, bucket, start) AS e
       ASOF LEFT JOIN (${history.sql}) AS p ON e.contact_id = p.contact_id AND e.start >= p.since
       GROUP BY bucket, persona`,
      { ...history.params, starts: period.starts, zone: period.timeZone, stream: period.stream, days: period.days },
    );
  }
}
