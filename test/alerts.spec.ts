import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { and, eq, isNull } from 'drizzle-orm';
import { DEFAULT_ACCOUNT } from '../src/accounts/accounts.service.ts';
import { AlertsService } from '../src/alerts/alerts.service.ts';
import { alertChannels, alerts, lastNotices } from '../src/alerts/alerts.tables.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { newId } from '../src/http/ids.ts';
import { type Receiver, startReceiver } from './support/receiver.ts';
import { type Reach, startReach, until } from './support/service.ts';

/** Takes mail as RFC 5321 says, and nothing more. */
function mailServer(mails: string[]): Server {
  return createServer((socket) => {
    let inData = false;
    let mail = '';
    let rest = '';
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => {
      rest += chunk.toString('utf8');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (inData && line === '.') {
          mails.push(mail);
          inData = false;
          socket.write('250 taken\r\n');
        } else if (inData) mail += `${line}\n`;
        else if (line === 'DATA') {
          inData = true;
          mail = '';
          socket.write('354 go on\r\n');
        } else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
      }
    });
    socket.on('error', () => undefined);
  });
}

describe('alert channels', () => {
  const mails: string[] = [];
  const logged: string[] = [];
  const smtp = mailServer(mails);
  let reach: Reach;

  beforeAll(async () => {
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.address() as AddressInfo;
    reach = await startReach({
      log: (line) => logged.push(line),
      env: { REACH_SMTP_URL: `smtp://127.0.0.1:${port}`, REACH_SMTP_FROM: 'reach@example.com' },
    });
  });
  afterAll(async () => {
    await reach.close();
    smtp.close();
  });

  it('reach people by e-mail', async () => {
    const channel = await reach.api<{ id: string }>('POST', '/v1/alert-channels', {
      type: 'email',
      target: 'ops@example.com',
    });
    expect(channel.status).toBe(201);
    expect((await reach.api('POST', `/v1/alert-channels/${channel.body.id}/test`)).body).toMatchObject({ ok: true });
    await until(
      async () => mails,
      (list) => list.length === 1,
    );
    expect(mails[0]).toMatch(/To: ops@example\.com/);
    expect(mails[0]).toMatch(/Subject: \[Reach\] Test/);
    expect((await reach.api('DELETE', `/v1/alert-channels/${channel.body.id}`)).status).toBe(204);
  });

  it('say what is wrong with a receiver that is not there', async () => {
    const channel = await reach.api<{ id: string; signingKey: string }>('POST', '/v1/alert-channels', {
      type: 'webhook',
      target: 'http://127.0.0.1:9/hook',
    });
    expect(channel.body.signingKey).toMatch(/^.{30,}$/);
    expect((await reach.api('POST', `/v1/alert-channels/${channel.body.id}/test`)).body).toMatchObject({ ok: false });
    const listed = await reach.api<{ items: object[] }>('GET', '/v1/alert-channels');
    expect(JSON.stringify(listed.body)).not.toContain(channel.body.signingKey);
  });

  it('reach a webhook with the credentials of its address, and show and store them nowhere', async () => {
    const receiver = await startReceiver(() => ({ status: 500 }));
    const url = `${receiver.url.replace('//', '//planted-user:planted-password@')}/services/planted-token-xyz?k=planted-query`;
    const channel = await reach.api<{ id: string; target: string }>('POST', '/v1/alert-channels', {
      type: 'webhook',
      target: url,
    });
    expect(channel.body.target).toBe(`${receiver.url}/…uery`);
    const tested = await reach.api('POST', `/v1/alert-channels/${channel.body.id}/test`);
    expect(tested.body).toEqual({ ok: false, detail: 'the webhook answered 500' });
    expect(receiver.requests[0]).toMatchObject({
      path: '/services/planted-token-xyz?k=planted-query',
      headers: { authorization: `Basic ${Buffer.from('planted-user:planted-password').toString('base64')}` },
    });
    await receiver.close();
    const away = await reach.api('POST', `/v1/alert-channels/${channel.body.id}/test`);
    expect(away.body).toEqual({ ok: false, detail: 'the webhook was not reached (ECONNREFUSED)' });
    const audit = await reach.api('GET', '/v1/audit-log');
    const rows = await reach.app.get<Db>(DB).select().from(alertChannels);
    const seen = JSON.stringify([channel.body, tested.body, away.body, audit.body, rows, logged]);
    expect(seen.match(/planted-\w+/g)).toBe(null);
    await reach.api('DELETE', `/v1/alert-channels/${channel.body.id}`);
  });

  it('tell what a process that died in between left untold, once', async () => {
    const receiver = await startReceiver();
    const target = { type: 'webhook', target: receiver.url };
    const channel = await reach.api<{ id: string }>('POST', '/v1/alert-channels', target);
    const raisedAt = reach.clock.now();
    await reach.app
      .get<Db>(DB)
      .insert(alerts)
      .values({
        id: newId('alr'),
        accountId: DEFAULT_ACCOUNT,
        key: 'delivery/del_1',
        title: 'A delivery failed',
        text: 'See the run.',
        subject: 'run_1',
        raisedAt,
        untold: 'alert.raised',
        untoldSince: raisedAt,
      });
    reach.clock.advance(60_000);
    await until(
      async () => receiver.requests,
      (list) => list.length > 0,
    );
    await until(
      () => reach.app.get<Db>(DB).select().from(alerts),
      (rows) => rows.every(({ untold }) => untold === null),
    );
    expect(receiver.requests.map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({ event: 'alert.raised', title: 'A delivery failed', at: raisedAt.toISOString() }),
    ]);
    await reach.api('DELETE', `/v1/alert-channels/${channel.body.id}`);
    await receiver.close();
  });

  describe('in order', () => {
    let receiver: Receiver;
    let channelId: string;
    const told = () => receiver.requests.map(({ body }) => JSON.parse(body).event.replace('alert.', ''));
    const service = () => reach.app.get(AlertsService);
    const raise = async (key: string) => {
      await service().raise(DEFAULT_ACCOUNT, {
        key,
        title: 'A delivery failed',
        text: 'See the run.',
        subject: 'run_2',
      });
      const [row] = await reach.app
        .get<Db>(DB)
        .select()
        .from(alerts)
        .where(and(eq(alerts.key, key), isNull(alerts.recoveredAt)));
      return row!.id;
    };
    const recover = (key: string) => service().recover(DEFAULT_ACCOUNT, key);
    /** What the channel heard, once nobody is telling it. */
    const settled = (key: string, expected: string | null) =>
      until(
        () =>
          reach.app
            .get<Db>(DB)
            .select()
            .from(lastNotices)
            .where(and(eq(lastNotices.channelId, channelId), eq(lastNotices.key, key))),
        (rows) => rows.length === 1 && rows[0]!.claimedUntil === null && rows[0]!.told === expected,
      );
    /** Does the jobs again, as a queue does that tries again or gives a job twice. */
    const again = async (alertId: string) => {
      for (const event of ['alert.raised', 'alert.recovered', 'alert.raised', 'alert.recovered'] as const)
        await service().notify({ alertId, channelId, event });
    };

    beforeAll(async () => {
      receiver = await startReceiver();
      const target = { type: 'webhook', target: receiver.url };
      channelId = (await reach.api<{ id: string }>('POST', '/v1/alert-channels', target)).body.id;
    });
    afterAll(async () => {
      await reach.api('DELETE', `/v1/alert-channels/${channelId}`);
      await receiver.close();
    });
    beforeEach(() => {
      receiver.requests.length = 0;
      receiver.instead = undefined;
    });

    it('raised, then recovered, each once', async () => {
      const id = await raise('order/plain');
      await settled('order/plain', 'raised');
      await recover('order/plain');
      await settled('order/plain', 'recovered');
      await again(id);
      expect(told()).toEqual(['raised', 'recovered']);
    });

    it('nothing of what was over before the receiver took the first word', async () => {
      receiver.instead = () => ({ status: 500 });
      const id = await raise('order/refused');
      await until(
        async () => told(),
        (list) => list.length > 0,
      );
      await settled('order/refused', null);
      await recover('order/refused');
      receiver.instead = undefined;
      const before = told().length;
      await again(id);
      expect(told()).toHaveLength(before);
    });

    it('that it is over, where nobody knows whether the first word arrived', async () => {
      receiver.instead = () => 'reset';
      const id = await raise('order/lost');
      await settled('order/lost', 'perhaps raised');
      await recover('order/lost');
      receiver.instead = undefined;
      await again(id);
      await settled('order/lost', 'recovered');
      expect(told().slice(-1)).toEqual(['recovered']);
      expect(told().filter((event) => event === 'recovered')).toHaveLength(1);
    });

    it('no word that it is over once it has begun anew', async () => {
      const first = await raise('order/anew');
      await settled('order/anew', 'raised');
      receiver.instead = ({ body }) => (body.includes('alert.recovered') ? { status: 503 } : undefined);
      await recover('order/anew');
      await until(
        async () => told(),
        (list) => list.includes('recovered'),
      );
      await settled('order/anew', 'raised');
      const second = await raise('order/anew');
      await until(
        async () => told(),
        (list) => list.filter((event) => event === 'raised').length === 2,
      );
      await settled('order/anew', 'raised');
      receiver.instead = undefined;
      receiver.requests.length = 0;
      await again(first);
      expect(told()).toEqual([]);
      await recover('order/anew');
      await settled('order/anew', 'recovered');
      await again(second);
      expect(told()).toEqual(['recovered']);
    });
  });

  it.each([
    [{ type: 'pigeon', target: 'x' }, 'type'],
    [{ type: 'webhook', target: 'ftp://example.com' }, 'target'],
    [{ type: 'webhook' }, 'target'],
    [{ type: 'email', target: 'not an address' }, 'target'],
  ])('refuse %j', async (body, path) => {
    const answer = await reach.api<{ errors: { path: string }[] }>('POST', '/v1/alert-channels', body);
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.errors.map((error) => error.path)).toContain(path);
  });
});
