import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';

/** Plans that one statement names: bounds the length of its parameter. */
const PLANS_A_STATEMENT = 1_000;
const UNCHANGED = `account_id = {account:String} AND plan_id IN {plans:Array(String)} AND action = 'unchanged'`;

/** The snapshots of runs: whom each plan had in which segment. */
@Injectable()
export class SnapshotsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Deletes the members that some plans left as they were. */
  async deleteUnchanged(account: AccountId, planIds: string[]): Promise<void> {
    for (let i = 0; i < planIds.length; i += PLANS_A_STATEMENT) {
      const plans = planIds.slice(i, i + PLANS_A_STATEMENT);
      const found = await this.warehouse.query<{ plan_id: string }>(
        `SELECT DISTINCT plan_id FROM run_members WHERE ${UNCHANGED}`,
        { account, plans },
      );
      if (found.length === 0) continue;
      await this.warehouse.purge('run_members', UNCHANGED, { account, plans: found.map(({ plan_id }) => plan_id) });
    }
  }
}
