import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { type AttributeType, type ContactRow, type PlannedMember, toMember } from './members.repository.ts';
import { attributeParams, decisionParams, memberActions, membersQuery, type PlanInput } from './plan.sql.ts';
import type { Place } from './stale-forms.repository.ts';

/** What the ledger has of a contact in one segment. */
export interface HeldForm {
  contact_id: string;
  wire: string;
  weight: number;
  state: 'present' | 'refused' | 'failed';
  identity_version: string;
  /** The run that sent it. */
  run_id: string;
  /** When it was sent. */
  at: string;
}

/** A planned segment. */
type PlannedPlace = Place & { planId: string };

/** Members as many as fit into a request to a server. */
const PART = 2_000;

/** Forms in which members of a plan are in the ledger already. */
@Injectable()
export class HeldFormsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** The next planned newcomers and changed members behind `cursor` of whom the ledger has a form. */
  async page(
    account: AccountId,
    place: PlannedPlace,
    { cursor, limit, attributes }: { cursor: string; limit: number; attributes: AttributeType[] },
  ): Promise<(PlannedMember & { held: HeldForm })[]> {
    const params = { ...paramsOf(account, place), cursor, limit, ...attributeParams(attributes) };
    const rows = await this.warehouse.query<ContactRow>(membersQuery(COMPARED, attributes), params);
    const forms = await this.warehouse.query<HeldForm>(
      `${FORM} AND contact_id IN (SELECT contact_id FROM (${COMPARED}))`,
      params,
    );
    const formOf = new Map(forms.map((form) => [form.contact_id, form]));
    return rows.flatMap((row) => {
      const held = formOf.get(row.contact_id);
      return held ? [{ ...toMember(row, attributes), held }] : [];
    });
  }

  /** What the ledger has of these contacts. */
  async of(account: AccountId, place: Place, contacts: string[]): Promise<Map<string, HeldForm>> {
    const found = new Map<string, HeldForm>();
    for (let from = 0; from < contacts.length; from += PART) {
      const these = contacts.slice(from, from + PART);
      const forms = await this.warehouse.query<HeldForm>(`${FORM} AND contact_id IN {these:Array(String)}`, {
        ...paramsOf(account, place),
        these,
      });
      for (const form of forms) found.set(form.contact_id, form);
    }
    return found;
  }

  /** What the ledger has of the members of a batch. */
  async ofBatch(account: AccountId, place: Place, outboxId: string, seq: number): Promise<HeldForm[]> {
    return this.warehouse.query<HeldForm>(`${FORM} AND contact_id IN (${BATCH})`, {
      ...paramsOf(account, place),
      upload: outboxId,
      seq,
    });
  }

  /** What the ledger has of the members of a batch who are sent in another form. */
  async replacedBy(account: AccountId, place: Place, outboxId: string, seq: number): Promise<HeldForm[]> {
    return this.warehouse.query<HeldForm>(
      `SELECT * FROM (${FORM} AND contact_id IN (${BATCH})) WHERE state != 'refused' AND wire != 'null'
         AND (contact_id, wire) NOT IN (SELECT contact_id, wire FROM outbox
           WHERE account_id = {account:String} AND upload_id = {upload:String} AND batch_seq = {seq:UInt32})`,
      { ...paramsOf(account, place), upload: outboxId, seq },
    );
  }

  /** Enters that the forms in the ledger are what would be sent of these contacts as they are now. */
  async renew(account: AccountId, place: PlannedPlace, contacts: string[]): Promise<void> {
    for (let from = 0; from < contacts.length; from += PART)
      await this.warehouse.command(
        `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version, told)
         SELECT account_id, delivery_id, segment_key, l.contact_id, state, wire, weight, r.identity_version, run_id, batch_seq, at, version + 1, told
         FROM (SELECT * FROM ledger FINAL WHERE ${SEGMENT} AND contact_id IN {these:Array(String)}) AS l
         INNER JOIN (SELECT contact_id, identity_version FROM run_members WHERE ${PLAN}
           AND action IN ('add', 'change') AND contact_id IN {these:Array(String)}) AS r ON r.contact_id = l.contact_id`,
        { ...paramsOf(account, place), these: contacts.slice(from, from + PART) },
      );
  }

  /** Plans that keys of these members leave, which they do not have any more. */
  async outdate(account: AccountId, place: PlannedPlace, members: PlannedMember[]): Promise<void> {
    await this.warehouse.insert(
      'run_members',
      members.map(({ member, identityVersion }) => ({
        account_id: account,
        plan_id: place.planId,
        segment_key: place.segmentKey,
        contact_id: member.contactId,
        action: 'outdated',
        reason: '',
        identity_version: identityVersion,
      })),
    );
  }

  /** Plans those once more whose forms were renewed since the plan was made. */
  async replan(input: PlanInput): Promise<void> {
    const params = { ...decisionParams(input), plan: input.planId };
    await this.warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
       SELECT {account:String}, {plan:String}, segment, contact, arrayJoin(action), '', version FROM (
         SELECT m.segment_key AS segment, m.contact_id AS contact, m.identity_version AS version,
           ${memberActions(input)} AS action ${RENEWED})`,
      params,
    );
    return this.warehouse.erase(
      'run_members',
      `account_id = {account:String} AND plan_id = {plan:String} AND action IN ('add', 'change')
        AND (toString(segment_key), contact_id) IN (SELECT m.segment_key, m.contact_id ${RENEWED})`,
      params,
    );
  }
}

const SEGMENT = 'account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String}';
const PLAN = 'account_id = {account:String} AND plan_id = {plan:String} AND segment_key = {segment:String}';

const FORM = `SELECT contact_id, wire, weight, toString(state) AS state, toString(identity_version) AS identity_version,
    toString(run_id) AS run_id, at FROM ledger FINAL WHERE ${SEGMENT} AND state IN ('present', 'refused', 'failed')`;

const COMPARED = `
  SELECT contact_id, identity_version FROM run_members
  WHERE ${PLAN} AND contact_id > {cursor:String} AND (action = 'change' OR action = 'add'
    AND contact_id IN (SELECT contact_id FROM ledger FINAL WHERE ${SEGMENT} AND state = 'refused'))
  ORDER BY contact_id LIMIT {limit:UInt32}`;

const BATCH =
  'SELECT contact_id FROM outbox WHERE account_id = {account:String} AND upload_id = {upload:String} AND batch_seq = {seq:UInt32}';

/** Planned members whom the ledger has as they are now. */
const RENEWED = `
  FROM (SELECT toString(segment_key) AS segment_key, contact_id, identity_version FROM run_members
    WHERE account_id = {account:String} AND plan_id = {plan:String} AND action IN ('add', 'change')) AS m
  INNER JOIN (SELECT toString(segment_key) AS segment_key, contact_id, identity_version, toString(state) AS state, at FROM ledger FINAL
    WHERE account_id = {account:String} AND delivery_id = {delivery:String}
      AND (state IN ('present', 'failed') OR state = 'refused' AND NOT {retry_refused:UInt8})) AS h
    ON h.contact_id = m.contact_id AND h.segment_key = m.segment_key AND h.identity_version = m.identity_version`;

const paramsOf = (account: AccountId, place: Place & { planId?: string }) => ({
  account,
  delivery: place.deliveryId,
  segment: place.segmentKey,
  plan: place.planId ?? '',
});
