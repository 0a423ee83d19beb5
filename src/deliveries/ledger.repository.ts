import { Injectable } from '@nestjs/common';
import type { Json } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { Verdict } from './states.ts';

/** A member as written to the outbox before its batch is sent. */
export interface OutboxRow {
  contact_id: string;
  wire: string;
  weight: number;
  identity_version: string;
  /** `fixed`: sent, without fields that could not be used. */
  verdict: 'ok' | 'fixed';
  /** In the mode `changes`: what the row tells, and whether it tells that the contact has left. */
  told?: string[];
  leaves?: 0 | 1;
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

/** Batches of an upload, as the outbox has them. */
export interface OutboxBatches {
  outboxId: string;
  seqs: number[];
}

export const batchParams = (batches?: OutboxBatches) => batches && { upload: batches.outboxId, seqs: batches.seqs };

/** Contacts of single batches of an upload. */
export const IN_BATCHES = `AND contact_id IN (SELECT contact_id FROM outbox
  WHERE account_id = {account:String} AND upload_id = {upload:String} AND batch_seq IN {seqs:Array(UInt32)})`;

/** What was sent, to the letter, and what each destination holds because of it: the outbox, outcomes and the ledger. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly warehouse: Warehouse) {}

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

  /**
   * Takes back what was written for batches behind `seq` that never went out, because the process died on the way to it:
   * the batches are made anew, and perhaps of others, since contacts may have changed meanwhile.
   */
  async discardUnsent(
    account: AccountId,
    batch: { runId: string; segmentKey: string; uploadId: string; seq: number },
  ): Promise<void> {
    const { runId: run, segmentKey: segment, uploadId: upload, seq } = batch;
    const params = { account, run, segment, upload, seq };
    const unsent = 'account_id = {account:String} AND upload_id = {upload:String} AND batch_seq > {seq:UInt32}';
    const { found } = await this.warehouse.one<{ found: string }>(
      `SELECT count() AS found FROM outbox WHERE ${unsent}`,
      params,
    );
    if (Number(found) === 0) return;
    await this.warehouse.erase('outbox', unsent, params);
    await this.warehouse.erase(
      'run_outcomes',
      `account_id = {account:String} AND run_id = {run:String} AND segment_key = {segment:String} AND verdict IN ('fixed', 'invalid', 'withheld') AND batch_seq > {seq:UInt32}`,
      params,
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
   * before they change. Of who is refused in the very form that is there already it is not known whether they still are:
   * `failed`, so that they are sent again, and removed when they leave. `unanswered` contacts are left as they were, and
   * so are tried again.
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
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version, told)
       SELECT account_id, {delivery:String}, {segment:String}, contact_id, multiIf(contact_id IN {refused:Array(String)}, if({state:String} = 'present' AND (contact_id, wire) IN (${THERE}), 'failed', 'refused'), leaves = 1 AND {state:String} = 'present', 'removed', {state:String}),
         wire, weight, identity_version, {run:String}, batch_seq, now64(3), toUInt64(toUnixTimestamp64Micro(now64(6))), told
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

  /** Enters forms of contacts that were worked out here. */
  async enterForms(
    account: AccountId,
    entry: { deliveryId: string; segmentKey: string; runId: string; seq: number },
    forms: { contact_id: string; state: string; wire: string; weight: number; identity_version: string }[],
  ): Promise<void> {
    const now = new Date(); // as in `enterUnusable`
    await this.warehouse.insert(
      'ledger',
      forms.map(({ contact_id, state, wire, weight, identity_version }) => ({
        account_id: account,
        delivery_id: entry.deliveryId,
        segment_key: entry.segmentKey,
        contact_id,
        state,
        wire,
        weight,
        identity_version,
        run_id: entry.runId,
        batch_seq: entry.seq,
        at: now.toISOString(),
        version: now.getTime() * 1000,
      })),
    );
  }

  /** Enters that everyone who was to leave a segment is gone, since the remote audience is. */
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
    entry: {
      deliveryId: string;
      segmentKey: string;
      runId: string;
      states: ('present' | 'removed')[];
      /** Only whom these brought or took out. */
      batches?: OutboxBatches;
    },
  ): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, delivery_id, segment_key, contact_id, 'failed', wire, weight, identity_version, run_id, batch_seq, now64(3), version + 1
       FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String} AND run_id = {run:String}
         AND state IN {states:Array(String)} ${entry.batches ? IN_BATCHES : ''}`,
      {
        account,
        delivery: entry.deliveryId,
        segment: entry.segmentKey,
        run: entry.runId,
        states: entry.states,
        ...batchParams(entry.batches),
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

  /** Every form in which a contact was ever sent, by upload. */
  async everSent(
    account: AccountId,
    contactId: string,
  ): Promise<{ upload_id: string; wire: string; weight: number }[]> {
    return this.warehouse.query(
      `SELECT upload_id, wire, any(weight) AS weight FROM outbox
       WHERE account_id = {account:String} AND contact_id = {contact:String} AND wire != 'null' GROUP BY upload_id, wire`,
      { account, contact: contactId },
    );
  }

  /** Forgets what was sent for a contact; that it was removed stays on record. */
  async forget(account: AccountId, contactId: string): Promise<void> {
    const params = { account, contact: contactId };
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, delivery_id, segment_key, contact_id, 'erased', 'null', 1, 0, run_id, 0, now64(3), version + 1
       FROM ledger FINAL WHERE account_id = {account:String} AND contact_id = {contact:String}`,
      params,
    );
    const mine = 'account_id = {account:String} AND contact_id = {contact:String}';
    for (const table of ['ledger', 'ledger_events'])
      await this.warehouse.erase(table, `${mine} AND state != 'erased'`, params);
    await this.warehouse.erase('outbox', mine, params);
    await this.warehouse.erase('stale_forms', mine, params);
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

/** The forms in which those who are refused are at the destination, or may be. */
const THERE = `SELECT contact_id, wire FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String}
  AND segment_key = {segment:String} AND contact_id IN {refused:Array(String)} AND state IN ('present', 'failed')`;

/** Wire content is stored as JSON text. */
export const parseWire = (text: string): Json => JSON.parse(text) as Json;
