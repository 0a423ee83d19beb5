import { Injectable } from '@nestjs/common';
import type { AttributeValue, Member } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { ResolvedAttribute } from './attributes.service.ts';
import { planQuery } from './changes.sql.ts';
import type { ChangedRow } from './changes.ts';
import type { OutboxRow } from './ledger.repository.ts';
import {
  attributeParams,
  attributeValue,
  contactQuery,
  newcomersQuery,
  PERSONA,
  type PlanInput,
  pageQuery,
  SPARED,
  WITHDRAWN_BUT_DELIVERED,
} from './plan.sql.ts';
import { NO_COUNTS, type SegmentCounts } from './states.ts';
import { WITHHELD } from './verdicts.ts';

export type AttributeType = ResolvedAttribute;

export interface PlannedMember {
  member: Member;
  identityVersion: string;
  /** Why the member may not be delivered any more; '' of those who may. */
  keptBack: string;
}

export interface ContactRow {
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
  kept_back?: string;
}

const ACTIONS: Record<string, keyof SegmentCounts> = {
  add: 'adds',
  change: 'changes',
  outdated: 'outdated',
  remove: 'removes',
  unchanged: 'unchanged',
  refresh: 'refreshes',
  refused: 'refused',
  withheld: 'withheld',
};

/** The people of plans: who is in, who is to be removed, and what an encoder sees of them. */
@Injectable()
export class MembersRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Counts of a plan by segment, without writing anything. */
  async dryRun(input: PlanInput): Promise<Map<string, SegmentCounts>> {
    const { sql, params } = planQuery(input);
    return bySegment(
      await this.warehouse.query<CountRow>(
        `SELECT segment_key, action, count() AS members FROM (${sql}) GROUP BY segment_key, action`,
        params,
      ),
    );
  }

  /** Everyone a plan would send, with their segment and what is told of them, a chunk at a time. */
  async *newcomers(
    input: PlanInput,
    attributes: AttributeType[],
  ): AsyncGenerator<{ segmentKey: string; action: 'add' | 'change'; member: Member; change?: ChangedRow }[]> {
    const { sql, params } = planQuery(input); // where a plan looks at attributes, they are these
    const columns = ['action', ...(input.told ? ['told', 'previous'] : [])];
    for await (const rows of this.warehouse.stream<ContactRow & ChangedRow & NewcomerRow>(
      newcomersQuery(sql, attributes, columns),
      { ...params, ...attributeParams(attributes) },
    )) {
      yield rows.map((row) => ({
        segmentKey: row.segment_key,
        action: row.action,
        member: toMember(row, attributes).member,
        ...(input.told && { change: { action: row.action, told: row.told, previous: row.previous } }),
      }));
    }
  }

  /** Takes the snapshot of a run under `planId` and returns its counts by segment. */
  async snapshot(input: PlanInput): Promise<Map<string, SegmentCounts>> {
    const { sql, params } = planQuery(input);
    const told = input.told ? ', told, previous' : '';
    await this.warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version${told})
       SELECT {account:String}, {plan:String}, segment_key, contact_id, action, reason, identity_version${told} FROM (${sql})`,
      { ...params, plan: input.planId },
    );
    return this.counts(input);
  }

  /** Counts of a snapshot by segment. */
  async counts({ account, planId: plan }: Pick<PlanInput, 'account' | 'planId'>): Promise<Map<string, SegmentCounts>> {
    return bySegment(
      await this.warehouse.query<CountRow>(
        `SELECT segment_key, action, count() AS members FROM run_members
         WHERE account_id = {account:String} AND plan_id = {plan:String} GROUP BY segment_key, action`,
        { account, plan },
      ),
    );
  }

  /** Whom a plan kept back, as outcomes of the run. */
  async recordWithheld(account: AccountId, planId: string, runId: string): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO run_outcomes (account_id, run_id, segment_key, contact_id, direction, field, verdict, code, text, batch_seq, at)
       SELECT account_id, {run:String}, segment_key, contact_id, 'add', '', 'withheld', reason,
         transform(toString(reason), {reasons:Array(String)}, {texts:Array(String)}, ''), 0, now64(3)
       FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String} AND action = 'withheld'`,
      { account, plan: planId, run: runId, reasons: Object.keys(WITHHELD), texts: Object.values(WITHHELD) },
    );
  }

  /** The next members behind `cursor`, in the order of their ids. */
  async page(
    account: AccountId,
    query: {
      planId: string;
      segmentKey: string;
      actions: string[];
      /** Movers to these segments stay. */
      sparedSegments: string[];
      cursor: string;
      limit: number;
      attributes: AttributeType[];
      deniedCountries: string[];
    },
  ): Promise<PlannedMember[]> {
    const { attributes } = query;
    const rows = await this.warehouse.query<ContactRow>(pageQuery(attributes), {
      account,
      plan: query.planId,
      segment: query.segmentKey,
      actions: query.actions,
      spared: query.sparedSegments,
      cursor: query.cursor,
      limit: query.limit,
      denied_countries: query.deniedCountries,
      ...attributeParams(attributes),
    });
    return rows.map((row) => toMember(row, attributes));
  }

  /** One contact as an encoder would see it. */
  async member(account: AccountId, contactId: string, attributes: AttributeType[]): Promise<Member | undefined> {
    const names = attributeParams(attributes);
    const [row] = await this.warehouse.query<ContactRow>(contactQuery(attributes), {
      account,
      contact: contactId,
      ...names,
    });
    return row && toMember(row, attributes).member;
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
           AND contact_id NOT IN (${SPARED})
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
}

interface NewcomerRow {
  segment_key: string;
  action: 'add' | 'change';
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

export function toMember(row: ContactRow, attributes: AttributeType[]): PlannedMember {
  const values = attributes.flatMap(({ name, type }, i): [string, AttributeValue][] =>
    type === PERSONA ? [] : [[name, attributeValue(row.attributes[i] ?? null, type)]],
  );
  const persona = row.attributes[attributes.findIndex(({ type }) => type === PERSONA)];
  const text = (value: string) => (value === '' ? undefined : value);
  return {
    identityVersion: String(row.identity_version),
    keptBack: row.kept_back ?? '',
    member: {
      contactId: row.contact_id,
      ...(persona && { persona }),
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
