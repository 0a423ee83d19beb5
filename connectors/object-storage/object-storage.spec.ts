import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import nock from 'nock';
import { DestinationError } from '../errors.ts';
import { FileOptions } from '../files/options.ts';
import { encodeAll, rehearsalBatch, rehearsalEnvironment, rehearsalMember, rehearsalUpload } from '../rehearsal.ts';
import { objectStorage } from './definition.ts';
import { errors, translate } from './errors.ts';
import { ObjectStorageSettings } from './settings.ts';
import { joinKey } from './upload.ts';

const plain = {
  bucket: 'acme-audiences',
  prefix: 'out/',
  region: 'eu-central-1',
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'secret-of-ours',
  encryption: 'AES256',
};
const instance = (more: object = {}) =>
  plainToInstance(ObjectStorageSettings, { ...plain, ...more }, { exposeDefaultValues: true });
const HOST = 'https://acme-audiences.s3.eu-central-1.amazonaws.com';
const upload = rehearsalUpload(
  { id: 's3://acme-audiences/out/p_loyal', name: 'Loyal' },
  { options: plainToInstance(FileOptions, { fileName: '{{persona.key}}.csv', done: true }), matchKeys: ['EMAIL'] },
);
const members = encodeAll(objectStorage, upload, [rehearsalMember(1)]);
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest();
const xml = (code: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>m</Message><RequestId>R1</RequestId></Error>`;

beforeAll(() => nock.disableNetConnect());
afterAll(() => nock.restore());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});

test('the exact requests of a file, its manifest and its trigger', async () => {
  const text = `email,persona_key,persona_name\n${(members[0]!.wire as string[]).join(',')}\n`;
  const digest = sha256(text).toString('base64');
  const signed = { authorization: /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request/ };
  const begin = { ...signed, 'x-amz-server-side-encryption': 'AES256', 'x-amz-checksum-algorithm': 'SHA256' };
  nock(HOST, { reqheaders: { ...begin, 'content-type': 'text/csv; charset=utf-8' } })
    .post('/out/p_loyal.csv?uploads=')
    .reply(200, '<InitiateMultipartUploadResult><UploadId>U-1</UploadId></InitiateMultipartUploadResult>');
  nock(HOST, { reqheaders: { ...signed, 'x-amz-checksum-sha256': digest, 'content-length': String(text.length) } })
    .put('/out/p_loyal.csv?partNumber=1&uploadId=U-1&x-id=UploadPart', text)
    .reply(200, '', { etag: '"e-1"' });
  nock(HOST, { reqheaders: signed })
    .post(
      '/out/p_loyal.csv?uploadId=U-1',
      new RegExp(
        `<Part><ETag>(&quot;|")e-1(&quot;|")</ETag><ChecksumSHA256>${digest.replaceAll('+', '\\+')}</ChecksumSHA256><PartNumber>1</PartNumber></Part>`,
      ),
    )
    .reply(200, '<CompleteMultipartUploadResult><ETag>"x-1"</ETag></CompleteMultipartUploadResult>');
  const whole = `${sha256(sha256(text)).toString('base64')}-1`;
  nock(HOST, { reqheaders: { ...signed, 'x-amz-checksum-mode': 'ENABLED' } })
    .head('/out/p_loyal.csv')
    .reply(200, '', {
      'content-length': String(text.length),
      'x-amz-checksum-sha256': whole,
      'x-amz-request-id': 'R7',
    });
  nock(HOST, { reqheaders: { ...signed, 'content-type': 'application/json' } })
    .put(
      '/out/p_loyal.csv.manifest.json?x-id=PutObject',
      (body) => body.files[0].sha256 === sha256(text).toString('hex'),
    )
    .reply(200, '', { etag: '"m"' });
  nock(HOST, { reqheaders: signed }).put('/out/p_loyal.csv.done?x-id=PutObject', '').reply(200, '', { etag: '"d"' });

  const environment = rehearsalEnvironment();
  const destination = await objectStorage.open(instance(), environment);
  await destination.add(rehearsalBatch(upload, members));
  const receipt = await destination.finish(upload);
  expect(receipt.ticket).toEqual({
    folder: 'out',
    files: [{ name: 'p_loyal.csv', rows: 1, bytes: text.length, sha256: sha256(text).toString('hex') }],
  });
  expect(environment.calls.map(({ method, target, status }) => [method, target, status])).toContainEqual([
    'HeadObject',
    's3://acme-audiences/out/p_loyal.csv',
    200,
  ]);
  await destination.close();
});

test.each([
  [403, xml('SignatureDoesNotMatch'), 'auth', 'SignatureDoesNotMatch'],
  [403, xml('AccessDenied'), 'config', 'AccessDenied'],
  [404, xml('NoSuchBucket'), 'config', 'NoSuchBucket'],
  [503, xml('SlowDown'), 'throttled', 'SlowDown'],
  [507, xml('XMinioStorageFull'), 'config', 'XMinioStorageFull'],
  [400, xml('SomethingNew'), 'unknown', 'SomethingNew'],
  [502, '<html><body>Bad gateway</body></html>', 'transient', 'InternalError'],
])('%s %s means %s', async (status, body, code, vendorCode) => {
  nock(HOST).post('/out/p_loyal.csv?uploads=').reply(status, body, { 'content-type': 'application/xml' });
  const environment = rehearsalEnvironment();
  const destination = await objectStorage.open(instance(), environment);
  await destination.add(rehearsalBatch(upload, members));
  const failed = await destination.finish({ ...upload }).catch((error: Error) => error);
  expect(failed).toBeInstanceOf(DestinationError);
  expect(failed).toMatchObject({ code, vendorCode });
  expect(environment.calls.at(-1)).toMatchObject({ method: 'CreateMultipartUpload', status, code: vendorCode });
  await destination.close();
});

test.each([
  [{ code: 'ENOTFOUND' }, 'ENOTFOUND'],
  [{ name: 'TimeoutError', code: 'ECONNRESET' }, 'ECONNRESET'],
  [{ name: 'TimeoutError' }, 'timeout'],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'certificate'],
  [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'certificate'],
  [{ name: 'Error', message: 'AWS SDK error wrapper for TimeoutError: read ECONNRESET' }, 'ECONNRESET'],
  [{ $metadata: { httpStatusCode: 301 } }, 'PermanentRedirect'],
  [{ name: 'not a name!' }, 'unnamed'],
])('%j is %s', (error, vendorCode) => {
  expect(translate(error, new Date())).toMatchObject({ vendorCode });
});

test('every error says what to do', () => {
  expect(errors.filter(({ text }) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
});

test.each<[object, string[]]>([
  [{}, []],
  [{ endpoint: 'https://minio.example.com:9000' }, []],
  [{ endpoint: 'http://127.0.0.1:9000', pathStyle: true }, []],
  [{ endpoint: 'http://minio.example.com' }, ['endpoint']],
  [{ bucket: 'Has_Capitals' }, ['bucket']],
  [{ prefix: '/absolute' }, ['prefix']],
  [{ prefix: 'a/../b' }, ['prefix']],
  [{ encryption: 'rot13' }, ['encryption']],
  [{ verify: 'hope' }, ['verify']],
  [{ secretAccessKey: 'has spaces' }, ['secretAccessKey']],
])('settings %j are refused for %j', (more, faults) => {
  expect(validateSync(instance(more)).map(({ property }) => property)).toEqual(faults);
});

test('keys have no stray slashes', () => {
  expect(joinKey('', 'a//b/', '/c')).toBe('a/b/c');
});
