import { plainToInstance } from 'class-transformer';
import type { Settings } from '../config/settings.ts';
import { DestinationError } from '../connectors/errors.ts';
import { rehearsalEnvironment } from '../connectors/rehearsal.ts';
import { sftp } from '../connectors/sftp/definition.ts';
import { SftpSettings } from '../connectors/sftp/settings.ts';
import { SandboxClock } from '../sandbox/clock.ts';
import { Journal } from '../sandbox/journal.ts';
import { SftpSandbox } from '../sandbox/sftp/sftp.ts';
import { Notifier } from '../src/alerts/notifier.ts';
import { assertPublicHost } from '../src/connections/hosts.ts';
import { Clock } from '../src/engines/clock.ts';
import { type Receiver, startReceiver } from './support/receiver.ts';

/** Allows the name and judges addresses: a name whose address changed between the check and the connection. */
const rebinding = (host: string): Promise<void> => (host === 'localhost' ? Promise.resolve() : assertPublicHost(host));

describe('a name that leads to a private address when it is connected to', () => {
  it('is refused by an SFTP connection before it connects', async () => {
    const server = new SftpSandbox({ clock: new SandboxClock(), journal: new Journal() });
    await server.start();
    const { port, username, password, hostFingerprint, directory } = server.credentials;
    const plain = { host: 'localhost', port, username, password, directory, hostKeySha256: hostFingerprint };
    const settings = plainToInstance(SftpSettings, plain, { exposeDefaultValues: true });
    const allowed = await sftp.open(settings, rehearsalEnvironment());
    const refused = await sftp.open(settings, { ...rehearsalEnvironment(), assertHostAllowed: rebinding });
    try {
      const [reachable] = await allowed.check();
      const [first] = await refused.check();
      expect([reachable?.ok, first?.ok]).toEqual([true, false]);
      expect(first?.detail).toContain('private');
    } finally {
      await allowed.close();
      await refused.close();
      await server.close();
    }
  });

  describe('as the webhook of alerts', () => {
    let receiver: Receiver;
    const notice = { id: 'alr_1', event: 'alert.test', title: 'Test', text: '', subject: '', at: '' } as const;
    const notifierWith = (isAllowed: () => boolean) =>
      new Notifier(
        {
          get REACH_ALLOW_PRIVATE_HOSTS() {
            return isAllowed();
          },
        } as Settings,
        new Clock(),
      );
    beforeAll(async () => {
      receiver = await startReceiver();
    });
    afterAll(() => receiver.close());

    it('is refused and receives nothing', async () => {
      let questions = 0;
      const notifier = notifierWith(() => questions++ === 0);
      const url = receiver.url.replace('127.0.0.1', 'localhost');
      await expect(notifier.webhook(url, 'key', notice)).rejects.toBeInstanceOf(DestinationError);
      expect(receiver.requests).toEqual([]);
    });

    it.each(['http://127.0.0.1:9', 'http://[::1]:9', 'http://[::ffff:127.0.0.1]:9', 'http://198.18.0.1'])(
      'is refused as %s',
      async (url) => {
        const refusal = notifierWith(() => false).webhook(url, 'key', notice);
        await expect(refusal).rejects.toMatchObject({ code: 'config' });
      },
    );

    it('receives a notice where private hosts are allowed', async () => {
      await notifierWith(() => true).webhook(receiver.url, 'key', notice);
      expect(receiver.requests).toHaveLength(1);
    });
  });
});
