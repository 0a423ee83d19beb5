import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import type { AccountId } from '../src/accounts/auth.ts';
import { runs } from '../src/deliveries/deliveries.tables.ts';
import type { RunStatus } from '../src/deliveries/states.ts';
import { WithdrawalsService } from '../src/deliveries/withdrawals.service.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { until } from './support/service.ts';
import { type RunAnswer, twoKinds, World } from './support/world.ts';

interface Asked {
  connection: string;
  outcome: string;
  text: string;
  at: string;
  confirmation: { state: string; detail: string; at: string } | null;
}
interface Erasure {
  id: string;
  status: string;
  pending: string | null;
  withdrawals: (Asked & { delivery: string })[];
  connections: (Asked & { type: string; forms: number; vendorRequestId: string | null })[];
  erasedLocallyAt: string | null;
  finishedAt: string | null;
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
  const erasure = (id: string) => world.ask<Erasure>('GET', `/v1/erasures/${id}`);
  const ended = (id: string) =>
    until(
      () => erasure(id),
      ({ status }) => status !== 'running',
    );
  const emailsIn = (audience: string) => world.sandbox.facebook.values(audience, 'EMAIL');

  /** An audience in the ad account that somebody else made, with these people in it. */
  async function foreignAudience(emails: string[]): Promise<string> {
    const { url, credentials } = world.sandbox.facebook;
    const post = async (path: string, body: object): Promise<{ id: string }> => {
      const response = await fetch(`${url}/v26.0/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ access_token: credentials.accessToken, ...body }),
      });
      const answer = (await response.json()) as { id: string };
      expect({ answer, status: response.status }).toEqual({ answer, status: 200 });
      return answer;
    };
    const made = { name: 'Newsletter', subtype: 'CUSTOM', customer_file_source: 'USER_PROVIDED_ONLY' };
    const { id } = await post(`act_${credentials.adAccountId}/customaudiences`, made);
    const data = emails.map((email) => [createHash('sha256').update(email).digest('hex')]);
    const session = { session_id: Date.now(), batch_seq: 1, last_batch_flag: true };
    await post(`${id}/users`, { session, payload: { schema: ['EMAIL'], data } });
    return id;
  }

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

  /** Until the faults are cleared. */
  const facebookRefuses = (path: string, code = 100) =>
    world.sandbox.facebook.faults.add({ match: { path }, times: 'always', do: 'error', code, status: 400 });

  it('takes the person out everywhere, deletes them here, and gives a receipt', async () => {
    const foreign = await foreignAudience([person.email!, people[9]!.email!]);
    const before = facebookPeople();
    const rows = googleRows();
    expect(emailsIn(foreign).size).toBe(2);
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${contactId}/erasure`);
    const receipt = await ended(id);
    expect(receipt).toMatchObject({ status: 'done', pending: null });
    expect(receipt.withdrawals.map(({ delivery, outcome }) => [delivery, outcome]).sort()).toEqual([
      ['to facebook', 'removed'],
      ['to google', 'removed'],
      ['to sftp', 'in-files'],
    ]);
    expect(receipt.connections.map(({ connection, outcome }) => [connection, outcome]).sort()).toEqual([
      ['facebook', 'accepted'],
      ['google', 'accepted'],
    ]);
    for (const { at, text, forms, confirmation, type } of receipt.connections) {
      expect(Date.parse(at)).toBeGreaterThan(0);
      expect(text).toContain('out of every audience');
      expect(forms).toBeGreaterThan(0);
      expect(confirmation?.state).toBe(type === 'google' ? 'confirmed' : undefined);
    }
    for (const { connection, delivery, confirmation } of receipt.withdrawals) {
      expect(delivery).toBe(`to ${connection}`);
      expect(confirmation?.state).toBe(connection === 'sftp' ? undefined : 'confirmed');
    }
    expect(facebookPeople()).toBe(before - 2);
    expect(emailsIn(foreign).size).toBe(1);
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
    expect(await world.ask('GET', `/v1/contacts?externalId=${person.id}`)).toEqual({ items: [] });
    await world.run(deliveries.facebook!);
    expect(facebookPeople()).toBe(before);
  });

