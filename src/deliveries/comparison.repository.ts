import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';

/** A run whose plan was carried out. */
export interface CarriedOut {
  id: string;
  planId: string;
}

/** How members went from one run's segments to another's. */
@Injectable()
export class ComparisonRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Contacts by the segment they were in after one run and after another; '' stands for none. */
  async flow(
    account: AccountId,
    before: CarriedOut,
    after: CarriedOut,
  ): Promise<{ fromSegment: string; toSegment: string; contacts: number }[]> {
    return this.warehouse.query(FLOW, {
      account,
      before: before.planId,
      before_run: before.id,
      after: after.planId,
      after_run: after.id,
    });
  }
}

const FLOW = `
  SELECT before.segment_key AS fromSegment, after.segment_key AS toSegment, count() AS contacts
  FROM (${members('before')}) AS before FULL OUTER JOIN (${members('after')}) AS after ON before.contact_id = after.contact_id
  GROUP BY fromSegment, toSegment ORDER BY contacts DESC`;

/** Whom a plan had in segments, without those who were to be brought and were not taken, or not sent after all. */
function members(plan: string): string {
  return `SELECT contact_id, toString(segment_key) AS segment_key FROM run_members
    WHERE account_id = {account:String} AND plan_id = {${plan}:String} AND (action IN ('refresh', 'unchanged')
      OR action IN ('add', 'change') AND (segment_key, contact_id) NOT IN (
        SELECT segment_key, contact_id FROM run_outcomes WHERE account_id = {account:String} AND run_id = {${plan}_run:String}
          AND direction = 'add' AND field = '' AND verdict IN ('invalid', 'withheld', 'rejected')))`;
}
