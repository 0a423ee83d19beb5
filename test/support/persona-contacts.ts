import type { AccountId } from '../../src/accounts/auth.ts';
import { traits } from '../../src/contacts/contacts.tables.ts';
import type { Db } from '../../src/engines/database/database.ts';
import { DB } from '../../src/engines/database/token.ts';
import { Warehouse } from '../../src/engines/warehouse/warehouse.ts';
import { seededRandom } from '../../src/models/random.ts';
import type { Reach } from './service.ts';

export const ACCOUNT = 'acc_default' as AccountId;

/** A trait whose name would break SQL that is put together from text. */
export const AWKWARD = 'order\'s "värde" \\ {€}';

const TRAITS = {
  tenure: 'number',
  [AWKWARD]: 'number',
  signup: 'date',
  vip: 'boolean',
  plan: 'category',
  "l'état": 'category',
  age: 'number',
  one: 'number',
  always: 'category',
  nothing: 'number',
  reference: 'category',
} as const;

export interface TestContact {
  contact_id: string;
  /** Which of the three groups it was drawn from. */
  group: number;
  num: Record<string, number>;
  cat: Record<string, string>;
}

/** Three groups that differ in every useful trait, in a ratio of 5 : 3 : 2; some contacts lack a trait. */
export function groupedContacts(count: number, seed = 1, prefix = 'con_'): TestContact[] {
  const random = seededRandom(seed);
  const near = (middle: number, spread: number) => middle + (random.next() + random.next() - 1) * spread;
  return Array.from({ length: count }, (_, i) => {
    const group = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2][i % 10]!;
    const contact: TestContact = {
      contact_id: `${prefix}${String(i).padStart(6, '0')}`,
      group,
      num: {
        tenure: near([60, 6, 40][group]!, 15),
        [AWKWARD]: near([20, 40, 95][group]!, 15),
        signup: Math.round(near([15000, 20000, 18000][group]!, 400)),
        vip: random.next() < [0.9, 0.1, 0.5][group]! ? 1 : 0,
        age: Math.round(near([55, 30, 42][group]!, 12)),
        one: 1,
      },
      cat: {
        plan: random.next() < 0.9 ? ['gold', "b'asic", 'silver'][group]! : 'silver',
        "l'état": random.next() < 0.9 ? ['Paris', 'Lyon', 'Nice'][group]! : 'Lille',
        always: 'yes',
        reference: `ref-${i}`,
      },
    };
    if (random.next() < 0.05) delete contact.num.tenure;
    if (random.next() < 0.05) delete contact.cat.plan;
    return contact;
  });
}

/** Puts contacts into the warehouse; the same id again replaces the contact. */
export async function putContacts(
  reach: Reach,
  contacts: (Partial<TestContact> & { contact_id: string; deleted?: number })[],
) {
  const version = Date.now() * 1000 + (tick++ % 1000);
  const rows = contacts.map(({ group: _group, ...row }) => ({ account_id: ACCOUNT, version, ...row }));
  await reach.app.get(Warehouse).insert('contacts', rows);
}
let tick = 0;

/** The trait catalogue as an import would leave it. */
export async function putCatalogue(reach: Reach): Promise<void> {
  await reach.app
    .get<Db>(DB)
    .insert(traits)
    .values(
      Object.entries(TRAITS).map(([name, type]) => ({
        accountId: ACCOUNT,
        name,
        type,
        source: 'first-party' as const,
        description: '',
        createdAt: new Date(),
      })),
    );
}
