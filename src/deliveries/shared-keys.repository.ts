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
  /** Finds identifiers in what is sent, see `DestinationDefinition`. */
  identifiers: string | undefined;
}

/**
 * Contacts that share keys, as duplicates of one person do: known by their identities, or by what was sent of them, which
 * platforms may write so that two become one. Platforms know people by their keys, and match a removal by any of them, so
 * who goes may take out somebody who stays.
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
    const identifiers = removal.identifiers ?? NOTHING;
    const params = { account, delivery, segment, run, plan, actions, goes, again, spared: sparedSegments, identifiers };
    const sharers = await this.contacts(STAYING, params);
    let left = 0;
    for (const these of parts(sharers)) {
      const leaving = await this.contacts(LEFT_TO_THESE, { ...params, these });
      for (const some of parts(leaving))
        await this.enter(`'removed', wire, weight, identity_version, {run:String}, 0`, THESE, {
          ...params,
          these: some,
        });
      left += leaving.length;
    }
    // who only shared with those who were left to others has nothing to fear any more
    const staying = left > 0 ? await this.contacts(STAYING, params) : sharers;
    for (const these of parts(staying)) await this.bringAgain({ ...params, these });
    return { left, rejoining: staying.length > 0 ? (await this.contacts(REJOINING, params)).length : 0 };
  }

  private async bringAgain(params: Record<string, unknown>): Promise<void> {
    await this.warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
       SELECT account_id, plan_id, segment_key, contact_id, 'rejoin', '', identity_version FROM run_members
       WHERE ${SEGMENT} AND action IN {again:Array(String)} AND contact_id IN {these:Array(String)}
         AND contact_id NOT IN (SELECT contact_id ${REJOINING})`,
      params,
    );
    await this.enter(
      `'failed', wire, weight, identity_version, run_id, batch_seq`,
      `${THESE} AND state = 'present'`,
      params,
    );
  }

  private async contacts(from: string, params: Record<string, unknown>): Promise<string[]> {
    const rows = await this.warehouse.query<{ contact_id: string }>(`SELECT DISTINCT contact_id ${from}`, params);
    return rows.map(({ contact_id }) => contact_id);
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

const REJOINING = `FROM run_members WHERE ${SEGMENT} AND action = 'rejoin'`;

const planned = (actions: string) => `
  SELECT contact_id FROM run_members WHERE ${SEGMENT} AND action IN {${actions}:Array(String)} AND contact_id NOT IN (${SPARED})`;

const HELD = `FROM ledger FINAL WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String}
  AND state IN ('present', 'failed')`;

const GOING = `${HELD} AND contact_id IN (${planned('actions')})`;

/** What was sent of a contact, as a whole and by the identifiers in it. */
const SENT = "arrayJoin(arrayPushBack(extractAll(wire, {identifiers:String}), if(wire = 'null', '', wire))) AS sent";

/**
 * Who does not go and was sent something that these were, or has a key of theirs. Keys that are no longer used count too,
 * since they may have been sent.
 */
const SHARING = `
  SELECT contact_id FROM (
    SELECT contact_id FROM identities WHERE account_id = {account:String} AND kind != 'key' AND (kind, hash) IN (
      SELECT kind, hash FROM identities WHERE account_id = {account:String} AND kind != 'key' AND contact_id IN (SELECT contact_id ${GOING}))
    UNION ALL
    SELECT contact_id FROM (SELECT contact_id, ${SENT} ${HELD}) WHERE sent != '' AND sent IN (
      SELECT sent FROM (SELECT ${SENT} ${GOING})))
  WHERE contact_id NOT IN (${planned('goes')})`;

const STAYING = `${HELD} AND contact_id IN (${SHARING})`;

const THESE = `${HELD} AND contact_id IN {these:Array(String)}`;

const LEFT_TO_THESE = `${GOING} AND wire != 'null' AND wire IN (SELECT wire ${THESE})`;

/** A pattern that nothing matches. */
const NOTHING = '.^';

/** As many as fit into a request to a server. */
const PART = 5_000;

function* parts(contacts: string[]): Generator<string[]> {
  for (let from = 0; from < contacts.length; from += PART) yield contacts.slice(from, from + PART);
}
