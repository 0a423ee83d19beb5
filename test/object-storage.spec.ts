import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { parse } from 'csv-parse/sync';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { decrypt, generateKey, readMessage, readPrivateKey } from 'openpgp';
import { conformance, type Harness } from '../connectors/conformance.ts';
import type { EncodedMember } from '../connectors/destination.ts';
import { FileOptions } from '../connectors/files/options.ts';
import { objectStorage } from '../connectors/object-storage/definition.ts';
import { ObjectStorageSettings } from '../connectors/object-storage/settings.ts';
import {
  encodeAll,
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalSegment,
  rehearsalUpload,
} from '../connectors/rehearsal.ts';
import { STATUSES } from '../sandbox/s3/errors.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { startLink } from './support/link.ts';

/** The object storage connector over real sockets, against a sandbox that checks signatures and the rules of S3. */

const settingsFor = (plain: object) =>
  plainToInstance(ObjectStorageSettings, { prefix: 'deliveries', ...plain }, { exposeDefaultValues: true });

conformance(objectStorage, async (): Promise<Harness<ObjectStorageSettings, FileOptions>> => {
  const sandbox = await startSandbox();
  const { s3 } = sandbox;
  const link = await startLink(s3.port);
  const files = () => s3.keys().filter((key) => key.endsWith('.csv'));
  const rowsOf = (key: string) => parse(s3.text(key)).length - 1;
  const storing = { method: 'PUT', path: '\\.csv\\?.*uploadId=' };
  return {
    settings: settingsFor({ ...s3.credentials, endpoint: `http://127.0.0.1:${link.port}` }),
    options: plainToInstance(FileOptions, { fileName: '{{name}}.csv', manifest: false }),
    addresses: {},
    deliveries: () => files().map((key) => ({ way: 'add', entries: rowsOf(key), text: s3.text(key) })),
    holds: () => files().reduce((sum, key) => sum + rowsOf(key), 0),
    state: () => s3.snapshot(),
    connections: () => link.open(),
    hang: () => s3.faults.add({ match: storing, do: 'hang', times: 'always' }),
    failWith: ({ vendor }) => {
      if (!STATUSES[vendor]) return false;
      s3.faults.add({ match: storing, do: 'error', code: vendor, times: 'always' });
      return true;
    },
    throttle: (seconds) =>
      s3.faults.add({
        match: storing,
        do: 'error',
        code: 'SlowDown',
        status: 503,
        headers: { 'retry-after': String(seconds) },
        times: 'always',
      }),
    reset: () => sandbox.reset(),
    stop: async () => {
      await link.close();
      await sandbox.close();
    },
  };
});

