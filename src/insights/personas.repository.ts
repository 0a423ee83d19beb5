import { Inject, Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { personas } from '../personas/personas.tables.ts';
import type { Period } from './period.ts';
import { bucketOf, midnight, personaHistory, SPEND } from './persona-history.ts';

export interface Spend {
  revenue: number;
  orders: number;
  /** Orders without a value. */
  valueless: number;
  refunds: number;
}

export type RevenueRow = Spend & { bucket: string; persona: string };

/** Events of one stream. */
const EVENTS = `SELECT contact_id, time, value FROM events FINAL WHERE account_id = {account:String} AND stream = {stream:String}`;

/** What personas were, had and spent. */
@Injectable()
export class PersonaInsightsRepository {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly warehouse: Warehouse,
  ) {}

  /** Names of all personas that a set ever published, by key. */
  async names(account: AccountId, setId: string): Promise<Map<string, string>> {
    const rows = await this.db
      .select({ key: personas.key, name: personas.name })
      .from(personas)
      .where(and(eq(personas.accountId, account), eq(personas.setId, setId)));
    return new Map(rows.map(({ key, name }) => [key, name ?? key]));
  }

  /** Streams that have events, by name. */
  async streams(account: AccountId): Promise<string[]> {
    const rows = await this.warehouse.query<{ stream: string }>(
      'SELECT DISTINCT toString(stream) AS stream FROM events FINAL WHERE account_id = {account:String} ORDER BY stream',
      { account },
    );
    return rows.map(({ stream }) => stream);
  }

  /** When the first contact of an account was put into a persona of the set. */
  async historySince(account: AccountId, setId: string): Promise<string | null> {
    const { since, changes } = await this.warehouse.one<{ since: string; changes: number }>(
      'SELECT min(at) AS since, count() AS changes FROM persona_changes WHERE account_id = {account:String} AND persona_set_id = {set:String}',
      { account, set: setId },
    );
    return Number(changes) > 0 ? since : null;
  }

  /** Revenue by bucket and persona; an empty persona: none. `versionId` asks for today's personas instead of those then. */
  async revenue(
    account: AccountId,
    query: { setId: string; stream: string; period: Period; versionId?: string },
  ): Promise<RevenueRow[]> {
    const { setId, stream, period, versionId } = query;
    const history = personaHistory(account, setId);
    const joined = versionId
      ? `LEFT JOIN (SELECT contact_id, toString(persona_key) AS persona FROM persona_assignments FINAL
           WHERE account_id = {account:String} AND version_id = {version:String}) AS p ON e.contact_id = p.contact_id`
      : `ASOF LEFT JOIN (${history.sql}) AS p ON e.contact_id = p.contact_id AND e.time >= p.since`;
    return this.warehouse.query<RevenueRow>(
      `SELECT toString(${bucketOf('time', period.interval)}) AS bucket, p.persona AS persona, ${SPEND}
       FROM (${EVENTS} AND time >= ${midnight('from', 'zone')} AND time < ${midnight('end', 'zone')}) AS e ${joined}
       GROUP BY bucket, persona`,
      {
        account,
        stream,
        version: versionId ?? '',
        zone: period.timeZone,
        from: period.from,
        end: period.end,
        ...history.params,
      },
    );
  }

  /** How many contacts went from persona to persona in each bucket of a period; the first one has all that came before. */
  async moves(
    account: AccountId,
    setId: string,
    { interval, timeZone, starts, end }: Period,
  ): Promise<{ bucket: string; from: string; to: string; contacts: number }[]> {
    return this.warehouse.query(
      `SELECT toString(greatest(toDate({first:String}), ${bucketOf('at', interval)})) AS bucket, toString(from_key) AS from, toString(to_key) AS to,
         count() AS contacts
       FROM persona_changes WHERE account_id = {account:String} AND persona_set_id = {set:String} AND at < ${midnight('end', 'zone')}
       GROUP BY bucket, from, to`,
      { account, set: setId, zone: timeZone, first: starts[0], end },
    );
  }

  /** Contacts and what they spent by the persona they were in at an instant; an empty persona: none. */
  async snapshot(
    account: AccountId,
    query: { setId: string; stream: string; timeZone: string; from: string; end: string },
  ): Promise<(Spend & { persona: string; size: number; buyers: number })[]> {
    const { setId, stream, timeZone, from, end } = query;
    const [begins, ends] = [midnight('from', 'zone'), midnight('end', 'zone')];
    // three kinds of rows a contact, put together by one GROUP BY: cheaper than joins
    return this.warehouse.query(
      `SELECT persona, countIf(known) AS size, sum(revenue) AS revenue, sum(orders) AS orders, sum(valueless) AS valueless, sum(refunds) AS refunds, countIf(ordered > 0) AS buyers
       FROM (SELECT max(p) AS persona, max(k) AS known, sum(r) AS revenue, sum(o) AS ordered, ordered AS orders, sum(n) AS valueless, sum(f) AS refunds
         FROM (
           SELECT contact_id, toString(argMax(to_key, at)) AS p, p != '' AS k, toDecimal128(0, 6) AS r, 0 AS o, 0 AS n, 0 AS f FROM persona_changes
             WHERE account_id = {account:String} AND persona_set_id = {set:String} AND at < ${ends} GROUP BY contact_id
           UNION ALL SELECT contact_id, '', true, toDecimal128(0, 6), 0, 0, 0 FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0 AND created_at < ${ends}
           UNION ALL SELECT contact_id, '', false, ${SPEND} FROM (${EVENTS} AND time >= ${begins} AND time < ${ends}) GROUP BY contact_id
         ) GROUP BY contact_id)
       GROUP BY persona ORDER BY persona`,
      { account, set: setId, stream, zone: timeZone, from, end },
    );
  }

  /** Contacts by the personas they were in at two instants; an empty one: none. */
  async flow(
    account: AccountId,
    query: { setId: string; timeZone: string; fromEnd: string; toEnd: string },
  ): Promise<{ from: string; to: string; contacts: number }[]> {
    const [before, after] = [midnight('fromEnd', 'zone'), midnight('toEnd', 'zone')];
    return this.warehouse.query(
      `SELECT toString(was) AS from, toString(is) AS to, count() AS contacts
       FROM (SELECT argMaxIf(to_key, at, at < ${before}) AS was, argMax(to_key, at) AS is FROM persona_changes
         WHERE account_id = {account:String} AND persona_set_id = {set:String} AND at < ${after} GROUP BY contact_id)
       WHERE from != '' OR to != '' GROUP BY from, to ORDER BY from, to`,
      { account, set: query.setId, zone: query.timeZone, fromEnd: query.fromEnd, toEnd: query.toEnd },
    );
  }
}
