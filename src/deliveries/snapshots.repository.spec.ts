import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { SnapshotsRepository } from './snapshots.repository.ts';

const ACCOUNT = 'acc' as AccountId;
const MEMBERS = 50_000;

describe('snapshots of runs', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-snapshots-'));
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await Warehouse.open({ dataDir, memory: 1e9 });
  }, 120_000);
  afterAll(async () => {
    await warehouse.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** A plan that leaves most members as they are. */
  const plan = (planId: string, account: string = ACCOUNT) =>
    warehouse.command(
      `INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action)
       SELECT {account:String}, {plan:String}, 'all', lower(hex(sipHash128(number))), if(number < 3, 'add', 'unchanged')
       FROM numbers(${MEMBERS})`,
      { account, plan: planId },
    );
  const rows = () =>
    warehouse.query<object>(
      'SELECT plan_id, toString(action) AS action, count() AS members FROM run_members GROUP BY plan_id, action ORDER BY plan_id, action',
    );
  const bytes = async () =>
    (
      await warehouse.one<{ bytes: number }>(
        "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE table = 'run_members' AND active",
      )
    ).bytes;

  it('lose the members whom old plans left unchanged, keep the others, and free the disk', async () => {
    for (const planId of ['old1', 'old2', 'new']) await plan(planId);
    await plan('old3', 'acc_other');
    const before = await bytes();
    await new SnapshotsRepository(warehouse).deleteUnchanged(ACCOUNT, ['old1', 'old2', 'old3']);
    expect(await rows()).toEqual([
      { plan_id: 'new', action: 'add', members: 3 },
      { plan_id: 'new', action: 'unchanged', members: MEMBERS - 3 },
      { plan_id: 'old1', action: 'add', members: 3 },
      { plan_id: 'old2', action: 'add', members: 3 },
      { plan_id: 'old3', action: 'add', members: 3 },
      { plan_id: 'old3', action: 'unchanged', members: MEMBERS - 3 },
    ]);
    expect(await bytes()).toBeLessThan(before * 0.55);
    await new SnapshotsRepository(warehouse).deleteUnchanged(ACCOUNT, ['old1', 'old2']);
    expect(await rows()).toHaveLength(6);
  }, 60_000);
});
