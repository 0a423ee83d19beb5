import { createHash } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { parse } from 'csv-parse/sync';
import { decrypt, generateKey, readMessage, readPrivateKey } from 'openpgp';
import type { Algorithms } from 'ssh2';
import type { Destination, EncodedMember, Upload } from '../connectors/destination.ts';
import type { DestinationError } from '../connectors/errors.ts';
import type { Manifest } from '../connectors/files/manifest.ts';
import type { FileOptions } from '../connectors/files/options.ts';
import {
  encodeAll,
  type RehearsalEnvironment,
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalSegment,
  rehearsalUpload,
} from '../connectors/rehearsal.ts';
import { sftp } from '../connectors/sftp/definition.ts';
import { SftpSettings } from '../connectors/sftp/settings.ts';
import { SandboxClock } from '../sandbox/clock.ts';
import { Journal } from '../sandbox/journal.ts';
import { SftpSandbox } from '../sandbox/sftp/sftp.ts';
import { type Link, startLink } from './support/link.ts';

let server: SftpSandbox;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = new SftpSandbox({ clock: new SandboxClock(), journal: new Journal() });
  await server.start();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  server.reset();
});
afterAll(() => server.close());

const NAME = 'Spring_sale_p_loyal_2026-11-03_run_1.csv';
const FILE = `/upload/${NAME}`;

async function open(
  settings: Partial<SftpSettings> = {},
): Promise<{ destination: Destination<FileOptions>; environment: RehearsalEnvironment }> {
  const { host, port, username, password, hostFingerprint, directory } = server.credentials;
  const all = { host, port, username, password, directory, hostKeySha256: hostFingerprint, ...settings };
  const environment = rehearsalEnvironment();
  const destination = await sftp.open(plainToInstance(SftpSettings, all, { exposeDefaultValues: true }), environment);
  closers.push(() => destination.close());
  return { destination, environment };
}

async function link(options?: { roundTripMs: number }): Promise<Link> {
  const started = await startLink(server.port, options);
  closers.push(() => started.close());
  return started;
}

function uploadOf(options: FileOptions = {}, more: Partial<Upload<FileOptions>> = {}): Upload<FileOptions> {
  const audience = { id: '/upload/p_loyal', name: 'Rehearsal' };
  const matchKeys = ['EMAIL', 'PHONE', 'ZIP'];
  return { ...rehearsalUpload(audience, { options, matchKeys, attributes: ['tenure'] }), ...more };
}

function membersOf(upload: Upload<FileOptions>, from: number, to: number): EncodedMember[] {
  const people = Array.from({ length: to - from }, (_, n) => rehearsalMember(from + n, { tenure: from + n }));
  return encodeAll(sftp, upload, people);
}

/** Sends members in batches of `size` and finishes. */
async function deliver(destination: Destination<FileOptions>, upload: Upload<FileOptions>, count: number, size = 100) {
  for (let at = 0, seq = 1; at < count; at += size, seq++) {
    const members = membersOf(upload, at, Math.min(count, at + size));
    await destination.add(rehearsalBatch(upload, members, seq, at + size >= count));
  }
  return destination.finish(upload);
}

const failureOf = (work: Promise<unknown>): Promise<DestinationError> =>
  work.then(
    () => Promise.reject(new Error('should have failed')),
    (error) => error,
  );
/** Name and text of an archive's only file. */
function unzipped(archive: Buffer): [string, string] {
  const directory = archive.readUInt32LE(archive.length - 6);
  const [size, nameLength] = [archive.readUInt32LE(directory + 20), archive.readUInt16LE(directory + 28)];
  const data = archive.subarray(30 + nameLength, 30 + nameLength + size);
  return [archive.toString('utf8', 30, 30 + nameLength), inflateRawSync(data).toString()];
}

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const manifestAt = (path: string) => JSON.parse(server.text(path)) as Manifest;

