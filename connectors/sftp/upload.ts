import { createHash } from 'node:crypto';
import { DestinationError, type Upload } from '../destination.ts';
import type { Layout } from '../files/columns.ts';
import { type FileFacts, manifestBytes, manifestOf, parseManifest } from '../files/manifest.ts';
import type { FileOptions } from '../files/options.ts';
import {
  appendRows,
  bytesOf,
  EMPTY_FILE,
  factsOf,
  inBlocks,
  LARGEST_MANIFEST,
  manifestName,
  type Part,
  tailOf,
} from '../files/parts.ts';
import { folderName } from '../files/template.ts';
import { type Client, joinPath, type RemoteFile } from './client.ts';
import { failure } from './errors.ts';
import type { SftpSettings } from './settings.ts';

/** Bytes gathered before they are written, so that the window on the wire is filled. */
const BLOCK = 4 * 1024 * 1024;

export interface Finished {
  folder: string;
  files: FileFacts[];
  warnings: string[];
}

/**
 * The files of one upload: written batch by batch under temporary names, then proven and put in place. What is known
 * changes only when a batch is whole on the server, so a batch that failed can be sent again, also over a new link.
 */
export class UploadFiles {
  readonly folder: string;
  private parts: Part[] = [];
  private state: 'new' | 'open' | 'sealed' = 'new';
  private file?: RemoteFile;
  private lastSeq = 0;
  private lastKey?: string;
  /** Paths written under a temporary name and not yet put in place. */
  private readonly unfinished = new Set<string>();

  constructor(
    private readonly client: Client,
    private readonly settings: SftpSettings,
    private readonly layout: Layout,
    private readonly upload: Upload<FileOptions>,
  ) {
    this.folder = joinPath(settings.directory, folderName(layout.profile, upload));
  }

  /**
   * Appends a batch. Batch 1, or whichever comes first, begins anew; numbers may be left out, since a batch without a
   * usable member is not sent; a batch that already arrived is not written twice.
   */
  async append(seq: number, key: string, rows: string[][]): Promise<void> {
    if (this.state === 'open' && seq === this.lastSeq && key === this.lastKey) return;
    if (seq === 1 || this.state === 'new') await this.begin();
    else if (seq <= this.lastSeq || this.state === 'sealed') throw failure('restart');
    await this.afresh(() => this.write(rows));
    this.lastSeq = seq;
    this.lastKey = key;
  }

  /** Closes, proves and renames the files, then writes manifest and trigger. Can be called again after a failure. */
  async finish(): Promise<Finished> {
    const warnings: string[] = [];
    if (this.state === 'new') {
      const earlier = await this.finishedBefore();
      if (earlier) return earlier;
      await this.begin();
      await this.afresh(() => this.write([]));
      if (this.upload.estimatedTotal > 0) warnings.push(EMPTY_FILE);
    }
    await this.afresh(() => this.seal());
    const proofs: Proof[] = [];
    for (const part of this.parts) proofs.push(await this.prove(part));
    for (const { name, placed } of proofs) if (!placed) await this.place(name);
    const files = this.parts.map(factsOf);
    if (this.layout.profile.manifest) await this.writeManifest(files);
    if (this.layout.profile.done)
      for (const { name } of files) await this.client.writeFile(this.final(`${name}.done`), Buffer.alloc(0));
    return {
      folder: this.folder,
      files,
      warnings: [...warnings, ...new Set(proofs.flatMap((proof) => proof.warning ?? []))],
    };
  }

  /** Paths that the upload would leave behind if it ended here. */
  leftovers(): string[] {
    return [...this.unfinished];
  }

  private async begin(): Promise<void> {
    this.parts = [];
    this.file = undefined;
    this.lastSeq = 0;
    this.lastKey = undefined;
    if (this.layout.profile.folder) await this.client.makeFolder(this.folder);
    this.state = 'open';
  }

  private async write(rows: string[][]): Promise<void> {
    this.parts = await appendRows(this.parts, rows, this.layout, this.upload, {
      begin: (part) => part,
      write: (part, fitting) => this.writeRows(part, fitting),
      end: (part) => this.end(part),
    });
  }

  private async writeRows(part: Part, rows: string[][]): Promise<Part> {
    const file = await this.fileOf(part);
    const next = { ...part, digest: part.digest.copy(), rows: part.rows + rows.length };
    let writing: Promise<void> = Promise.resolve();
    // One block is made while the one before is on the wire.
    for await (const block of inBlocks(bytesOf(this.layout, part, rows, next), BLOCK)) {
      await writing;
      writing = this.client.write(file, block, next.bytes);
      writing.catch(() => undefined);
      next.digest.update(block);
      next.bytes += block.length;
    }
    await writing;
    return next;
  }

  /** Writes what ends a part's file and closes it. */
  private async end(part: Part): Promise<Part> {
    const file = await this.fileOf(part);
    const tail = tailOf(this.layout, part);
    if (tail.length > 0) await this.client.write(file, tail, part.bytes);
    await this.client.closeFile(file);
    this.file = undefined;
    return { ...part, bytes: part.bytes + tail.length, digest: part.digest.copy().update(tail) };
  }

  private async seal(): Promise<void> {
    if (this.state === 'sealed') return;
    this.parts = [...this.parts.slice(0, -1), await this.end(this.parts.at(-1)!)];
    this.state = 'sealed';
  }

  /** The part's open file; over a new link, opened again where the last whole batch ended. */
  private async fileOf(part: Part): Promise<RemoteFile> {
    const path = this.temporary(part.name);
    if (this.file?.path === path) return this.file;
    if (part.bytes > 0) {
      const stat = await this.client.stat(path);
      if (!stat || stat.size < part.bytes) throw failure('restart');
    }
    this.unfinished.add(path);
    this.file = await this.client.openFile(path, part.bytes === 0 ? 'anew' : 'go-on');
    return this.file;
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
      const forbidden = error instanceof DestinationError && /^[38](\/|$)/.test(error.vendorCode ?? '');
      if (!forbidden) throw error;
      return { warning: 'The server does not let files be read back: the size was compared, the digest was not.' };
    }
  }

  private async place(name: string): Promise<void> {
    const [temporary, final] = [this.temporary(name), this.final(name)];
    if (temporary !== final) await this.client.rename(temporary, final);
    this.unfinished.delete(temporary);
  }

  private async writeManifest(files: FileFacts[]): Promise<void> {
    const name = manifestName(this.layout, this.upload);
    this.unfinished.add(this.temporary(name));
    await this.client.writeFile(this.temporary(name), manifestBytes(manifestOf(this.upload, this.layout, files)));
    await this.place(name);
  }

  /** What an earlier process finished of this upload, known by its manifest. */
  private async finishedBefore(): Promise<Finished | undefined> {
    if (!this.layout.profile.manifest) return undefined;
    const manifest = parseManifest(
      await this.client.readFile(this.final(manifestName(this.layout, this.upload)), LARGEST_MANIFEST),
    );
    if (manifest?.uploadId !== this.upload.id) return undefined;
    return { folder: this.folder, files: manifest.files, warnings: [] };
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

  /** After a failure the file is opened again, for its handle may be gone. */
  private async afresh(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.file = undefined;
      throw error;
    }
  }
}

interface Proof {
  name: string;
  placed: boolean;
  warning?: string;
}
