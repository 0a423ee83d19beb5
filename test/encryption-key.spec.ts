import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startReceiver } from './support/receiver.ts';
import { type Reach, startReach } from './support/service.ts';

const FIRST = '11'.repeat(32);
const SECOND = '22'.repeat(32);

interface Connection {
  id: string;
  secretsSet: string[];
  secretsLost: boolean;
}

describe('the encryption key', () => {
  let reach: Reach;
  const lines: string[] = [];
  afterAll(() => reach.close());

  const restart = async (env: Record<string, string>) => {
    const { dataDir } = reach;
    await reach.close({ keep: true });
    lines.length = 0;
    reach = await startReach({ dataDir, env, log: (line) => lines.push(line) });
  };
  const encryptionKey = async () => (await reach.api<{ encryptionKey: string }>('GET', '/health')).body.encryptionKey;
  const connection = async () => (await reach.api<{ items: Connection[] }>('GET', '/v1/connections')).body.items[0]!;

  it('can be rotated: a former key opens, the current one seals, and all is sealed again on demand', async () => {
    reach = await startReach({ env: { REACH_ENCRYPTION_KEY: FIRST } });
    const receiver = await startReceiver();
    const settings = { url: receiver.url, secret: 'a-signing-secret-of-ours', authorization: 'Bearer planted' };
    await reach.api('POST', '/v1/connections', { name: 'Receiver', type: 'webhook', settings });
    await reach.api('POST', '/v1/alert-channels', { type: 'webhook', target: receiver.url });
    await receiver.close();

    await restart({ REACH_ENCRYPTION_KEY: SECOND, REACH_FORMER_ENCRYPTION_KEYS: FIRST });
    expect(await connection()).toMatchObject({ secretsSet: ['secret', 'authorization'], secretsLost: false });
    expect((await reach.api('GET', '/v1/encryption')).body).toEqual({ current: 0, former: 2, unreadable: 0 });
    const resealed = await reach.api('POST', '/v1/encryption/reseal');
    expect([resealed.status, resealed.body]).toEqual([200, { current: 2, former: 0, unreadable: 0 }]);

    await restart({ REACH_ENCRYPTION_KEY: SECOND });
    expect(await connection()).toMatchObject({ secretsSet: ['secret', 'authorization'], secretsLost: false });
    expect(await encryptionKey()).toBe('ok');
    expect(lines.filter((line) => line.includes('another encryption key'))).toEqual([]);
  });

  it('that is lost is named at start and by the health check, and connections ask for their credentials', async () => {
    await restart({ REACH_ENCRYPTION_KEY: FIRST });
    expect(lines.filter((line) => line.includes('another encryption key'))).toHaveLength(1);
    expect(await encryptionKey()).toBe('differs');
    const { id, secretsSet, secretsLost } = await connection();
    expect([secretsSet, secretsLost]).toEqual([[], true]);
    const path = `/v1/connections/${id}`;
    const check = await reach.api<{ prerequisites: { detail: string }[] }>('POST', `${path}/check`);
    expect([check.status, check.body.prerequisites[0]?.detail]).toEqual([
      200,
      expect.stringContaining('enter the credentials again'),
    ]);
    const incomplete = await reach.api<{ errors: { path: string }[] }>('PATCH', path, { name: 'Renamed' });
    expect([incomplete.status, incomplete.body.errors.map((error) => error.path)]).toEqual([422, ['settings.secret']]);
    const entered = { settings: { secret: 'another-signing-secret' } };
    expect(await reach.api('PATCH', path, entered)).toMatchObject({
      status: 200,
      body: { secretsSet: ['secret'], secretsLost: false },
    });
    expect((await reach.api('DELETE', path)).status).toBe(204);
  });

  it('of the data folder that was deleted does not stop the service', async () => {
    await restart({});
    await reach.api('POST', '/v1/alert-channels', { type: 'webhook', target: 'http://127.0.0.1:9' });
    rmSync(join(reach.dataDir, 'encryption.key'));
    await restart({});
    expect(await encryptionKey()).toBe('differs');
    expect((await reach.api('GET', '/v1/alert-channels')).status).toBe(200);
  });
});
