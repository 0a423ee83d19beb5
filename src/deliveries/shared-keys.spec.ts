import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DestinationDefinition, Json } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { SharedKeysRepository } from './shared-keys.repository.ts';

/** Contacts of which nothing tells that they are one, except what was sent of them. */
describe('who stays beside leavers', () => {
  const account = 'acc_1' as AccountId;
  const at = '2026-01-01T00:00:00.000Z';
  let dataDir: string;
  let warehouse: Warehouse;
  let plans = 0;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'reach-shared-'));
    warehouse = await Warehouse.open({ dataDir, memory: 1_000_000_000 });
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(dataDir, { recursive: true });
  });

  /** Spares who shares something with `goes`, of members held in these forms. */
  async function spare(
    forms: Record<string, object | null>,
    identifiers?: string,
    remainder?: DestinationDefinition['remainder'],
  ) {
    const planId = `plan_${++plans}`;
    const place = { account_id: account, segment_key: 'all' };
    const members = Object.entries(forms);
    await warehouse.insert(
      'ledger',
      members.map(([contact_id, wire]) => ({
        ...place,
        delivery_id: planId,
        contact_id,
        state: wire ? 'present' : 'failed',
        wire: JSON.stringify(wire),
        weight: 1,
        identity_version: 1,
        run_id: 'run_0',
        batch_seq: 1,
        at,
        version: 1,
      })),
    );
    await warehouse.insert(
      'run_members',
      members.map(([contact_id]) => ({
        ...place,
        plan_id: planId,
        contact_id,
        action: contact_id === 'goes' ? 'remove' : 'unchanged',
        reason: '',
        identity_version: 1,
      })),
    );
    const removal = { deliveryId: planId, segmentKey: 'all', runId: 'run_1', planId, actions: ['remove'] };
    const { parts, ...counts } = await new SharedKeysRepository(warehouse).protect(account, {
      ...removal,
      sparedSegments: [],
      definition: { identifiers, remainder },
    });
    const rows = await warehouse.query<{ contact: string; state: string }>(
      `SELECT contact_id AS contact, toString(state) AS state FROM ledger FINAL
       WHERE account_id = {account:String} AND delivery_id = {delivery:String}`,
      { account, delivery: planId },
    );
    const states = Object.fromEntries(rows.map(({ contact, state }) => [contact, state]));
    return { ...counts, ...(parts.size > 0 && { parts: Object.fromEntries(parts) }), states };
  }

  const EMAIL = '"email":"[^"]+"';

  it('keep what was sent of them too, to the letter', async () => {
    const form = { name: 'n1', zip: 'z1' };
    expect(await spare({ goes: form, stays: form, other: { ...form, zip: 'z2' } })).toEqual({
      left: 1,
      rejoining: 0,
      states: { goes: 'removed', stays: 'present', other: 'present' },
    });
  });

  it('come again where an identifier is the same as it was sent, and not for what many have', async () => {
    const forms = {
      goes: { email: 'e1', name: 'n1' },
      stays: { email: 'e1', name: 'n2' },
      namesake: { email: 'e2', name: 'n1' },
    };
    expect(await spare(forms, EMAIL)).toEqual({
      left: 0,
      rejoining: 1,
      states: { goes: 'present', stays: 'failed', namesake: 'present' },
    });
    expect(await spare(forms)).toMatchObject({ left: 0, rejoining: 0 });
  });

  describe('with a connector that takes keys out of forms', () => {
    const remainder = (wire: Json, kept: Json) => {
      const known = kept as Record<string, Json>;
      const left = Object.entries(wire as Record<string, Json>).filter(([key, value]) => known[key] !== value);
      return left.length > 0 ? { wire: Object.fromEntries(left), weight: 1 } : null;
    };

    it('removes only the keys of leavers that no member who stays has', async () => {
      const forms = { goes: { email: 'e1', name: 'n1' }, stays: { email: 'e1', name: 'n2' }, other: { email: 'e2' } };
      expect(await spare(forms, EMAIL, remainder)).toEqual({
        left: 0,
        rejoining: 0,
        parts: { goes: { wire: { name: 'n1' }, weight: 1 } },
        states: { goes: 'present', stays: 'present', other: 'present' },
      });
    });

    it('removes nothing of a leaver if members who stay have all of the keys between them', async () => {
      const forms = {
        goes: { email: 'e1', phone: 'p1' },
        stays: { email: 'e1', phone: 'p2' },
        another: { email: 'e3', phone: 'p1' },
      };
      expect(await spare(forms, '"(?:email|phone)":"[^"]+"', remainder)).toEqual({
        left: 1,
        rejoining: 0,
        states: { goes: 'removed', stays: 'present', another: 'present' },
      });
    });
  });

  it('have nothing in common when nothing was sent of them', async () => {
    expect(await spare({ goes: null, stays: null }, EMAIL)).toMatchObject({ left: 0, rejoining: 0 });
  });
});
