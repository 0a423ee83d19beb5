import { connect as connectSocket, type Socket } from 'node:net';
import { posix } from 'node:path';
import type { SFTPWrapper, Client as SshClient } from 'ssh2';
import SftpClient from 'ssh2-sftp-client';
import type { ConnectorEnvironment } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { guardedLookup } from '../http/guard.ts';
import { LEGACY_ALGORITHMS, offerOf } from './algorithms.ts';
import { failure, translate } from './errors.ts';
import { fingerprint, normaliseKey, verdictOn } from './keys.ts';
import type { SftpSettings } from './settings.ts';
import { CHUNK, inWindow, readSpan, SPAN, WINDOW } from './window.ts';

/** What tidying up and saying goodbye may take before the socket is destroyed. */
const GOODBYE_MS = 2_000;
/** Owner writes, group reads; whatever collects the files runs in the group on most servers. */
const FILE_MODE = 0o640;

interface Session {
  client: SftpClient;
  sftp: SFTPWrapper;
  /** Aborted when the link is gone, with the reason. */
  ended: AbortSignal;
}

/** A remote file open for writing. It belongs to one session and dies with it. */
export interface RemoteFile {
  session: object;
  path: string;
  handle: Buffer;
}

export interface RemoteStat {
  size: number;
  mode: number;
  isDirectory: boolean;
}

/**
 * One login on one server: connects when first needed and again after a lost link. Every call is bounded in time, ends
 * when the run is aborted, is recorded as evidence, and rejects with `DestinationError` only.
 */
export class Client {
  /** The fingerprint that the server showed last, whether pinned or not. */
  seenFingerprint?: string;
  private session?: Promise<Session>;
  private closed = false;

  constructor(
    private readonly settings: SftpSettings,
    private readonly environment: ConnectorEnvironment,
  ) {}

  /** Connects and logs in, unless that is done. */
  connect(): Promise<void> {
    return this.call('connect', '', async () => {});
  }

  /** @returns undefined when there is nothing at the path */
  stat(path: string): Promise<RemoteStat | undefined> {
    return this.call(
      'stat',
      path,
      ({ sftp }) =>
        new Promise((resolve, reject) => {
          sftp.stat(path, (error, stats) => {
            if (!error) resolve({ size: stats.size, mode: stats.mode, isDirectory: stats.isDirectory() });
            else if (isStatus(error, 2)) resolve(undefined);
            else reject(error);
          });
        }),
    );
  }

  /** True when the server replaces files by renaming over them. */
  replacesByRename(): Promise<boolean> {
    return this.call('extensions', '', async ({ sftp }) => {
      const { _extensions } = sftp as unknown as { _extensions?: Record<string, string> };
      return this.settings.posixRename && _extensions?.['posix-rename@openssh.com'] !== undefined;
    });
  }

  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void> {
    return this.call('mkdir', path, async ({ client }) => {
      if ((await client.exists(path)) === false) await client.mkdir(path, true);
    });
  }

  /** Opens a file for writing: anew, or to go on at an offset. */
  openFile(path: string, how: 'anew' | 'go-on'): Promise<RemoteFile> {
    return this.call(
      'open',
      path,
      (session) =>
        new Promise((resolve, reject) => {
          const done = (error: Error | undefined, handle: Buffer) =>
            error ? reject(error) : resolve({ session, path, handle });
          session.sftp.open(path, how === 'anew' ? 'w' : 'r+', { mode: FILE_MODE }, done);
        }),
    );
  }

  /** Writes at an offset and waits until the server has answered for every byte. */
  write(file: RemoteFile, data: Buffer, offset: number): Promise<void> {
    return this.call('write', file.path, (session) => {
      if (session !== file.session) throw failure('lost');
      return inWindow(
        data.length,
        CHUNK,
        WINDOW / CHUNK,
        (at, length) =>
          new Promise((resolve, reject) => {
            session.sftp.write(file.handle, data, at, length, offset + at, (error) =>
              error ? reject(error) : resolve(),
            );
          }),
      );
    });
  }

  /** Closes a file. Servers report late faults, such as a quota, here. */
  closeFile(file: RemoteFile): Promise<void> {
    return this.call(
      'close',
      file.path,
      (session) =>
        new Promise((resolve, reject) => {
          if (session !== file.session) throw failure('lost');
          session.sftp.close(file.handle, (error) => (error ? reject(error) : resolve()));
        }),
    );
  }

