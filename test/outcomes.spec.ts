import { createHash } from 'node:crypto';
import { readTelco } from '../sandbox/demo/telco.ts';
import { until } from './support/service.ts';
import { World } from './support/world.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const COUNT = 2000;

/** From a file to those whom a platform holds: a model of who leaves, and a delivery to the tenth most likely to. */
describe('a delivery to the best scored', () => {
  let world: World;
  let outcomeId: string;
  const email = (row: number) => `person${row}@example.com`;

  beforeAll(async () => {
    world = await World.start();
    const { table, labels } = readTelco();
    const traits = table.columns.map(({ trait }) => trait);
    const lines = Array.from({ length: COUNT }, (_, row) =>
      [`c${row}`, email(row), labels[row] ? 'true' : 'false', ...table.columns.map(({ values }) => values[row])].join(
        ',',
      ),
    );
    await world.importFile([['id', 'email', 'churn', ...traits].join(','), ...lines].join('\n'), {
      kind: 'contacts',
      key: { column: 'id' },
      columns: [
        { column: 'id', as: 'externalId' },
        { column: 'email', as: 'email' },
        { column: 'churn', as: 'trait', trait: { type: 'boolean' } },
        ...table.columns.map(({ trait, type }) => ({ column: trait, as: 'trait', trait: { type } })),
      ],
    });
  });
  afterAll(() => world.close());

  it('trains and publishes on what was imported', async () => {
    const churned = { name: 'Churned', condition: { trait: 'churn', op: 'eq', value: true } };
    const { id: attained } = await world.ask<{ id: string }>('POST', '/v1/cohorts', churned);
    const created = await world.ask<{ id: string }>('POST', '/v1/outcomes', { name: 'Will churn', attained });
    outcomeId = created.id;
    const outcome = await until(
      () => world.ask<{ status: string; auc: number }>('GET', `/v1/outcomes/${outcomeId}`),
      ({ status }) => status === 'ready' || status === 'error',
    );
    expect(outcome).toMatchObject({ status: 'ready', grade: 'good' });
    await world.ask('POST', `/v1/outcomes/${outcomeId}/versions/1/publish`);
  });

  it('sends exactly those whom the scores put in the best tenth', async () => {
    const condition = { outcome: outcomeId, percentile: { gte: 90 } };
    const audienceId = await world.audience({ name: 'Likely to churn', include: { condition } });
    const connectionId = await world.connect('facebook');
    const deliveryId = await world.delivery({ name: 'Save them', audienceId, connectionId });
    expect(await world.run(deliveryId)).toMatchObject({ verdict: 'confirmed' });
    const held = new Set(world.sandbox.facebook.values(world.sandbox.facebook.audiences()[0]!.id, 'EMAIL'));
    for (const row of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const contact = await world.contactId(`c${row}`);
      const { items } = await world.ask<{ items: { percentile: number }[] }>('GET', `/v1/contacts/${contact}/scores`);
      expect(held.has(sha256(email(row)))).toBe(items[0]!.percentile >= 90);
    }
    expect(held.size).toBeGreaterThan(COUNT * 0.08);
    expect(held.size).toBeLessThan(COUNT * 0.12);
    const refused = await world.reach.api('DELETE', `/v1/outcomes/${outcomeId}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'in_use' } });
  });
});
