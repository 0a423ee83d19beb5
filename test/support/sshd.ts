import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const BINARY = '/usr/sbin/sshd';

export interface Sshd {
  port: number;
  username: string;
  privateKey: string;
  /** As `ssh-keygen -lf` prints it. */
  fingerprint: string;
  /** A folder to write to. */
  folder: string;
  /** Installs a public key for the user, as an operator does. */
  authorize(publicKey: string): void;
  close(): Promise<void>;
}

/**
 * A real OpenSSH server on a free port, for the current user's key, with its files in a temporary folder.
 * @throws when openssh-server is not installed
 */
export async function startSshd(): Promise<Sshd> {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: install openssh-server`);
  const home = mkdtempSync(join(tmpdir(), 'reach-sshd-'));
  const folder = join(home, 'upload');
  mkdirSync(folder);
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  for (const key of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, key)]);
  const port = await freePort();
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(home, 'host')}`,
    `AuthorizedKeysFile ${join(home, 'user.pub')}`,
    `PidFile ${join(home, 'pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 100',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(join(home, 'config'), `${config.join('\n')}\n`);
  const server = spawn(BINARY, ['-D', '-e', '-f', join(home, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (data) => {
    said += data;
  });
  await listening(port, () => said);
  const printed = execFileSync('ssh-keygen', ['-lf', join(home, 'host.pub')], { encoding: 'utf8' });
  return {
    port,
    username: userInfo().username,
    privateKey: readFileSync(join(home, 'user'), 'utf8'),
    fingerprint: printed.split(' ')[1]!,
    folder,
    authorize: (publicKey) => appendFileSync(join(home, 'user.pub'), `${publicKey}\n`),
    async close() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number, log: () => string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd does not listen: ${log()}`);
}