describe('a delivered file', () => {
  test('is complete, in place, proven, and described by its manifest', async () => {
    const { destination } = await open();
    const upload = uploadOf({ done: true });
    const segment = rehearsalSegment();
    const audience = await destination.ensureAudience(segment, {});
    expect(await destination.ensureAudience(segment, {}, audience)).toEqual(audience);
    const receipt = await deliver(destination, upload, 250);

    expect(server.files()).toEqual([FILE, `${FILE}.done`, `${FILE}.manifest.json`]);
    const data = server.read(FILE);
    const rows = parse(data, { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(250);
    expect(rows[7]).toEqual({
      email: sha256(Buffer.from('planted.person7@example.com')),
      phone: sha256(Buffer.from('+16502530007')),
      postal_code: '94043',
      persona_key: 'p_loyal',
      persona_name: 'Loyal Families',
      tenure: '7',
    });
    const facts = { name: NAME, rows: 250, bytes: data.length, sha256: sha256(data) };
    expect(receipt).toEqual({
      outcomes: [],
      unattributedRejects: 0,
      warnings: [],
      ticket: { folder: '/upload', files: [facts] },
    });
    expect(manifestAt(`${FILE}.manifest.json`)).toMatchObject({
      version: 1,
      uploadId: 'upl_1',
      runId: 'run_1',
      contents: 'full',
      delivery: { id: 'del_1', account: 'Acme', audience: 'Spring sale', mode: 'mirror' },
      segment: { key: 'p_loyal', brief: segment.brief },
      files: [facts],
      totals: { files: 1, rows: 250, bytes: data.length },
    });
    expect(await destination.confirm(upload, [receipt.ticket!])).toMatchObject({
      state: 'confirmed',
      received: 250,
      warnings: [],
    });
  });

  test('is not seen under its name before it is whole', async () => {
    const { destination } = await open();
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 10), 1, false));
    expect(server.files()).toEqual([`${FILE}.part`]);
  });

  test.each([
    ['dot', {}, '/upload/.Spring'],
    ['directory', { tempDirectory: 'staging' }, '/upload/staging/Spring'],
    ['none', {}, FILE],
  ] as const)('waits under the name of strategy %s', async (tempName, more, expected) => {
    server.write('/upload/staging/.keep', '');
    const { destination } = await open({ tempName, ...more });
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 10), 1, true));
    expect(server.files().some((path) => path.startsWith(expected))).toBe(true);
    await destination.finish(upload);
    expect(server.files()).toEqual([FILE, `${FILE}.manifest.json`, '/upload/staging/.keep']);
  });

  test('can be packed and split; every part is proven and the manifest comes last', async () => {
    const { destination } = await open();
    const upload = uploadOf({ compression: 'gzip', splitRows: 100, folder: '{{persona.key}}', lineEnd: 'crlf' });
    await deliver(destination, upload, 250, 70);
    const stem = '/upload/p_loyal/Spring_sale_p_loyal_2026-11-03_run_1_part-000';
    const parts = [1, 2, 3].map((n) => `${stem}${n}.csv.gz`);
    expect(server.files()).toEqual([parts[0], `${parts[0]}.manifest.json`, parts[1], parts[2]]);
    const read = parts.map((path) => parse(gunzipSync(server.read(path)), { columns: true }) as { tenure: string }[]);
    expect(read.map((rows) => rows.length)).toEqual([100, 100, 50]);
    expect(read.flat().map(({ tenure }) => Number(tenure))).toEqual(Array.from({ length: 250 }, (_, n) => n));
    const { files } = manifestAt(`${parts[0]}.manifest.json`);
    expect(files.map(({ sha256: digest }) => digest)).toEqual(parts.map((path) => sha256(server.read(path))));
    const renames = server.requests.filter(({ method }) => method === 'POSIX-RENAME');
    expect(renames.at(-1)?.path).toContain('manifest');
  });

  test('can be a zip of one file, that further batches and a new link go on with', async () => {
    const { destination } = await open();
    const upload = uploadOf({ compression: 'zip', fileName: 'all.csv', folder: '{{year}}/{{month}}' });
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 100), 1, false));
    server.dropConnections();
    const rest = rehearsalBatch(upload, membersOf(upload, 100, 150), 2);
    await persistently(() => destination.add(rest));
    await destination.finish(upload);
    const path = '/upload/2026/11/all.csv.zip';
    const [name, text] = unzipped(server.read(path));
    expect(name).toBe('all.csv');
    expect(parse(text)).toHaveLength(151);
    expect(manifestAt(`${path}.manifest.json`)).toMatchObject({
      format: { compression: 'zip', encryption: 'none' },
      files: [{ rows: 150, sha256: sha256(server.read(path)) }],
    });
  });

  test('can be split by bytes of text, at the ends of rows', async () => {
    const { destination } = await open();
    const upload = uploadOf({ splitBytes: 20_000, fileName: 'all.csv' });
    const { ticket } = await deliver(destination, upload, 300, 70);
    const { files } = ticket as unknown as { files: { name: string; rows: number; bytes: number }[] };
    expect(files.map(({ name }) => name)).toEqual([1, 2, 3].map((n) => `all_part-000${n}.csv`));
    const rows = files.map(
      ({ name }) => parse(server.read(`/upload/${name}`), { columns: true }) as { tenure: string }[],
    );
    expect(rows.flat().map(({ tenure }) => Number(tenure))).toEqual(Array.from({ length: 300 }, (_, n) => n));
    const longest = Math.max(
      ...server
        .text('/upload/all_part-0001.csv')
        .split('\n')
        .map((line) => line.length + 1),
    );
    for (const [n, { bytes }] of files.entries()) {
      expect(bytes).toBeLessThanOrEqual(20_000);
      // No part has room for another row, but for the last.
      if (n < 2) expect(bytes).toBeGreaterThan(20_000 - longest);
    }
  });

  test('is split before it is packed, and a row that is too long has a file of its own', async () => {
    const { destination } = await open();
    const columns = [{ source: 'EXTERN_ID' }, { source: 'constant', header: 'filler', value: 'x'.repeat(500) }];
    const upload = uploadOf({ splitBytes: 1_000, compression: 'gzip', fileName: 'all.csv', columns });
    await deliver(destination, upload, 3);
    const texts = server.files().flatMap((path) => (/gz$/.test(path) ? gunzipSync(server.read(path)).toString() : []));
    expect(texts.map((text) => parse(text).length)).toEqual([2, 2, 2]);
    const tiny = uploadOf({ splitBytes: 100, fileName: 'tiny.csv', columns }, { id: 'upl_2' });
    await deliver(destination, tiny, 2);
    expect(server.files().filter((path) => /tiny.*csv$/.test(path))).toHaveLength(2);
  });

  test('of a segment without members holds its header, so that a receiver learns that nobody is left', async () => {
    const { destination } = await open();
    expect((await destination.finish(uploadOf({}, { estimatedTotal: 0 }))).warnings).toEqual([]);
    expect(server.text(FILE)).toBe('email,phone,postal_code,persona_key,persona_name,tenure\n');
    expect(manifestAt(`${FILE}.manifest.json`).totals).toMatchObject({ rows: 0 });
  });

  test('says so when members were planned and none could be written', async () => {
    const { destination } = await open();
    expect((await destination.finish(uploadOf({}, { estimatedTotal: 3 }))).warnings[0]).toMatch(/header only/);
  });

  test('replaces the one of the last run, also where the server cannot rename over a file', async () => {
    for (const posixRename of [true, false]) {
      server.options.posixRename = posixRename;
      server.write('/upload/fixed.csv', 'the last one');
      const { destination } = await open();
      await deliver(destination, uploadOf({ fileName: 'fixed.csv' }, { segment: rehearsalSegment('all') }), 3);
      expect(parse(server.read('/upload/fixed.csv'))).toHaveLength(4);
      expect(server.files().filter((path) => path.endsWith('.part'))).toEqual([]);
    }
  });

  test('of adds only is a delta', async () => {
    const { destination } = await open();
    const base = uploadOf();
    await deliver(destination, { ...base, delivery: { ...base.delivery, mode: 'add-only' } }, 3);
    expect(manifestAt(`${FILE}.manifest.json`).contents).toBe('delta');
  });
});

