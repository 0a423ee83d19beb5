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
  LARGEST_MANIFEST,
  manifestName,
  type Part,
  tailOf,
} from '../files/parts.ts';
import { folderName } from '../files/template.ts';
import { failure } from './errors.ts';
import type { ObjectStorageSettings } from './settings.ts';
import { type Block, checksumOfBlocks, type Storage } from './storage.ts';

/** Bytes of a block: 10,000 of them make 80 GiB. */
const BLOCK = 8 * 1024 ** 2;
/** Blocks on the wire at a time. */
const AT_ONCE = 4;

/** A file up to the last batch whose blocks are stored; what does not fill a block is held. */
interface ObjectPart extends Part {
  uploadId?: string;
  blocks: Block[];
  held: Buffer;
  complete: boolean;
}

export interface Finished {
  files: FileFacts[];
  warnings: string[];
}

/**
 * The files of one upload, as multipart uploads that nobody sees before `finish` completes them. What is known changes
 * only when a batch is whole, so a batch that failed can be sent again: the same blocks take the same places.
 */
export class ObjectFiles {
  readonly folder: string;
  private parts: ObjectPart[] = [];
  private state: 'new' | 'open' | 'sealed' = 'new';
  private lastSeq = 0;
  private lastKey?: string;
  private readonly unfinished = new Map<string, { key: string; uploadId: string }>();

  constructor(
    private readonly storage: Storage,
    private readonly settings: ObjectStorageSettings,
    private readonly layout: Layout,
    private readonly upload: Upload<FileOptions>,
  ) {
    this.folder = joinKey(settings.prefix, folderName(layout.profile, upload));
  }

  /** Appends a batch. Batch 1, or whichever comes first, begins anew; a batch that already arrived is not written twice. */
  async append(seq: number, key: string, rows: string[][]): Promise<void> {
    if (this.state === 'open' && seq === this.lastSeq && key === this.lastKey) return;
    if (seq === 1 || this.state === 'new') this.begin();
    else if (seq <= this.lastSeq || this.state === 'sealed') throw failure('restart');
    await this.write(rows);
    this.lastSeq = seq;
    this.lastKey = key;
  }

  /** Completes and proves the files, then writes manifest and triggers. Can be called again after a failure. */
  async finish(): Promise<Finished> {
    const warnings: string[] = [];
    if (this.state === 'new') {
      const earlier = await this.finishedBefore();
      if (earlier) return earlier;
      this.begin();
      await this.write([]);
      if (this.upload.estimatedTotal > 0) warnings.push(EMPTY_FILE);
    }
    if (this.state === 'open') this.parts = [...this.parts.slice(0, -1), await this.end(this.parts.at(-1)!)];
    this.state = 'sealed';
    for (const [n, part] of this.parts.entries()) this.parts[n] = await this.complete(part);
    for (const part of this.parts) warnings.push(...(await this.prove(part)));
    const files = this.parts.map(factsOf);
    await this.announce(files);
    return { files, warnings: [...new Set(warnings)] };
  }

  /** Multipart uploads that would be left behind if it ended here. */
  leftovers(): { key: string; uploadId: string }[] {
    return [...this.unfinished.values()];
  }

  keyOf(name: string): string {
    return joinKey(this.folder, name);
  }

  private begin(): void {
    this.parts = [];
    this.lastSeq = 0;
    this.lastKey = undefined;
    this.state = 'open';
  }

  private async write(rows: string[][]): Promise<void> {
    this.parts = await appendRows(this.parts, rows, this.layout, this.upload, {
      begin: (part): ObjectPart => ({ ...part, blocks: [], held: Buffer.alloc(0), complete: false }),
      write: (part, fitting) => this.writeRows(part, fitting),
      end: (part) => this.end(part),
    });
  }

  private async writeRows(part: ObjectPart, rows: string[][]): Promise<ObjectPart> {
    const next = { ...part, rows: part.rows + rows.length, digest: part.digest.copy() };
    const sender = new BlockSender(this, part);
    for await (const bytes of bytesOf(this.layout, part, rows, next)) {
      next.digest.update(bytes);
      next.bytes += bytes.length;
      await sender.take(bytes);
    }
    return { ...next, ...(await sender.rest()) };
  }

  /** Stores what is held: the last block may be as small as it likes. */
  private async end(part: ObjectPart): Promise<ObjectPart> {
    const tail = tailOf(this.layout, part);
    const sender = new BlockSender(this, part);
    await sender.take(tail);
    const digest = part.digest.copy().update(tail);
    return { ...part, ...(await sender.all()), digest, bytes: part.bytes + tail.length };
  }

  async begun({ name, uploadId }: ObjectPart): Promise<string> {
    if (uploadId) return uploadId;
    const key = this.keyOf(name);
    // A batch that failed half-way goes on with the upload it began.
    const known = this.unfinished.get(key)?.uploadId;
    const id = known ?? (await this.storage.begin(key, this.contentType));
    this.unfinished.set(key, { key, uploadId: id });
    return id;
  }

  putBlock(name: string, uploadId: string, number: number, body: Buffer): Promise<Block> {
    return this.storage.putBlock(this.keyOf(name), uploadId, number, body);
  }

