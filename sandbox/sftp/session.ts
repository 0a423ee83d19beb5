import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2';
import type { SandboxClock } from '../clock.ts';
import type { Fault, FaultBook } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { type Files, SftpError, type SftpOptions, statusOf } from './files.ts';

const { STATUS_CODE } = ssh2.utils.sftp;
const POSIX_RENAME = 'posix-rename@openssh.com';
/** Too many to be worth a line each; their bytes still count for faults. */
const UNRECORDED = new Set(['WRITE', 'READ', 'READDIR', 'FSTAT']);

export interface SessionContext {
  clock: SandboxClock;
  journal: Journal;
  faults: FaultBook;
  options: SftpOptions;
}

type Reply = { handle: Buffer } | { data: Buffer } | { entries: FileEntry[] } | { attrs: Attributes } | undefined;
interface Operation {
  name: string;
  path: string;
  bytes?: number;
  /** The new name of a rename. */
  to?: string;
}

/** Serves one SFTP channel: every request of the protocol, through the fault script, on the files. */
export function serveSession(sftp: SFTPWrapper, socket: Socket, files: Files, context: SessionContext): void {
  if (context.options.posixRename) advertisePosixRename(sftp);
  const run = (id: number, operation: Operation, work: () => Promise<Reply> | Reply) =>
    void perform(sftp, socket, context, id, operation, async () => work());
  const done = (work: Promise<void>) => work.then(() => undefined);
  const at = (name: string, handle: Buffer) => ({ name, path: files.pathOf(handle) });

  sftp.on('OPEN', (id, path, flags) =>
    run(id, { name: 'OPEN', path }, async () => ({ handle: await files.open(path, flags) })),
  );
  sftp.on('CLOSE', (id, handle) => run(id, at('CLOSE', handle), () => done(files.close(handle))));
  sftp.on('READ', (id, handle, offset, length) =>
    run(id, at('READ', handle), async () => ({ data: await files.read(handle, offset, length) })),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    run(id, { ...at('WRITE', handle), bytes: data.length }, () => done(files.write(handle, offset, data))),
  );
  sftp.on('STAT', (id, path) => run(id, { name: 'STAT', path }, async () => ({ attrs: await files.stat(path) })));
  sftp.on('LSTAT', (id, path) =>
    run(id, { name: 'LSTAT', path }, async () => ({ attrs: await files.stat(path, false) })),
  );
  sftp.on('FSTAT', (id, handle) => run(id, at('FSTAT', handle), async () => ({ attrs: await files.fstat(handle) })));
  sftp.on('SETSTAT', (id, path, attrs) => run(id, { name: 'SETSTAT', path }, () => done(files.setstat(path, attrs))));
  sftp.on('FSETSTAT', (id, handle, attrs) =>
    run(id, at('FSETSTAT', handle), () => done(files.setstat(files.pathOf(handle), attrs))),
  );
  sftp.on('OPENDIR', (id, path) =>
    run(id, { name: 'OPENDIR', path }, async () => ({ handle: await files.opendir(path) })),
  );
  sftp.on('READDIR', (id, handle) => run(id, at('READDIR', handle), () => ({ entries: files.readdir(handle) })));
  sftp.on('REMOVE', (id, path) => run(id, { name: 'REMOVE', path }, () => done(files.remove(path))));
  sftp.on('MKDIR', (id, path) => run(id, { name: 'MKDIR', path }, () => done(files.mkdir(path))));
  sftp.on('RMDIR', (id, path) => run(id, { name: 'RMDIR', path }, () => done(files.rmdir(path))));
  sftp.on('RENAME', (id, path, to) => run(id, { name: 'RENAME', path, to }, () => done(files.rename(path, to))));
  sftp.on('REALPATH', (id, path) => run(id, { name: 'REALPATH', path }, () => ({ entries: files.realpath(path) })));
  sftp.on('EXTENDED', (id, name, data) => {
    if (name !== POSIX_RENAME || !context.options.posixRename) return void sftp.status(id, STATUS_CODE.OP_UNSUPPORTED);
    const [path, to] = renamePaths(data);
    // Forbidding renames forbids both kinds; the journal tells them apart.
    run(id, { name: 'POSIX-RENAME', path, to }, () => done(files.replace(path, to)));
  });
}