describe('an encrypted file', () => {
  const pair = generateKey({ userIDs: [{ email: 'in@example.com' }], format: 'armored' });
  const opened = async (path: string): Promise<string> => {
    const message = await readMessage({ binaryMessage: server.read(path) });
    const decryptionKeys = await readPrivateKey({ armoredKey: (await pair).privateKey });
    return (await decrypt({ message, decryptionKeys })).data as string;
  };
  const options = async (more: FileOptions = {}): Promise<FileOptions> => ({
    encryptTo: (await pair).publicKey,
    fileName: 'all.csv',
    ...more,
  });

  test('is read by the receiver alone, and is smaller than its text', async () => {
    const { destination } = await open();
    const upload = uploadOf(await options());
    const receipt = await deliver(destination, upload, 250);
    const text = await opened('/upload/all.csv.pgp');
    expect(parse(text)).toHaveLength(251);
    const bytes = server.read('/upload/all.csv.pgp');
    expect(bytes.length).toBeLessThan(text.length);
    expect(bytes.includes('Loyal')).toBe(false);
    expect(receipt.ticket).toMatchObject({ files: [{ name: 'all.csv.pgp', rows: 250, sha256: sha256(bytes) }] });
    expect(manifestAt('/upload/all.csv.pgp.manifest.json').format).toMatchObject({ encryption: 'openpgp' });
    expect(await destination.finish(upload)).toEqual(receipt);
  });

  test('can be packed before, split, and named as the receiver wants', async () => {
    const { destination } = await open();
    await deliver(destination, uploadOf(await options({ compression: 'zip', splitRows: 100 })), 150, 60);
    expect(server.files().filter((path) => path.endsWith('pgp'))).toEqual([
      '/upload/all_part-0001.csv.zip.pgp',
      '/upload/all_part-0002.csv.zip.pgp',
    ]);
    const { destination: other } = await open();
    await deliver(other, uploadOf(await options({ fileName: 'all.csv.gpg' }), { id: 'upl_2' }), 3);
    expect(parse(await opened('/upload/all.csv.gpg'))).toHaveLength(4);
  });

  test('goes on where a link was lost, at any one request', async () => {
    const upload = uploadOf(await options({ splitRows: 60 }));
    let hit = true;
    for (let nth = 1; hit; nth++) {
      server.reset();
      server.faults.add({ match: { nth }, do: 'reset', apply: nth % 2 === 0 });
      const { destination } = await open();
      for (const seq of [1, 2])
        await persistently(() =>
          destination.add(rehearsalBatch(upload, membersOf(upload, seq * 50, seq * 50 + 50), seq)),
        );
      await persistently(() => destination.finish(upload));
      await destination.close();
      const texts = await Promise.all(['1', '2'].map((n) => opened(`/upload/all_part-000${n}.csv.pgp`)));
      expect(texts.map((text) => parse(text).length)).toEqual([61, 41]);
      hit = server.faults.list().length === 0;
    }
  }, 120_000);

  test('is not begun for a key that has expired since', async () => {
    const date = new Date(Date.now() - 10 * 86_400_000);
    const { publicKey } = await generateKey({
      userIDs: [{ email: 'in@example.com' }],
      format: 'armored',
      date,
      keyExpirationTime: 86_400,
    });
    const { destination } = await open();
    const error = await failureOf(deliver(destination, uploadOf({ encryptTo: publicKey }), 3));
    expect(error).toMatchObject({
      code: 'config',
      vendorCode: 'pgp-key',
      message: expect.stringMatching(/expired on/),
    });
  });
});

