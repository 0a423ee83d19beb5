import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { SPARED } from './plan.sql.ts';
import type { Place } from './stale-forms.repository.ts';

/** What a removal takes out of a segment. */
interface Removal extends Place {
  runId: string;
  planId: string;
  actions: string[];
  /** Movers to these segments stay. */
  sparedSegments: string[];
}

/**
 * Contacts that share keys, as duplicates of one person do. Platforms know people by their keys, and match a removal by
 * any of them, so who goes may take out somebody who stays.
 */
@Injectable()
export class SharedKeysRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /**
   * Before a removal. Whose form is that of somebody who stays counts as removed and is left to them; who stays and
   * shares some keys with those who go is not known to be there any more, and is planned to be sent again: `rejoin`.
   * @returns how many were left to others, and how many of the plan are to be sent again
   */
  async spare(account: AccountId, removal: Removal): Promise<{ left: number; rejoining: number }> {
    const { deliveryId: delivery, segmentKey: segment, runId: run, planId: plan, actions, sparedSegments } = removal;
    const goes = [...new Set([...actions, 'remove'])];
    const again = actions.includes('remove') ? ['add', 'change', 'refresh', 'unchanged'] : ['unchanged'];
    const params = { account, delivery, segment, run, plan, actions, goes, again, spared: sparedSegments };
    const count = async (rows: string) =>
      Number((await this.warehouse.one<{ rows: string }>(`SELECT count() AS rows FROM (${rows})`, params)).rows);
    if ((await count(SHARERS)) === 0) return { left: 0, rejoining: 0 };
    const left = await count(`SELECT contact_id ${LEFT_TO_OTHERS}`);
    await this.enter(`'removed', wire, weight, identity_version, {run:String}, 0`, LEFT_TO_OTHERS, params);
    await this.warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
       SELECT account_id, plan_id, segment_key, contact_id, 'rejoin', '', identity_version FROM run_members
       WHERE ${SEGMENT} AND action IN {again:Array(String)} AND contact_id IN (SELECT contact_id ${STAYING}) AND contact_id NOT IN (${REJOINING})`,
      params,
    );
    await this.enter(
      `'failed', wire, weight, identity_version, run_id, batch_seq`,
      `${STAYING} AND state = 'present'`,
      params,
    );
    return { left, rejoining: await count(REJOINING) };
  }

  private enter(values: string, from: string, params: Record<string, unknown>): Promise<void> {
    return this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, delivery_id, segment_key, contact_id, ${values}, now64(3), version + 1 ${from}`,
      params,
    );
  }
}

const SEGMENT = 'account_id = {account:String} AND plan_id = {plan:String} AND segment_key = {segment:String}';

const REJOINING = `SELECT contact_id FROM run_members WHERE ${SEGMENT} AND action = 'rejoin'`;

const planned = (actions: string) => `
  SELECT contact_id FROM run_members WHERE ${SEGMENT} AND action IN {${actions}:Array(String)} AND contact_id NOT IN (${SPARED})`;

/** Who does not go and has a key of these. Keys that are no longer used count too, since they may have been sent. */
const sharing = (contacts: string) => `
  SELECT DISTINCT contact_id FROM identities WHERE account_id = {account:String} AND kind != 'key' AND (kind, hash) IN (
      SELECT kind, hash FROM identities WHERE account_id = {account:String} AND kind != 'key' AND contact_id IN (${contacts}))
    AND contact_id NOT IN (${planned('goes')})`;

const SHARERS = sharing(planned('actions'));

const HELD = `FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String}
  AND state IN ('present', 'failed')`;

const GOING = `${HELD} AND contact_id IN (${planned('actions')})`;

const STAYING = `${HELD} AND contact_id IN (${sharing(`SELECT contact_id ${GOING}`)})`;

const LEFT_TO_OTHERS = `${GOING} AND wire != 'null' AND wire IN (SELECT wire ${STAYING})`;