  /** Writes a small file whole. */
  async writeFile(path: string, data: Buffer): Promise<void> {
    const file = await this.openFile(path, 'anew');
    await this.write(file, data, 0);
    await this.closeFile(file);
  }

  /** Reads a file in order, with a full window of requests under way. */
  read(path: string, size: number, onData: (data: Buffer) => void): Promise<void> {
    return this.call('read', path, async ({ sftp }) => {
      const handle = await new Promise<Buffer>((resolve, reject) => {
        sftp.open(path, 'r', (error, opened) => (error ? reject(error) : resolve(opened)));
      });
      try {
        const spans: Promise<Buffer>[] = [];
        for (let next = 0; next < size || spans.length > 0; ) {
          for (; next < size && spans.length < WINDOW / SPAN; next += SPAN) {
            const span = readSpan(sftp, handle, next, Math.min(SPAN, size - next));
            span.catch(() => undefined);
            spans.push(span);
          }
          onData(await spans.shift()!);
        }
      } finally {
        sftp.close(handle, () => {});
      }
    });
  }

  /** Reads a small file whole, or nothing when it is not there. */
  async readFile(path: string, largest: number): Promise<Buffer | undefined> {
    const stat = await this.stat(path);
    if (!stat || stat.size > largest) return undefined;
    const pieces: Buffer[] = [];
    await this.read(path, stat.size, (data) => pieces.push(Buffer.from(data)));
    return Buffer.concat(pieces);
  }

  /** Renames over what is there: in one step where the server can, else by deleting it first. */
  async rename(from: string, to: string): Promise<void> {
    const atomic = await this.replacesByRename();
    await this.call('rename', to, async ({ client }) => {
      if (atomic) {
        await client.posixRename(from, to);
      } else {
        // Where the server does not permit looking, the rename shows whether something is there.
        const isThere = await client.exists(to).catch((error) => (isStatus(error, 3) ? false : Promise.reject(error)));
        if (isThere !== false) await replaced(client, to);
        await client.rename(from, to);
      }
    });
  }

  /** Deletes a file; one that is not there is fine. */
  remove(path: string): Promise<void> {
    return this.call('remove', path, async ({ client }) => {
      await client.delete(path, true);
    });
  }

  /** Ends every socket, after deleting `leftovers` if the link still answers. Also works when the run was aborted. */
  async close(leftovers: string[] = []): Promise<void> {
    this.closed = true;
    const session = await this.session?.catch(() => undefined);
    this.session = undefined;
    if (!session) return;
    const farewell = async () => {
      for (const path of leftovers) await session.client.delete(path, true).catch(() => undefined);
      await session.client.end();
    };
    await Promise.race([farewell().catch(() => undefined), pause(GOODBYE_MS)]);
    destroy(session.client);
  }

  private async call<T>(method: string, path: string, work: (session: Session) => Promise<T>): Promise<T> {
    const { environment, settings } = this;
    const started = environment.now();
    const clock = performance.now();
    let status = 'ok';
    let code: string | undefined;
    const deadline = AbortSignal.timeout(settings.deadlineSeconds * 1000);
    try {
      if (this.closed) throw failure('aborted');
      const session = await bounded(this.connected(), [environment.signal, deadline]);
      return await bounded(work(session), [environment.signal, deadline, session.ended]);
    } catch (error) {
      if (deadline.aborted) this.drop();
      const said = environment.signal.aborted
        ? failure('aborted')
        : deadline.aborted
          ? failure('timeout')
          : translate(error, method);
      status = said.code;
      code = said.vendorCode;
      throw said;
    } finally {
      const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
      const target = `sftp://${host}:${settings.port}/${path.replace(/^\//, '')}`;
      environment.record({
        at: started,
        method,
        target,
        status,
        milliseconds: Math.round(performance.now() - clock),
        code,
      });
    }
  }

  private connected(): Promise<Session> {
    if (!this.session) {
      const session = this.open();
      this.session = session;
      const forget = () => {
        if (this.session === session) this.session = undefined;
      };
      session.then(({ ended }) => (ended.aborted ? forget() : ended.addEventListener('abort', forget)), forget);
    }
    return this.session;
  }

