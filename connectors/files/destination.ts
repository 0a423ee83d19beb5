import type {
  Batch,
  Confirmation,
  Destination,
  Json,
  Prerequisite,
  Receipt,
  RemoteAudience,
  Segment,
  Upload,
} from '../destination.ts';
import { type Layout, layoutOf } from './columns.ts';
import { failureOf } from './errors.ts';
import type { FileFacts } from './manifest.ts';
import type { FileOptions } from './options.ts';
import { profileOf } from './profile.ts';
import { assertNamesDiffer } from './template.ts';
import type { FilesUpload } from './upload.ts';

/** Kept by the engine after `finish`: what was proven to have arrived. */
interface Ticket {
  folder: string;
  files: FileFacts[];
}

/** A place for files: every upload becomes a file, or several, that stands for its whole segment. */
export abstract class FilesDestination<Files extends FilesUpload> implements Destination<FileOptions> {
  private readonly uploads = new Map<string, Files>();
  private closing?: Promise<void>;

  abstract check(): Promise<Prerequisite[]>;
  /** Where a segment's files go, as a person would name it. @throws DestinationError when it is not there */
  protected abstract placeOf(segment: Segment): Promise<string>;
  protected abstract filesFor(layout: Layout, upload: Upload<FileOptions>): Files;
  /** Bytes of a file; nothing when it is not there, `unknown` when it may not be looked at. */
  protected abstract sizeOf(folder: string, name: string): Promise<number | undefined | 'unknown'>;
  /** Tidies up after unfinished uploads, where the link still answers, and ends every socket. */
  protected abstract end(uploads: Files[]): Promise<void>;

  /** A segment's place is its folder; there is nothing to create but a name to promise. */
  async ensureAudience(segment: Segment, options: FileOptions, known?: RemoteAudience): Promise<RemoteAudience> {
    assertNamesDiffer(profileOf(options), segment);
    const place = await this.placeOf(segment);
    return { ...known, id: known?.id ?? place, name: segment.name };
  }

  async add({ upload, seq, idempotencyKey, members }: Batch<FileOptions>): Promise<Receipt> {
    if (members.length > 0) {
      const rows = members.map(({ wire }) => wire as string[]);
      await this.filesOf(upload).append(seq, idempotencyKey, rows);
    }
    const outcomes = members.map(({ contactId }) => ({ contactId, verdict: 'accepted' as const }));
    return { outcomes, unattributedRejects: 0, warnings: [] };
  }

  async remove(): Promise<Receipt> {
    throw failureOf('remove');
  }

  async finish(upload: Upload<FileOptions>): Promise<Receipt> {
    const { folder, files, warnings } = await this.filesOf(upload).finish();
    const ticket = { folder, files: files.map((file) => ({ ...file })) };
    return { outcomes: [], unattributedRejects: 0, warnings, ticket };
  }

  /** Looks at the files once more. Receivers take files away, so one that is gone was still delivered. */
  async confirm(_upload: Upload<FileOptions>, tickets: Json[]): Promise<Confirmation> {
    const told = (tickets as Partial<Ticket>[]).flatMap(({ folder = '', files = [] }) =>
      files.map((file) => ({ ...file, folder })),
    );
    const warnings: string[] = [];
    const changed: string[] = [];
    for (const { folder, name, bytes } of told) {
      const found = await this.sizeOf(folder, name);
      if (found === 'unknown') continue;
      if (found === undefined) warnings.push(`${name} is not there any more: the receiver has taken it.`);
      else if (found !== bytes) changed.push(`${name} has ${found} bytes instead of ${bytes}`);
    }
    const proof = told.map(
      ({ name, rows, bytes, sha256 }) => `${name}: ${rows} rows, ${bytes} bytes, SHA-256 ${sha256}`,
    );
    return {
      state: told.length === 0 ? 'pending' : changed.length > 0 ? 'failed' : 'confirmed',
      detail: changed.length > 0 ? `${changed.join('; ')}.` : proof.join('; ') || 'Nothing is finished yet.',
      received: told.reduce((sum, { rows }) => sum + rows, 0),
      rejects: [],
      warnings,
    };
  }

  close(): Promise<void> {
    this.closing ??= this.end([...this.uploads.values()]).finally(() => this.uploads.clear());
    return this.closing;
  }

  private filesOf(upload: Upload<FileOptions>): Files {
    if (this.closing) throw failureOf('closed');
    const known = this.uploads.get(upload.id);
    if (known) return known;
    const files = this.filesFor(layoutOf(upload), upload);
    this.uploads.set(upload.id, files);
    return files;
  }
}