async function perform(
  sftp: SFTPWrapper,
  socket: Socket,
  context: SessionContext,
  id: number,
  operation: Operation,
  work: () => Promise<Reply>,
): Promise<void> {
  const { name, path, to, bytes } = operation;
  const entry = UNRECORDED.has(name)
    ? undefined
    : context.journal.record(
        { platform: 'sftp', method: name, path: to ? `${path} -> ${to}` : path, headers: {}, body: null },
        context.clock.now(),
      );
  const fault = context.faults.take({ method: name, path: to ?? path, bytes });
  if (entry) entry.fault = fault?.do;
  if (fault?.do === 'slow') await pause(fault.milliseconds);
  try {
    if (!fault || fault.do === 'slow' || ('apply' in fault && fault.apply)) {
      if (context.options.forbidden.includes(name.replace('POSIX-', '')))
        throw new SftpError(STATUS_CODE.PERMISSION_DENIED);
      const result = await work();
      if (!fault || fault.do === 'slow') {
        if (entry) entry.status = STATUS_CODE.OK;
        return reply(sftp, id, result);
      }
    }
    misbehave(sftp, socket, id, fault);
  } catch (error) {
    if (entry) entry.status = statusOf(error);
    sftp.status(id, statusOf(error));
  }
}

function misbehave(sftp: SFTPWrapper, socket: Socket, id: number, fault: Fault): void {
  if (fault.do === 'status') sftp.status(id, fault.status);
  else if (fault.do === 'error') sftp.status(id, Number(fault.code), fault.message);
  // A black hole: nothing is read any more, so that keep-alives stay unanswered too.
  else if (fault.do === 'hang') socket.pause();
  else socket.resetAndDestroy();
}

function reply(sftp: SFTPWrapper, id: number, result: Reply): void {
  if (result === undefined) sftp.status(id, STATUS_CODE.OK);
  else if ('handle' in result) sftp.handle(id, result.handle);
  else if ('data' in result) sftp.data(id, result.data);
  else if ('entries' in result) sftp.name(id, result.entries);
  else sftp.attrs(id, result.attrs);
}

function renamePaths(data: Buffer): [string, string] {
  const first = data.readUInt32BE();
  const from = data.toString('utf8', 4, 4 + first);
  const second = data.readUInt32BE(4 + first);
  return [from, data.toString('utf8', 8 + first, 8 + first + second)];
}

/**
 * ssh2's server announces no extensions, and clients only use what was announced. The first packet of a channel is the
 * client's INIT; it is answered here with a VERSION that names posix-rename.
 */
function advertisePosixRename(sftp: SFTPWrapper): void {
  const inner = sftp as unknown as {
    push(data: Buffer | null): void;
    _version: number;
    _protocol: { channelData(id: number, data: Buffer): void };
    outgoing: { id: number };
  };
  const push = inner.push;
  inner.push = function intercept(data) {
    inner.push = push;
    if (data === null) return push.call(inner, data);
    inner._version = 3;
    const field = (text: string) => {
      const buffer = Buffer.alloc(4 + text.length);
      buffer.writeUInt32BE(text.length);
      buffer.write(text, 4);
      return buffer;
    };
    const body = Buffer.concat([Buffer.from([2, 0, 0, 0, 3]), field(POSIX_RENAME), field('1')]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    inner._protocol.channelData(inner.outgoing.id, Buffer.concat([length, body]));
    // Anything sent right behind INIT (9 bytes) is a request already.
    const rest = data.subarray(4 + data.readUInt32BE());
    if (rest.length > 0) push.call(inner, rest);
  };
}