  it('keeps asking a platform that does not let us in, and says so meanwhile', async () => {
    const other = await world.contactId(people[10]!.id);
    facebookRefuses('/users', 190);
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${other}/erasure`);
    const waiting = await until(
      () => world.ask<Erasure>('GET', `/v1/erasures/${id}`),
      ({ pending, status }) => pending !== null || status !== 'running',
    );
    expect(waiting.pending).toContain('to facebook');
    expect(waiting.erasedLocallyAt).not.toBeNull();
    world.sandbox.facebook.faults.clear();
    world.reach.clock.advance(600_000);
    expect(await ended(id)).toMatchObject({ status: 'done', pending: null });
  });

  it('goes on after a restart, and asks for what is left only', async () => {
    const contact = await world.contactId(people[12]!.id);
    const foreign = await foreignAudience([people[12]!.email!]);
    facebookRefuses('/usersofanyaudience');
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${contact}/erasure`);
    const waiting = await until(
      () => erasure(id),
      ({ pending }) => pending !== null,
    );
    expect(waiting.pending).toContain('facebook');
    expect(waiting.connections.find(({ type }) => type === 'facebook')?.outcome).toBe('waiting');
    await world.restart();
    world.sandbox.facebook.faults.clear();
    const removals = () => world.sandbox.facebook.requests.filter(({ path }) => path.endsWith('/users')).length;
    const before = removals();
    world.reach.clock.advance(3_600_000);
    const receipt = await ended(id);
    expect(receipt).toMatchObject({ status: 'done', pending: null });
    expect(emailsIn(foreign).size).toBe(0);
    expect(removals()).toBe(before);
  });

  it('waits for a person after a week without an answer, says so once, and goes on when told to', async () => {
    const contact = await world.contactId(people[14]!.id);
    facebookRefuses('/usersofanyaudience');
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${contact}/erasure`);
    await until(
      () => erasure(id),
      ({ pending }) => pending !== null,
    );
    expect((await world.reach.api('POST', `/v1/erasures/${id}/retry`)).status).toBe(409);
    world.reach.clock.advance(8 * 86_400_000);
    const late = await ended(id);
    expect(late).toMatchObject({ status: 'needs-person', pending: expect.stringContaining('facebook') });
    const alerts = async () =>
      (await world.ask<{ items: { subject: string; recoveredAt: string | null }[] }>('GET', '/v1/alerts')).items.filter(
        ({ subject }) => subject === id,
      );
    expect(await alerts()).toEqual([expect.objectContaining({ recoveredAt: null })]);
    world.sandbox.facebook.faults.clear();
    await world.ask('POST', `/v1/erasures/${id}/retry`);
    expect(await ended(id)).toMatchObject({ status: 'done', pending: null });
    await until(alerts, ([alert]) => alert?.recoveredAt !== null);
  });

  it('asks platforms also for people whom no delivery ever sent', async () => {
    const stranger = { id: 'x1', email: 'stranger@example.com', spend: 1, plan: 'basic' };
    await world.importPeople([stranger]);
    const foreign = await foreignAudience([stranger.email]);
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${await world.contactId('x1')}/erasure`);
    const receipt = await ended(id);
    expect(receipt).toMatchObject({ status: 'done', withdrawals: [] });
    expect(emailsIn(foreign).size).toBe(0);
  });

  it('does not wait for a connection that was deleted meanwhile', async () => {
    const contact = await world.contactId(people[16]!.id);
    const { adAccountId, accessToken } = world.sandbox.facebook.credentials;
    const other = { name: 'second account', type: 'facebook', settings: { adAccountId, accessToken } };
    const connection = await world.ask<{ id: string }>('POST', '/v1/connections', other);
    facebookRefuses('/usersofanyaudience');
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${contact}/erasure`);
    await until(
      () => erasure(id),
      ({ pending }) => !!pending?.includes('second account'),
    );
    await world.reach.api('DELETE', `/v1/connections/${connection.id}`);
    world.sandbox.facebook.faults.clear();
    world.reach.clock.advance(600_000);
    const receipt = await ended(id);
    expect(receipt.status).toBe('done');
    expect(receipt.connections.find((each) => each.connection === 'second account')).toMatchObject({
      outcome: 'nothing',
      text: expect.stringContaining('deleted'),
    });
  });

  it('waits for a run that was planned before, then takes the person out of what it sent', async () => {
    const late = { id: 'late', email: 'late@example.com', spend: 1, plan: 'basic' };
    const hash = createHash('sha256').update(late.email).digest('hex');
    const holders = () => world.sandbox.facebook.audiences().filter(({ id }) => emailsIn(id).has(hash));
    await world.importPeople([late]);
    const { faults } = world.sandbox.facebook;
    faults.add({ match: { path: '/users' }, do: 'error', code: 80003, subcode: 2446079, times: 'always' });
    const run = await world.ask<{ id: string }>('POST', `/v1/deliveries/${deliveries.facebook}/runs`);
    await until(
      () => world.ask<RunAnswer>('GET', `/v1/runs/${run.id}`),
      ({ segments }) => segments.some(({ uploads }) => uploads.some(({ nextAt }) => nextAt !== null)),
    );
    faults.clear(); // it would take a removal now, and the batch in the outbox when the pause ends
    const { id } = await world.ask<Erasure>('POST', `/v1/contacts/${await world.contactId('late')}/erasure`);
    const waiting = await until(
      () => erasure(id),
      ({ pending, status }) => pending !== null || status !== 'running',
    );
    expect(waiting).toMatchObject({ status: 'running', withdrawals: [], erasedLocallyAt: expect.any(String) });
    expect(waiting.pending).toContain('to facebook: A run that was planned before is still sending.');
    expect(Object.fromEntries(waiting.connections.map(({ type, outcome }) => [type, outcome]))).toEqual({
      facebook: 'waiting',
      google: 'accepted',
    });
    const added = world.sandbox.facebook.requests.length;
    world.reach.clock.advance(3_700_000);
    expect((await world.finished(run.id)).verdict).toBe('confirmed');
    const sent = world.sandbox.facebook.requests.slice(added);
    expect(sent.some(({ method, body }) => method === 'POST' && JSON.stringify(body).includes(hash))).toBe(true);
    world.reach.clock.advance(600_000);
    const receipt = await ended(id);
    expect(receipt).toMatchObject({ status: 'done', pending: null });
    expect(receipt.withdrawals.map(({ delivery, outcome }) => [delivery, outcome])).toEqual([
      ['to facebook', 'removed'],
    ]);
    expect(receipt.connections.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
    expect(holders()).toEqual([]);
  });

  it.each<[RunStatus, boolean]>([
    ['queued', false],
    ['planning', true],
    ['held', false],
    ['sending', true],
    ['confirming', false],
    ['finished', false],
  ])('knows of a run that is %s whether it may still send whom it read: %s', async (status, waits) => {
    const db = world.reach.app.get<Db>(DB);
    const mine = eq(runs.deliveryId, deliveries.sftp!);
    const [run] = await db.select().from(runs).where(mine);
    const service = world.reach.app.get(WithdrawalsService);
    const since = async (at: Date) =>
      (await service.sendingSince(run!.accountId as AccountId, at)).map(({ name }) => name);
    await db.update(runs).set({ status }).where(mine);
    expect(await since(run!.createdAt)).toEqual(waits ? ['to sftp'] : []);
    expect(await since(new Date(run!.createdAt.getTime() - 1))).toEqual([]);
    await db.update(runs).set({ status: 'finished' }).where(mine);
  });

  it('shows nothing of how the person would be named', async () => {
    const { items } = await world.ask<{ items: object[] }>('GET', '/v1/erasures');
    expect(items.length).toBeGreaterThanOrEqual(4);
    const text = JSON.stringify(items);
    for (const word of ['sealed', 'tickets', createHash('sha256').update(person.email!).digest('hex')])
      expect(text).not.toContain(word);
  });

  it('knows nothing of nobody', async () => {
    expect((await world.reach.api('POST', '/v1/contacts/nobody/erasure')).status).toBe(404);
    expect((await world.reach.api('GET', '/v1/erasures/era_none')).status).toBe(404);
    expect((await world.reach.api('POST', '/v1/erasures/era_none/retry')).status).toBe(404);
  });
});
