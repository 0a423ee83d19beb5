import { eq } from 'drizzle-orm';
import { auditLog } from '../src/accounts/accounts.tables.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { importFile } from './support/datasets.ts';
import { type Reach, startReach } from './support/service.ts';

interface Entry {
  id: string;
  position: number;
  actor: string;
  actorId: string | null;
  address: string | null;
  requestId: string | null;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

describe('the audit log', () => {
  let reach: Reach;
  let viewer: { id: string; key: string };
  beforeAll(async () => {
    reach = await startReach();
    // a name that says nothing about who has the key
    viewer = (await reach.api<typeof viewer>('POST', '/v1/api-keys', { name: 'bootstrap admin', role: 'viewer' })).body;
  });
  afterAll(() => reach.close());

  const entries = async () => (await reach.api<{ items: Entry[] }>('GET', '/v1/audit-log?limit=200')).body.items;
  const check = async () => (await reach.api('GET', '/v1/audit-log/check')).body;
  const asViewer = (path: string) =>
    reach.api('GET', path, undefined, { authorization: `Bearer ${viewer.key}`, 'x-request-id': `read:${path.length}` });

  it('names the key, the address and the request of each entry', async () => {
    const body = { name: 'robot', role: 'analyst' };
    const made = await reach.api<{ id: string }>('POST', '/v1/api-keys', body, { 'x-request-id': 'order-17' });
    expect(made.headers.get('x-request-id')).toBe('order-17');
    const entry = (await entries()).find(({ subject }) => subject === made.body.id);
    expect(entry).toMatchObject({
      actor: 'bootstrap admin',
      actorId: 'key_bootstrap',
      address: '127.0.0.1',
      requestId: 'order-17',
      action: 'api-key.create',
    });
  });

  it('gives a request an id of its own where the client names none, or one that is no id', async () => {
    const uuid = /^[0-9a-f-]{36}$/;
    expect((await reach.api('GET', '/v1/me')).headers.get('x-request-id')).toMatch(uuid);
    const strange = await reach.api('GET', '/v1/me', undefined, { 'x-request-id': 'a b<c>' });
    expect(strange.headers.get('x-request-id')).toMatch(uuid);
  });

  it('records who reads data of people, whatever their role', async () => {
    await importFile(reach, 'id,email\np1,ana@example.com\n', {
      key: { column: 'id' },
      columns: [{ column: 'email', as: 'email' }],
    });
    const found = await reach.api<{ items: { id: string }[] }>('GET', '/v1/contacts?email=ana@example.com');
    const { id } = found.body.items[0]!;
    for (const part of ['', '/consent', '/deliveries', '/persona', '/scores'])
      await asViewer(`/v1/contacts/${id}${part}`);
    const cohort = await reach.api<{ id: string }>('POST', '/v1/cohorts', {
      name: 'All',
      condition: { everyone: true },
    });
    await asViewer(`/v1/cohorts/${cohort.body.id}/members`);
    const reads = (await entries()).filter(({ actorId }) => actorId === viewer.id);
    expect(reads.map(({ action, subject }) => [action, subject]).toReversed()).toEqual([
      ['contact.view', id],
      ['contact.consent', id],
      ['contact.deliveries', id],
      ['contact.persona', id],
      ['contact.scores', id],
      ['cohort.members', cohort.body.id],
    ]);
    expect(reads.at(-1)?.detail).toEqual({ identifiers: 'masked' });
    expect(JSON.stringify(await entries())).not.toContain('ana@');
  });

  it('is a chain without gaps, also when many write at once', async () => {
    const making = Array.from({ length: 20 }, (_, i) =>
      reach.api('POST', '/v1/api-keys', { name: `key ${i}`, role: 'viewer' }),
    );
    await Promise.all(making);
    const positions = (await entries()).map(({ position }) => position).toSorted((a, b) => a - b);
    expect(positions).toEqual(positions.map((_, index) => index + 1));
    expect(await check()).toEqual({ entries: positions.length, intact: true, brokenAt: null });
  });

  it('shows an entry that was changed or removed later', async () => {
    const db = reach.app.get<Db>(DB);
    const chain = (await entries()).toSorted((a, b) => a.position - b.position);
    const changed = chain[3]!;
    await db.update(auditLog).set({ actor: 'somebody else' }).where(eq(auditLog.id, changed.id));
    expect(await check()).toEqual({ entries: 3, intact: false, brokenAt: changed.id });
    await db.update(auditLog).set({ actor: changed.actor }).where(eq(auditLog.id, changed.id));
    expect(await check()).toMatchObject({ intact: true });
    await db.delete(auditLog).where(eq(auditLog.id, changed.id));
    expect(await check()).toEqual({ entries: 3, intact: false, brokenAt: chain[4]!.id });
  });
});
