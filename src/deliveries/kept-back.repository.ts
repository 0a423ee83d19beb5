import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { KEPT_BACK_CONTACTS } from './plan.sql.ts';
import { NO_COUNTS, type SegmentCounts } from './states.ts';

interface Query {
  deliveryId: string;
  /** Countries whose people count as having denied what they did not say. */
  deniedCountries: string[];
}

/** People whom a delivery holds, or may hold, although consent or a suppression keeps them back by now. */
@Injectable()
export class KeptBackRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Whether there is anybody, in the form of the ledger or an older one. */
  async any(account: AccountId, query: Query): Promise<boolean> {
    const { found } = await this.warehouse.one<{ found: string }>(
      `SELECT count() AS found FROM (SELECT contact_id ${HELD} UNION ALL SELECT contact_id ${HELD_BEFORE})`,
      paramsOf(account, query),
    );
    return Number(found) > 0;
  }

  /** Takes the snapshot of a run that takes them out and does nothing else. @returns its counts by segment */
  async snapshot(account: AccountId, planId: string, query: Query): Promise<Map<string, SegmentCounts>> {
    const plan = { account, plan: planId };
    await this.warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
       SELECT account_id, {plan:String}, segment_key, contact_id, 'remove', '', identity_version ${HELD}`,
      { ...paramsOf(account, query), ...plan },
    );
    const rows = await this.warehouse.query<{ segment: string; contacts: string }>(
      `SELECT toString(segment_key) AS segment, count() AS contacts FROM run_members
       WHERE account_id = {account:String} AND plan_id = {plan:String} GROUP BY segment`,
      plan,
    );
    return new Map(
      rows.map(({ segment, contacts }) => [
        segment,
        { ...NO_COUNTS, removes: Number(contacts), removals: Number(contacts) },
      ]),
    );
  }
}

const HELD = `FROM ledger FINAL
  WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND state IN ('present', 'failed') AND contact_id IN (${KEPT_BACK_CONTACTS})`;

const HELD_BEFORE = `FROM stale_forms FINAL
  WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND active = 1 AND contact_id IN (${KEPT_BACK_CONTACTS})`;

const paramsOf = (account: AccountId, { deliveryId, deniedCountries }: Query) => ({
  account,
  delivery: deliveryId,
  denied_countries: deniedCountries,
});
