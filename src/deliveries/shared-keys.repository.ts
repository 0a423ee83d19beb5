import { Injectable } from '@nestjs/common';
import type { DestinationDefinition, WirePart } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { parseWire } from './ledger.repository.ts';
import { SPARED } from './plan.sql.ts';
import type { Place } from './stale-forms.repository.ts';

type Remainder = NonNullable<DestinationDefinition['remainder']>;

/** What a removal takes out of a segment. */
interface Removal extends Place {
  runId: string;
  planId: string;
  actions: string[];
  /** Movers to these segments stay. */
  sparedSegments: string[];
  definition: Pick<DestinationDefinition, 'identifiers' | 'remainder'>;
}

/** What a removal does about members who stay and share keys with leavers. */
export interface Protection {
  /** Leavers of whom nothing is removed, because a member who stays has all of their keys. */
  left: number;
  /** Members of the plan who are sent again, because a removal may take them out. */
  rejoining: number;
  /** By leaver: the keys to remove, which no member who stays has. Others are removed as they were sent. */
  parts: ReadonlyMap<string, WirePart>;
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
   * Prepares a removal. Where the connector can take keys out of a form, leavers lose only the keys that no member who
   * stays has, and nobody is sent again. Elsewhere whole forms are compared, see `spareForms`.
   */
  async protect(account: AccountId, removal: Removal): Promise<Protection> {
    const { remainder } = removal.definition;
    if (!remainder || !removal.actions.includes('remove')) return this.spareForms(account, removal);
    const params = paramsOf(account, removal);
    const keptOf = new Map<string, SharedForm>();
    for (const these of parts(await this.contacts(STAYING, params)))
      for (const row of await this.warehouse.query<SharedRow>(SHARED_WITH_THESE, { ...params, these })) {
        const known = keptOf.get(row.leaver) ?? { wire: row.wire, weight: row.weight, kept: [] };
        keptOf.set(row.leaver, { ...known, kept: [...known.kept, ...row.kept] });
      }
    const protectedParts = new Map<string, WirePart>();
    const left: string[] = [];
    for (const [leaver, form] of keptOf) {
      const part = unsharedPart(remainder, form);
      if (part) protectedParts.set(leaver, part);
      else left.push(leaver);
    }
    for (const these of parts(left)) await this.enterLeft({ ...params, these });
    return { left: left.length, rejoining: 0, parts: protectedParts };
  }

  /**
   * Prepares a removal of whole forms. A leaver with the form of a member who stays counts as removed and is not sent. A
   * member who stays and shares some keys with leavers may be taken out with them, and is planned to be sent again:
   * `rejoin`.
   */
  private async spareForms(account: AccountId, removal: Removal): Promise<Protection> {
    const again = removal.actions.includes('remove') ? ['add', 'change', 'refresh', 'unchanged'] : ['unchanged'];
    const params = { ...paramsOf(account, removal), again };
    const sharers = await this.contacts(STAYING, params);
    let left = 0;
    for (const these of parts(sharers)) {
      const leaving = await this.contacts(LEFT_TO_THESE, { ...params, these });
      for (const some of parts(leaving)) await this.enterLeft({ ...params, these: some });
      left += leaving.length;
    }
    // who only shared with those who were left to others has nothing to fear any more
    const staying = left > 0 ? await this.contacts(STAYING, params) : sharers;
    for (const these of parts(staying)) await this.bringAgain({ ...params, these });
    const rejoining = staying.length > 0 ? (await this.contacts(REJOINING, params)).length : 0;
    return { left, rejoining, parts: new Map() };
  }

  /** Enters leavers as removed whose keys stay, with those who have them too. */
  private enterLeft(params: Record<string, unknown>): Promise<void> {
    return this.enter(`'removed', wire, weight, identity_version, {run:String}, 0`, THESE, params);
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

interface SharedForm {
  wire: string;
  weight: number;
  /** Forms of members who stay and share keys. */
  kept: string[];
}

interface SharedRow extends SharedForm {
  leaver: string;
}

/** The part of a leaver's form that no kept form has. */
function unsharedPart(remainder: Remainder, { wire, weight, kept }: SharedForm): WirePart | null {
  let part: WirePart | null = { wire: parseWire(wire), weight };
  for (const other of kept) part = part && remainder(part.wire, parseWire(other));
  return part;
}

const paramsOf = (account: AccountId, removal: Removal) => ({
  account,
  delivery: removal.deliveryId,
  segment: removal.segmentKey,
  run: removal.runId,
  plan: removal.planId,
  actions: removal.actions,
  goes: [...new Set([...removal.actions, 'remove'])],
  spared: removal.sparedSegments,
  identifiers: removal.definition.identifiers ?? NOTHING,
});

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

/** Identities, and what was sent, by contact. */
const KEYS_OF = (contacts: string, forms: string) => `
  SELECT contact_id, concat(toString(kind), '/', toString(hash)) AS key FROM identities
    WHERE account_id = {account:String} AND kind != 'key' AND contact_id IN ${contacts}
  UNION ALL SELECT contact_id, sent AS key FROM (SELECT contact_id, ${SENT} ${forms}) WHERE sent != ''`;

/** Leavers with the forms of these members who stay and share a key with them. */
const SHARED_WITH_THESE = `
  SELECT l.contact_id AS leaver, any(l.wire) AS wire, any(l.weight) AS weight, groupUniqArray(s.wire) AS kept
  FROM (SELECT contact_id, wire, weight ${GOING} AND wire != 'null') AS l
  INNER JOIN (
    SELECT DISTINCT g.contact_id AS leaver, t.contact_id AS stayer
    FROM (${KEYS_OF(`(SELECT contact_id ${GOING})`, GOING)}) AS g
    INNER JOIN (${KEYS_OF('{these:Array(String)}', THESE)}) AS t ON t.key = g.key) AS pairs ON pairs.leaver = l.contact_id
  INNER JOIN (SELECT contact_id, wire ${THESE} AND wire != 'null') AS s ON s.contact_id = pairs.stayer
  GROUP BY leaver`;

const LEFT_TO_THESE = `${GOING} AND wire != 'null' AND wire IN (SELECT wire ${THESE})`;

/** A pattern that nothing matches. */
const NOTHING = '.^';

/** As many as fit into a request to a server. */
const PART = 5_000;

function* parts(contacts: string[]): Generator<string[]> {
  for (let from = 0; from < contacts.length; from += PART) yield contacts.slice(from, from + PART);
}
