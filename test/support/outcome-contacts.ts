import { readTelco, traitsOf } from '../../sandbox/demo/telco.ts';
import type { AccountId } from '../../src/accounts/auth.ts';
import { traits } from '../../src/contacts/contacts.tables.ts';
import type { Db } from '../../src/engines/database/database.ts';
import { DB } from '../../src/engines/database/token.ts';
import { Warehouse } from '../../src/engines/warehouse/warehouse.ts';
import type { TraitType } from '../../src/models/table.ts';
import type { Reach } from './service.ts';

export const ACCOUNT = 'acc_default' as AccountId;

export interface Customer {
  contact_id: string;
  gender?: string;
  birth_date?: string;
  num: Record<string, number>;
  cat: Record<string, string>;
}

/** The telco customers as contacts: `churn` is a category; some have a gender and a birth date. */
export function telcoContacts(count = 7043): Customer[] {
  const { table, labels } = readTelco();
  return Array.from({ length: Math.min(count, table.size) }, (_, row) => {
    const { num, cat } = traitsOf(table, row);
    return {
      contact_id: `con_${String(row).padStart(6, '0')}`,
      gender: ['f', 'm', ''][row % 3],
      birth_date: row % 4 === 0 ? '' : `${1940 + (row % 60)}-03-01`,
      num,
      cat: { ...cat, churn: labels[row] ? 'Yes' : 'No' },
    };
  });
}

let tick = 0;

/** Puts contacts into the warehouse; the same id again replaces the contact. */
export async function putCustomers(
  reach: Reach,
  customers: (Partial<Customer> & { contact_id: string; deleted?: number })[],
) {
  const version = Date.now() * 1000 + (tick++ % 1000);
  const rows = customers.map((row) => ({ account_id: ACCOUNT, version, ...row }));
  await reach.app.get(Warehouse).insert('contacts', rows);
}

/** The trait catalogue as an import would leave it. */
export async function putTraits(reach: Reach, types: Record<string, TraitType>): Promise<void> {
  const row = { accountId: ACCOUNT, source: 'first-party' as const, description: '' };
  const rows = Object.entries(types).map(([name, type]) => ({ ...row, name, type, createdAt: new Date() }));
  await reach.app.get<Db>(DB).insert(traits).values(rows);
}

/** The types of the telco traits. */
export function telcoTraits(): Record<string, TraitType> {
  const columns = readTelco().table.columns.map(({ trait, type }) => [trait, type] as const);
  return { ...Object.fromEntries(columns), churn: 'category' };
}