  private async open(): Promise<Session> {
    const { settings, environment } = this;
    await environment.assertHostAllowed(settings.host);
    const ending = new AbortController();
    const lost = (reason?: unknown) => ending.abort(reason instanceof Error ? reason : failure('lost'));
    const client = new SftpClient('reach', { error: ignore, end: ignore, close: ignore });
    // On ssh2's own client, since ssh2-sftp-client keeps an event from its callbacks when a call was there to take it.
    const ssh = sshOf(client);
    ssh
      .setMaxListeners(64)
      // Small questions wait for their answers: without this each would wait for a delayed acknowledgement too.
      .on('connect', () => ssh.setNoDelay(true))
      .on('error', lost)
      .on('end', lost)
      .on('close', () => lost(undefined));
    const login = loginOf(settings);
    answerQuestions(client, login.password);
    const abort = () => destroy(client);
    environment.signal.addEventListener('abort', abort, { once: true });
    let verdict: string | undefined;
    let refused: DestinationError | undefined;
    const sock = this.socket();
    // ssh2-sftp-client passes on no more than the text of an error
    sock.once('error', (error) => {
      if (error instanceof DestinationError) refused = error;
    });
    try {
      const sftp = await client.connect({
        sock,
        ...login,
        tryKeyboard: login.password !== undefined,
        ...(settings.legacyAlgorithms ? { algorithms: LEGACY_ALGORITHMS } : {}),
        readyTimeout: settings.connectSeconds * 1000,
        keepaliveInterval: settings.keepaliveSeconds * 1000,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          this.seenFingerprint = fingerprint(key);
          verdict = verdictOn(key, settings.hostKeySha256);
          return verdict === undefined;
        },
      });
      return { client, sftp, ended: ending.signal };
    } catch (error) {
      destroy(client);
      sock.destroy();
      if (verdict) throw failure(verdict, `It shows ${this.seenFingerprint}.`);
      throw isMismatch(error) ? await this.mismatch() : (refused ?? translate(error, 'connect'));
    } finally {
      // From here on the aborting is the calls' and `close`'s, which tidy up first.
      environment.signal.removeEventListener('abort', abort);
    }
  }

  /** The error of a handshake that found nothing in common, with what the server offers. */
  private async mismatch() {
    const { text, isLegacy } = await offerOf(this.socket(), this.environment.signal);
    const isRefused = isLegacy && !this.settings.legacyAlgorithms;
    return failure(isRefused ? 'old-algorithms' : 'handshake', text && `It offers ${text}.`);
  }

  private socket(): Socket {
    const { host, port } = this.settings;
    return connectSocket({ host, port, lookup: guardedLookup(this.environment), noDelay: true });
  }

  private drop(): void {
    this.session?.then(
      ({ client }) => destroy(client),
      () => undefined,
    );
    this.session = undefined;
  }
}

/** Deletes a file to put another in its place. */
async function replaced(client: SftpClient, path: string): Promise<void> {
  await client.delete(path).catch((error) => Promise.reject(translate(error, 'replace')));
}

/** Joins remote paths, which have forward slashes whatever system Reach runs on. */
export function joinPath(...parts: string[]): string {
  return posix.join(...parts.filter((part) => part !== ''));
}

/** A login with a key that Reach made uses nothing else that may still be set. */
function loginOf({ auth, username, password, privateKey, passphrase }: SftpSettings) {
  const key = privateKey && normaliseKey(privateKey);
  return auth === 'generated' ? { username, privateKey: key } : { username, password, privateKey: key, passphrase };
}

/** Servers that ask for the password in a dialogue instead of taking it. */
function answerQuestions(client: SftpClient, password: string | undefined): void {
  if (password === undefined) return;
  sshOf(client).on('keyboard-interactive', (_name, _text, _lang, prompts, finish) => {
    finish(prompts.map(() => password));
  });
}

/** Settles with the work, or as soon as one of the signals is aborted. */
function bounded<T>(work: Promise<T>, signals: AbortSignal[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (event: Event) => reject((event.target as AbortSignal).reason);
    for (const signal of signals) {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
    }
    work.then(resolve, reject).finally(() => {
      for (const signal of signals) signal.removeEventListener('abort', stop);
    });
  });
}

/** Whether both sides have no algorithm in common. */
function isMismatch(error: unknown): boolean {
  return /no matching/i.test((error as Error).message);
}

function isStatus(error: unknown, status: number): boolean {
  return (error as { code?: unknown }).code === status;
}

/** ssh2's own client below ssh2-sftp-client, which the types leave out. */
function sshOf(client: SftpClient): SshClient {
  return (client as unknown as { client: SshClient }).client;
}

function destroy(client: SftpClient): void {
  sshOf(client).destroy();
}

function ignore(): void {}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
