import type { AccountId } from '../../src/accounts/auth.ts';
import type { Db } from '../../src/engines/database/database.ts';
import { DB } from '../../src/engines/database/token.ts';
import { Warehouse } from '../../src/engines/warehouse/warehouse.ts';
import { personaProfiles, personaSets, personas, personaVersions } from '../../src/personas/personas.tables.ts';
import type { Reach } from './service.ts';

export const ACCOUNT = 'acc_default' as AccountId;
export const SET = 'pst_people';
export const VERSION = 'psv_people1';

/** A published persona set, put straight into the stores, so that every persona and date is known. */
export async function putPersonaSet(reach: Reach, keys: Record<string, string>): Promise<void> {
  const db = reach.app.get<Db>(DB);
  const now = new Date();
  await db.insert(personaSets).values({
    id: SET,
    accountId: ACCOUNT,
    name: 'People',
    seed: 1,
    excludeProtected: false,
    publishedVersionId: VERSION,
    createdAt: now,
    lastUpdatedConfigAt: now,
  });
  const version = { id: VERSION, accountId: ACCOUNT, setId: SET, version: 1, createdAt: now };
  await db.insert(personaVersions).values({ ...version, status: 'ready', stage: 'published' });
  const looks = { color: '#888888', icon: 'user', createdAt: now, updatedAt: now };
  await db
    .insert(personas)
    .values(Object.entries(keys).map(([key, name]) => ({ setId: SET, key, accountId: ACCOUNT, name, ...looks })));
  const measured = { size: 1, share: 0.5, summary: '', salientTraits: [], profile: [] };
  await db.insert(personaProfiles).values(
    Object.keys(keys)
      .filter((key) => !key.startsWith('former'))
      .map((key, place) => ({ versionId: VERSION, key, place, suggestedName: key, ...measured })),
  );
}

/** Contacts move from persona to persona: [when, contact, from, to]. The last move of each is its assignment now. */
export async function putMoves(reach: Reach, moves: [string, string, string, string][]): Promise<void> {
  const warehouse = reach.app.get(Warehouse);
  const rows = moves.map(([at, contact_id, from_key, to_key]) => ({ contact_id, from_key, to_key, at }));
  await warehouse.insert(
    'persona_changes',
    rows.map((row) => ({ account_id: ACCOUNT, persona_set_id: SET, version_id: VERSION, ...row })),
  );
  await warehouse.insert(
    'persona_assignments',
    rows.map(({ contact_id, to_key, at }) => ({
      account_id: ACCOUNT,
      version_id: VERSION,
      contact_id,
      persona_key: to_key,
      revision: Date.parse(at),
    })),
  );
}

/** Events of a stream: [when, contact, value]; null for none. */
export async function putEvents(
  reach: Reach,
  stream: string,
  events: [string, string, number | null][],
  account: string = ACCOUNT,
): Promise<void> {
  const rows = events.map(([time, contact_id, value], i) => ({ time, contact_id, value, event_id: `${stream} ${i}` }));
  await reach.app.get(Warehouse).insert(
    'events',
    rows.map((row) => ({ account_id: account, stream, version: 1, ...row })),
  );
}
