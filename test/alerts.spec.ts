import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { DEFAULT_ACCOUNT } from '../src/accounts/accounts.service.ts';
import { alerts } from '../src/alerts/alerts.tables.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { newId } from '../src/http/ids.ts';
import { startReceiver } from './support/receiver.ts';
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
  const smtp = mailServer(mails);
  let reach: Reach;

  beforeAll(async () => {
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.address() as AddressInfo;
    reach = await startReach({
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
