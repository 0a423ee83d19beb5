import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { parse } from 'csv-parse/sync';
import type { Destination, Upload } from '../connectors/destination.ts';
import type { DestinationError } from '../connectors/errors.ts';
import type { FileOptions } from '../connectors/files/options.ts';
import {
  encodeAll,
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalUpload,
} from '../connectors/rehearsal.ts';
import { sftp } from '../connectors/sftp/definition.ts';
import { SftpSettings } from '../connectors/sftp/settings.ts';
import { startLink } from './support/link.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

/** The SFTP connector against a real OpenSSH server. Run by the gate with openssh-server installed; see .ci/run. */

let sshd: Sshd;
let folder: string;
let count = 0;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  sshd = await startSshd();
});
beforeEach(() => {
  folder = join(sshd.folder, String(++count));
  mkdirSync(folder);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => sshd.close());

async function open(settings: Partial<SftpSettings> = {}): Promise<Destination<FileOptions>> {
  const { port, username, privateKey, fingerprint } = sshd;
  const all = {
    host: '127.0.0.1',
    port,
    username,
    privateKey,
    hostKeySha256: fingerprint,
    directory: folder,
    ...settings,
  };
  const destination = await sftp.open(
    plainToInstance(SftpSettings, all, { exposeDefaultValues: true }),
    rehearsalEnvironment(),
  );
  closers.push(() => destination.close());
  return destination;
}

function uploadOf(options: FileOptions): Upload<FileOptions> {
  return rehearsalUpload(
    { id: 'x', name: 'x' },
    { options, matchKeys: ['EMAIL', 'PHONE', 'ZIP'], attributes: ['tenure'] },
  );
}

function batchOf(upload: Upload<FileOptions>, from: number, to: number, seq = 1) {
  const people = Array.from({ length: to - from }, (_, n) => rehearsalMember(from + n, { tenure: from + n }));
  return rehearsalBatch(upload, encodeAll(sftp, upload, people), seq);
}

const failureOf = (work: Promise<unknown>): Promise<DestinationError> =>
  work.then(
    () => Promise.reject(new Error('should have failed')),
    (error) => error,
  );
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

test('delivers, proves by reading back, and replaces what was there', async () => {
  writeFileSync(join(folder, 'all.csv'), 'the last one');
  const destination = await open();
  expect((await destination.check()).filter(({ ok }) => !ok)).toEqual([]);
  const upload = uploadOf({ fileName: '{{persona.key}}.csv', folder: 'in/{{date}}', done: true });
  await destination.add(batchOf(upload, 0, 5000));
  await destination.add(batchOf(upload, 5000, 9000, 2));
  const receipt = await destination.finish(upload);
  const target = join(folder, 'in/2026-11-03');
  expect(readdirSync(target).sort()).toEqual(['p_loyal.csv', 'p_loyal.csv.done', 'p_loyal.csv.manifest.json']);
  const data = readFileSync(join(target, 'p_loyal.csv'));
  expect(parse(data)).toHaveLength(9001);
  expect(receipt.ticket).toMatchObject({ files: [{ rows: 9000, bytes: data.length, sha256: sha256(data) }] });
  expect(statSync(join(target, 'p_loyal.csv')).mode & 0o777).toBe(0o640);
  expect(await destination.finish(upload)).toEqual(receipt);
  const again = await open();
  await again.add(batchOf(upload, 0, 10));
  await again.finish(upload);
  expect(parse(readFileSync(join(target, 'p_loyal.csv')))).toHaveLength(11);
});

test('what gunzip and ssh-keygen say agrees with us', async () => {
  const destination = await open({ hostKeySha256: undefined });
  const seen = (await destination.check()).find(({ name }) => name === 'host-key');
  expect(seen?.detail).toContain(sshd.fingerprint);
  const pinned = await open();
  const upload = uploadOf({ fileName: '{{persona.key}}.csv', compression: 'gzip' });
  await pinned.add(batchOf(upload, 0, 5000));
  await pinned.add(batchOf(upload, 5000, 6000, 2));
  await pinned.finish(upload);
  const path = join(folder, 'p_loyal.csv.gz');
  const text = execFileSync('gunzip', ['-c', path], { maxBuffer: 1e8 });
  expect(text.equals(gunzipSync(readFileSync(path)))).toBe(true);
  expect(parse(text)).toHaveLength(6001);
});

test.each(sftp.keyPair!.kinds)(
  'a generated %s key logs in once it is installed; ssh-keygen reads both halves',
  async (kind) => {
    const { privateKey, publicKey, fingerprint } = await sftp.keyPair!.make(kind, 'reach-con_1');
    const path = join(folder, 'generated');
    writeFileSync(path, privateKey, { mode: 0o600 });
    writeFileSync(`${path}.pub`, `${publicKey}\n`);
    const printed = execFileSync('ssh-keygen', ['-lf', `${path}.pub`], { encoding: 'utf8' });
    expect(printed.split(' ').slice(1, 3)).toEqual([fingerprint, 'reach-con_1']);
    const derived = execFileSync('ssh-keygen', ['-yf', path], { encoding: 'utf8' });
    expect(derived.split(' ').slice(0, 2)).toEqual(publicKey.split(' ').slice(0, 2));
    const failing = async () =>
      (await (await open({ auth: 'generated', privateKey })).check()).filter(({ ok }) => !ok).map(({ name }) => name);
    expect(await failing()).toEqual(['login', 'directory', 'write']);
    sshd.authorize(publicKey);
    expect(await failing()).toEqual([]);
  },
);

test('the host key to confirm is the one that ssh-keygen prints, the first and a changed one', async () => {
  const found = async (hostKeySha256: string | undefined) =>
    (await (await open({ hostKeySha256 })).check()).find(({ name }) => name === 'host-key')?.confirm;
  const confirm = { setting: 'hostKeySha256', value: sshd.fingerprint };
  expect(await found(undefined)).toEqual(confirm);
  expect(await found(`SHA256:${'A'.repeat(43)}`)).toEqual(confirm);
  expect(await found(sshd.fingerprint)).toBeUndefined();
});

describe('faults', () => {
  test('a link that is cut in the middle: the batch goes on over a new one', async () => {
    const link = await startLink(sshd.port);
    closers.push(() => link.close());
    const destination = await open({ port: link.port });
    const upload = uploadOf({ fileName: '{{persona.key}}.csv' });
    await destination.add(batchOf(upload, 0, 2000));
    link.cutAfter(200_000);
    const second = batchOf(upload, 2000, 6000, 2);
    expect(await failureOf(destination.add(second))).toMatchObject({ code: 'transient' });
    await destination.add(second);
    await destination.finish(upload);
    expect(parse(readFileSync(join(folder, 'p_loyal.csv')))).toHaveLength(6001);
  });

  test('a link that goes dead is given up by keep-alive', async () => {
    const link = await startLink(sshd.port);
    closers.push(() => link.close());
    const destination = await open({ port: link.port, keepaliveSeconds: 1 });
    const upload = uploadOf({ fileName: '{{persona.key}}.csv' });
    await destination.add(batchOf(upload, 0, 10));
    link.goDead();
    const started = Date.now();
    expect(await failureOf(destination.add(batchOf(upload, 10, 20, 2)))).toMatchObject({ vendorCode: 'timeout' });
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test('a wrong key, a wrong host key, a folder that is not there', async () => {
    const other = strangeKey();
    const upload = uploadOf({ fileName: '{{persona.key}}.csv' });
    const codes = async (settings: Partial<SftpSettings>) => {
      const { code, vendorCode } = await failureOf((await open(settings)).add(batchOf(upload, 0, 1)));
      return [code, vendorCode];
    };
    expect(await codes({ privateKey: other })).toEqual(['auth', 'login-refused']);
    expect(await codes({ hostKeySha256: `SHA256:${'A'.repeat(43)}` })).toEqual(['config', 'host-key']);
    expect(await codes({ directory: join(folder, 'nowhere') })).toEqual(['audience-missing', '2']);
    expect(readdirSync(folder)).toEqual([]);
  });

  // A full disk needs a small file system, which only root can mount.
  test('a full disk stops the segment, and the partial file is deleted', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]);
    closers.push(() => execFileSync('umount', [folder]));
    const destination = await open();
    const upload = uploadOf({ fileName: '{{persona.key}}.csv' });
    const error = await failureOf(destination.add(batchOf(upload, 0, 9000)));
    expect(error).toMatchObject({ code: 'config', vendorCode: '4/write' });
    expect(readdirSync(folder)).toEqual(['p_loyal.csv.part']);
    await destination.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('fills a link of 20 ms round trip', async () => {
  const link = await startLink(sshd.port, { roundTripMs: 20 });
  closers.push(() => link.close());
  const environment = rehearsalEnvironment();
  const { username, privateKey, fingerprint } = sshd;
  const settings = {
    host: '127.0.0.1',
    port: link.port,
    username,
    privateKey,
    hostKeySha256: fingerprint,
    directory: folder,
  };
  const destination = await sftp.open(
    plainToInstance(SftpSettings, settings, { exposeDefaultValues: true }),
    environment,
  );
  closers.push(() => destination.close());
  // A cold process slows the first transfer down, and others on the machine any: the best of a few counts.
  let best = 0;
  for (let attempt = 0; attempt < 5 && best <= 5; attempt++) {
    const [calls, sent] = [environment.calls.length, link.sent()];
    const upload = { ...uploadOf({ fileName: `attempt-${attempt}.csv` }), id: `upl_attempt_${attempt}` };
    await destination.add(batchOf(upload, 0, 50_000));
    const writes = environment.calls.slice(calls).filter(({ method }) => method === 'write');
    // Blocks overlap, so what counts is from the first one's beginning to the last one's end.
    const began = Math.min(...writes.map(({ at }) => at.getTime()));
    const seconds = (Math.max(...writes.map(({ at, milliseconds }) => at.getTime() + milliseconds)) - began) / 1000;
    const rate = (link.sent() - sent) / 1e6 / seconds;
    process.stdout.write(`SFTP at 20 ms round trip: ${rate.toFixed(1)} MB/s on the wire\n`);
    best = Math.max(best, rate);
  }
  // One 32 KB chunk a round trip would be 1.6 MB/s.
  expect(best).toBeGreaterThan(5);
});

function strangeKey(): string {
  const path = join(sshd.folder, `other-${count}`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  return readFileSync(path, 'utf8');
}
