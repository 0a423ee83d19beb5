import { Injectable } from '@nestjs/common';
import type { AttributeValue, Json, Member } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import {
  attributeValue,
  contactQuery,
  diffQuery,
  FLOW,
  type PlanInput,
  pageQuery,
  WITHDRAWN_BUT_DELIVERED,
} from './plan.sql.ts';
import { NO_COUNTS, type SegmentCounts, type Verdict } from './states.ts';

export interface AttributeType {
  name: string;
  type: string;
}

export interface PlannedMember {
  member: Member;
  identityVersion: string;
}

/** A member as written to the outbox before its batch is sent. */
export interface OutboxRow {
  contact_id: string;
  wire: string;
  weight: number;
  identity_version: string;
  /** `fixed`: sent, without fields that could not be used. */
  verdict: 'ok' | 'fixed';
}

export interface OutcomeRow {
  contact_id: string;
  direction: 'add' | 'remove';
  /** Match key, or '' where the whole contact is meant. */
  field: string;
  verdict: Verdict;
  code: string;
  text: string;
  batch_seq: number;
}

interface ContactRow {
  contact_id: string;
  identity_version: string;
  emails: string[];
  phones: string[];
  email_hashes: string[];
  phone_hashes: string[];
  first_name: string;
  last_name: string;
  gender: string;
  birth_date: string;
  street: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  mobile_ad_ids: string[];
  external_ids: string[];
  attributes: (string | null)[];
}

const ACTIONS: Record<string, keyof SegmentCounts> = {
  add: 'adds',
  change: 'changes',
  remove: 'removes',
  unchanged: 'unchanged',
  refresh: 'refreshes',
  refused: 'refused',
  withheld: 'withheld',
};

