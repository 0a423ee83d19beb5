import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative } from 'node:path';
import ssh2, { type Algorithms, type AuthContext, type ParsedKey, type Server as SshServer } from 'ssh2';
import type { SandboxClock } from '../clock.ts';
import { FaultBook } from '../faults.ts';
import type { Journal, RecordedRequest } from '../journal.ts';
import { Files, type SftpOptions } from './files.ts';
import { newKeyPair } from './keys.ts';
import { serveSession } from './session.ts';

/** What a connection to the SFTP server needs. */
export interface SftpCredentials {
  host: string;
  port: number;
  username: string;
  password: string;
  /** An OpenSSH private key that is also accepted. */
  privateKey: string;
  /** The same kind of key, locked with `passphrase`. */
  encryptedPrivateKey: string;
  passphrase: string;
  /** `SHA256:…` as OpenSSH prints it. */
  hostFingerprint: string;
  /** A folder that exists and can be written. */
  directory: string;
}

export interface SftpSettings {
  /** Folder that plays the server's root; a temporary one, removed on close, when absent. */
  root?: string;
  /** OpenSSH private key of the host; a new one when absent. */
  hostKey?: string;
}

const USERNAME = 'reach';
const PASSWORD = 'sandbox-password';
const PASSPHRASE = 'sandbox-passphrase';
const DIRECTORY = '/upload';

/** A real SSH server with an SFTP subsystem on a folder. */
export class SftpSandbox {
  readonly faults = new FaultBook();
  readonly options: SftpOptions = defaultOptions();
  readonly host = '127.0.0.1';
  /** The folder on this machine that plays the server's root. */
  readonly root: string;
  private readonly ownsRoot: boolean;
  private readonly context: { clock: SandboxClock; journal: Journal };
  private readonly clientKey = newKeyPair();
  private lockedKey: { private: string; public: string } | undefined;
  private authorized: ParsedKey[] = [];
  private readonly sockets = new Map<number, Socket>();
  private readonly net: Server;
  private hostKey: string;
  private algorithms: Algorithms | undefined;
  private ssh: SshServer;

