import { constants } from 'node:fs';
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  truncate,
  unlink,
  utimes,
} from 'node:fs/promises';
import { join, posix } from 'node:path';
import ssh2, { type Attributes, type FileEntry } from 'ssh2';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;

/** An SFTP status to answer with. */
export class SftpError extends Error {
  readonly status: number;

  constructor(status: number, message?: string) {
    super(message ?? `SFTP status ${status}`);
    this.status = status;
  }
}

const STATUS_OF: Record<string, number> = {
  ENOENT: STATUS_CODE.NO_SUCH_FILE,
  EACCES: STATUS_CODE.PERMISSION_DENIED,
  EPERM: STATUS_CODE.PERMISSION_DENIED,
};

export function statusOf(error: unknown): number {
  if (error instanceof SftpError) return error.status;
  return STATUS_OF[(error as NodeJS.ErrnoException).code ?? ''] ?? STATUS_CODE.FAILURE;
}

/** What a test may change about the server. */
export interface SftpOptions {
  /** Offer `posix-rename@openssh.com`, which replaces an existing file. */
  posixRename: boolean;
  /** Operations answered with "permission denied", e.g. RENAME, REMOVE, READDIR on a drop box. */
  forbidden: string[];
  /** Folders where nothing may be written. */
  readOnly: string[];
  /** Accept the password, the keys, or both. */
  authentication: ('password' | 'publickey')[];
}

interface OpenFile {
  path: string;
  file: FileHandle;
}
interface OpenFolder {
  path: string;
  entries: FileEntry[];
}

/** The operations of the protocol on a folder that plays the server's root. */
export class Files {
  private readonly handles = new Map<number, OpenFile | OpenFolder>();
  private lastHandle = 0;
  private readonly root: string;
  private readonly options: SftpOptions;

  constructor(root: string, options: SftpOptions) {
    this.root = root;
    this.options = options;
  }

  /** The path a handle was opened with. */
  pathOf(handle: Buffer): string {
    return this.handles.get(idOf(handle))?.path ?? '';
  }

