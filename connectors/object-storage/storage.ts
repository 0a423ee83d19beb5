import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { ConnectorEnvironment } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { type Agents, assertUrlAllowed, guardedAgents } from '../http/guard.ts';
import { failure, translate } from './errors.ts';
import type { ObjectStorageSettings } from './settings.ts';

const CLEANING_UP_MS = 1_500;

/** A piece of a file that the storage has. */
export interface Block {
  number: number;
  etag: string;
  /** SHA-256 in base64. */
  checksum: string;
}

/** What the storage says of an object. */
export interface Found {
  bytes: number;
  /** SHA-256 in base64, of the digests of the blocks and with `-<blocks>` for an object made of several. */
  checksum?: string;
}

/** A bucket, as far as deliveries need it. Every method rejects with `DestinationError` and nothing else. */
export class Storage {
  private readonly client: S3Client;
  private readonly agents: Agents;
  private readonly closing = new AbortController();
  private allowed?: Promise<void>;

  constructor(
    private readonly settings: ObjectStorageSettings,
    private readonly environment: ConnectorEnvironment,
  ) {
    const { endpoint, region, pathStyle, accessKeyId, secretAccessKey } = settings;
    this.agents = guardedAgents(environment, 16);
    this.client = new S3Client({
      region,
      endpoint,
      forcePathStyle: pathStyle ?? endpoint !== undefined,
      credentials: { accessKeyId, secretAccessKey },
      // The engine tries again, and says so.
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: new NodeHttpHandler({ httpAgent: this.agents.http, httpsAgent: this.agents.https }),
    });
  }

  /** Reads at most one key, which shows host, credentials and bucket without changing anything. */
  async look(): Promise<void> {
    await this.call('ListObjectsV2', '', (signal) =>
      this.client.send(new ListObjectsV2Command({ ...this.bucket, Prefix: this.settings.prefix, MaxKeys: 1 }), signal),
    );
  }

  async put(key: string, body: Buffer, contentType: string): Promise<void> {
    const about = { ...this.bucket, Key: key, ContentType: contentType, ...this.encryption };
    await this.call('PutObject', key, (signal) =>
      this.client.send(new PutObjectCommand({ ...about, Body: body, ...this.vouching(checksumOf(body)) }), signal),
    );
  }

  /** @returns the id of the upload */
  async begin(key: string, contentType: string): Promise<string> {
    const about = { ...this.bucket, Key: key, ContentType: contentType, ...this.encryption };
    const { UploadId } = await this.call('CreateMultipartUpload', key, (signal) =>
      this.client.send(
        new CreateMultipartUploadCommand({ ...about, ...(this.vouches && { ChecksumAlgorithm: 'SHA256' }) }),
        signal,
      ),
    );
    return UploadId!;
  }

  async putBlock(key: string, uploadId: string, number: number, body: Buffer): Promise<Block> {
    if (number > 10_000) throw failure('too-many-parts');
    const checksum = checksumOf(body);
    const about = { ...this.bucket, Key: key, UploadId: uploadId, PartNumber: number };
    const { ETag } = await this.call('UploadPart', key, (signal) =>
      this.client.send(new UploadPartCommand({ ...about, Body: body, ...this.vouching(checksum) }), signal),
    );
    return { number, etag: ETag!, checksum };
  }

  /** Makes the object of its blocks; before, nobody sees it. */
  async complete(key: string, uploadId: string, blocks: Block[]): Promise<void> {
    const Parts = blocks.map(({ number, etag, checksum }) => ({
      PartNumber: number,
      ETag: etag,
      ...this.vouching(checksum),
    }));
    const about = { ...this.bucket, Key: key, UploadId: uploadId };
    await this.call('CompleteMultipartUpload', key, (signal) =>
      this.client.send(new CompleteMultipartUploadCommand({ ...about, MultipartUpload: { Parts } }), signal),
    );
  }

  /** Undefined when there is no such object. */
  async find(key: string): Promise<Found | undefined> {
    const found = await this.call('HeadObject', key, (signal) =>
      this.client.send(
        new HeadObjectCommand({ ...this.bucket, Key: key, ...(this.vouches && { ChecksumMode: 'ENABLED' }) }),
        signal,
      ),
    ).catch(absent);
    return found && { bytes: found.ContentLength ?? 0, checksum: found.ChecksumSHA256 };
  }

