import { createHash } from 'node:crypto';
import type { Upload } from '../destination.ts';
import type { Layout } from '../files/columns.ts';
import type { FileOptions } from '../files/options.ts';
import { bytesOf, inBlocks, LARGEST_MANIFEST, type Part, tailOf } from '../files/parts.ts';
import { FilesUpload, folderOf, isError } from '../files/upload.ts';
import { type Client, joinPath, type RemoteFile } from './client.ts';
import { failure } from './errors.ts';
import type { SftpSettings } from './settings.ts';

/** Bytes gathered before they are written, and how many such blocks are on the wire: together more than a long link holds. */
const BLOCK = 1024 * 1024;
const BLOCKS_AT_ONCE = 5;

/** The files of one upload, written under temporary names, then proven and renamed. */
export class SftpUpload extends FilesUpload {
  private file?: RemoteFile;
  /** Paths written under a temporary name and not yet put in place. */
  private readonly unfinished = new Set<string>();

  protected readonly writer = {
    begin: (part: Part) => part,
    write: (part: Part, rows: string[][]) => this.writeRows(part, rows),
    end: (part: Part) => this.endPart(part),
  };

  constructor(
    private readonly client: Client,
    private readonly settings: SftpSettings,
    layout: Layout,
    upload: Upload<FileOptions>,
  ) {
    super(layout, upload, joinPath(settings.directory, folderOf(layout, upload)));
  }

  /** Paths that the upload would leave behind if it ended here. */
  leftovers(): string[] {
    return [...this.unfinished];
  }

  protected async begin(): Promise<void> {
    this.file = undefined;
    if (this.layout.profile.folder) await this.client.makeFolder(this.folder);
  }

  /** The handle may be gone, so the file is opened again. */
  protected override failed(): void {
    this.file = undefined;
  }

  private async writeRows(part: Part, rows: string[][]): Promise<Part> {
    const file = await this.fileOf(part);
    const next = { ...part, digest: part.digest.copy(), rows: part.rows + rows.length };
    const writing: Promise<void>[] = [];
    try {
      // Blocks are made while those before are on the wire, which is never left empty.
      for await (const block of inBlocks(bytesOf(this.layout, part, rows, next), BLOCK)) {
        const written = this.client.write(file, block, next.bytes);
        written.catch(() => undefined);
        writing.push(written);
        next.digest.update(block);
        next.bytes += block.length;
        await writing.at(-BLOCKS_AT_ONCE);
      }
    } finally {
      // Also after a failure: no write may arrive once the batch is written again.
      await Promise.allSettled(writing);
    }
    await Promise.all(writing);
    return next;
  }

  /** Writes what ends a part's file and closes it. */
  private async endPart(part: Part): Promise<Part> {
    const file = await this.fileOf(part);
    const tail = await tailOf(this.layout, part);
    if (tail.length > 0) await this.client.write(file, tail, part.bytes);
    await this.client.closeFile(file);
    this.file = undefined;
    const digest = part.digest.copy().update(tail);
    return { ...part, bytes: part.bytes + tail.length, digest, sealer: undefined };
  }

  /** The part's open file; over a new link, opened again where the last whole batch ended. */
  private async fileOf(part: Part): Promise<RemoteFile> {
    const path = this.temporary(part.name);
    if (this.file?.path === path) return this.file;
    if (part.bytes > 0) {
      if (!this.settings.resume) throw failure('restart');
      const stat = await this.client.stat(path);
      if (!stat || stat.size < part.bytes) throw failure('restart');
    }
    this.unfinished.add(path);
    this.file = await this.client.openFile(path, part.bytes === 0 ? 'anew' : 'go-on');
    return this.file;
  }

  protected async settle(parts: Part[]): Promise<string[]> {
    const proofs: Proof[] = [];
    for (const part of parts) proofs.push(await this.prove(part));
    for (const { name, placed } of proofs) if (!placed) await this.place(name);
    return proofs.flatMap(({ warning }) => warning ?? []);
  }

  /** Compares what is on the server with what was sent. A rename whose answer was lost shows as `placed`. */
  private async prove({ name, bytes, digest }: Part): Promise<Proof> {
    if (this.settings.verify === 'none') return { name, placed: false };
    const [temporary, final] = [this.temporary(name), this.final(name)];
    const atTemporary = await this.client.stat(temporary);
    const placed = !atTemporary && temporary !== final;
    const stat = placed ? await this.client.stat(final) : atTemporary;
    if (!stat) throw failure('restart');
    if (stat.size !== bytes) throw failure('size', `Sent ${bytes} bytes, found ${stat.size}.`);
    if (this.settings.verify === 'size' && !placed) return { name, placed };
    const read = await this.digestOf(placed ? final : temporary, bytes);
    if (read.sha256 !== undefined && read.sha256 !== digest.copy().digest('hex')) throw failure('digest');
    return { name, placed, warning: read.warning };
  }

  private async digestOf(path: string, size: number): Promise<{ sha256?: string; warning?: string }> {
    const hash = createHash('sha256');
    try {
      await this.client.read(path, size, (data) => hash.update(data));
      return { sha256: hash.digest('hex') };
    } catch (error) {
      if (!isError(error, /^[38](\/|$)/)) throw error;
      return { warning: 'The server does not let files be read back: the size was compared, the digest was not.' };
    }
  }

  private async place(name: string): Promise<void> {
    const [temporary, final] = [this.temporary(name), this.final(name)];
    if (temporary !== final) await this.client.rename(temporary, final);
    this.unfinished.delete(temporary);
  }

  protected async put(name: string, bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return this.client.writeFile(this.final(name), bytes);
    this.unfinished.add(this.temporary(name));
    await this.client.writeFile(this.temporary(name), bytes);
    await this.place(name);
  }

  protected get(name: string): Promise<Buffer | undefined> {
    return this.client.readFile(this.final(name), LARGEST_MANIFEST);
  }

  private final(name: string): string {
    return joinPath(this.folder, name);
  }

  private temporary(name: string): string {
    const { tempName, directory, tempDirectory = '' } = this.settings;
    const paths = {
      suffix: () => joinPath(this.folder, `${name}.part`),
      dot: () => joinPath(this.folder, `.${name}`),
      directory: () => joinPath(directory, tempDirectory, name),
      none: () => this.final(name),
    };
    return paths[tempName]();
  }
}

interface Proof {
  name: string;
  placed: boolean;
  warning?: string;
}