  constructor(context: { clock: SandboxClock; journal: Journal }, settings: SftpSettings = {}) {
    this.context = context;
    this.ownsRoot = settings.root === undefined;
    this.root = settings.root ?? mkdtempSync(join(tmpdir(), 'reach-sandbox-sftp-'));
    mkdirSync(join(this.root, DIRECTORY), { recursive: true });
    this.hostKey = settings.hostKey ?? newKeyPair().private;
    this.ssh = this.sshServer();
    this.net = createServer({ noDelay: true }, (socket) => this.accept(socket));
    this.authorize(this.clientKey.public);
  }

  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.net.once('error', reject);
      this.net.listen(port, this.host, resolve);
    });
  }

  get port(): number {
    return (this.net.address() as AddressInfo).port;
  }

  get url(): string {
    return `sftp://${this.host}:${this.port}`;
  }

  get requests(): RecordedRequest[] {
    return this.context.journal.of('sftp');
  }

  get hostFingerprint(): string {
    const key = parseKey(this.hostKey);
    return `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`;
  }

  /** The private host key, to start another server with the same identity. */
  get hostPrivateKey(): string {
    return this.hostKey;
  }

  get credentials(): SftpCredentials {
    return {
      host: this.host,
      port: this.port,
      username: USERNAME,
      password: PASSWORD,
      privateKey: this.clientKey.private,
      encryptedPrivateKey: this.locked().private,
      passphrase: PASSPHRASE,
      hostFingerprint: this.hostFingerprint,
      directory: DIRECTORY,
    };
  }

  /** Accepts this public key (`ssh-ed25519 AAAA…`) from now on. */
  authorize(publicKey: string): void {
    this.authorized.push(parseKey(publicKey));
  }

  /** From the next connection on the server shows another host key, as after a reinstall or an attack. */
  changeHostKey(): void {
    this.hostKey = newKeyPair().private;
    this.ssh = this.sshServer();
  }

  /** From the next connection on the server knows only these algorithms, as one that was never updated. */
  useAlgorithms(algorithms: Algorithms | undefined): void {
    this.algorithms = algorithms;
    this.ssh = this.sshServer();
  }

  /** Writes fail with FAILURE once this many more bytes have arrived, as on a full disk. */
  fillDiskAfter(bytes: number): void {
    this.faults.add({ match: { method: 'WRITE', afterBytes: bytes }, do: 'status', status: 4, times: 'always' });
  }

  /** Cuts every connection there is. */
  dropConnections(): void {
    for (const socket of this.sockets.values()) socket.resetAndDestroy();
  }

  /** Every file on the server, by absolute path, in order. */
  files(): string[] {
    const local = readdirSync(this.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return local.map((entry) => `/${relative(this.root, join(entry.parentPath, entry.name))}`).sort();
  }

  read(path: string): Buffer {
    return readFileSync(this.local(path));
  }

  text(path: string): string {
    return this.read(path).toString('utf8');
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(this.local(path)), { recursive: true });
    writeFileSync(this.local(path), content);
  }

  /** What it holds, as plain JSON. */
  snapshot(): object {
    const files = this.files().map((path) => ({ path, bytes: statSync(this.local(path)).size }));
    return { options: this.options, hostFingerprint: this.hostFingerprint, files };
  }

  reset(): void {
    Object.assign(this.options, defaultOptions());
    this.faults.clear();
    for (const name of readdirSync(this.root)) rmSync(join(this.root, name), { recursive: true, force: true });
    mkdirSync(join(this.root, DIRECTORY));
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.net.close(() => resolve()));
    for (const socket of this.sockets.values()) socket.destroy();
    await closed;
    if (this.ownsRoot) rmSync(this.root, { recursive: true, force: true });
  }

  private local(path: string): string {
    return join(this.root, posix.resolve('/', path));
  }

  private locked(): { private: string; public: string } {
    if (!this.lockedKey) {
      this.lockedKey = newKeyPair(PASSPHRASE);
      this.authorize(this.lockedKey.public);
    }
    return this.lockedKey;
  }

  private accept(socket: Socket): void {
    const port = socket.remotePort;
    if (port === undefined) return void socket.destroy();
    this.sockets.set(port, socket.setNoDelay(true));
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(port));
    this.ssh.injectSocket(socket);
  }

  private sshServer(): SshServer {
    const { hostKey, algorithms } = this;
    const server = new ssh2.Server({ hostKeys: [hostKey], ident: 'OpenSSH_9.9 ReachSandbox', algorithms });
    server.on('connection', (client, { port }) => {
      const files = new Files(this.root, this.options);
      const end = () => void files.closeAll();
      client.on('error', end).on('close', end);
      client.on('authentication', (attempt) => this.authenticate(attempt));
      client.on('session', (acceptSession) => {
        acceptSession().on('sftp', (acceptSftp) => {
          const socket = this.sockets.get(port);
          const { faults, options } = this;
          if (socket) serveSession(acceptSftp(), socket, files, { ...this.context, faults, options });
        });
      });
    });
    return server;
  }

  private authenticate(attempt: AuthContext): void {
    const offered = this.options.authentication;
    if (attempt.username === USERNAME && this.isGenuine(attempt)) attempt.accept();
    else attempt.reject(offered);
  }

  private isGenuine(attempt: AuthContext): boolean {
    if (attempt.method === 'password')
      return this.options.authentication.includes('password') && same(attempt.password, PASSWORD);
    if (attempt.method !== 'publickey' || !this.options.authentication.includes('publickey')) return false;
    const { key, blob, signature, hashAlgo } = attempt;
    const known = this.authorized.find(
      (candidate) => candidate.type === key.algo && candidate.getPublicSSH().equals(key.data),
    );
    if (!known) return false;
    return !signature || !blob || known.verify(blob, signature, hashAlgo) === true;
  }
}

function defaultOptions(): SftpOptions {
  return { posixRename: true, forbidden: [], readOnly: [], authentication: ['password', 'publickey'] };
}

function parseKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return Array.isArray(key) ? key[0]! : key;
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
