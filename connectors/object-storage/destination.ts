import {
  type Batch,
  type Confirmation,
  type ConnectorEnvironment,
  type Destination,
  DestinationError,
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
import { failure } from './errors.ts';
import type { ObjectStorageSettings } from './settings.ts';
import { Storage } from './storage.ts';
import { joinKey, ObjectFiles } from './upload.ts';

/** Kept by the engine after `finish`: what was proven to be in the bucket. */
interface Ticket {
  folder: string;
  files: FileFacts[];
}

/** A folder of a bucket: every upload becomes a file, or several, that stands for its whole segment. */
export class ObjectStorageDestination implements Destination<FileOptions> {
  private readonly storage: Storage;
  private readonly uploads = new Map<string, ObjectFiles>();
  private closing?: Promise<void>;

  constructor(
    private readonly settings: ObjectStorageSettings,
    environment: ConnectorEnvironment,
  ) {
    this.storage = new Storage(settings, environment);
  }

  async check(): Promise<Prerequisite[]> {
    const error = await this.storage.look().then(
      () => undefined,
      (reason: unknown) => {
        if (reason instanceof DestinationError) return reason;
        throw reason;
      },
    );
    return prerequisites(error);
  }

  /** A segment's place is its folder; there is nothing to create but a name to promise. */
  async ensureAudience(segment: Segment, options: FileOptions, known?: RemoteAudience): Promise<RemoteAudience> {
    assertNamesDiffer(profileOf(options), segment);
    const { bucket, prefix } = this.settings;
    return { ...known, id: known?.id ?? `s3://${bucket}/${joinKey(prefix, segment.key)}`, name: segment.name };
  }

  async add(batch: Batch<FileOptions>): Promise<Receipt> {
    if (batch.members.length > 0) {
      const rows = batch.members.map(({ wire }) => wire as string[]);
      await this.filesOf(batch.upload).append(batch.seq, batch.idempotencyKey, rows);
    }
    const outcomes = batch.members.map(({ contactId }) => ({ contactId, verdict: 'accepted' as const }));
    return { outcomes, unattributedRejects: 0, warnings: [] };
  }

  async remove(): Promise<Receipt> {
    throw failure('remove');
  }

  async finish(upload: Upload<FileOptions>): Promise<Receipt> {
    const written = this.filesOf(upload);
    const { files, warnings } = await written.finish();
    const ticket = { folder: written.folder, files: files.map((file) => ({ ...file })) };
    return { outcomes: [], unattributedRejects: 0, warnings, ticket };
  }

  /** Looks at the files once more. Receivers take files away, so one that is gone was still delivered. */
  async confirm(_upload: Upload<FileOptions>, tickets: Json[]): Promise<Confirmation> {
    const told = (tickets as Partial<Ticket>[]).flatMap(({ folder = '', files = [] }) =>
      files.map((file) => ({ ...file, key: joinKey(folder, file.name) })),
    );
    const warnings: string[] = [];
    const changed: string[] = [];
    for (const { key, name, bytes } of this.settings.verify === 'none' ? [] : told) {
      const found = await this.storage.find(key).catch(unlooked);
      if (found === 'forbidden') continue;
      if (!found) warnings.push(`${name} is no longer in the bucket: the receiver has taken it.`);
      else if (found.bytes !== bytes) changed.push(`${name} has ${found.bytes} bytes instead of ${bytes}`);
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
    this.closing ??= this.storage.close([...this.uploads.values()].flatMap((files) => files.leftovers()));
    return this.closing;
  }

  private filesOf(upload: Upload<FileOptions>): ObjectFiles {
    if (this.closing) throw failure('cancelled');
    const known = this.uploads.get(upload.id);
    if (known) return known;
    const files = new ObjectFiles(this.storage, this.settings, layoutOf(upload), upload);
    this.uploads.set(upload.id, files);
    return files;
  }
}

/** What a connection needs, in the order it is found out. */
const STEPS: [string, string][] = [
  ['connection', 'The storage answers'],
  ['credentials', 'The credentials are accepted'],
  ['bucket', 'The bucket is there'],
  ['list', 'The folder can be seen'],
];
const FAILED_AT: Record<string, string> = {
  InvalidAccessKeyId: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  ExpiredToken: 'credentials',
  InvalidToken: 'credentials',
  RequestTimeTooSkewed: 'credentials',
  NoSuchBucket: 'bucket',
  PermanentRedirect: 'bucket',
  AuthorizationHeaderMalformed: 'bucket',
  InvalidBucketName: 'bucket',
  AllAccessDisabled: 'bucket',
};

/** Credentials that may only write are fine: what they may do shows with the first delivery. */
function prerequisites(error: DestinationError | undefined): Prerequisite[] {
  const mayNotList = error?.vendorCode === 'AccessDenied';
  const failed = error && !mayNotList ? (FAILED_AT[error.vendorCode ?? ''] ?? 'connection') : undefined;
  const at = failed ? STEPS.findIndex(([name]) => name === failed) : STEPS.length;
  return STEPS.map(([name, title], n) => {
    const detail = n < at ? 'Fine.' : n === at ? error!.message : 'Not tried before the step above works.';
    const unseen = mayNotList && name === 'list';
    return {
      name,
      title,
      ok: n < at,
      detail: unseen ? 'These credentials may not list it, which deliveries do not need.' : detail,
      ...(n > at ? { untried: true } : {}),
    };
  });
}

function unlooked(error: unknown): 'forbidden' {
  if (error instanceof DestinationError && error.vendorCode === 'AccessDenied') return 'forbidden';
  throw error;
}
