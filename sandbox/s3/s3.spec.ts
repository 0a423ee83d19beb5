import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const Bucket = 'audiences';
const client = (more: object = {}) => {
  const { endpoint, region, accessKeyId, secretAccessKey } = { ...sandbox.s3.credentials, ...more };
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials, maxAttempts: 1 });
};
const nameOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: Error) => error.name,
  );

test('keeps what it is given, under any key', async () => {
  const Key = 'a b/ü+&=?/c.csv';
  await client().send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ContentType: 'text/csv' }));
  const { Body, ContentType } = await client().send(new GetObjectCommand({ Bucket, Key }));
  expect([await Body!.transformToString(), ContentType]).toEqual(['hello', 'text/csv']);
  const { Contents } = await client().send(new ListObjectsV2Command({ Bucket, Prefix: 'a b/' }));
  expect(Contents?.map(({ Key: key }) => key)).toEqual([Key]);
  expect(await nameOf(client().send(new GetObjectCommand({ Bucket, Key: 'b' })))).toBe('NoSuchKey');
});

test.each<[object, string]>([
  [{ secretAccessKey: 'another' }, 'SignatureDoesNotMatch'],
  [{ accessKeyId: 'another' }, 'InvalidAccessKeyId'],
  [{ region: 'us-west-2' }, 'AuthorizationHeaderMalformed'],
])('refuses %j', async (keys, code) => {
  expect(await nameOf(client(keys).send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' })))).toBe(code);
});

test('refuses what is not signed, and what was changed on the way', async () => {
  expect((await fetch(`${sandbox.s3.url}/audiences/a`)).status).toBe(403);
  const wrong = new PutObjectCommand({
    Bucket,
    Key: 'a',
    Body: 'x',
    ChecksumSHA256: Buffer.alloc(32).toString('base64'),
  });
  expect(await nameOf(client().send(wrong))).toBe('BadDigest');
});

test('holds uploads in parts to their rules', async () => {
  const s3 = client();
  const about = { Bucket, Key: 'big' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...about, ChecksumAlgorithm: 'SHA256' }));
  const put = async (PartNumber: number, Body: Buffer) => {
    const part = new UploadPartCommand({ ...about, UploadId, PartNumber, Body, ChecksumAlgorithm: 'SHA256' });
    const { ETag, ChecksumSHA256 } = await s3.send(part);
    return { PartNumber, ETag, ChecksumSHA256 };
  };
  const complete = (...Parts: object[]) =>
    nameOf(s3.send(new CompleteMultipartUploadCommand({ ...about, UploadId, MultipartUpload: { Parts } })));
  const [small, large, last] = [
    await put(1, Buffer.from('x')),
    await put(2, Buffer.alloc(5 * 1024 ** 2)),
    await put(3, Buffer.from('y')),
  ];
  expect(await complete(small, last)).toBe('EntityTooSmall');
  expect(await complete(last, large)).toBe('InvalidPartOrder');
  expect(await complete(large, { ...last, ETag: '"another"' })).toBe('InvalidPart');
  expect(await complete(large, { ...last, ChecksumSHA256: undefined })).toBe('InvalidPart');
  expect(sandbox.s3.keys()).toEqual([]);
  expect(await complete(large, last)).toBe('done');
  expect(sandbox.s3.objects.get('big')!.bytes).toHaveLength(5 * 1024 ** 2 + 1);
  expect(await complete(large, last)).toBe('NoSuchUpload');
});