test('one file for all personas says of each member which is theirs', async () => {
  const { destination } = await open();
  const { brief } = rehearsalSegment();
  const personas = ['p_loyal', 'p_new'].map((personaKey) => ({
    brief: { ...brief, personaKey, personaName: personaKey },
  }));
  const segment = { ...rehearsalSegment('all'), personas };
  const upload = uploadOf({ oneFile: true, fileName: 'all.csv' }, { segment });
  const people = ['p_loyal', 'p_new', undefined].map((persona, n) => ({ ...rehearsalMember(n), persona }));
  await destination.add(rehearsalBatch(upload, encodeAll(sftp, upload, people)));
  await destination.finish(upload);
  const rows = parse(server.read('/upload/all.csv'), { columns: true }) as Record<string, string>[];
  expect(rows.map((row) => [row.persona_key, row.persona_name])).toEqual([
    ['p_loyal', 'p_loyal'],
    ['p_new', 'p_new'],
    ['all', 'Loyal Families'],
  ]);
});

describe('doing it again', () => {
  test('from batch 1 gives the same bytes', async () => {
    const first = await open();
    const one = await deliver(first.destination, uploadOf(), 150);
    const before = [server.read(FILE), server.read(`${FILE}.manifest.json`)];
    const second = await open();
    const two = await deliver(second.destination, uploadOf(), 150);
    expect(two).toEqual(one);
    expect([server.read(FILE), server.read(`${FILE}.manifest.json`)]).toEqual(before);
  });

  test('finish after finish changes nothing, also in another process', async () => {
    const { destination } = await open();
    const upload = uploadOf();
    const receipt = await deliver(destination, upload, 20);
    expect(await destination.finish(upload)).toEqual(receipt);
    const other = await open();
    const writes = server.requests.filter(({ method }) => method === 'OPEN').length;
    expect(await other.destination.finish(upload)).toEqual(receipt);
    expect(parse(server.read(FILE))).toHaveLength(21);
    expect(server.requests.filter(({ method }) => method === 'OPEN').length - writes).toBe(1);
  });

  test('a batch that had arrived is not written twice; one from the middle cannot begin after the end', async () => {
    const { destination } = await open();
    const upload = uploadOf();
    const batch = rehearsalBatch(upload, membersOf(upload, 0, 10), 2, false);
    await destination.add(batch);
    await destination.add(batch);
    await destination.add(rehearsalBatch(upload, membersOf(upload, 10, 20), 4, true));
    await destination.finish(upload);
    expect(parse(server.read(FILE))).toHaveLength(21);
    const late = await failureOf(destination.add(rehearsalBatch(upload, membersOf(upload, 0, 1), 5)));
    expect(late).toMatchObject({ code: 'restart', vendorCode: 'restart' });
  });

  test('removing is refused: files hold whole segments', async () => {
    const { destination } = await open();
    const upload = uploadOf({}, { direction: 'remove' });
    expect(await failureOf(destination.remove(rehearsalBatch(upload, [])))).toMatchObject({
      code: 'config',
      vendorCode: 'remove',
    });
  });
});

