import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { batchParams, IN_BATCHES, type OutboxBatches, type OutboxRow } from './ledger.repository.ts';
import { KEPT_BACK, type Query, SPARED } from './plan.sql.ts';

/** A segment of a delivery. */
export interface Place {
  deliveryId: string;
  segmentKey: string;
}

/**
 * Members of a segment who are there in other forms too, by what is planned of them: how many have one such form or more,
 * two or more, and so on.
 */
export interface StaleForms {
  /** They stay: their forms go, and they are sent once more, because platforms match a removal by any key. */
  staying: number[];
  /** Of them, those whom the plan would not send otherwise. */
  restated: number;
  leaving: number[];
}

export const NO_STALE_FORMS: StaleForms = { staying: [], restated: 0, leaving: [] };

/** What a plan calls the nth form of those who stay (`stale`) or go (`stale-leaver`). A batch holds one form of a contact. */
export const nthForm = (action: 'stale' | 'stale-leaver', n: number): string => (n === 1 ? action : `${action}-${n}`);

/** How a plan treats stale forms. */
export interface StalePlan {
  deliveryId: string;
  /** A mirror takes them out of everyone; where leavers are removed they go with them, and everywhere of who is kept back. */
  mode: string;
  /** Countries whose people count as having denied what they did not say. */
  deniedCountries: string[];
}

/**
 * Forms in which members are still at a destination beside the one in the ledger: sent once, and replaced in the ledger
 * before they were removed there. A mirror's next run removes them; every delivery's, those of who may not be delivered any more.
 */
