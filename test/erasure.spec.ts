import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { until } from './support/service.ts';
import { twoKinds, World } from './support/world.ts';

interface Erasure {
  id: string;
  status: string;
  pending: string | null;
  withdrawals: { delivery: string; outcome: string; text: string; at: string }[];
  erasedLocallyAt: string | null;
}

describe('erasure', () => {
  let world: World;
  let contactId: string;
  const people = twoKinds(220);
  const person = people[8]!;
  const deliveries: Record<string, string> = {};

  const facebookPeople = () =>
    world.sandbox.facebook
      .audiences()
      .reduce((sum, { id }) => sum + world.sandbox.facebook.values(id, 'EMAIL').size, 0);
  const googleRows = () =>
    world.sandbox.google.userLists().reduce((sum, { id }) => sum + world.sandbox.google.members(String(id)).size, 0);
  const ended = (id: string) =>
    until(
      () => world.ask<Erasure>('GET', `/v1/erasures/${id}`),
      ({ status }) => status !== 'running',
    );

  beforeAll(async () => {
    world = await World.start();
    await world.importPeople(people);
    const audienceId = await world.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
    for (const type of ['facebook', 'google', 'sftp'] as const) {
      deliveries[type] = await world.delivery({
        name: `to ${type}`,
        audienceId,
        connectionId: await world.connect(type),
      });
      expect((await world.run(deliveries[type]!)).verdict).toBe('confirmed');
    }
    contactId = await world.contactId(person.id);
  });
  afterAll(() => world.close());

  it('takes the person out everywhere, deletes them here, and gives a receipt', async () => {
    const before = facebookPeople();
    const rows = googleRows();
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${contactId}/erasure`);
    const receipt = await ended(id);
    expect(receipt).toMatchObject({ status: 'done', pending: null });
    expect(receipt.withdrawals.map(({ delivery, outcome }) => [delivery, outcome]).sort()).toEqual([
      ['to facebook', 'removed'],
      ['to google', 'removed'],
      ['to sftp', 'in-files'],
    ]);
    expect(facebookPeople()).toBe(before - 1);
    expect(googleRows()).toBe(rows - 1);
    expect((await world.reach.api('GET', `/v1/contacts/${contactId}`)).status).toBe(404);
    const history = await world.ask<{ items: { state: string }[] }>('GET', `/v1/contacts/${contactId}/deliveries`);
    expect(history.items.every(({ state }) => state === 'erased')).toBe(true);
  });

  it('leaves no trace of who it was in any table or stored file', async () => {
    const warehouse = world.reach.app.get(Warehouse);
    const tables = await warehouse.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND name NOT LIKE 'reach_%'",
    );
    for (const { name } of tables) {
      const rows = await warehouse.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
      expect({ name, found: JSON.stringify(rows).includes(person.email!) }).toEqual({ name, found: false });
    }
    const uploads = join(world.reach.dataDir, 'uploads');
    expect(existsSync(uploads) ? readdirSync(uploads) : []).toEqual([]);
  });

  it('does not bring the person back by a later import', async () => {
    const before = facebookPeople();
    await world.importPeople([person]);
    const run = await world.run(deliveries.facebook!);
    expect(run.refusals).toContainEqual(
      expect.objectContaining({ verdict: 'withheld', code: 'suppressed', contacts: 1 }),
    );
    expect(facebookPeople()).toBe(before);
  });

  it('keeps asking a platform that is away, and says so meanwhile', async () => {
    const other = await world.contactId(people[10]!.id);
    world.sandbox.facebook.faults.add({
      match: { path: '/users' },
      times: 'always',
      do: 'error',
      code: 100,
      status: 400,
    } as never);
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${other}/erasure`);
    const waiting = await until(
      () => world.ask<Erasure>('GET', `/v1/erasures/${id}`),
      ({ pending, erasedLocallyAt, status }) => pending !== null || erasedLocallyAt !== null || status !== 'running',
    );
    expect(waiting.pending).toContain('to facebook');
    expect(waiting.erasedLocallyAt).not.toBeNull();
    world.sandbox.facebook.faults.clear();
  });

  it('knows nothing of nobody', async () => {
    expect((await world.reach.api('POST', '/v1/contacts/nobody/erasure')).status).toBe(404);
    expect((await world.reach.api('GET', '/v1/erasures/era_none')).status).toBe(404);
  });
});
