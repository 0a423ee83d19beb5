import { eq } from 'drizzle-orm';
import { runs } from '../src/deliveries/deliveries.tables.ts';
import { SnapshotRetention } from '../src/deliveries/snapshot-retention.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { Lab } from './support/lab.ts';

describe('the snapshot of an old run', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  it('loses its unchanged members, cannot be compared any more, and changes nothing for the next run', async () => {
    const { app, api } = lab.world.reach;
    const delivery = await lab.deliver('facebook', {}, { matchKeys: ['EMAIL'] });
    const [first, second, third] = [await lab.run(delivery), await lab.run(delivery), await lab.run(delivery)];
    const unchanged = () =>
      app
        .get(Warehouse)
        .query<{ plan_id: string }>(`SELECT DISTINCT plan_id FROM run_members WHERE action = 'unchanged'`);
    const compared = async (run: string, other: string) =>
      (await api<{ code?: string }>('GET', `/v1/runs/${run}/compare?with=${other}`)).body.code;
    expect(await unchanged()).toHaveLength(2);
    expect(await compared(second.id, first.id)).toBeUndefined();
    const finishedAt = new Date(Date.now() - 91 * 86_400_000);
    await app.get<Db>(DB).update(runs).set({ finishedAt }).where(eq(runs.id, second.id));
    await app.get(SnapshotRetention).sweep();
    expect(await unchanged()).toHaveLength(1);
    expect(await compared(third.id, second.id)).toBe('not_comparable');
    expect(await compared(third.id, first.id)).toBeUndefined();
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
    await lab.expectExact(delivery);
  });
});