describe('faults', () => {
  test('a full disk stops the segment and leaves nothing behind', async () => {
    const { destination } = await open();
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 50), 1, false));
    server.fillDiskAfter(1);
    const error = await failureOf(destination.add(rehearsalBatch(upload, membersOf(upload, 50, 100), 2)));
    expect(error).toMatchObject({ code: 'config', vendorCode: '4/write' });
    expect(error.message).toMatch(/disk is full/);
    await destination.close();
    expect(server.files()).toEqual([]);
  });

  test('a quota that shows on closing is not missed', async () => {
    const { destination } = await open();
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 50)));
    server.faults.add({ match: { method: 'CLOSE' }, do: 'status', status: 4 });
    expect(await failureOf(destination.finish(upload))).toMatchObject({ code: 'config', vendorCode: '4/close' });
  });

  test('a link lost in the middle of a batch: the batch goes on over a new one', async () => {
    const between = await link();
    const { destination } = await open({ port: between.port });
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 1000), 1, false));
    between.cutAfter(100_000);
    const rest = rehearsalBatch(upload, membersOf(upload, 1000, 3000), 2);
    expect(await failureOf(destination.add(rest))).toMatchObject({ code: 'transient' });
    await destination.add(rest);
    const { ticket } = await destination.finish(upload);
    const data = server.read(FILE);
    expect(ticket).toMatchObject({ files: [{ rows: 3000, bytes: data.length, sha256: sha256(data) }] });
    expect(parse(data)).toHaveLength(3001);
  });

  test('a link lost in the middle of a file: the upload begins again where the server cannot go on', async () => {
    const between = await link();
    const { destination } = await open({ port: between.port, resume: false });
    const upload = uploadOf({ fileName: 'all.csv' });
    const batches = [1, 2].map((seq) => rehearsalBatch(upload, membersOf(upload, seq * 1000, seq * 1000 + 1000), seq));
    await destination.add(batches[0]!);
    between.cutAfter(50_000);
    expect(await failureOf(destination.add(batches[1]!))).toMatchObject({ code: 'transient' });
    expect(await failureOf(destination.add(batches[1]!))).toMatchObject({ code: 'restart', vendorCode: 'restart' });
    for (const batch of batches) await destination.add(batch);
    await destination.finish(upload);
    expect(parse(server.read('/upload/all.csv'))).toHaveLength(2001);
  });

  test('a link lost between batches is not even noticed by the engine', async () => {
    const { destination } = await open();
    const upload = uploadOf({ compression: 'gzip' });
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 10), 1, false));
    server.dropConnections();
    const next = rehearsalBatch(upload, membersOf(upload, 10, 20), 2);
    await destination.add(next).catch((error: DestinationError) => {
      expect(error.code).toBe('transient');
      return destination.add(next);
    });
    await destination.finish(upload);
    expect(parse(gunzipSync(server.read(`${FILE}.gz`)))).toHaveLength(21);
  });

  test('a rename whose answer was lost is found done', async () => {
    const { destination } = await open();
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 10)));
    server.faults.add({ match: { method: 'POSIX-RENAME' }, do: 'reset', apply: true });
    expect(await failureOf(destination.finish(upload))).toMatchObject({ code: 'transient' });
    expect(await destination.finish(upload)).toMatchObject({ ticket: { files: [{ rows: 10 }] } });
    expect(server.files()).toEqual([FILE, `${FILE}.manifest.json`]);
  });

  test('a dead link is given up within the keep-alive', async () => {
    const between = await link();
    const { destination } = await open({ port: between.port, keepaliveSeconds: 1 });
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 10), 1, false));
    between.goDead();
    const error = await failureOf(destination.add(rehearsalBatch(upload, membersOf(upload, 10, 20), 2)));
    expect(error).toMatchObject({ code: 'transient', vendorCode: 'timeout' });
  }, 15_000);

  test('a server that stops answering is given up at the deadline', async () => {
    const { destination } = await open({ deadlineSeconds: 1 });
    server.faults.add({ match: { method: 'WRITE' }, do: 'hang' });
    const upload = uploadOf();
    const error = await failureOf(destination.add(rehearsalBatch(upload, membersOf(upload, 0, 10))));
    expect(error).toMatchObject({ code: 'transient', vendorCode: 'timeout' });
  });

  test('an abort ends a call under way, deletes the partial file and closes the socket', async () => {
    const between = await link();
    const { destination, environment } = await open({ port: between.port });
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 10), 1, false));
    server.faults.add({ match: { method: 'WRITE' }, do: 'slow', milliseconds: 3_000 });
    const hanging = failureOf(destination.add(rehearsalBatch(upload, membersOf(upload, 10, 20), 2)));
    setTimeout(environment.abort, 100);
    expect(await hanging).toMatchObject({ code: 'transient', vendorCode: 'aborted' });
    await destination.close();
    expect(server.files()).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(between.open()).toBe(0);
  });

  test.each([
    ['size', (path: string) => server.write(path, 'short')],
    [
      'digest',
      (path: string) => {
        const changed = server.read(path);
        changed[5] = changed[5]! ^ 1;
        server.write(path, changed);
      },
    ],
  ])('a file whose %s is not what was sent never gets its name', async (vendorCode, spoil) => {
    const { destination } = await open();
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 10)));
    spoil(`${FILE}.part`);
    expect(await failureOf(destination.finish(upload))).toMatchObject({ vendorCode });
    expect(server.files()).toEqual([`${FILE}.part`]);
  });

  test('a drop box that forbids reading back is proven by size, with a warning', async () => {
    const { destination } = await open();
    server.options.forbidden = ['READ'];
    expect((await deliver(destination, uploadOf(), 5)).warnings[0]).toMatch(/read back/);
  });

  test('a drop box that forbids everything but writing works with the right settings', async () => {
    const { destination } = await open({ tempName: 'none', verify: 'none' });
    server.options.forbidden = ['READ', 'STAT', 'LSTAT', 'REMOVE', 'RENAME', 'OPENDIR'];
    await deliver(destination, uploadOf(), 5);
    expect(server.files()).toEqual([FILE, `${FILE}.manifest.json`]);
  });

  test('names a denied delete, and does not call it a denied rename', async () => {
    const first = await open({ posixRename: false });
    await deliver(first.destination, uploadOf(), 5);
    server.options.forbidden = ['REMOVE'];
    const { destination } = await open({ posixRename: false });
    const upload = uploadOf();
    await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 5)));
    const error = await failureOf(destination.finish(upload));
    expect(error).toMatchObject({ code: 'config', vendorCode: '3/replace' });
    expect(error.message).toMatch(/does not permit deleting the file that is there/);
  });

  test('a server that permits no looking at files gets a new file by renaming', async () => {
    const { destination } = await open({ posixRename: false, verify: 'none' });
    server.options.forbidden = ['STAT', 'LSTAT'];
    await deliver(destination, uploadOf(), 5);
    expect(server.files()).toContain(FILE);
  });

  describe('a server that was never updated', () => {
    const OLD = {
      kex: ['diffie-hellman-group14-sha1'],
      cipher: ['aes128-cbc'],
      hmac: ['hmac-sha1'],
    } satisfies Algorithms;
    beforeEach(() => server.useAlgorithms(OLD));
    afterEach(() => server.useAlgorithms(undefined));

    test('is refused with what it offers and the setting that allows it', async () => {
      const { destination } = await open();
      const upload = uploadOf();
      const error = await failureOf(destination.add(rehearsalBatch(upload, membersOf(upload, 0, 5))));
      expect(error).toMatchObject({ code: 'config', vendorCode: 'old-algorithms' });
      expect(error.message).toContain('"Allow old algorithms"');
      for (const name of ['diffie-hellman-group14-sha1', 'aes128-cbc', 'hmac-sha1'])
        expect(error.message).toContain(name);
    });

    test('is delivered to where old algorithms are allowed', async () => {
      const { destination } = await open({ legacyAlgorithms: true });
      await deliver(destination, uploadOf(), 5);
      expect(server.files()).toContain(FILE);
    });

    test('is refused with what it offers when nothing is in common even so', async () => {
      server.useAlgorithms({ ...OLD, hmac: ['hmac-ripemd160'] });
      const { destination } = await open();
      const error = await failureOf(destination.add(rehearsalBatch(uploadOf(), membersOf(uploadOf(), 0, 5))));
      expect(error).toMatchObject({ code: 'config', vendorCode: 'handshake' });
      expect(error.message).toContain('hmac-ripemd160');
    });
  });

  test.each<[string, () => void, Partial<SftpSettings>, string, string]>([
    ['a folder without write access', () => server.options.readOnly.push('/upload'), {}, 'config', '3'],
    ['renaming forbidden', () => server.options.forbidden.push('RENAME'), {}, 'config', '3/rename'],
    ['a folder that is not there', () => {}, { directory: '/nowhere' }, 'audience-missing', '2'],
    ['a wrong password', () => {}, { password: 'wrong' }, 'auth', 'login-refused'],
    [
      'a key that is no key',
      () => {},
      { password: undefined, privateKey: '-----BEGIN PRIVATE KEY-----' },
      'auth',
      'private-key',
    ],
    ['another host key', () => {}, { hostKeySha256: `SHA256:${'A'.repeat(43)}` }, 'config', 'host-key'],
    ['no pinned host key', () => {}, { hostKeySha256: undefined }, 'config', 'host-key-unconfirmed'],
    ['a closed port', () => {}, { port: 1 }, 'transient', 'ECONNREFUSED'],
    ['no such host', () => {}, { host: 'nowhere.invalid' }, 'config', 'ENOTFOUND'],
  ])('%s', async (_name, arrange, settings, code, vendorCode) => {
    arrange();
    const { destination } = await open(settings);
    const error = await failureOf(deliver(destination, uploadOf(), 5));
    expect({ code: error.code, vendorCode: error.vendorCode }).toEqual({ code, vendorCode });
    expect(error.message).not.toContain('sandbox-password');
  });
});