@Injectable()
export class StaleFormsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Keeps forms in which members are still there. */
  async keepForms(account: AccountId, place: Place, forms: OutboxForm[]): Promise<void> {
    for (const part of bySize(forms)) {
      const [contacts, wires, weights] = [
        part.map(({ contact_id }) => contact_id),
        part.map(({ wire }) => wire),
        part.map(({ weight }) => weight),
      ];
      const rows = `SELECT contact_id, wire, weight, 1 AS active FROM (SELECT 1) ARRAY JOIN
        {contacts:Array(String)} AS contact_id, {wires:Array(String)} AS wire, {weights:Array(UInt32)} AS weight`;
      await this.enter(account, place, rows, { contacts, wires, weights });
    }
  }

  /** Keeps what the ledger holds of members who have nothing usable any more. */
  async keepOf(account: AccountId, place: Place, contacts: string[]): Promise<void> {
    if (contacts.length > 0) await this.keep(account, place, NOTHING_OF, { contacts });
  }

  /** Enters every form of a removal whose members are in the ledger again: it turned out that none of it took effect. */
  async reopen(account: AccountId, place: Place, outboxId: string, only?: OutboxBatches): Promise<void> {
    await this.enter(
      account,
      place,
      `SELECT contact_id, wire, weight, 1 AS active FROM outbox FINAL
      WHERE account_id = {account:String} AND upload_id = {upload:String} AND (contact_id, wire) NOT IN (${HELD})
        ${only ? IN_BATCHES : ''}`,
      { upload: outboxId, ...batchParams(only) },
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
  async plan(account: AccountId, planId: string, how: StalePlan): Promise<Map<string, StaleForms>> {
    const params = { ...paramsOf(account, how), plan: planId };
    if (!(await this.any(params))) return new Map();
    await this.warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
       SELECT {account:String}, {plan:String}, segment_key, contact_id, action, '', version FROM (${formsOf(SNAPSHOT)})`,
      params,
    );
    return this.counts(
      `SELECT segment_key, toString(action) AS action FROM run_members
       WHERE account_id = {account:String} AND plan_id = {plan:String} AND (action = 'restate' OR startsWith(action, 'stale'))`,
      params,
    );
  }

  /** What `plan` would do, of a plan that is not written down. */
  async preview(account: AccountId, planned: Query, how: StalePlan): Promise<Map<string, StaleForms>> {
    const params = { ...planned.params, ...paramsOf(account, how) };
    return (await this.any(params)) ? this.counts(formsOf(planned.sql), params) : new Map();
  }

  private async any(params: Record<string, unknown>): Promise<boolean> {
    const { found } = await this.warehouse.one<{ found: string }>(`SELECT count() AS found FROM (${ACTIVE})`, params);
    return Number(found) > 0;
  }

  private async counts(rows: string, params: Record<string, unknown>): Promise<Map<string, StaleForms>> {
    const found = await this.warehouse.query<{ segment: string; action: string; contacts: string }>(
      `SELECT toString(segment_key) AS segment, action, count() AS contacts FROM (${rows}) GROUP BY segment, action`,
      params,
    );
    const of = (segment: string, action: string) =>
      Number(found.find((row) => row.segment === segment && row.action === action)?.contacts ?? 0);
    const byForm = (segment: string, action: 'stale' | 'stale-leaver') => {
      const counts: number[] = [];
      for (let n = 1; of(segment, nthForm(action, n)) > 0; n += 1) counts.push(of(segment, nthForm(action, n)));
      return counts;
    };
    return new Map(
      [...new Set(found.map(({ segment }) => segment))].map((segment) => [
        segment,
        {
          staying: byForm(segment, 'stale'),
          restated: of(segment, 'restate'),
          leaving: byForm(segment, 'stale-leaver'),
        },
      ]),
    );
  }

  /** The planned stale forms of the members behind the cursor, in the order of contacts. */
  async page(
    account: AccountId,
    place: Place,
    query: { planId: string; actions: string[]; sparedSegments: string[]; cursor: string; limit: number },
  ): Promise<OutboxRow[]> {
    return this.warehouse.query<OutboxRow>(
      `SELECT contact_id, wire, weight, '0' AS identity_version, 'ok' AS verdict FROM stale_forms FINAL
       WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String} AND active = 1
         AND (contact_id, form) IN (SELECT contact_id, identity_version FROM run_members
           WHERE account_id = {account:String} AND plan_id = {plan:String} AND segment_key = {segment:String}
             AND contact_id > {cursor:String} AND action IN {actions:Array(String)} AND contact_id NOT IN (${SPARED}))
       ORDER BY contact_id LIMIT {limit:UInt32}`,
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

type OutboxForm = Pick<OutboxRow, 'contact_id' | 'wire' | 'weight'>;

/** Characters of forms that fit into a request to a server. */
const PART = 60_000;

function* bySize(forms: OutboxForm[]): Generator<OutboxForm[]> {
  let [part, size]: [OutboxForm[], number] = [[], 0];
  for (const form of forms) {
    const length = form.contact_id.length + form.wire.length;
    if (part.length > 0 && size + length > PART) {
      yield part;
      [part, size] = [[], 0];
    }
    part.push(form);
    size += length;
  }
  if (part.length > 0) yield part;
}

const NOTHING_OF = 'contact_id IN {contacts:Array(String)}';
const HELD = `SELECT contact_id, wire FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String}
  AND segment_key = {segment:String} AND state IN ('present', 'failed')`;

const ACTIVE = `SELECT segment_key, contact_id, form FROM stale_forms FINAL
  WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND active = 1`;

const SNAPSHOT = `SELECT segment_key, contact_id, action, identity_version FROM run_members
  WHERE account_id = {account:String} AND plan_id = {plan:String}`;

const KEPT_BACK_HERE = `SELECT contact_id FROM contacts FINAL
  WHERE account_id = {account:String} AND contact_id IN (SELECT contact_id FROM (${ACTIVE})) AND ${KEPT_BACK} != ''`;

/** What a plan's rows mean for every stale form. `version`: the form, or of who is sent once more the identity's. */
const formsOf = (planned: string) => `
  SELECT segment_key, contact_id, action, if(action = 'restate', identity_version, form) AS version FROM (
    SELECT s.segment_key AS segment_key, s.contact_id AS contact_id, s.form AS form, p.identity_version AS identity_version,
      if(s.n = 1, '', concat('-', toString(s.n))) AS nth,
      arrayJoin(multiIf(
        p.what = 'remove' OR s.contact_id IN (${KEPT_BACK_HERE}), [concat('stale-leaver', nth)],
        p.what = '', if({leavers:UInt8}, [concat('stale-leaver', nth)], []),
        {mirror:UInt8} = 0, [],
        p.what = 'unchanged' AND s.n = 1, ['stale', 'restate'],
        [concat('stale', nth)])) AS action
    FROM (SELECT toString(segment_key) AS segment_key, contact_id, form,
        row_number() OVER (PARTITION BY segment_key, contact_id ORDER BY form) AS n FROM (${ACTIVE})) AS s
    LEFT JOIN (SELECT toString(segment_key) AS segment_key, contact_id, any(identity_version) AS identity_version,
        if(countIf(action = 'remove') > 0, 'remove', any(toString(action))) AS what FROM (${planned})
      WHERE action IN ('add', 'change', 'refresh', 'unchanged', 'remove')
      GROUP BY segment_key, contact_id) AS p ON p.contact_id = s.contact_id AND p.segment_key = s.segment_key)`;

const paramsOf = (account: AccountId, { deliveryId, mode, deniedCountries }: StalePlan) => ({
  account,
  delivery: deliveryId,
  denied_countries: deniedCountries,
  mirror: mode === 'mirror' ? 1 : 0,
  leavers: mode === 'mirror' || mode === 'remove-only' ? 1 : 0,
});