  /** Hands out an object's bytes as they come. @returns false when there is no such object */
  async read(key: string, take: (bytes: Buffer) => void): Promise<boolean> {
    const found = await this.call('GetObject', key, async (signal) => {
      const answer = await this.client.send(new GetObjectCommand({ ...this.bucket, Key: key }), signal);
      for await (const bytes of answer.Body as Readable) take(bytes as Buffer);
      return answer;
    }).catch(absent);
    return found !== undefined;
  }

  /** Drops unfinished uploads, where the link still answers, and ends every socket. */
  async close(unfinished: { key: string; uploadId: string }[]): Promise<void> {
    this.closing.abort();
    const abortSignal = AbortSignal.timeout(CLEANING_UP_MS);
    const aborts = unfinished.map(({ key, uploadId }) =>
      this.client.send(new AbortMultipartUploadCommand({ ...this.bucket, Key: key, UploadId: uploadId }), {
        abortSignal,
      }),
    );
    await Promise.allSettled(aborts);
    this.client.destroy();
    this.agents.destroy();
  }

  private get bucket() {
    return { Bucket: this.settings.bucket };
  }

  /** Many a storage does not know checksums, and some refuse requests that have them. */
  private get vouches(): boolean {
    return this.settings.verify === 'checksum';
  }

  private vouching(checksum: string): { ChecksumSHA256?: string } {
    return this.vouches ? { ChecksumSHA256: checksum } : {};
  }

  private get encryption() {
    const { encryption, kmsKeyId } = this.settings;
    if (encryption === 'none') return {};
    return { ServerSideEncryption: encryption, ...(encryption === 'aws:kms' && kmsKeyId && { SSEKMSKeyId: kmsKeyId }) };
  }

  private async call<T>(
    method: string,
    key: string,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const { environment, settings, closing } = this;
    const stopped = AbortSignal.any([environment.signal, closing.signal]);
    if (stopped.aborted) throw failure('cancelled');
    await this.assertAllowed();
    const at = environment.now();
    const started = performance.now();
    const record = (status: number | string, more: { vendorRequestId?: string; code?: string }) => {
      const milliseconds = Math.round(performance.now() - started);
      environment.record({ at, method, target: `s3://${settings.bucket}/${key}`, status, milliseconds, ...more });
    };
    const deadline = AbortSignal.timeout(settings.timeoutSeconds * 1000);
    try {
      const answer = await send({ abortSignal: AbortSignal.any([stopped, deadline]) });
      record(200, { vendorRequestId: requestId(answer) });
      return answer;
    } catch (error) {
      const known = stopped.aborted
        ? failure('cancelled')
        : deadline.aborted
          ? failure('timeout')
          : translate(error, environment.now());
      const { httpStatusCode } = (Object(error) as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
      record(httpStatusCode ?? 'failed', { vendorRequestId: requestId(error), code: known.vendorCode });
      throw known;
    }
  }

  /** Addresses that a user entered are judged once; every connection is judged again by the agents. */
  private assertAllowed(): Promise<void> {
    const { endpoint } = this.settings;
    this.allowed ??= endpoint ? assertUrlAllowed(this.environment, endpoint) : Promise.resolve();
    return this.allowed;
  }
}

export const checksumOf = (body: Buffer): string => createHash('sha256').update(body).digest('base64');

/** The checksum that a storage makes for an object of blocks. */
export function checksumOfBlocks(blocks: Block[]): string {
  const digests = blocks.map(({ checksum }) => Buffer.from(checksum, 'base64'));
  return `${checksumOf(Buffer.concat(digests))}-${blocks.length}`;
}

function absent(error: unknown): undefined {
  if (error instanceof DestinationError && error.vendorCode === 'NoSuchKey') return undefined;
  throw error;
}

function requestId(answer: unknown): string | undefined {
  return (Object(answer) as { $metadata?: { requestId?: string } }).$metadata?.requestId;
}