/** As the engine does: what is transient is tried again, call by call. */
async function persistently<T>(call: () => Promise<T>, tries = 4): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if ((error as DestinationError).code !== 'transient' || --tries === 0) throw error;
    }
  }
}

test('a link cut at any one request, before or after it was carried out, changes nothing about what arrives', async () => {
  const upload = uploadOf({ compression: 'gzip', splitRows: 60, done: true });
  const attempt = async () => {
    const { destination } = await open();
    for (const seq of [1, 2])
      await persistently(() =>
        destination.add(rehearsalBatch(upload, membersOf(upload, seq * 50, seq * 50 + 50), seq)),
      );
    const receipt = await persistently(() => destination.finish(upload));
    await destination.close();
    return { receipt, files: server.files().map((path) => [path, sha256(server.read(path))]) };
  };
  const undisturbed = await attempt();
  let hit = true;
  for (let nth = 1; hit; nth++) {
    for (const apply of [true, false]) {
      server.reset();
      server.faults.add({ match: { nth }, do: 'reset', apply });
      expect({ nth, apply, ...(await attempt()) }).toEqual({ nth, apply, ...undisturbed });
      hit = server.faults.list().length === 0;
    }
    expect(nth).toBeLessThan(200);
  }
}, 120_000);

describe('logging in', () => {
  test('with a key, a locked key, a key pasted as one line, a fingerprint in hex', async () => {
    const { privateKey, encryptedPrivateKey, passphrase, hostFingerprint } = server.credentials;
    const hex = Buffer.from(hostFingerprint.slice(7), 'base64').toString('hex');
    for (const settings of [
      { privateKey },
      { privateKey: encryptedPrivateKey, passphrase },
      { privateKey: privateKey.trim().replaceAll('\n', '') },
      { privateKey: privateKey.replaceAll('\n', '\r\n') },
      { privateKey, hostKeySha256: hex },
      { privateKey, hostKeySha256: hex.match(/../g)!.join(':').toUpperCase() },
    ]) {
      const { destination } = await open({ password: undefined, ...settings });
      expect((await destination.check()).filter(({ ok }) => !ok)).toEqual([]);
    }
  });

  test('sends no password to a server whose key is not the pinned one', async () => {
    server.changeHostKey();
    const { destination } = await open({ hostKeySha256: `SHA256:${'A'.repeat(43)}` });
    const checks = await destination.check();
    expect(checks.find(({ name }) => name === 'host-key')).toMatchObject({
      ok: false,
      detail: expect.stringContaining(server.hostFingerprint),
    });
    expect(checks.find(({ name }) => name === 'login')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/Not tried/),
    });
  });
});

