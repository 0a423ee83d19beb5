import { type AccountId } from '../../src/accounts/auth.ts';
import { traits } from '../../src/contacts/contacts.tables.ts';
import { ImportListeners } from '../../src/contacts/import-listeners.ts';
import type { Db } from '../../src/engines/database/database.ts';
import { DB } from '../../src/engines/database/token.ts';
import { Warehouse } from '../../src/engines/warehouse/warehouse.ts';
import { type Reach, startReach } from './service.ts';

/** A service that knows a few contacts, put into the stores directly. */
export interface ReachWithContacts extends Reach {
  account: AccountId;
  /** Adds or replaces one contact and tells those who listen to imports. */
  addContact(row: { contact_id: string } & Record<string, unknown>): Promise<void>;
  removeContact(id: string): Promise<void>;
}

const ACCOUNT = 'acc_default' as AccountId;
const DAY_MS = 86_400_000;
const day = (text: string) => Date.parse(text) / DAY_MS;

const TRAITS = { tenure: 'number', plan: 'category', paperless: 'boolean', renewal: 'date' } as const;

/** Five contacts, one deleted, one of another account. con_4 has no traits; con_5 only a digest. */
const CONTACTS = [
  {
    contact_id: 'con_1',
    emails: ['ada@example.com'],
    phones: ['+442075550101'],
    first_name: 'Ada',
    last_name: 'Lovelace',
    postal_code: 'W1',
    city: 'London',
    country: 'GB',
    consent: { ad_user_data: 'granted', ad_personalization: 'granted', email: 'denied' },
    num: { tenure: 24, paperless: 1, renewal: day('2026-04-10') },
    cat: { plan: 'gold' },
  },
  {
    contact_id: 'con_2',
    emails: ['grace@example.com'],
    first_name: 'Grace',
    last_name: 'Hopper',
    consent: { ad_user_data: 'granted', ad_personalization: 'denied' },
    num: { tenure: 12, paperless: 0 },
    cat: { plan: 'gold' },
  },
  { contact_id: 'con_3', phones: ['+442075550103'], num: { tenure: 36 }, cat: { plan: 'silver' } },
  { contact_id: 'con_4', first_name: 'Edsger', last_name: 'Dijkstra', postal_code: '1', country: 'NL' },
  { contact_id: 'con_5', email_hashes: ['0'.repeat(64)], num: { tenure: 1 }, cat: { plan: 'basic' } },
  { contact_id: 'con_deleted', deleted: 1, num: { tenure: 99 }, cat: { plan: 'gold' } },
  { contact_id: 'con_theirs', account_id: 'acc_other', num: { tenure: 99 }, cat: { plan: 'gold' } },
];

const EVENTS = [
  {
    contact_id: 'con_1',
    event_id: '1',
    time: '2026-03-01T00:00:00.000Z',
    value: 50,
    properties: { category: 'shoes' },
  },
  { contact_id: 'con_1', event_id: '2', time: '2026-03-20T00:00:00.000Z', value: 70, properties: { category: 'hats' } },
  { contact_id: 'con_2', event_id: '3', time: '2026-02-01T00:00:00.000Z', value: 20, properties: { category: 'hats' } },
];

export async function startWithContacts(): Promise<ReachWithContacts> {
  const reach = await startReach();
  const warehouse = reach.app.get(Warehouse);
  let version = 1;
  const insert = (rows: object[]) => {
    version++;
    const at = new Date().toISOString();
    const base = { account_id: ACCOUNT, version, created_at: at, updated_at: at };
    return warehouse.insert(
      'contacts',
      rows.map((row) => ({ ...base, ...row })),
    );
  };
  await insert(CONTACTS);
  await warehouse.insert(
    'events',
    EVENTS.map((event) => ({ account_id: ACCOUNT, stream: 'order', version: 1, ...event })),
  );
  const catalogue = Object.entries(TRAITS).map(([name, type]) => ({
    accountId: ACCOUNT,
    name,
    type,
    source: 'first-party' as const,
    description: '',
    createdAt: new Date(),
  }));
  await reach.app.get<Db>(DB).insert(traits).values(catalogue);
  const tell = () => reach.app.get(ImportListeners).notify(ACCOUNT, 'dst_test');
  return {
    ...reach,
    account: ACCOUNT,
    async addContact(row) {
      await insert([row]);
      await tell();
    },
    removeContact: (id) => insert([{ contact_id: id, deleted: 1 }]),
  };
}
