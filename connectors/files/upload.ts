import type { Upload } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import type { Layout } from './columns.ts';
import { failureOf } from './errors.ts';
import { type FileFacts, type Manifest, manifestBytes, manifestOf, parseManifest } from './manifest.ts';
import type { FileOptions } from './options.ts';
import { appendRows, EMPTY_FILE, factsOf, manifestName, type Part, type PartWriter } from './parts.ts';
import { folderName } from './template.ts';

export interface Finished {
  folder: string;
  files: FileFacts[];
  warnings: string[];
}

/**
 * The files of one upload: written batch by batch, then proven and put in place. What is known changes only when a batch
 * is whole on the other side, so a batch that failed can be sent again, also over a new link.
 */
export abstract class FilesUpload<P extends Part = Part> {
  protected parts: P[] = [];
  private state: 'new' | 'open' | 'sealed' = 'new';
  private lastSeq = 0;
  private lastKey?: string;

  constructor(
    protected readonly layout: Layout,
    protected readonly upload: Upload<FileOptions>,
    /** Where the files go. */
    readonly folder: string,
  ) {}

  /** How parts are written. */
  protected abstract readonly writer: PartWriter<P>;
  /** Makes ready for a first batch. */
  protected abstract begin(): Promise<void>;
  /** Proves that the parts are whole and puts them in place; can be called again after a failure. @returns warnings */
  protected abstract settle(parts: P[]): Promise<string[]>;
  /** Stores a small file whole. */
  protected abstract put(name: string, bytes: Buffer, contentType: string): Promise<void>;
  /** A small file whole, or nothing where there is none or none may be read. */
  protected abstract get(name: string): Promise<Buffer | undefined>;
  /** Called when writing failed. */
  protected failed(): void {}

  /**
   * Appends a batch. Batch 1, or whichever comes first, begins anew; numbers may be left out, since a batch without a
   * usable member is not sent; a batch that already arrived is not written twice.
   */
  async append(seq: number, key: string, rows: string[][]): Promise<void> {
    if (this.state === 'open' && seq === this.lastSeq && key === this.lastKey) return;
    if (seq === 1 || this.state === 'new') await this.beginAnew();
    else if (seq <= this.lastSeq || this.state === 'sealed') throw failureOf('restart');
    await this.write(rows);
    this.lastSeq = seq;
    this.lastKey = key;
  }

  /** Ends, proves and places the files, then writes manifest and triggers. Can be called again after a failure. */
  async finish(): Promise<Finished> {
    const warnings: string[] = [];
    if (this.state === 'new') {
      const earlier = await this.finishedBefore();
      if (earlier) return { folder: this.folder, files: earlier.files, warnings: [] };
      await this.beginAnew();
      await this.write([]);
      if (this.upload.estimatedTotal > 0) warnings.push(EMPTY_FILE);
    }
    await this.seal();
    warnings.push(...(await this.settle(this.parts)));
    const files = this.parts.map(factsOf);
    await this.announce(files);
    return { folder: this.folder, files, warnings: [...new Set(warnings)] };
  }

  private async beginAnew(): Promise<void> {
    this.parts = [];
    this.lastSeq = 0;
    this.lastKey = undefined;
    await this.begin();
    this.state = 'open';
  }

  private async write(rows: string[][]): Promise<void> {
    this.parts = await this.watched(() => appendRows(this.parts, rows, this.layout, this.upload, this.writer));
  }

  private async seal(): Promise<void> {
    if (this.state === 'sealed') return;
    const last = await this.watched(() => this.writer.end(this.parts.at(-1)!));
    this.parts = [...this.parts.slice(0, -1), last];
    this.state = 'sealed';
  }

  /** The manifest comes when everything that it names is there, the triggers last. */
  private async announce(files: FileFacts[]): Promise<void> {
    const { manifest, done } = this.layout.profile;
    if (manifest) {
      const bytes = manifestBytes(manifestOf(this.upload, this.layout, files));
      await this.put(manifestName(this.layout, this.upload), bytes, 'application/json');
    }
    if (done) for (const { name } of files) await this.put(`${name}.done`, Buffer.alloc(0), 'text/plain');
  }

  /** What an earlier process finished of this upload, known by its manifest. */
  private async finishedBefore(): Promise<Manifest | undefined> {
    if (!this.layout.profile.manifest) return undefined;
    const manifest = parseManifest(await this.get(manifestName(this.layout, this.upload)));
    return manifest?.uploadId === this.upload.id ? manifest : undefined;
  }

  private async watched<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.failed();
      // What arrived is lost, so it counts as new when it comes again.
      if (isError(error, /^restart$/)) this.lastKey = undefined;
      throw error;
    }
  }
}

/** The folder of an upload, below the connection's. */
export const folderOf = (layout: Layout, upload: Upload<FileOptions>): string => folderName(layout.profile, upload);

/** Whether an error of ours has a vendor code like one of these. */
export const isError = (error: unknown, ...codes: RegExp[]): boolean =>
  error instanceof DestinationError && codes.some((code) => code.test(error.vendorCode ?? ''));
