import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { Coalescer } from './coalescer.ts';
import type { GivenIdentifier } from './contact-reference.ts';

/** Contacts that one identity may belong to before it says nothing any more: a shared office phone. */
const MOST_OWNERS = 10;

/** Finds contacts by their identities for many callers at once: one statement every few milliseconds. */
@Injectable()
export class ContactLookup {
  private readonly byAccount = new Map<AccountId, Coalescer<string[]>>();

  constructor(private readonly warehouse: Warehouse) {}

  /**
   * Ids of the contacts that each identifier belongs to, in the order of the identifiers; most belong to none or one. An
   * external id without a namespace is found in every namespace.
   */
  async owners(
    account: AccountId,
    identifiers: GivenIdentifier[],
  ): Promise<{ identifier: GivenIdentifier; contactIds: string[] }[]> {
    if (identifiers.length === 0) return [];
    const found = await this.of(account).load(identifiers.map(nameOf));
    return identifiers.map((identifier) => ({ identifier, contactIds: found.get(nameOf(identifier)) ?? [] }));
  }

  private of(account: AccountId): Coalescer<string[]> {
    const known = this.byAccount.get(account);
    if (known) return known;
    const coalescer = new Coalescer((names) => this.ask(account, names));
    this.byAccount.set(account, coalescer);
    return coalescer;
  }

  private async ask(account: AccountId, names: string[]): Promise<Map<string, string[]>> {
    const kinds = new Set(names.map((name) => name.slice(0, name.indexOf(':'))));
    if (kinds.has('external')) kinds.add('external-any');
    const rows = await this.warehouse.query<{ name: string; ids: string[] }>(
      `SELECT concat(if(kind = 'external-any', 'external', kind), ':', hash) AS name,
         groupUniqArray(${MOST_OWNERS + 1})(contact_id) AS ids FROM identities
       WHERE account_id = {account:String} AND kind IN {kinds:Array(String)} AND hash IN {hashes:Array(String)}
       GROUP BY name HAVING length(ids) <= ${MOST_OWNERS}`,
      {
        account,
        // more than was asked for may be found, which does no harm; pairs would take more than twice as long
        kinds: [...kinds],
        hashes: [...new Set(names.map((name) => name.slice(name.indexOf(':') + 1)))],
      },
    );
    return new Map(rows.map(({ name, ids }) => [name, ids.sort()]));
  }
}

const nameOf = ({ kind, hash }: { kind: string; hash: string }): string => `${kind}:${hash}`;