describe('a bucket over sockets', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.reset());
  afterAll(() => sandbox.close());

  const open = (more: object = {}) =>
    objectStorage.open(settingsFor({ ...sandbox.s3.credentials, ...more }), rehearsalEnvironment());
  const uploadOf = (options: object = {}) =>
    rehearsalUpload(
      { id: 's3://audiences/deliveries/p_loyal', name: 'Loyal' },
      {
        options: plainToInstance(FileOptions, { fileName: '{{persona.key}}.{{extension}}', ...options }),
        matchKeys: ['EMAIL', 'PHONE'],
        estimatedTotal: 3,
      },
    );
  const membersOf = (upload: ReturnType<typeof uploadOf>, count: number) =>
    encodeAll(
      objectStorage,
      upload,
      Array.from({ length: count }, (_, n) => rehearsalMember(n)),
    );
  /** Enough rows for several blocks, without the work of making them. */
  const bulk = (members: EncodedMember[], rows: number) =>
    Array.from({ length: rows }, (_, n) => members[n % members.length]!);
  const operations = () =>
    sandbox.s3.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '').split('/').at(-1)}`);

  test('files first, then the manifest, then the triggers; the storage vouches for the digest', async () => {
    const destination = await open({ encryption: 'aws:kms', kmsKeyId: 'key-7' });
    const upload = uploadOf({ done: true, folder: '{{account}}' });
    await destination.add(rehearsalBatch(upload, membersOf(upload, 3)));
    expect(sandbox.s3.keys()).toEqual([]);
    const receipt = await destination.finish(upload);
    expect(operations()).toEqual([
      'POST p_loyal.csv',
      'PUT p_loyal.csv',
      'POST p_loyal.csv',
      'HEAD p_loyal.csv',
      'PUT p_loyal.csv.manifest.json',
      'PUT p_loyal.csv.done',
    ]);
    const stored = sandbox.s3.objects.get('deliveries/Acme/p_loyal.csv')!;
    const manifest = JSON.parse(sandbox.s3.text('deliveries/Acme/p_loyal.csv.manifest.json'));
    const sha256 = createHash('sha256').update(stored.bytes).digest('hex');
    expect(manifest.files).toEqual([{ name: 'p_loyal.csv', rows: 3, bytes: stored.bytes.length, sha256 }]);
    expect(stored).toMatchObject({ encryption: 'aws:kms', kmsKeyId: 'key-7', contentType: 'text/csv; charset=utf-8' });
    expect(receipt.warnings).toEqual([]);
    expect(await destination.confirm(upload, [receipt.ticket!])).toMatchObject({ state: 'confirmed', received: 3 });
    sandbox.s3.objects.clear();
    const taken = await destination.confirm(upload, [receipt.ticket!]);
    expect(taken).toMatchObject({
      state: 'confirmed',
      warnings: [expect.stringContaining('the receiver has taken it')],
    });
    await destination.close();
  });

  test('a large file goes in blocks; a batch that failed half-way is sent again, and nothing twice', async () => {
    const destination = await open();
    const upload = uploadOf();
    const members = bulk(membersOf(upload, 50), 50_000);
    await destination.add(rehearsalBatch(upload, members, 1, false));
    sandbox.s3.faults.add({ match: { method: 'PUT', path: 'partNumber=1' }, do: 'error', code: 'InternalError' });
    const second = destination.add(rehearsalBatch(upload, members, 2, false));
    await expect(second).rejects.toMatchObject({ code: 'transient', vendorCode: 'InternalError' });
    await destination.add(rehearsalBatch(upload, members, 2, false));
    await destination.add(rehearsalBatch(upload, members, 2, false));
    await destination.add(rehearsalBatch(upload, members.slice(0, 7), 5));
    // The answer to the completion is lost.
    sandbox.s3.faults.add({ match: { method: 'POST', path: 'uploadId' }, do: 'reset', apply: true });
    await expect(destination.finish(upload)).rejects.toMatchObject({ code: 'transient', vendorCode: 'ECONNRESET' });
    const { warnings } = await destination.finish(upload);
    expect(warnings).toEqual([]);
    const stored = sandbox.s3.objects.get('deliveries/p_loyal.csv')!;
    expect(stored.checksum).toMatch(/-\d$/);
    expect(stored.bytes.toString().split('\n')).toHaveLength(100_007 + 2);
    expect(sandbox.s3.uploads.size).toBe(0);
    await destination.close();
  });

  test('splits and packs', async () => {
    const destination = await open();
    const upload = uploadOf({ compression: 'gzip', splitRows: 2 });
    await destination.add(rehearsalBatch(upload, membersOf(upload, 3)));
    await destination.finish(upload);
    const texts = ['1', '2'].map((n) => sandbox.s3.objects.get(`deliveries/p_loyal_part-000${n}.csv.gz`)!.bytes);
    expect(texts.map((bytes) => parse(gunzipSync(bytes)).length)).toEqual([3, 2]);
    await destination.close();
  });

  test('a zip, and a file encrypted for the receiver in several blocks', async () => {
    const destination = await open();
    const zip = uploadOf({ compression: 'zip', fileName: 'all.csv', manifest: false });
    await destination.add(rehearsalBatch(zip, membersOf(zip, 3)));
    await destination.finish(zip);
    const stored = sandbox.s3.objects.get('deliveries/all.csv.zip')!;
    expect(stored.contentType).toBe('application/zip');
    expect(stored.bytes.readUInt32LE(0)).toBe(0x04034b50);

    const { publicKey, privateKey } = await generateKey({ userIDs: [{ email: 'in@example.com' }], format: 'armored' });
    const sealed = { ...uploadOf({ encryptTo: publicKey, compression: 'gzip', fileName: 'all.csv' }), id: 'upl_2' };
    const members = membersOf(sealed, 50);
    await destination.add(rehearsalBatch(sealed, bulk(members, 50_000), 1, false));
    sandbox.s3.faults.add({ match: { method: 'PUT' }, do: 'reset' });
    const last = rehearsalBatch(sealed, bulk(members, 50_000), 2);
    await destination.add(last).catch(() => destination.add(last));
    await destination.finish(sealed).catch(() => destination.finish(sealed));
    const { bytes, contentType } = sandbox.s3.objects.get('deliveries/all.csv.gz.pgp')!;
    expect(contentType).toBe('application/octet-stream');
    const message = await readMessage({ binaryMessage: bytes });
    const decryptionKeys = await readPrivateKey({ armoredKey: privateKey });
    const { data, filename } = await decrypt({ message, decryptionKeys, format: 'binary' });
    expect(filename).toBe('all.csv.gz');
    const text = gunzipSync(data as Uint8Array).toString();
    expect(text.split('\n')).toHaveLength(100_002);
    await destination.close();
  });

  test('what ends before it is finished leaves nothing behind', async () => {
    const destination = await open();
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, bulk(membersOf(upload, 50), 50_000), 1, false));
    await destination.add(rehearsalBatch(upload, bulk(membersOf(upload, 50), 50_000), 2, false));
    expect(sandbox.s3.uploads.size).toBe(1);
    await destination.close();
    expect(sandbox.s3.snapshot()).toEqual({ objects: {}, uploads: [] });
  });

  test('an upload that an earlier process finished is not made again; a late batch must begin anew', async () => {
    const upload = uploadOf();
    const one = await open();
    await one.add(rehearsalBatch(upload, membersOf(upload, 3)));
    const first = await one.finish(upload);
    await expect(one.add(rehearsalBatch(upload, membersOf(upload, 3), 2))).rejects.toMatchObject({
      vendorCode: 'restart',
    });
    await one.close();
    const two = await open();
    expect(await two.finish(upload)).toEqual(first);
    const empty = await two.finish({ ...upload, id: 'upl_2' });
    expect(empty.warnings).toEqual([expect.stringContaining('header only')]);
    await two.close();
  });

  describe('proof', () => {
    const deliver = async (more: object = {}) => {
      const destination = await open(more);
      const upload = uploadOf({ manifest: false });
      await destination.add(rehearsalBatch(upload, membersOf(upload, 3)));
      return destination.finish(upload).finally(() => destination.close());
    };
    const tampered = (body: object) =>
      sandbox.s3.faults.add({ match: { method: 'HEAD' }, do: 'patch', headers: body as Record<string, string> });

    test('another checksum than ours', async () => {
      tampered({ 'x-amz-checksum-sha256': `${Buffer.alloc(32).toString('base64')}-1` });
      await expect(deliver()).rejects.toMatchObject({ code: 'transient', vendorCode: 'digest' });
    });
    test('another size', async () => {
      tampered({ 'content-length': '5' });
      await expect(deliver({ verify: 'size' })).rejects.toMatchObject({ code: 'transient', vendorCode: 'size' });
    });
    test.each([{ verify: 'digest' }, {}])('by reading back: %j', async (more) => {
      sandbox.s3.options.keepsChecksums = more.verify === 'digest';
      expect((await deliver(more)).warnings).toEqual([]);
      expect(operations()).toContain('GET p_loyal.csv');
    });
    test('as far as the credentials allow', async () => {
      sandbox.s3.options.denied = ['GetObject', 'HeadObject'];
      expect((await deliver()).warnings).toEqual([expect.stringContaining('may not look at files')]);
      sandbox.s3.options.denied = ['GetObject'];
      expect((await deliver({ verify: 'digest' })).warnings).toEqual([
        expect.stringContaining('may not read files back'),
      ]);
      expect((await deliver({ verify: 'none' })).warnings).toEqual([]);
    });
  });

  test.each<[object, string | undefined]>([
    [{}, undefined],
    [{ secretAccessKey: 'not-the-secret' }, 'credentials'],
    [{ accessKeyId: 'AKIAOTHER' }, 'credentials'],
    [{ bucket: 'somebody-elses' }, 'bucket'],
    [{ region: 'us-west-2' }, 'bucket'],
    [{ endpoint: 'http://127.0.0.1:1' }, 'connection'],
  ])('the check of %j fails at %s', async (more, step) => {
    const destination = await open(more);
    const found = await destination.check();
    expect(found.find(({ ok }) => !ok)?.name).toBe(step);
    await destination.close();
  });

  test('credentials that may only write pass the check', async () => {
    sandbox.s3.options.denied = ['ListObjectsV2'];
    const destination = await open();
    expect((await destination.check()).map(({ ok }) => ok)).toEqual([true, true, true, true]);
    await destination.close();
  });

  test('a clock that is off is named', async () => {
    sandbox.clock.advance(60 * 60_000);
    const destination = await open();
    expect((await destination.check())[1]!.detail).toContain('clock');
    await destination.close();
  });

  test('two personas cannot share a name', async () => {
    const destination = await open();
    const options = plainToInstance(FileOptions, { fileName: 'all.csv' });
    await expect(destination.ensureAudience(rehearsalSegment(), options)).rejects.toMatchObject({
      vendorCode: 'file-name',
    });
    await destination.close();
  });
});

/** https://github.com/kibertoad/fauxqs: an S3 of other people's making, with its own idea of uploads in parts. */
describe('a server that others wrote', () => {
  let server: FauxqsServer;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false });
    server.createBucket('audiences');
  });
  afterAll(() => server.stop());

  test('takes, keeps and gives back what was sent, in several blocks', async () => {
    const environment = rehearsalEnvironment();
    const keys = { accessKeyId: 'anybody', secretAccessKey: 'anything-goes' };
    const settings = { bucket: 'audiences', region: 'us-east-1', endpoint: `http://127.0.0.1:${server.port}`, ...keys };
    const destination = await objectStorage.open(settingsFor({ ...settings, verify: 'digest' }), environment);
    expect((await destination.check()).every(({ ok }) => ok)).toBe(true);
    const upload = rehearsalUpload(
      { id: 'p_loyal', name: 'Loyal' },
      {
        options: plainToInstance(FileOptions, { fileName: '{{persona.key}}.csv' }),
        matchKeys: ['EMAIL', 'PHONE'],
        estimatedTotal: 60_000,
      },
    );
    const some = encodeAll(
      objectStorage,
      upload,
      Array.from({ length: 100 }, (_, n) => rehearsalMember(n)),
    );
    for (const seq of [1, 2]) {
      const members = Array.from({ length: 50_000 }, (_, n) => some[n % some.length]!);
      await destination.add(rehearsalBatch(upload, members, seq, seq === 2));
    }
    const { ticket, warnings } = await destination.finish(upload);
    expect(warnings).toEqual([]);
    expect(environment.calls.filter(({ method }) => method === 'UploadPart')).toHaveLength(2);
    expect(environment.calls.map(({ method }) => method)).toContain('GetObject');
    expect(await destination.confirm(upload, [ticket!])).toMatchObject({ state: 'confirmed', received: 100_000 });
    expect(await destination.finish({ ...upload, id: upload.id })).toMatchObject({ ticket });
    await destination.close();
  });
});