  /** An answer that was lost shows as an upload that is gone and an object that is there. */
  private async complete(part: ObjectPart): Promise<ObjectPart> {
    if (part.complete) return part;
    const key = this.keyOf(part.name);
    await this.storage.complete(key, part.uploadId!, part.blocks).catch(async (error: unknown) => {
      const isGone = error instanceof DestinationError && error.vendorCode === 'NoSuchUpload';
      if (!isGone || this.settings.verify === 'none' || (await this.storage.find(key))?.bytes !== part.bytes)
        throw error;
    });
    this.unfinished.delete(key);
    return { ...part, complete: true };
  }

  /** Compares what is stored with what was sent. @returns warnings */
  private async prove({ name, bytes, blocks, digest }: ObjectPart): Promise<string[]> {
    const { verify } = this.settings;
    if (verify === 'none') return [];
    const found = await this.storage.find(this.keyOf(name)).catch(forbidden);
    if (found === 'forbidden')
      return ['The credentials may not look at files: the storage checked the blocks, we did not.'];
    if (!found) throw failure('restart');
    if (found.bytes !== bytes) throw failure('size', { more: `Sent ${bytes} bytes, found ${found.bytes}.` });
    if (verify === 'size') return [];
    if (verify === 'checksum' && found.checksum) {
      if (found.checksum !== checksumOfBlocks(blocks)) throw failure('digest');
      return [];
    }
    const read = createHash('sha256');
    const there = await this.storage.read(this.keyOf(name), (data) => read.update(data)).catch(forbidden);
    if (there === 'forbidden')
      return ['The credentials may not read files back: the size was compared, the digest was not.'];
    if (read.digest('hex') !== digest.copy().digest('hex')) throw failure('digest');
    return [];
  }

  /** The manifest comes when everything it names is there, the triggers last. */
  private async announce(files: FileFacts[]): Promise<void> {
    const { manifest, done } = this.layout.profile;
    if (manifest) {
      const bytes = manifestBytes(manifestOf(this.upload, this.layout, files));
      await this.storage.put(this.keyOf(manifestName(this.layout, this.upload)), bytes, 'application/json');
    }
    if (done)
      for (const { name } of files) await this.storage.put(this.keyOf(`${name}.done`), Buffer.alloc(0), 'text/plain');
  }

  /** What an earlier process finished of this upload, known by its manifest. */
  private async finishedBefore(): Promise<Finished | undefined> {
    if (!this.layout.profile.manifest || this.settings.verify === 'none') return undefined;
    const read: Buffer[] = [];
    let length = 0;
    const take = (bytes: Buffer) => {
      length += bytes.length;
      if (length <= LARGEST_MANIFEST) read.push(bytes);
    };
    const there = await this.storage.read(this.keyOf(manifestName(this.layout, this.upload)), take).catch(forbidden);
    const manifest = there === true ? parseManifest(Buffer.concat(read)) : undefined;
    return manifest?.uploadId === this.upload.id ? { files: manifest.files, warnings: [] } : undefined;
  }

  private get contentType(): string {
    if (this.layout.profile.compression === 'gzip') return 'application/gzip';
    return this.layout.profile.format === 'tsv' ? 'text/tab-separated-values' : 'text/csv; charset=utf-8';
  }
}

/** Cuts bytes into blocks and stores several at a time. */
class BlockSender {
  private held: Buffer[];
  private length: number;
  private uploadId?: string;
  private readonly sending: Promise<Block>[] = [];

  constructor(
    private readonly files: ObjectFiles,
    private readonly part: ObjectPart,
  ) {
    this.held = [part.held];
    this.length = part.held.length;
    this.uploadId = part.uploadId;
  }

  async take(bytes: Buffer): Promise<void> {
    this.held.push(bytes);
    this.length += bytes.length;
    if (this.length >= BLOCK) await this.store();
  }

  /** Waits for what is on the wire. */
  async rest(): Promise<Pick<ObjectPart, 'uploadId' | 'blocks' | 'held'>> {
    const stored = await Promise.all(this.sending);
    return { uploadId: this.uploadId, blocks: [...this.part.blocks, ...stored], held: Buffer.concat(this.held) };
  }

  /** Stores what is held as well. A file has a block even when it is empty. */
  async all(): Promise<Pick<ObjectPart, 'uploadId' | 'blocks' | 'held'>> {
    const count = this.part.blocks.length + this.sending.length;
    if (this.length > 0 || count === 0) await this.store();
    return this.rest();
  }

  private async store(): Promise<void> {
    const body = Buffer.concat(this.held);
    [this.held, this.length] = [[], 0];
    this.uploadId ??= await this.files.begun(this.part);
    const number = this.part.blocks.length + this.sending.length + 1;
    const storing = this.files.putBlock(this.part.name, this.uploadId, number, body);
    // Whoever waits hears of it; until then it is not unhandled.
    storing.catch(() => undefined);
    this.sending.push(storing);
    await this.sending.at(-AT_ONCE);
  }
}

function forbidden(error: unknown): 'forbidden' {
  if (error instanceof DestinationError && error.vendorCode === 'AccessDenied') return 'forbidden';
  throw error;
}

/** Keys have no leading, trailing or double slashes. */
export function joinKey(...pieces: string[]): string {
  return pieces
    .flatMap((piece) => piece.split('/'))
    .filter(Boolean)
    .join('/');
}
