import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { OutboxRow } from './ledger.repository.ts';
import { SPARED } from './plan.sql.ts';

/** A segment of a delivery. */
export interface Place {
  deliveryId: string;
  segmentKey: string;
}

/** Members of a segment who are there in other forms too, by what is planned of them. */
export interface StaleForms {
  /** They stay: the form goes, and they are sent once more, because platforms match a removal by any key. */
  staying: number;
  /** Of them, those whom the plan would not send otherwise. */
  restated: number;
  leaving: number;
}

export const NO_STALE_FORMS: StaleForms = { staying: 0, restated: 0, leaving: 0 };

/**
 * Forms in which members are still at a destination beside the one in the ledger: sent once, and replaced in the ledger
 * before they were removed there. A mirror's next run removes them, of a member with several one a run.
 */
@Injectable()
export class StaleFormsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Keeps what the ledger holds of a batch's members, where the batch is about to put another form in its place. */
  async keepReplaced(account: AccountId, place: Place, outboxId: string, seq: number): Promise<void> {
    await this.keep(account, place, BATCH, { upload: outboxId, seq });
  }

  /** Keeps what the ledger holds of members who have nothing usable any more. */
  async keepOf(account: AccountId, place: Place, contacts: string[]): Promise<void> {
    if (contacts.length > 0) await this.keep(account, place, NOTHING_OF, { contacts });
  }

  /** Enters every form of a removal whose members are in the ledger again: it turned out that none of it took effect. */
  async reopen(account: AccountId, place: Place, outboxId: string): Promise<void> {
    await this.enter(
      account,
      place,
      `SELECT contact_id, wire, weight, 1 AS active FROM outbox FINAL
      WHERE account_id = {account:String} AND upload_id = {upload:String} AND (contact_id, wire) NOT IN (${HELD})`,
      { upload: outboxId },
    );
  }

  /** Enters that a batch's forms were removed. Of members who stay it is then not known whether they are still there. */
  async close(account: AccountId, place: Place, outboxId: string, seq: number, unanswered: string[]): Promise<void> {
    const params = { upload: outboxId, seq, unanswered };
    const answered = `FROM outbox FINAL WHERE account_id = {account:String} AND upload_id = {upload:String} AND batch_seq = {seq:UInt32}
      AND contact_id NOT IN {unanswered:Array(String)}`;
    await this.enter(account, place, `SELECT contact_id, wire, weight, 0 AS active ${answered}`, params);
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, delivery_id, segment_key, contact_id, 'failed', wire, weight, identity_version, run_id, batch_seq, now64(3), version + 1
       FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String}
         AND state = 'present' AND contact_id IN (SELECT contact_id ${answered})`,
      { account, delivery: place.deliveryId, segment: place.segmentKey, ...params },
    );
  }

  /** Enters that a segment holds nothing but what the ledger says. */
  async closeAll(account: AccountId, place: Place): Promise<void> {
    const open = `SELECT contact_id, wire, weight FROM stale_forms FINAL
      WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String} AND active = 1`;
    await this.enter(account, place, `SELECT contact_id, wire, weight, 0 AS active FROM (${open})`, {});
  }

  /**
   * Adds to a complete plan what is to be done about stale forms: `stale` and, where nothing else would send the member,
   * `restate`; `stale-leaver` of those who go.
   */
  async plan(account: AccountId, deliveryId: string, planId: string, mode: string): Promise<Map<string, StaleForms>> {
    const params = { account, delivery: deliveryId, plan: planId, mirror: mode === 'mirror' ? 1 : 0 };
    const leavers = mode === 'mirror' || mode === 'remove-only' ? 1 : 0;
    const { found } = await this.warehouse.one<{ found: string }>(
      `SELECT count() AS found FROM stale_forms FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND active = 1`,
      params,
    );
    if (Number(found) === 0) return new Map();
    await this.warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
       SELECT {account:String}, {plan:String}, s.segment_key, s.contact_id, arrayJoin(multiIf(
           p.what = '', if({leavers:UInt8}, ['stale-leaver'], []), p.what = 'remove', ['stale-leaver'], {mirror:UInt8} = 0, [],
           p.what = 'unchanged', ['stale', 'restate'], ['stale'])), '', p.identity_version
       FROM (SELECT DISTINCT segment_key, contact_id FROM stale_forms FINAL
         WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND active = 1) AS s
       LEFT JOIN (SELECT segment_key, contact_id, if(countIf(action = 'remove') > 0, 'remove', any(toString(action))) AS what,
           any(identity_version) AS identity_version FROM run_members
         WHERE account_id = {account:String} AND plan_id = {plan:String} AND action IN ('add', 'change', 'refresh', 'unchanged', 'remove')
         GROUP BY segment_key, contact_id) AS p ON p.contact_id = s.contact_id AND p.segment_key = s.segment_key`,
      { ...params, leavers },
    );
    return this.counts(params);
  }

  private async counts(params: Record<string, unknown>): Promise<Map<string, StaleForms>> {
    const rows = await this.warehouse.query<{ segment: string; staying: string; restated: string; leaving: string }>(
      `SELECT toString(segment_key) AS segment, countIf(action = 'stale') AS staying, countIf(action = 'restate') AS restated,
         countIf(action = 'stale-leaver') AS leaving
       FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String} AND action IN ('stale', 'restate', 'stale-leaver')
       GROUP BY segment`,
      params,
    );
    return new Map(
      rows.map(({ segment, staying, restated, leaving }) => [
        segment,
        { staying: Number(staying), restated: Number(restated), leaving: Number(leaving) },
      ]),
    );
  }

  /** A stale form of each planned member behind the cursor, in the order of contacts. */
  async page(
    account: AccountId,
    place: Place,
    query: { planId: string; actions: string[]; sparedSegments: string[]; cursor: string; limit: number },
  ): Promise<OutboxRow[]> {
    return this.warehouse.query<OutboxRow>(
      `SELECT contact_id, argMin(wire, form) AS wire, argMin(weight, form) AS weight, '0' AS identity_version, 'ok' AS verdict
       FROM stale_forms FINAL
       WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String} AND active = 1
         AND contact_id IN (SELECT contact_id FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String}
           AND segment_key = {segment:String} AND contact_id > {cursor:String} AND action IN {actions:Array(String)}
           AND contact_id NOT IN (${SPARED}))
       GROUP BY contact_id ORDER BY contact_id LIMIT {limit:UInt32}`,
      {
        account,
        delivery: place.deliveryId,
        segment: place.segmentKey,
        plan: query.planId,
        actions: query.actions,
        spared: query.sparedSegments,
        cursor: query.cursor,
        limit: query.limit,
      },
    );
  }

  private async keep(account: AccountId, place: Place, others: string, params: Record<string, unknown>): Promise<void> {
    const held = `FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String}
      AND state IN ('present', 'failed') AND wire != 'null' AND ${others}`;
    await this.enter(account, place, `SELECT contact_id, wire, weight, 1 AS active ${held}`, params);
  }

  private async enter(account: AccountId, place: Place, rows: string, params: Record<string, unknown>): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO stale_forms (account_id, delivery_id, segment_key, contact_id, form, wire, weight, active, version)
       SELECT {account:String}, {delivery:String}, {segment:String}, contact_id, cityHash64(wire), wire, weight, active,
         toUInt64(toUnixTimestamp64Micro(now64(6))) FROM (${rows})`,
      { account, delivery: place.deliveryId, segment: place.segmentKey, ...params },
    );
  }
}

const OUTBOX =
  'FROM outbox WHERE account_id = {account:String} AND upload_id = {upload:String} AND batch_seq = {seq:UInt32}';
const BATCH = `contact_id IN (SELECT contact_id ${OUTBOX}) AND (contact_id, wire) NOT IN (SELECT contact_id, wire ${OUTBOX})`;
const NOTHING_OF = 'contact_id IN {contacts:Array(String)}';
const HELD = `SELECT contact_id, wire FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String}
  AND segment_key = {segment:String} AND state IN ('present', 'failed')`;
