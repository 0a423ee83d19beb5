import {
  type Batch,
  type Confirmation,
  type ConnectorEnvironment,
  type Destination,
  type Json,
  type Prerequisite,
  type Receipt,
  type RemoteAudience,
  type Segment,
  type Upload,
} from '../destination.ts';
import { layoutOf } from '../files/columns.ts';
import type { FileFacts } from '../files/manifest.ts';
import type { FileOptions } from '../files/options.ts';
import { profileOf } from '../files/profile.ts';
import { assertNamesDiffer } from '../files/template.ts';
import { checkConnection } from './check.ts';
import { Client, joinPath } from './client.ts';
import { failure } from './errors.ts';
import type { SftpSettings } from './settings.ts';
import { UploadFiles } from './upload.ts';

/** Kept by the engine after `finish`: what was proven to be on the server. */
interface Ticket {
  folder: string;
  files: FileFacts[];
}

/** An SFTP folder as a destination: every upload becomes a file, or several, that stands for its whole segment. */
export class SftpDestination implements Destination<FileOptions> {
  private readonly client: Client;
  private readonly uploads = new Map<string, UploadFiles>();
  private closing?: Promise<void>;
  private readonly onAbort = () => void this.close();

  constructor(
    private readonly settings: SftpSettings,
    private readonly environment: ConnectorEnvironment,
  ) {
    this.client = new Client(settings, environment);
    environment.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  check(): Promise<Prerequisite[]> {
    return checkConnection(this.client, this.settings);
  }

  /** A segment's place is its folder; there is nothing to create but a name to promise. */
  async ensureAudience(segment: Segment, options: FileOptions, known?: RemoteAudience): Promise<RemoteAudience> {
    assertNamesDiffer(profileOf(options), segment);
    const stat = await this.client.stat(this.settings.directory);
    if (!stat?.isDirectory) throw failure('2', `The folder is ${this.settings.directory}.`);
    return { ...known, id: known?.id ?? joinPath(this.settings.directory, segment.key), name: segment.name };
  }

  async add(batch: Batch<FileOptions>): Promise<Receipt> {
    if (batch.members.length > 0) {
      const files = this.filesOf(batch.upload);
      await files.append(batch.seq, batch.idempotencyKey, batch.members.map(rowOf));
    }
    const outcomes = batch.members.map(({ contactId }) => ({ contactId, verdict: 'accepted' as const }));
    return { outcomes, unattributedRejects: 0, warnings: [] };
  }

  async remove(): Promise<Receipt> {
    throw failure('remove');
  }

  async finish(upload: Upload<FileOptions>): Promise<Receipt> {
    const files = this.filesOf(upload);
    const { folder, files: facts, warnings } = await files.finish();
    const ticket = { folder, files: facts.map((file) => ({ ...file })) };
    return { outcomes: [], unattributedRejects: 0, warnings, ticket };
  }

  /** Looks at the files once more. Receivers take files away, so one that is gone was still delivered. */
  async confirm(_upload: Upload<FileOptions>, tickets: Json[]): Promise<Confirmation> {
    const told = (tickets as Partial<Ticket>[]).flatMap(({ folder = '', files = [] }) =>
      files.map((file) => ({ ...file, path: joinPath(folder, file.name) })),
    );
    const warnings: string[] = [];
    const changed: string[] = [];
    for (const { path, name, bytes } of told) {
      const stat = this.settings.verify === 'none' ? { size: bytes } : await this.client.stat(path);
      if (!stat) warnings.push(`${name} is no longer in the folder: the receiver has taken it.`);
      else if (stat.size !== bytes) changed.push(`${name} has ${stat.size} bytes instead of ${bytes}`);
    }
    const proof = told.map(
      ({ name, rows, bytes, sha256 }) => `${name}: ${rows} rows, ${bytes} bytes, SHA-256 ${sha256}`,
    );
    return {
      state: told.length === 0 ? 'pending' : changed.length > 0 ? 'failed' : 'confirmed',
      detail: changed.length > 0 ? `${changed.join('; ')}.` : proof.join('; '),
      received: told.reduce((sum, { rows }) => sum + rows, 0),
      rejects: [],
      warnings,
    };
  }

  /** Deletes what unfinished uploads left, where the link still answers, and ends every socket. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.environment.signal.removeEventListener('abort', this.onAbort);
    await this.client.close([...this.uploads.values()].flatMap((files) => files.leftovers()));
    this.uploads.clear();
  }

  private filesOf(upload: Upload<FileOptions>): UploadFiles {
    const known = this.uploads.get(upload.id);
    if (known) return known;
    const files = new UploadFiles(this.client, this.settings, layoutOf(upload), upload);
    this.uploads.set(upload.id, files);
    return files;
  }
}

function rowOf({ wire }: { wire: Json }): string[] {
  return wire as string[];
}
