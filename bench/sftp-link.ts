/**
 * How fast the SFTP connector writes and reads over a long link, where the round trip sets the pace of a client that waits:
 * `node --experimental-transform-types bench/sftp-link.ts [runs, default 10] [round trip in ms, default 20] [MB, default 50]`.
 * Server and link run in processes of their own: OpenSSH where it is installed (it needs no more than a free port), and
 * the sandbox.
 */

import { existsSync } from 'node:fs';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { EncodedMember } from '../connectors/destination.ts';
import { encoder } from '../connectors/files/encode.ts';
import { csvText } from '../connectors/files/file.ts';
import type { FileOptions } from '../connectors/files/options.ts';
import { profileOf } from '../connectors/files/profile.ts';
import { rehearsalBatch, rehearsalEnvironment, rehearsalMember, rehearsalUpload } from '../connectors/rehearsal.ts';
import { Client } from '../connectors/sftp/client.ts';
import { SftpDestination } from '../connectors/sftp/destination.ts';
import type { SftpSettings } from '../connectors/sftp/settings.ts';
import { startLink } from '../test/support/link.ts';
import { startSshd } from '../test/support/sshd.ts';
import { startSandboxProcess } from './support/sandbox.ts';

const BLOCK = 4 * 1024 * 1024;

async function main(): Promise<void> {
  const [runs = 10, roundTripMs = 20, megabytes = 50] = process.argv.slice(2).map(Number);
  const rows: Record<string, string | number>[] = [];
  for (const [server, start] of Object.entries(SERVERS)) {
    const started = await start();
    if (!started) continue;
    const link = await linkTo(started.settings.port!, roundTripMs);
    const rates: Rates[] = [];
    for (let run = 0; run < runs; run++) rates.push(await once({ ...started.settings, port: link.port }, megabytes));
    await link.stop();
    await started.stop();
    for (const way of ['write', 'read', 'deliver'] as const) {
      const sorted = (field: keyof Rate) => rates.map((rate) => rate[way][field]).sort((a, b) => a - b);
      const all = sorted('clock');
      const [least, median, most] = [all[0]!, all[all.length >> 1]!, all.at(-1)!].map((one) => one.toFixed(1));
      const processor = sorted('processor')[runs >> 1]!.toFixed(1);
      rows.push({ server, way, least: least!, median: median!, most: most!, 'processor, median': processor });
    }
  }
  console.log(`MB/s at ${roundTripMs} ms round trip, ${runs} runs of ${megabytes} MB`);
  console.table(rows);
}

type Started = { settings: Partial<SftpSettings>; stop(): Promise<void> } | undefined;

const SERVERS: Record<string, () => Promise<Started>> = {
  async openssh() {
    if (!existsSync('/usr/sbin/sshd')) return undefined;
    const { port, username, privateKey, fingerprint, folder, close } = await startSshd();
    return { settings: { port, username, privateKey, hostKeySha256: fingerprint, directory: folder }, stop: close };
  },
  async sandbox() {
    const sandbox = await startSandboxProcess();
    const { username, password, hostFingerprint, directory, port } = sandbox.credentials.sftp;
    return {
      settings: { port: Number(port), username, password, hostKeySha256: hostFingerprint, directory },
      stop: sandbox.stop,
    };
  },
};

/** MB a second on the clock, and of processor time, without the link's. The latter says more on a busy machine. */
interface Rate {
  clock: number;
  processor: number;
}
type Rates = Record<'write' | 'read' | 'deliver', Rate>;

/** Writes and reads a file. @returns MB/s of each */
async function once(settings: Partial<SftpSettings>, megabytes: number): Promise<Rates> {
  const client = new Client({ ...DEFAULTS, ...settings } as SftpSettings, rehearsalEnvironment());
  const path = `${settings.directory}/link.bin`;
  const block = Buffer.alloc(BLOCK, 'reach');
  const total = Math.ceil((megabytes * 1e6) / BLOCK) * BLOCK;
  await client.connect();
  const file = await client.openFile(path, 'anew');
  const write = await rate(total, async () => {
    for (let at = 0; at < total; at += BLOCK) await client.write(file, block, at);
    await client.closeFile(file);
  });
  const read = await rate(total, () => client.read(path, total, () => {}));
  await client.close([path]);
  return { write, read, deliver: await deliver(settings, megabytes) };
}

const upload = rehearsalUpload<FileOptions>(
  { id: 'x', name: 'x' },
  {
    options: { fileName: '{{name}}.csv', manifest: false },
    matchKeys: ['EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'],
  },
);
const encode = encoder({ ...upload, defaultCountry: 'US' });
const people = Array.from({ length: 50_000 }, (_, n) => encode(rehearsalMember(n))) as EncodedMember[];

/** A delivery as the engine makes it: batches of rows that become text, then closed, proven by size and renamed. */
async function deliver(settings: Partial<SftpSettings>, megabytes: number): Promise<Rate> {
  const destination = new SftpDestination(
    { ...DEFAULTS, tempName: 'suffix', verify: 'size', ...settings } as SftpSettings,
    rehearsalEnvironment(),
  );
  const rowBytes = Buffer.byteLength(csvText([people[0]!.wire as string[]], profileOf({})));
  const batches = Math.max(1, Math.round((megabytes * 1e6) / (rowBytes * people.length)));
  const bytes = batches * people.length * rowBytes;
  // Logging in is not part of it.
  await destination.check();
  const rates = await rate(bytes, async () => {
    for (let seq = 1; seq <= batches; seq++)
      await destination.add(rehearsalBatch(upload, people, seq, seq === batches));
    await destination.finish(upload);
  });
  await destination.close();
  return rates;
}

const DEFAULTS = {
  host: '127.0.0.1',
  posixRename: true,
  connectSeconds: 20,
  keepaliveSeconds: 10,
  deadlineSeconds: 1800,
};

async function rate(bytes: number, work: () => Promise<unknown>): Promise<Rate> {
  const started = performance.now();
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return { clock: bytes / 1000 / (performance.now() - started), processor: bytes / (user + system) };
}

async function linkTo(port: number, roundTripMs: number): Promise<{ port: number; stop(): Promise<unknown> }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { port, roundTripMs } });
  const linked = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { port: linked, stop: () => worker.terminate() };
}

if (parentPort) {
  const { port, roundTripMs } = workerData as { port: number; roundTripMs: number };
  parentPort.postMessage((await startLink(port, { roundTripMs })).port);
} else await main();