  async open(path: string, flags: number): Promise<Buffer> {
    const writes = (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND)) !== 0;
    if (writes) this.assertWritable(path);
    return this.keep({ path, file: await open(this.local(path), nodeFlags(flags), 0o644) });
  }

  async read(handle: Buffer, offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.min(length, 256 * 1024));
    const { bytesRead } = await this.file(handle).read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0) throw new SftpError(STATUS_CODE.EOF);
    return buffer.subarray(0, bytesRead);
  }

  async write(handle: Buffer, offset: number, data: Buffer): Promise<void> {
    let written = 0;
    while (written < data.length) {
      const step = await this.file(handle).write(data, written, data.length - written, offset + written);
      written += step.bytesWritten;
    }
  }

  async close(handle: Buffer): Promise<void> {
    const entry = this.entry(handle);
    this.handles.delete(idOf(handle));
    if ('file' in entry) await entry.file.close();
  }

  async closeAll(): Promise<void> {
    const open = [...this.handles.values()];
    this.handles.clear();
    await Promise.all(open.map((entry) => ('file' in entry ? entry.file.close() : undefined)));
  }

  async stat(path: string, follow = true): Promise<Attributes> {
    return attributes(await (follow ? stat : lstat)(this.local(path)));
  }

  async fstat(handle: Buffer): Promise<Attributes> {
    return attributes(await this.file(handle).stat());
  }

  async setstat(path: string, change: Partial<Attributes>): Promise<void> {
    this.assertWritable(path);
    const local = this.local(path);
    await stat(local);
    if (change.size !== undefined) await truncate(local, change.size);
    if (change.atime !== undefined && change.mtime !== undefined) await utimes(local, change.atime, change.mtime);
  }

  async opendir(path: string): Promise<Buffer> {
    const names = await readdir(this.local(path));
    const entries = await Promise.all(names.map((name) => this.describe(posix.join(path, name))));
    return this.keep({ path, entries });
  }

  readdir(handle: Buffer): FileEntry[] {
    const entry = this.entry(handle);
    const page = 'entries' in entry ? entry.entries.splice(0, 100) : [];
    if (page.length === 0) throw new SftpError(STATUS_CODE.EOF);
    return page;
  }

  async remove(path: string): Promise<void> {
    this.assertWritable(path);
    await unlink(this.local(path));
  }

  async mkdir(path: string): Promise<void> {
    this.assertWritable(path);
    await mkdir(this.local(path));
  }

  async rmdir(path: string): Promise<void> {
    this.assertWritable(path);
    await rmdir(this.local(path));
  }

  /** The plain rename of the protocol, which refuses to replace a file. */
  async rename(from: string, to: string): Promise<void> {
    const there = await stat(this.local(to)).catch(() => undefined);
    if (there) throw new SftpError(STATUS_CODE.FAILURE, 'the target exists');
    await this.replace(from, to);
  }

  /** The rename of OpenSSH's extension, which replaces a file. */
  async replace(from: string, to: string): Promise<void> {
    this.assertWritable(from);
    this.assertWritable(to);
    await rename(this.local(from), this.local(to));
  }

  realpath(path: string): FileEntry[] {
    const real = posix.resolve('/', path);
    return [{ filename: real, longname: real, attrs: {} as Attributes }];
  }

  /** The local path of a remote one; nothing outside of the root can be named. */
  local(path: string): string {
    return join(this.root, posix.resolve('/', path));
  }

  async empty(): Promise<void> {
    const names = await readdir(this.root);
    await Promise.all(names.map((name) => rm(join(this.root, name), { recursive: true, force: true })));
  }

  private async describe(path: string): Promise<FileEntry> {
    const attrs = await this.stat(path, false);
    const filename = posix.basename(path);
    const kind = (attrs.mode & constants.S_IFMT) === constants.S_IFDIR ? 'd' : '-';
    const date = new Date(attrs.mtime * 1000).toDateString().slice(4, 10);
    const longname = `${kind}rw-r--r--    1 sandbox  sandbox  ${String(attrs.size).padStart(8)} ${date} 00:00 ${filename}`;
    return { filename, longname, attrs };
  }

  private assertWritable(path: string): void {
    const real = posix.resolve('/', path);
    const closed = this.options.readOnly.some((folder) => real === folder || real.startsWith(`${folder}/`));
    if (closed) throw new SftpError(STATUS_CODE.PERMISSION_DENIED);
  }

  private keep(entry: OpenFile | OpenFolder): Buffer {
    this.lastHandle += 1;
    this.handles.set(this.lastHandle, entry);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.lastHandle);
    return handle;
  }

  private entry(handle: Buffer): OpenFile | OpenFolder {
    const entry = this.handles.get(idOf(handle));
    if (!entry) throw new SftpError(STATUS_CODE.FAILURE, 'unknown handle');
    return entry;
  }

  private file(handle: Buffer): FileHandle {
    const entry = this.entry(handle);
    if (!('file' in entry)) throw new SftpError(STATUS_CODE.FAILURE, 'not a file');
    return entry.file;
  }
}

function idOf(handle: Buffer): number {
  return handle.length === 4 ? handle.readUInt32BE() : -1;
}

function nodeFlags(flags: number): number {
  const has = (bit: number) => (flags & bit) !== 0;
  const reads = has(OPEN_MODE.READ);
  const writes = has(OPEN_MODE.WRITE) || has(OPEN_MODE.APPEND);
  return (
    (writes ? (reads ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY) |
    (has(OPEN_MODE.APPEND) ? constants.O_APPEND : 0) |
    (has(OPEN_MODE.CREAT) ? constants.O_CREAT : 0) |
    (has(OPEN_MODE.TRUNC) ? constants.O_TRUNC : 0) |
    (has(OPEN_MODE.EXCL) ? constants.O_EXCL : 0)
  );
}

function attributes(stats: { mode: number; size: number; atimeMs: number; mtimeMs: number }): Attributes {
  const seconds = (ms: number) => Math.floor(ms / 1000);
  return {
    mode: stats.mode,
    uid: 1000,
    gid: 1000,
    size: stats.size,
    atime: seconds(stats.atimeMs),
    mtime: seconds(stats.mtimeMs),
  };
}
