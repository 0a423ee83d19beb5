import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { Problem } from '../http/problem.ts';
import { identityKeys, lookupKeys } from '../identity/identity-keys.ts';
import type { SuppressionDto } from './privacy.dto.ts';

/** Digests of erased people, so that a later import does not bring them back. Only erasures edit this list. */
export const ERASED_LIST = 'erased';

/** People who may not be delivered, kept as digests: a list says who, never how to reach them. */
@Injectable()
export class SuppressionsService {
  constructor(
    private readonly warehouse: Warehouse,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  add(caller: Caller, dto: SuppressionDto) {
    return this.write(caller, dto, 1);
  }

  remove(caller: Caller, dto: SuppressionDto) {
    return this.write(caller, dto, 0);
  }

  /** Puts identities on a list that are known only as digests. */
  async addDigests(account: AccountId, list: string, keys: { kind: string; hash: string }[]): Promise<void> {
    await this.insert(account, list, keys, 1);
  }

  /** Takes identities off a list that are known only as digests. */
  async removeDigests(account: AccountId, list: string, keys: { kind: string; hash: string }[]): Promise<void> {
    await this.insert(account, list, keys, 0);
  }

  /** Lists with the number of identifiers on each. */
  async lists(account: AccountId): Promise<{ items: { list: string; identifiers: number; updatedAt: string }[] }> {
    const items = await this.warehouse.query<{ list: string; identifiers: number; updatedAt: string }>(
      `SELECT list_id AS list, countIf(kind != 'external-any') AS identifiers, max(at) AS updatedAt FROM suppressions FINAL
       WHERE account_id = {account:String} AND active = 1 GROUP BY list_id ORDER BY list_id`,
      { account },
    );
    return { items };
  }

  private async write(caller: Caller, { list, defaultCountry, ...identifiers }: SuppressionDto, active: 0 | 1) {
    if (list === ERASED_LIST) {
      const advice =
        'Erase people with POST /v1/contacts/:id/erasure; DELETE /v1/erasures/:id/block lets one come back.';
      throw Problem.invalid('list', 'reserved_list', `Only erasures edit the list "${list}". ${advice}`);
    }
    const contact = { id: '', ...identifiers };
    const keys = identityKeys(contact, { defaultCountry });
    const given = Object.values(identifiers).reduce((sum, values) => sum + (values?.length ?? 0), 0);
    if (keys.length === 0) throw Problem.invalid('', 'no_identifier', 'None of the identifiers can be used.');
    // an id may stand in any namespace
    await this.insert(caller.accountId, list, lookupKeys(contact, { defaultCountry }), active);
    await this.accounts.audit(caller, active ? 'suppression.add' : 'suppression.remove', list, {
      identifiers: keys.length,
    });
    return { list, identifiers: keys.length, unusable: given - keys.length };
  }

  private async insert(
    account: AccountId,
    list: string,
    keys: { kind: string; hash: string }[],
    active: 0 | 1,
  ): Promise<void> {
    const at = this.clock.now().toISOString();
    const version = Date.now(); // versions order writes, so they follow the wall clock
    const rows = keys.map(({ kind, hash }) => ({
      account_id: account,
      kind,
      hash,
      list_id: list,
      active,
      at,
      version,
    }));
    await this.warehouse.insert('suppressions', rows);
  }
}
