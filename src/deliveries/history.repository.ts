import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { PlanLine, Refusal, Stay } from './history.ts';

/** More than anybody looks at; the oldest are left out. */
const MOST = 2_000;

/** What the stores keep of one contact's way through deliveries. */
@Injectable()
export class HistoryRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** What the ledger said of a contact, in turn: writes that only say the same again are one. The newest first. */
  async stays(account: AccountId, contactId: string): Promise<Stay[]> {
    return this.warehouse.query<Stay>(
      `SELECT toString(delivery_id) AS deliveryId, toString(segment_key) AS segment, toString(state) AS state,
         toString(argMin(run_id, version)) AS runId, min(written) AS at,
         toString(argMax(run_id, version)) AS lastRunId, max(written) AS lastAt
       FROM (
         SELECT *, sum(turns) OVER (PARTITION BY delivery_id, segment_key ORDER BY version) AS stay
         FROM (
           SELECT delivery_id, segment_key, state, run_id, version, at AS written, state != lagInFrame(state) OVER (
             PARTITION BY delivery_id, segment_key ORDER BY version ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS turns
           FROM ledger_events WHERE account_id = {account:String} AND contact_id = {contact:String}))
       GROUP BY delivery_id, segment_key, state, stay ORDER BY at DESC, min(version) DESC LIMIT {most:UInt32}`,
      { account, contact: contactId, most: MOST },
    );
  }

  /** What plans said of a contact. */
  async planned(account: AccountId, contactId: string, planIds: Map<string, string>): Promise<PlanLine[]> {
    if (planIds.size === 0) return [];
    const rows = await this.warehouse.query<PlanLine & { planId: string }>(
      `SELECT plan_id AS planId, toString(segment_key) AS segment, toString(action) AS action, toString(reason) AS reason
       FROM run_members WHERE account_id = {account:String} AND plan_id IN {plans:Array(String)} AND contact_id = {contact:String}`,
      { account, contact: contactId, plans: [...planIds.keys()] },
    );
    return rows.map(({ planId, ...line }) => ({ ...line, runId: planIds.get(planId)! }));
  }

  /** Why runs refused a contact as a whole, or kept it back. */
  async refused(account: AccountId, contactId: string, runIds: string[]): Promise<Refusal[]> {
    if (runIds.length === 0) return [];
    return this.warehouse.query<Refusal>(
      `SELECT run_id AS runId, toString(segment_key) AS segment, toString(verdict) AS verdict, toString(code) AS code, text FROM run_outcomes FINAL
       WHERE account_id = {account:String} AND run_id IN {runs:Array(String)} AND contact_id = {contact:String}
         AND field = '' AND direction = 'add' AND verdict IN ('invalid', 'rejected', 'withheld')`,
      { account, contact: contactId, runs: runIds },
    );
  }
}
