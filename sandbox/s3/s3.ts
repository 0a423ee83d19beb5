import { createHash } from 'node:crypto';
import { FaultBook } from '../faults.ts';
import { type Answer, type Call, type ErrorFault, type HttpContext, type Listening, listen } from '../http.ts';
import { errorAnswer, S3Error } from './errors.ts';
import { assertSigned, type Keys } from './signature.ts';

/** What a connection to the fake object storage needs. */
export interface S3Credentials extends Keys {
  endpoint: string;
  bucket: string;
}

/** An object as kept. */
export interface StoredObject {
  bytes: Buffer;
  contentType: string;
  etag: string;
  /** As GetObject shows it: base64, with `-<parts>` for one that came in parts. */
  checksum?: string;
  /** `AES256` or `aws:kms`, with the key. */
  encryption?: string;
  kmsKeyId?: string;
  storageClass?: string;
}

interface Part {
  bytes: Buffer;
  etag: string;
  checksum?: string;
}

interface MultipartUpload extends Omit<StoredObject, 'bytes' | 'etag' | 'checksum'> {
  key: string;
  algorithm?: string;
  parts: Map<number, Part>;
}

export interface S3Options {
  /** Object storages of others often keep no checksums. */
  keepsChecksums: boolean;
  /** Operations that the user of these credentials may not do, e.g. `GetObject`. */
  denied: string[];
}

const USUAL: S3Options = { keepsChecksums: true, denied: [] };
/** Every part but the last has at least so much. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const SMALLEST_PART = 5 * 1024 ** 2;
const MOST_PARTS = 10_000;

const CREDENTIALS = {
  accessKeyId: 'AKIASANDBOXSANDBOX00',
  secretAccessKey: 'sandbox/secret+access/key/of/nobody/00000',
  region: 'eu-central-1',
  bucket: 'audiences',
};

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

/** A fake S3, addressed by path: signatures, checksums and the rules of uploads in parts are enforced. */
export class S3Sandbox {
  readonly faults = new FaultBook();
  readonly options: S3Options = { ...USUAL };
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, MultipartUpload>();
  private readonly context: HttpContext;
  private listening!: Listening;
  private nextUpload = 1;

  constructor(context: Omit<HttpContext, 'faults'>) {
    this.context = { ...context, faults: this.faults };
  }

  async start(port?: number): Promise<void> {
    this.listening = await listen(
      { name: 's3', handle: (call) => this.answer(call), errorAnswer: scripted },
      this.context,
      port,
    );
  }

  get url(): string {
    return this.listening.url;
  }

  get port(): number {
    return this.listening.port;
  }

  get credentials(): S3Credentials {
    return { ...CREDENTIALS, endpoint: this.url };
  }

  get requests() {
    return this.context.journal.of('s3');
  }

  /** Keys of the objects that are there. */
  keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  /** An object's text. */
  text(key: string): string {
    return this.objects.get(key)!.bytes.toString('utf8');
  }

  snapshot(): object {
    return {
      objects: Object.fromEntries(this.keys().map((key) => [key, md5(this.objects.get(key)!.bytes)])),
      uploads: [...this.uploads].map(([id, { key, parts }]) => ({ id, key, parts: parts.size })),
    };
  }

  reset(): void {
    this.faults.clear();
    this.objects.clear();
    this.uploads.clear();
    Object.assign(this.options, USUAL);
  }

  close(): Promise<void> {
    return this.listening.close();
  }

  private answer(call: Call): Answer {
    try {
      assertSigned(call, CREDENTIALS, this.context.clock.now());
      const [, bucket, ...rest] = call.path.split('/');
      if (bucket !== CREDENTIALS.bucket) throw new S3Error(404, 'NoSuchBucket');
      const answer = this.carryOut(call, rest.join('/'));
      return { ...answer, headers: { 'x-amz-request-id': 'SANDBOX', ...answer.headers } };
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return call.method === 'HEAD' ? { status: error.status } : errorAnswer(error.code, error.status);
    }
  }

  private carryOut(call: Call, key: string): Answer {
    const id = call.query.get('uploadId');
    const kind = key === '' ? 'bucket' : call.query.has('uploads') ? 'uploads' : id ? 'upload' : 'object';
    const [name, operation] = this.operations(call, key, id ?? '')[`${call.method} ${kind}`] ?? [];
    if (!name || !operation) throw new S3Error(405, 'MethodNotAllowed');
    if (this.options.denied.includes(name)) throw new S3Error(403, 'AccessDenied');
    return operation();
  }

  private operations(call: Call, key: string, id: string): Record<string, [string, () => Answer]> {
    return {
      'HEAD bucket': ['HeadBucket', () => ({ status: 200, headers: { 'x-amz-bucket-region': CREDENTIALS.region } })],
      'GET bucket': ['ListObjectsV2', () => this.list(call)],
      'PUT object': ['PutObject', () => this.put(call, key)],
      'GET object': ['GetObject', () => this.get(call, key)],
      'HEAD object': ['HeadObject', () => this.get(call, key)],
      'DELETE object': ['DeleteObject', () => this.remove(key)],
      'POST uploads': ['CreateMultipartUpload', () => this.begin(call, key)],
      'PUT upload': ['UploadPart', () => this.putPart(call, key, id)],
      'POST upload': ['CompleteMultipartUpload', () => this.complete(call, key, id)],
      'DELETE upload': ['AbortMultipartUpload', () => this.abort(key, id)],
    };
  }

