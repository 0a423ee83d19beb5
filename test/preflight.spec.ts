import { type Receiver, startReceiver } from './support/receiver.ts';
import { until } from './support/service.ts';
import { World } from './support/world.ts';

interface Prerequisite {
  name: string;
  ok: boolean;
  untried?: boolean;
  detail: string;
  daysLeft?: number;
  since: string;
}
interface Connection {
  status: string;
  statusError: string | null;
  prerequisites: Prerequisite[] | null;
  checkedAt: string | null;
  nextCheckAt: string;
  ends: { title: string; daysLeft: number } | null;
}
interface Check {
  id: string;
  trigger: string;
  ok: boolean;
  prerequisites: Prerequisite[];
  changes: { name: string; from: string | null; to: string }[];
}
interface Notice {
  event: string;
  title: string;
  text: string;
  subject: string;
}

const DAY = 86_400_000;

describe('preflight', () => {
  let world: World;
  let receiver: Receiver;

  const notices = (subject: string): Notice[] =>
    receiver.requests.map(({ body }) => JSON.parse(body) as Notice).filter((notice) => notice.subject === subject);
  const told = (subject: string, count: number) =>
    until(
      async () => notices(subject),
      (list) => list.length >= count,
    );
  const connection = (id: string) => world.ask<Connection>('GET', `/v1/connections/${id}`);
  const check = (id: string) => world.ask<Check>('POST', `/v1/connections/${id}/check`);
  const checks = async (id: string, query = '') =>
    (await world.ask<{ items: Check[] }>('GET', `/v1/connections/${id}/checks${query}`)).items;
  /** Lets the time of the next daily check come, and waits for it. */
  const daily = async (id: string): Promise<Connection> => {
    const before = (await checks(id)).filter(({ trigger }) => trigger === 'daily').length;
    world.reach.clock.set(new Date(Date.parse((await connection(id)).nextCheckAt) + 1000));
    await until(
      () => checks(id),
      (list) => list.filter(({ trigger }) => trigger === 'daily').length > before,
    );
    return connection(id);
  };

  beforeAll(async () => {
    world = await World.start();
    receiver = await startReceiver();
    await world.ask('POST', '/v1/alert-channels', { type: 'webhook', target: receiver.url });
  });
  afterAll(async () => {
    await world.close();
    await receiver.close();
  });
  afterEach(() => {
    world.sandbox.sftp.reset();
    world.sandbox.facebook.reset();
    world.reach.clock.set(new Date());
  });

  it('checks a connection every day, at a time of its own, and keeps the history', async () => {
    const id = await world.connect('sftp');
    const made = await connection(id);
    expect(Date.parse(made.nextCheckAt) - Date.now()).toBeLessThanOrEqual(DAY);
    const after = await daily(id);
    expect(after).toMatchObject({ status: 'ready', statusError: null });
    expect(Date.parse(after.nextCheckAt) - Date.parse(made.nextCheckAt)).toBe(DAY);
    await daily(id);
    const list = await checks(id);
    expect(list.map(({ trigger, ok }) => [trigger, ok])).toEqual([
      ['daily', true],
      ['daily', true],
    ]);
    expect(list[0]!.changes).toEqual([]);
    expect(list[1]!.changes.map(({ from, to }) => [from, to])).toEqual(
      list[1]!.prerequisites.map(() => [null, 'ok'] as const),
    );
    expect(list[0]!.prerequisites.map(({ since }) => since)).toEqual(list[1]!.prerequisites.map(({ since }) => since));
    const page = await world.ask<{ items: Check[]; nextCursor: string }>('GET', `/v1/connections/${id}/checks?limit=1`);
    expect(page.items).toEqual([list[0]]);
    expect(await checks(id, `?limit=1&cursor=${page.nextCursor}`)).toEqual([list[1]]);
    expect(await checks(id, '?changed=true')).toEqual([list[1]]);
  });

  it('checks once at start what it missed while it was down', async () => {
    const id = await world.connect('sftp');
    await daily(id);
    const { nextCheckAt } = await connection(id);
    const now = new Date(Date.parse(nextCheckAt) + 9.5 * DAY);
    await world.restart();
    world.reach.clock.set(now);
    await until(
      () => checks(id),
      (list) => list.length > 1,
    );
    const next = Date.parse((await connection(id)).nextCheckAt);
    expect(next).toBeGreaterThan(now.getTime());
    expect(next - now.getTime()).toBeLessThanOrEqual(DAY);
    expect((await checks(id)).length).toBe(2);
  });

  it('tells once that a prerequisite is no longer met, and once that it is again', async () => {
    const id = await world.connect('sftp');
    await check(id);
    world.sandbox.sftp.options.authentication = ['publickey'];
    await check(id);
    const failing = await daily(id);
    expect(failing.status).toBe('failing');
    expect(failing.prerequisites?.map(({ name, ok, untried }) => [name, ok, untried ?? false])).toEqual([
      ['host', true, false],
      ['connection', true, false],
      ['host-key', true, false],
      ['login', false, false],
      ['directory', false, true],
      ['write', false, true],
    ]);
    world.sandbox.sftp.reset();
    expect((await daily(id)).status).toBe('ready');
    await check(id);
    const [raised, recovered, ...more] = await told(id, 2);
    expect(raised).toMatchObject({ event: 'alert.raised', title: 'sftp: not met: The login is accepted' });
    expect(raised?.text).toContain('refused the login');
    expect(recovered).toMatchObject({ event: 'alert.recovered' });
    expect(more).toEqual([]);
    expect((await checks(id, '?changed=true')).map(({ changes }) => changes[0])).toEqual([
      { name: 'login', title: 'The login is accepted', from: 'failing', to: 'ok' },
      { name: 'login', title: 'The login is accepted', from: 'ok', to: 'failing' },
      { name: 'host', title: 'The host is allowed and known', from: null, to: 'ok' },
    ]);
  });

  it('tells of what never worked by the daily check only', async () => {
    const id = await world.connect('sftp', { directory: '/nowhere' });
    expect((await check(id)).ok).toBe(false);
    await daily(id);
    const [notice, ...more] = await told(id, 1);
    expect(notice).toMatchObject({ event: 'alert.raised', title: 'sftp: not met: The folder is there' });
    expect(more).toEqual([]);
  });

  it('counts the days to the end of a token down, each threshold once, and tells when it was renewed', async () => {
    const id = await world.connect('facebook');
    const expiresIn = async (days: number) => {
      const end = new Date(world.reach.clock.now().getTime() + (days + 0.5) * DAY);
      world.sandbox.facebook.options.token.expiresAt = end.toISOString();
      await check(id);
    };
    await expiresIn(60);
    expect((await connection(id)).ends).toMatchObject({ title: 'Access token is valid', daysLeft: 60 });
    for (const days of [30, 29, 14, 9, 7, 2, 1, 0]) await expiresIn(days);
    const countdown = await told(id, 4);
    expect(countdown.map(({ title }) => /\d+ days? left/.exec(title)?.[0])).toEqual([
      '30 days left',
      '14 days left',
      '7 days left',
      '1 day left',
    ]);
    world.sandbox.facebook.options.token.expiresAt = null;
    await check(id);
    expect((await told(id, 5))[4]).toMatchObject({ event: 'alert.recovered' });
    expect((await connection(id)).ends).toBeNull();
    const { items } = await world.ask<{ items: { subject: string; recoveredAt: string | null }[] }>(
      'GET',
      '/v1/alerts',
    );
    expect(items.filter(({ subject, recoveredAt }) => subject === id && recoveredAt === null)).toEqual([]);
    expect(items.filter(({ subject }) => subject === id)).toHaveLength(1);
  });

  it('alarms of the cause, not of what could not be looked at because of it', async () => {
    const id = await world.connect('facebook');
    await check(id);
    world.sandbox.facebook.options.token.valid = false;
    expect((await check(id)).prerequisites.filter(({ ok }) => !ok).map(({ name, untried }) => [name, untried])).toEqual(
      [
        ['token', undefined],
        ['scopes', true],
        ['account', true],
        ['terms', true],
        ['audience-cap', true],
      ],
    );
    expect((await told(id, 1)).map(({ title }) => title)).toEqual(['facebook: not met: Access token is valid']);
  });

  it('looks at once when a delivery meets with something that a check can name', async () => {
    await world.importPeople([{ id: 'a', email: 'a@example.com', spend: 1, plan: 'basic' }]);
    const id = await world.connect('sftp');
    await check(id);
    const audienceId = await world.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
    const deliveryId = await world.delivery({ name: 'files', audienceId, connectionId: id });
    world.sandbox.sftp.options.authentication = ['publickey'];
    expect((await world.run(deliveryId)).verdict).toBe('failed');
    const [notice] = await told(id, 1);
    expect(notice?.title).toBe('sftp: not met: The login is accepted');
    expect((await connection(id)).status).toBe('stopped');
    world.sandbox.sftp.reset();
    expect((await check(id)).ok).toBe(true);
    expect((await connection(id)).status).toBe('ready');
  });

  it('does not put an answer about old credentials on new ones', async () => {
    const id = await world.connect('facebook');
    const { faults } = world.sandbox.facebook;
    faults.add({ do: 'slow', milliseconds: 2000 });
    const asked = check(id);
    await until(
      async () => faults.list(),
      (left) => left.length === 0,
    );
    await world.ask('PATCH', `/v1/connections/${id}`, { settings: { accessToken: 'revoked' } });
    expect((await asked).ok).toBe(false);
    expect((await connection(id)).status).toBe('failing');
    expect((await checks(id)).map(({ ok }) => ok)).toEqual([false]);
  });

  it('forgets the history and closes the alerts of a connection that is deleted', async () => {
    const id = await world.connect('sftp', { directory: '/nowhere' });
    await daily(id);
    await told(id, 1);
    expect((await world.reach.api('DELETE', `/v1/connections/${id}`)).status).toBe(204);
    expect((await world.reach.api('GET', `/v1/connections/${id}/checks`)).status).toBe(404);
    const { items } = await world.ask<{ items: { subject: string; recoveredAt: string | null }[] }>(
      'GET',
      '/v1/alerts',
    );
    expect(items.find(({ subject }) => subject === id)?.recoveredAt).not.toBeNull();
    expect(notices(id)).toHaveLength(1);
  });

  it.each([['?limit=0'], ['?limit=x'], ['?changed=maybe']])('refuses the query %s', async (query) => {
    const id = await world.connect('sftp');
    expect((await world.reach.api('GET', `/v1/connections/${id}/checks${query}`)).status).toBe(400);
  });

  it('knows nothing of the checks of nobody', async () => {
    expect((await world.reach.api('GET', '/v1/connections/con_none/checks')).status).toBe(404);
    expect((await world.reach.api('POST', '/v1/connections/con_none/check')).status).toBe(404);
  });
});
