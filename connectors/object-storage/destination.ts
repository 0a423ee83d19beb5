import type { ConnectorEnvironment, Prerequisite, Segment, Upload } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import type { Layout } from '../files/columns.ts';
import { FilesDestination } from '../files/destination.ts';
import type { FileOptions } from '../files/options.ts';
import type { ObjectStorageSettings } from './settings.ts';
import { Storage } from './storage.ts';
import { forbidden, joinKey, ObjectUpload } from './upload.ts';

/** A folder of a bucket. */
export class ObjectStorageDestination extends FilesDestination<ObjectUpload> {
  private readonly storage: Storage;

  constructor(
    private readonly settings: ObjectStorageSettings,
    environment: ConnectorEnvironment,
  ) {
    super();
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

  protected async placeOf(segment: Segment): Promise<string> {
    const { bucket, prefix } = this.settings;
    return `s3://${bucket}/${joinKey(prefix, segment.key)}`;
  }

  protected filesFor(layout: Layout, upload: Upload<FileOptions>): ObjectUpload {
    return new ObjectUpload(this.storage, this.settings, layout, upload);
  }

  protected async sizeOf(folder: string, name: string): Promise<number | undefined | 'unknown'> {
    if (this.settings.verify === 'none') return 'unknown';
    const found = await this.storage.find(joinKey(folder, name)).catch(forbidden);
    return found === 'forbidden' ? 'unknown' : found?.bytes;
  }

  protected end(uploads: ObjectUpload[]): Promise<void> {
    return this.storage.close(uploads.flatMap((files) => files.leftovers()));
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