describe('the check', () => {
  const outcome = async (settings: Partial<SftpSettings>) => {
    const { destination } = await open(settings);
    return Object.fromEntries((await destination.check()).map(({ name, ok }) => [name, ok]));
  };

  test('names the first thing that is wrong and changes nothing', async () => {
    const before = server.requests.length;
    const fine = { host: true, connection: true, 'host-key': true, login: true, directory: true, write: true };
    expect(await outcome({})).toEqual(fine);
    expect(await outcome({ directory: '/nowhere' })).toEqual({ ...fine, directory: false, write: false });
    expect(await outcome({ password: 'wrong' })).toEqual({ ...fine, login: false, directory: false, write: false });
    expect(await outcome({ hostKeySha256: undefined })).toMatchObject({
      connection: true,
      'host-key': false,
      login: false,
    });
    expect(await outcome({ port: 1 })).toMatchObject({ host: true, connection: false, 'host-key': false });
    expect(await outcome({ host: 'nowhere.invalid' })).toMatchObject({ host: false, connection: false });
    expect(server.files()).toEqual([]);
    expect(new Set(server.requests.slice(before).map(({ method }) => method))).toEqual(new Set(['STAT']));
  });

  test('shows the fingerprint it saw, for a person to confirm', async () => {
    const { destination } = await open({ hostKeySha256: undefined });
    const hostKey = (await destination.check()).find(({ name }) => name === 'host-key');
    expect(hostKey?.detail).toContain(server.hostFingerprint);
  });
});

test('pipelining makes a long link fast', async () => {
  const far = await link({ roundTripMs: 100 });
  const { destination, environment } = await open({ port: far.port });
  const upload = uploadOf();
  await destination.add(rehearsalBatch(upload, membersOf(upload, 0, 20_000)));
  const chunks = far.sent() / 32_768;
  expect(chunks).toBeGreaterThan(90);
  const writes = environment.calls.filter(({ method }) => method === 'write');
  const began = Math.min(...writes.map(({ at }) => at.getTime()));
  const milliseconds = Math.max(...writes.map((call) => call.at.getTime() + call.milliseconds)) - began;
  // One chunk a round trip would need 100 ms for each.
  expect(milliseconds).toBeLessThan(chunks * 50);
}, 30_000);

test('evidence of every call is kept without identifiers or credentials', async () => {
  const { destination, environment } = await open();
  await deliver(destination, uploadOf(), 5);
  const text = JSON.stringify(environment.calls);
  expect(environment.calls.map(({ method }) => method)).toEqual(
    expect.arrayContaining(['open', 'write', 'close', 'read', 'rename']),
  );
  expect(text).not.toMatch(/planted|sandbox-password/i);
});
