import { createHash } from 'node:crypto';
import type { Upload } from '../destination.ts';
import type { Layout } from '../files/columns.ts';
import type { FileOptions } from '../files/options.ts';
import { bytesOf, LARGEST_MANIFEST, type Part, tailOf } from '../files/parts.ts';
import { FilesUpload, folderOf, isError } from '../files/upload.ts';
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
}

/** The files of one upload, as multipart uploads that nobody sees before `finish` completes them. */
export class ObjectUpload extends FilesUpload<ObjectPart> {
  private readonly unfinished = new Map<string, { key: string; uploadId: string }>();
  private completed = new Set<string>();

  protected readonly writer = {
    begin: (part: Part): ObjectPart => ({ ...part, blocks: [], held: Buffer.alloc(0) }),
    write: (part: ObjectPart, rows: string[][]) => this.writeRows(part, rows),
    end: (part: ObjectPart) => this.endPart(part),
  };

  constructor(
    private readonly storage: Storage,
    private readonly settings: ObjectStorageSettings,
    layout: Layout,
    upload: Upload<FileOptions>,
  ) {
    super(layout, upload, joinKey(settings.prefix, folderOf(layout, upload)));
  }

  /** Multipart uploads that would be left behind if it ended here. */
  leftovers(): { key: string; uploadId: string }[] {
    return [...this.unfinished.values()];
  }

  protected async begin(): Promise<void> {
    this.completed = new Set();
  }

  private async writeRows(part: ObjectPart, rows: string[][]): Promise<ObjectPart> {
    const next = { ...part, rows: part.rows + rows.length, digest: part.digest.copy() };
    const sender = new BlockSender(this, part);
    try {
      for await (const bytes of bytesOf(this.layout, part, rows, next)) {
        next.digest.update(bytes);
        next.bytes += bytes.length;
        await sender.take(bytes);
      }
    } finally {
      await sender.quiet();
    }
    return { ...next, ...(await sender.rest()) };
  }

  /** Stores what is held: the last block may be as small as it likes. */
  private async endPart(part: ObjectPart): Promise<ObjectPart> {
    const tail = await tailOf(this.layout, part);
    const sender = new BlockSender(this, part);
    await sender.take(tail);
    const digest = part.digest.copy().update(tail);
    return { ...part, ...(await sender.all()), digest, bytes: part.bytes + tail.length, sealer: undefined };
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

  protected async settle(parts: ObjectPart[]): Promise<string[]> {
    const warnings: string[] = [];
    for (const part of parts) await this.complete(part);
    for (const part of parts) warnings.push(...(await this.prove(part)));
    return warnings;
  }

  /** An answer that was lost shows as an upload that is gone and an object that is there. */
  private async complete({ name, uploadId, blocks, bytes }: ObjectPart): Promise<void> {
    const key = this.keyOf(name);
    if (this.completed.has(key)) return;
    await this.storage.complete(key, uploadId!, blocks).catch(async (error: unknown) => {
      if (!isError(error, /^NoSuchUpload$/) || this.settings.verify === 'none') throw error;
      if ((await this.storage.find(key))?.bytes !== bytes) throw error;
    });
    this.unfinished.delete(key);
    this.completed.add(key);
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

  protected put(name: string, bytes: Buffer, contentType: string): Promise<void> {
    return this.storage.put(this.keyOf(name), bytes, contentType);
  }

  protected async get(name: string): Promise<Buffer | undefined> {
    if (this.settings.verify === 'none') return undefined;
    const read: Buffer[] = [];
    let length = 0;
    const take = (bytes: Buffer) => {
      length += bytes.length;
      if (length <= LARGEST_MANIFEST) read.push(bytes);
    };
    const there = await this.storage.read(this.keyOf(name), take).catch(forbidden);
    return there === true ? Buffer.concat(read) : undefined;
  }

  private keyOf(name: string): string {
    return joinKey(this.folder, name);
  }

  private get contentType(): string {
    const { encryptTo, compression, format } = this.layout.profile;
    if (encryptTo) return 'application/octet-stream';
    if (compression !== 'none') return `application/${compression}`;
    return format === 'tsv' ? 'text/tab-separated-values' : 'text/csv; charset=utf-8';
  }
}

/** Cuts bytes into blocks and stores several at a time. */
class BlockSender {
  private held: Buffer[];
  private length: number;
  private uploadId?: string;
  private readonly sending: Promise<Block>[] = [];

  constructor(
    private readonly files: ObjectUpload,
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

  /** Waits until nothing is on the wire, also after a failure: no block may arrive once the batch is written again. */
  async quiet(): Promise<void> {
    await Promise.allSettled(this.sending);
  }

  /** What is stored, and what is held. */
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

/** Turns what the credentials forbid into a word. */
export function forbidden(error: unknown): 'forbidden' {
  if (isError(error, /^AccessDenied$/)) return 'forbidden';
  throw error;
}

/** Keys have no leading, trailing or double slashes. */
export function joinKey(...pieces: string[]): string {
  return pieces
    .flatMap((piece) => piece.split('/'))
    .filter(Boolean)
    .join('/');
}