  private list({ query }: Call): Answer {
    const found = this.keys().filter((key) => key.startsWith(query.get('prefix') ?? ''));
    const listed = found
      .slice(0, Number(query.get('max-keys') ?? 1000))
      .map((key) => `<Contents><Key>${escaped(key)}</Key></Contents>`);
    return xml(`<ListBucketResult><Name>${CREDENTIALS.bucket}</Name>${listed.join('')}</ListBucketResult>`);
  }

  private put(call: Call, key: string): Answer {
    const checksum = checked(call);
    const etag = `"${md5(call.bytes)}"`;
    this.objects.set(key, { ...described(call), bytes: call.bytes, etag, checksum });
    return { status: 200, headers: { etag, ...this.checksumHeader(checksum) } };
  }

  private get({ method, headers }: Call, key: string): Answer {
    const found = this.objects.get(key);
    if (!found) throw new S3Error(404, 'NoSuchKey');
    const asked = headers['x-amz-checksum-mode'] === 'ENABLED';
    return {
      status: 200,
      headers: {
        etag: found.etag,
        'content-type': found.contentType,
        'content-length': String(found.bytes.length),
        ...(asked && this.checksumHeader(found.checksum)),
        ...(found.encryption && { 'x-amz-server-side-encryption': found.encryption }),
      },
      body: method === 'HEAD' ? Buffer.alloc(0) : found.bytes,
    };
  }

  private remove(key: string): Answer {
    this.objects.delete(key);
    return { status: 204 };
  }

  private begin(call: Call, key: string): Answer {
    const id = `upload-${this.nextUpload++}`;
    const algorithm = call.headers['x-amz-checksum-algorithm'];
    this.uploads.set(id, { ...described(call), key, algorithm, parts: new Map() });
    return xml(
      `<InitiateMultipartUploadResult><Bucket>${CREDENTIALS.bucket}</Bucket><Key>${escaped(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  private putPart(call: Call, key: string, id: string): Answer {
    const upload = this.upload(key, id);
    const number = Number(call.query.get('partNumber'));
    if (!(number >= 1 && number <= MOST_PARTS)) throw new S3Error(400, 'InvalidArgument');
    const checksum = checked(call);
    if (upload.algorithm && !checksum) throw new S3Error(400, 'InvalidRequest');
    const etag = `"${md5(call.bytes)}"`;
    upload.parts.set(number, { bytes: call.bytes, etag, checksum });
    return { status: 200, headers: { etag, ...this.checksumHeader(checksum) } };
  }

  private complete({ body }: Call, key: string, id: string): Answer {
    const { parts, key: _key, algorithm, ...about } = this.upload(key, id);
    const listed = [...body.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, text = '']) => ({
      number: Number(tag(text, 'PartNumber')),
      etag: tag(text, 'ETag').replaceAll('&quot;', '"'),
      checksum: tag(text, 'ChecksumSHA256'),
    }));
    if (listed.some(({ number }, n) => n > 0 && number <= listed[n - 1]!.number))
      throw new S3Error(400, 'InvalidPartOrder');
    const chosen = listed.map(({ number, etag, checksum }) => {
      const part = parts.get(number);
      if (!part || part.etag !== etag || (algorithm && part.checksum !== checksum))
        throw new S3Error(400, 'InvalidPart');
      return part;
    });
    if (chosen.length === 0 || chosen.slice(0, -1).some(({ bytes }) => bytes.length < SMALLEST_PART))
      throw new S3Error(400, chosen.length === 0 ? 'InvalidRequest' : 'EntityTooSmall');
    const bytes = Buffer.concat(chosen.map((part) => part.bytes));
    const digests = Buffer.concat(chosen.map((part) => createHash('sha256').update(part.bytes).digest()));
    const checksum = algorithm ? `${sha256(digests)}-${chosen.length}` : undefined;
    this.objects.set(key, { ...about, bytes, checksum, etag: `"${md5(digests)}-${chosen.length}"` });
    this.uploads.delete(id);
    return xml(`<CompleteMultipartUploadResult><Key>${escaped(key)}</Key></CompleteMultipartUploadResult>`);
  }

  private abort(key: string, id: string): Answer {
    this.upload(key, id);
    this.uploads.delete(id);
    return { status: 204 };
  }

  private upload(key: string, id: string): MultipartUpload {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) throw new S3Error(404, 'NoSuchUpload');
    return upload;
  }

  private checksumHeader(checksum: string | undefined): Record<string, string> {
    return checksum && this.options.keepsChecksums ? { 'x-amz-checksum-sha256': checksum } : {};
  }
}

/** The checksum that came along, if it is right. */
function checked({ headers, bytes }: Call): string | undefined {
  const given = headers['x-amz-checksum-sha256'];
  if (given && given !== sha256(bytes)) throw new S3Error(400, 'BadDigest');
  return given;
}

function described({ headers }: Call) {
  return {
    contentType: headers['content-type'] ?? 'binary/octet-stream',
    encryption: headers['x-amz-server-side-encryption'],
    kmsKeyId: headers['x-amz-server-side-encryption-aws-kms-key-id'],
    storageClass: headers['x-amz-storage-class'],
  };
}

const xml = (body: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const tag = (text: string, name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(text)?.[1] ?? '';
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function scripted({ code, status, headers }: ErrorFault): Answer {
  return errorAnswer(String(code), status, headers);
}
