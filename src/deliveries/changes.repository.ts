import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { changesPageQuery, planQuery } from './changes.sql.ts';
import type { ChangedRow } from './changes.ts';
import { batchParams, IN_BATCHES, type OutboxBatches } from './ledger.repository.ts';
import { type AttributeType, type ContactRow, type PlannedMember, toMember } from './members.repository.ts';
import { attributeParams, type PlanInput } from './plan.sql.ts';

export type ChangedMember = PlannedMember & ChangedRow;

/** Plans of changes: their rows, and what they say of everyone. */
@Injectable()
export class ChangesRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** The next rows behind `cursor`, in the order of contact ids. */
  async page(
    account: AccountId,
    query: {
      planId: string;
      actions: string[];
      cursor: string;
      limit: number;
      attributes: AttributeType[];
      deniedCountries: string[];
    },
  ): Promise<ChangedMember[]> {
    const { attributes } = query;
    const rows = await this.warehouse.query<ContactRow & ChangedRow>(changesPageQuery(attributes), {
      account,
      plan: query.planId,
      actions: query.actions,
      cursor: query.cursor,
      limit: query.limit,
      denied_countries: query.deniedCountries,
      ...attributeParams(attributes),
    });
    return rows.map((row) => ({
      ...toMember(row, attributes),
      action: row.action,
      told: row.told,
      previous: row.previous,
    }));
  }

  /** The row that a plan of changes has for a contact, without a snapshot. Of who withdrew that is the one that says so. */
  async row(input: PlanInput, contactId: string): Promise<ChangedRow | undefined> {
    const { sql, params } = planQuery(input);
    const [row] = await this.warehouse.query<ChangedRow>(
      `SELECT action, told, previous FROM (${sql}) WHERE contact_id = {contact:String} ORDER BY action = 'remove' DESC LIMIT 1`,
      { ...params, contact: contactId },
    );
    return row;
  }

  /** How many contacts each change of a plan has: what was told of them before, and what is now. */
  async summary(account: AccountId, planId: string): Promise<(ChangedRow & { contacts: number })[]> {
    const rows = await this.warehouse.query<ChangedRow & { contacts: number }>(
      `SELECT toString(action) AS action, told, previous, count() AS contacts FROM run_members
       WHERE account_id = {account:String} AND plan_id = {plan:String} GROUP BY action, told, previous`,
      { account, plan: planId },
    );
    return rows.map((row) => ({ ...row, contacts: Number(row.contacts) }));
  }

  /**
   * Takes back what an upload of changes told, when none of it arrived: the ledger says again what was told before, so
   * that the next run tells the same changes.
   */
  async revoke(
    account: AccountId,
    entry: { deliveryId: string; runId: string; planId: string; actions: string[]; batches?: OutboxBatches },
  ): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version, told)
       SELECT l.account_id, l.delivery_id, l.segment_key, l.contact_id, if(empty(m.previous), 'failed', 'present'), l.wire, l.weight,
         cityHash64(m.previous), l.run_id, l.batch_seq, now64(3), l.version + 1, m.previous
       FROM (SELECT * FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String}
         AND run_id = {run:String} AND state IN ('present', 'removed', 'failed')) AS l
       INNER JOIN (SELECT contact_id, previous FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String}
         AND action IN {actions:Array(String)} ${entry.batches ? IN_BATCHES : ''}) AS m ON m.contact_id = l.contact_id`,
      {
        account,
        delivery: entry.deliveryId,
        run: entry.runId,
        plan: entry.planId,
        actions: entry.actions,
        ...batchParams(entry.batches),
      },
    );
  }
}
