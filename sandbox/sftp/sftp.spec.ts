import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type SFTPWrapper, Client as SshClient } from 'ssh2';
import Client from 'ssh2-sftp-client';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { newKeyPair } from './keys.ts';

let sandbox: Sandbox;
const clients: Client[] = [];

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})));
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
});

const silent = { error: () => {}, end: () => {}, close: () => {} };
const fingerprint = (hex: string) => `SHA256:${Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '')}`;

async function connect(more: Client.ConnectOptions = {}): Promise<Client> {
  const { host, port, username, password } = sandbox.sftp.credentials;
  const client = new Client('spec', silent);
  clients.push(client);
  await client.connect({ host, port, username, password, readyTimeout: 5000, ...more });
  // Without this every request of the client waits 40 ms for a delayed acknowledgement.
  (client as unknown as { client: SshClient }).client.setNoDelay(true);
  return client;
}

describe('the fake SFTP server', () => {
  it('lets in by password, key and locked key, and nobody else', async () => {
    const { privateKey, encryptedPrivateKey, passphrase } = sandbox.sftp.credentials;
    await connect();
    await connect({ password: undefined, privateKey });
    await connect({ password: undefined, privateKey: encryptedPrivateKey, passphrase });
    await expect(connect({ password: 'wrong' })).rejects.toThrow('All configured authentication methods failed');
    await expect(connect({ username: 'stranger' })).rejects.toThrow('authentication');
    const key = newKeyPair();
    await expect(connect({ password: undefined, privateKey: key.private })).rejects.toThrow('authentication');
    sandbox.sftp.authorize(key.public);
    await connect({ password: undefined, privateKey: key.private });
  });

  it('shows one host key until told to change it', async () => {
    const pinned = sandbox.sftp.hostFingerprint;
    const pin = { hostHash: 'sha256' as const, hostVerifier: (hex: string) => fingerprint(hex) === pinned };
    await connect(pin);
    sandbox.sftp.changeHostKey();
    await expect(connect(pin)).rejects.toThrow('Host denied');
    expect(sandbox.sftp.hostFingerprint).not.toBe(pinned);
  });

  it('keeps files and folders', async () => {
    const client = await connect();
    const content = randomBytes(300_000);
    await client.put(Readable.from([content]), '/upload/a.bin');
    expect(sandbox.sftp.read('/upload/a.bin').equals(content)).toBe(true);
    expect(((await client.get('/upload/a.bin')) as Buffer).equals(content)).toBe(true);
    expect((await client.stat('/upload/a.bin')).size).toBe(300_000);
    await client.append(Buffer.from('more'), '/upload/a.bin');
    expect(sandbox.sftp.read('/upload/a.bin').length).toBe(300_004);
    await client.mkdir('/upload/deep/down', true);
    await client.put(Buffer.from('x'), '/upload/deep/down/x');
    expect((await client.list('/upload')).map(({ name, type }) => [name, type])).toEqual([
      ['a.bin', '-'],
      ['deep', 'd'],
    ]);
    expect(await client.exists('/upload/none')).toBe(false);
    await expect(client.get('/upload/none')).rejects.toMatchObject({ code: 2 });
    await client.delete('/upload/a.bin');
    await client.rmdir('/upload/deep', true);
    expect(sandbox.sftp.files()).toEqual([]);
  });

  it('does not lead out of its root', async () => {
    const client = await connect();
    expect(await client.realPath('../../etc')).toBe('/etc');
    await expect(client.get('../../etc/passwd')).rejects.toMatchObject({ code: 2 });
  });

  it('refuses to rename over a file but for the extension', async () => {
    const client = await connect();
    sandbox.sftp.write('/upload/old', 'old');
    await client.put(Buffer.from('new'), '/upload/new.tmp');
    await expect(client.rename('/upload/new.tmp', '/upload/old')).rejects.toMatchObject({ code: 4 });
    await client.posixRename('/upload/new.tmp', '/upload/old');
    expect(sandbox.sftp.text('/upload/old')).toBe('new');
    sandbox.sftp.options.posixRename = false;
    const plain = await connect();
    await expect(plain.posixRename('/upload/old', '/upload/x')).rejects.toThrow('does not support');
    await plain.rename('/upload/old', '/upload/x');
    expect(sandbox.sftp.files()).toEqual(['/upload/x']);
  });

  it('can be a drop box', async () => {
    Object.assign(sandbox.sftp.options, { forbidden: ['RENAME', 'REMOVE', 'OPENDIR'], readOnly: ['/closed'] });
    sandbox.sftp.write('/closed/note', 'n');
    const client = await connect();
    await client.put(Buffer.from('x'), '/upload/x');
    await expect(client.rename('/upload/x', '/upload/y')).rejects.toMatchObject({ code: 3 });
    await expect(client.posixRename('/upload/x', '/upload/y')).rejects.toMatchObject({ code: 3 });
    await expect(client.delete('/upload/x')).rejects.toMatchObject({ code: 3 });
    await expect(client.list('/upload')).rejects.toMatchObject({ code: 3 });
    await expect(client.put(Buffer.from('x'), '/closed/x')).rejects.toMatchObject({ code: 3 });
    expect(((await client.get('/closed/note')) as Buffer).toString()).toBe('n');
  });

  it('runs out of disk', async () => {
    sandbox.sftp.fillDiskAfter(100_000);
    const client = await connect();
    await client.put(Buffer.alloc(50_000), '/upload/fits');
    // put() loses the status of a failed last write, so the answer is read from the protocol itself.
    const ssh = new SshClient();
    const ready = new Promise<void>((resolve) => ssh.once('ready', () => resolve()));
    const { host, port, username, password } = sandbox.sftp.credentials;
    ssh.connect({ host, port, username, password });
    await ready;
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      ssh.sftp((e, wrapper) => (e ? reject(e) : resolve(wrapper))),
    );
    const handle = await new Promise<Buffer>((resolve, reject) =>
      sftp.open('/upload/too-much', 'w', (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const write = new Promise((resolve, reject) =>
      sftp.write(handle, Buffer.alloc(60_000), 0, 60_000, 0, (error) => (error ? reject(error) : resolve(undefined))),
    );
    await expect(write).rejects.toMatchObject({ code: 4 });
    ssh.end();
    expect(sandbox.sftp.read('/upload/too-much')).toHaveLength(0);
  });

  it('drops the connection in the middle of a file', async () => {
    const client = await connect();
    sandbox.sftp.faults.add({ match: { method: 'WRITE', afterBytes: 100_000 }, do: 'reset' });
    await expect(client.put(Readable.from(chunks(40)), '/upload/cut')).rejects.toThrow();
    expect(sandbox.sftp.read('/upload/cut').length).toBeLessThan(40 * 32_768);
    const again = await connect();
    await again.put(Readable.from(chunks(40)), '/upload/cut');
    expect(sandbox.sftp.read('/upload/cut').length).toBe(40 * 32_768);
  });

  it('is a black hole that only a keep-alive notices', async () => {
    const client = await connect({ keepaliveInterval: 100, keepaliveCountMax: 2 });
    sandbox.sftp.faults.add({ match: { method: 'WRITE' }, do: 'hang' });
    await expect(client.put(Buffer.from('x'), '/upload/x')).rejects.toThrow('Keepalive timeout');
  });

  it('is slow, and applies what it then does not answer for', async () => {
    const client = await connect();
    sandbox.sftp.faults.add({ match: { method: 'STAT' }, do: 'slow', milliseconds: 80 });
    const started = Date.now();
    await client.stat('/upload');
    expect(Date.now() - started).toBeGreaterThanOrEqual(75);
    sandbox.sftp.faults.add({ match: { method: 'POSIX-RENAME' }, do: 'reset', apply: true });
    await client.put(Buffer.from('x'), '/upload/x');
    await expect(client.posixRename('/upload/x', '/upload/y')).rejects.toThrow();
    expect(sandbox.sftp.files()).toEqual(['/upload/y']);
  });

  it('remembers what was asked of it', async () => {
    const client = await connect();
    await client.put(Buffer.from('x'), '/upload/x.tmp');
    await client.posixRename('/upload/x.tmp', '/upload/x');
    const asked = sandbox.sftp.requests.map(({ method, path }) => [method, path]);
    expect(asked).toContainEqual(['OPEN', '/upload/x.tmp']);
    expect(asked).toContainEqual(['POSIX-RENAME', '/upload/x.tmp -> /upload/x']);
  });
});

function* chunks(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i += 1) yield Buffer.alloc(32_768, i);
}