/** The people of runs in the warehouse: the plan's snapshot, the outbox, outcomes and the ledger. */
@Injectable()
export class MembersRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Counts of a plan by segment, without writing anything. */
  async dryRun(input: PlanInput): Promise<Map<string, SegmentCounts>> {
    const { sql, params } = diffQuery(input);
    return bySegment(
      await this.warehouse.query<CountRow>(
        `SELECT segment_key, action, count() AS members FROM (${sql}) GROUP BY segment_key, action`,
        params,
      ),
    );
  }

  /** Takes the snapshot of a run under `planId` and returns its counts by segment. */
  async snapshot(input: PlanInput): Promise<Map<string, SegmentCounts>> {
    const { sql, params } = diffQuery(input);
    await this.warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
       SELECT {account:String}, {plan:String}, segment_key, contact_id, action, reason, identity_version FROM (${sql})`,
      { ...params, plan: input.planId },
    );
    return bySegment(
      await this.warehouse.query<CountRow>(
        `SELECT segment_key, action, count() AS members FROM run_members
         WHERE account_id = {account:String} AND plan_id = {plan:String} GROUP BY segment_key, action`,
        { account: input.account, plan: input.planId },
      ),
    );
  }

  /** Whom a plan kept back, as outcomes of the run. */
  async recordWithheld(account: AccountId, planId: string, runId: string): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO run_outcomes (account_id, run_id, segment_key, contact_id, direction, field, verdict, code, text, batch_seq, at)
       SELECT account_id, {run:String}, segment_key, contact_id, 'add', '', 'withheld', reason,
         multiIf(reason = 'consent_denied', 'The person denied consent to advertising.', reason = 'suppressed', 'The person is on a suppression list.', reason = 'no_persona', 'The published persona version assigns no persona to this contact.', ''), 0, now64(3)
       FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String} AND action = 'withheld'`,
      { account, plan: planId, run: runId },
    );
  }

  /** The next members behind `cursor`, in the order of their ids. */
  async page(
    account: AccountId,
    query: {
      planId: string;
      segmentKey: string;
      actions: string[];
      cursor: string;
      limit: number;
      attributes: AttributeType[];
    },
  ): Promise<PlannedMember[]> {
    const { attributes } = query;
    const rows = await this.warehouse.query<ContactRow>(pageQuery(attributes), {
      account,
      plan: query.planId,
      segment: query.segmentKey,
      actions: query.actions,
      cursor: query.cursor,
      limit: query.limit,
      ...Object.fromEntries(attributes.map((attribute, i) => [`attribute${i}`, attribute.name])),
    });
    return rows.map((row) => toMember(row, attributes));
  }

  /** One contact as an encoder would see it. */
  async member(account: AccountId, contactId: string, attributes: AttributeType[]): Promise<Member | undefined> {
    const names = Object.fromEntries(attributes.map((attribute, i) => [`attribute${i}`, attribute.name]));
    const [row] = await this.warehouse.query<ContactRow>(contactQuery(attributes), {
      account,
      contact: contactId,
      ...names,
    });
    return row && toMember(row, attributes).member;
  }

  /** Contacts by the segment they were in by one plan and by another; '' stands for none. */
  async flow(
    account: AccountId,
    before: string,
    after: string,
  ): Promise<{ fromSegment: string; toSegment: string; contacts: number }[]> {
    return this.warehouse.query(FLOW, { account, before, after });
  }

  /** Contacts that a destination holds although they may not be delivered. */
  async withdrawnButDelivered(account: AccountId, deniedCountries: string[]): Promise<number> {
    const { contacts } = await this.warehouse.one<{ contacts: number }>(WITHDRAWN_BUT_DELIVERED, {
      account,
      denied_countries: deniedCountries,
    });
    return contacts;
  }

  /**
   * The keys that were sent for those who are to be removed, as the ledger has them: contacts may be gone since. Movers
   * whose new list could not be filled (`sparedSegments`) stay where they are.
   */
  async removalPage(
    account: AccountId,
    query: {
      planId: string;
      deliveryId: string;
      segmentKey: string;
      actions: string[];
      sparedSegments: string[];
      cursor: string;
      limit: number;
    },
  ): Promise<OutboxRow[]> {
    return this.warehouse.query<OutboxRow>(
      `SELECT l.contact_id AS contact_id, l.wire AS wire, l.weight AS weight, toString(l.identity_version) AS identity_version, 'ok' AS verdict
       FROM ledger AS l FINAL
       WHERE l.account_id = {account:String} AND l.delivery_id = {delivery:String} AND l.segment_key = {segment:String} AND l.state IN ('present', 'failed')
         AND l.contact_id IN (SELECT contact_id FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String}
           AND segment_key = {segment:String} AND contact_id > {cursor:String} AND action IN {actions:Array(String)}
           AND contact_id NOT IN (SELECT contact_id FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String}
             AND segment_key IN {spared:Array(String)} AND action = 'add')
           ORDER BY contact_id LIMIT {limit:UInt32})
       ORDER BY l.contact_id`,
      {
        account,
        plan: query.planId,
        delivery: query.deliveryId,
        segment: query.segmentKey,
        actions: query.actions,
        spared: query.sparedSegments,
        cursor: query.cursor,
        limit: query.limit,
      },
    );
  }

  async writeOutbox(account: AccountId, uploadId: string, seq: number, rows: OutboxRow[]): Promise<void> {
    await this.warehouse.insert(
      'outbox',
      rows.map((row) => ({ account_id: account, upload_id: uploadId, batch_seq: seq, ...row })),
    );
  }

  /** A batch exactly as it was written before sending. */
  async readOutbox(account: AccountId, uploadId: string, seq: number): Promise<OutboxRow[]> {
    return this.warehouse.query<OutboxRow>(
      `SELECT contact_id, wire, weight, toString(identity_version) AS identity_version, verdict FROM outbox FINAL
       WHERE account_id = {account:String} AND upload_id = {upload:String} AND batch_seq = {seq:UInt32} ORDER BY contact_id`,
      { account, upload: uploadId, seq },
    );
  }

  async recordOutcomes(
    account: AccountId,
    runId: string,
    segmentKey: string,
    rows: OutcomeRow[],
    at: Date,
  ): Promise<void> {
    for (let i = 0; i < rows.length; i += 20_000) {
      await this.warehouse.insert(
        'run_outcomes',
        rows.slice(i, i + 20_000).map((row) => ({
          account_id: account,
          run_id: runId,
          segment_key: segmentKey,
          at: at.toISOString(),
          ...row,
        })),
      );
    }
  }

  /**
   * Enters a batch into the ledger: those accepted in `state`, those refused as refused, so that they are not tried again
   * before they change. `unanswered` contacts are left as they were, and so are tried again.
   */
  async enterLedger(
    account: AccountId,
    entry: {
      deliveryId: string;
      segmentKey: string;
      runId: string;
      uploadId: string;
      seq: number;
      state: 'present' | 'removed' | 'failed';
      refused: string[];
      unanswered: string[];
    },
  ): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, {delivery:String}, {segment:String}, contact_id, if(contact_id IN {refused:Array(String)}, 'refused', {state:String}),
         wire, weight, identity_version, {run:String}, batch_seq, now64(3), toUInt64(toUnixTimestamp64Micro(now64(6)))
       FROM outbox FINAL WHERE account_id = {account:String} AND upload_id = {upload:String} AND batch_seq = {seq:UInt32}
         AND contact_id NOT IN {unanswered:Array(String)}`,
      {
        account,
        delivery: entry.deliveryId,
        segment: entry.segmentKey,
        run: entry.runId,
        upload: entry.uploadId,
        seq: entry.seq,
        state: entry.state,
        refused: entry.refused,
        unanswered: entry.unanswered,
      },
    );
  }

  /** Contacts with nothing that could be sent, so that the next run does not look at them again before they change. */
  async enterUnusable(
    account: AccountId,
    entry: {
      deliveryId: string;
      segmentKey: string;
      runId: string;
      seq: number;
      contacts: { contactId: string; identityVersion: string }[];
    },
  ): Promise<void> {
    const now = new Date(); // versions order writes, so they follow the wall clock like the warehouse's own
    await this.warehouse.insert(
      'ledger',
      entry.contacts.map(({ contactId, identityVersion }) => ({
        account_id: account,
        delivery_id: entry.deliveryId,
        segment_key: entry.segmentKey,
        contact_id: contactId,
        state: 'refused',
        wire: 'null',
        weight: 1,
        identity_version: identityVersion,
        run_id: entry.runId,
        batch_seq: entry.seq,
        at: now.toISOString(),
        version: now.getTime() * 1000,
      })),
    );
  }

  /** For files that replace the last one: whoever is not in the new file is gone from the destination. */
  async enterOmissions(
    account: AccountId,
    entry: { deliveryId: string; segmentKey: string; runId: string; planId: string },
  ): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, {delivery:String}, segment_key, contact_id, 'removed', 'null', 1, identity_version, {run:String}, 0,
         now64(3), toUInt64(toUnixTimestamp64Micro(now64(6)))
       FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String} AND segment_key = {segment:String} AND action = 'remove'`,
      { account, delivery: entry.deliveryId, segment: entry.segmentKey, run: entry.runId, plan: entry.planId },
    );
  }

  /**
   * Takes back what an upload entered, when none of it took effect: `failed` members are sent again by the next run, or
   * removed like others when they have left by then.
   */
  async revokeLedger(
    account: AccountId,
    entry: { deliveryId: string; segmentKey: string; runId: string; direction: 'add' | 'remove' },
  ): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, delivery_id, segment_key, contact_id, 'failed', wire, weight, identity_version, run_id, batch_seq, now64(3), version + 1
       FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String} AND run_id = {run:String}
         AND state = {entered:String}`,
      {
        account,
        delivery: entry.deliveryId,
        segment: entry.segmentKey,
        run: entry.runId,
        entered: entry.direction === 'add' ? 'present' : 'removed',
      },
    );
  }

  /** Rows of a run that did not simply arrive, grouped for the eye: how many by verdict, field and code. */
  async outcomeCounts(
    account: AccountId,
    runId: string,
  ): Promise<
    {
      segmentKey: string;
      direction: string;
      field: string;
      verdict: Verdict;
      code: string;
      text: string;
      contacts: number;
    }[]
  > {
    return this.warehouse.query(
      `SELECT segment_key AS segmentKey, direction, field, verdict, code, any(text) AS text, uniqExact(contact_id) AS contacts
       FROM run_outcomes FINAL WHERE account_id = {account:String} AND run_id = {run:String}
       GROUP BY segment_key, direction, field, verdict, code ORDER BY contacts DESC, code`,
      { account, run: runId },
    );
  }

  /** Every outcome of a run, for the rejects file. */
  outcomes(account: AccountId, runId: string) {
    return this.warehouse.stream<{
      contact_id: string;
      segment_key: string;
      direction: string;
      field: string;
      verdict: string;
      code: string;
      text: string;
      at: string;
    }>(
      `SELECT contact_id, toString(segment_key) AS segment_key, toString(direction) AS direction, toString(field) AS field, toString(verdict) AS verdict,
         toString(code) AS code, text, at FROM run_outcomes FINAL
       WHERE account_id = {account:String} AND run_id = {run:String} ORDER BY segment_key, contact_id, field`,
      { account, run: runId },
    );
  }

  /** Where a contact is, and was, because of which run. */
  async history(account: AccountId, contactId: string) {
    return this.warehouse.query<{
      delivery_id: string;
      segment_key: string;
      state: string;
      run_id: string;
      at: string;
    }>(
      `SELECT delivery_id, toString(segment_key) AS segment_key, toString(state) AS state, run_id, at FROM ledger
       WHERE account_id = {account:String} AND contact_id = {contact:String} ORDER BY at DESC LIMIT 500`,
      { account, contact: contactId },
    );
  }

  /** How many contacts each segment of a delivery holds now, by our ledger. */
  async held(account: AccountId, deliveryId: string): Promise<Map<string, number>> {
    const rows = await this.warehouse.query<{ segment_key: string; members: number }>(
      `SELECT toString(segment_key) AS segment_key, count() AS members FROM ledger FINAL
       WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND state = 'present' GROUP BY segment_key`,
      { account, delivery: deliveryId },
    );
    return new Map(rows.map((row) => [row.segment_key, Number(row.members)]));
  }
}

interface CountRow {
  segment_key: string;
  action: string;
  members: number;
}

function bySegment(rows: CountRow[]): Map<string, SegmentCounts> {
  const segments = new Map<string, SegmentCounts>();
  for (const { segment_key, action, members } of rows) {
    const counts = segments.get(segment_key) ?? { ...NO_COUNTS };
    const name = ACTIONS[action];
    if (name) counts[name] = Number(members);
    segments.set(segment_key, counts);
  }
  return segments;
}

function toMember(row: ContactRow, attributes: AttributeType[]): PlannedMember {
  const values = attributes.map(({ name, type }, i): [string, AttributeValue] => [
    name,
    attributeValue(row.attributes[i] ?? null, type),
  ]);
  const text = (value: string) => (value === '' ? undefined : value);
  return {
    identityVersion: String(row.identity_version),
    member: {
      contactId: row.contact_id,
      attributes: Object.fromEntries(values),
      identity: {
        id: row.contact_id,
        emails: row.emails,
        phones: row.phones,
        emailHashes: row.email_hashes,
        phoneHashes: row.phone_hashes,
        firstName: text(row.first_name),
        lastName: text(row.last_name),
        gender: text(row.gender),
        birthDate: text(row.birth_date),
        street: text(row.street),
        city: text(row.city),
        region: text(row.region),
        postalCode: text(row.postal_code),
        country: text(row.country),
        mobileAdIds: row.mobile_ad_ids,
        externalIds: row.external_ids,
      },
    },
  };
}

/** Wire content is stored as JSON text. */
export const parseWire = (text: string): Json => JSON.parse(text) as Json;
