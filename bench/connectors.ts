/**
 * How fast each connector sends, as a ratio to a bare client that sends the same bytes to the same server:
 * `node --experimental-transform-types bench/connectors.ts [batches of 10,000 members, default 5] [rounds, default 3]`.
 * The sandbox runs in a process of its own. It checks every row, as the platforms do, so that both sides wait for it:
 * the ratio says what the connector adds. Encoding happens before, and is told in time of the processor.
 */

import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import grpc from '@grpc/grpc-js';
import SftpClient from 'ssh2-sftp-client';
import type { Destination, EncodedMember, Member, Upload } from '../connectors/destination.ts';
import { FacebookDestination } from '../connectors/facebook/destination.ts';
import { encoder as facebookEncoder } from '../connectors/facebook/encode.ts';
import { encoder as sftpEncoder } from '../connectors/files/encode.ts';
import { DataManagerDriver } from '../connectors/google/data-manager.driver.ts';
import { GoogleDestination } from '../connectors/google/destination.ts';
import { encoder as googleEncoder } from '../connectors/google/encode.ts';
import { GoogleAdsDriver } from '../connectors/google/google-ads.driver.ts';
import { Paces } from '../connectors/pacing.ts';
import {
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalSegment,
  rehearsalUpload,
} from '../connectors/rehearsal.ts';
import { SftpDestination } from '../connectors/sftp/destination.ts';
import { loadProtos } from '../sandbox/google-ads/protos.ts';
import { type Received, type SandboxProcess, startSandboxProcess } from './support/sandbox.ts';

const BATCH = 10_000;
const batches = Number(process.argv[2] ?? 5);
const rounds = Number(process.argv[3] ?? 3);
const MATCH_KEYS = ['EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'];

/** Time on the clock, and of the processor in this process. The latter says more on a busy machine. */
interface Spent {
  seconds: number;
  processor: number;
}
type Repeated = Spent & { bytes: number };

function stopwatch(): () => Spent {
  const started = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
  };
}

/** What a connection has where it names nothing else. */
const SFTP_DEFAULTS = {
  tempName: 'suffix',
  posixRename: true,
  connectSeconds: 20,
  keepaliveSeconds: 10,
  deadlineSeconds: 1800,
};

/** A connector, and a bare client that repeats what the connector sent. */
interface Contender {
  name: string;
  encode(member: Member): { wire: unknown };
  open(): Promise<Destination<never>>;
  options: object;
  matchKeys: string[];
  /** Sends again what the sandbox received. */
  repeat(): Promise<Repeated>;
}

const sandbox = await startSandboxProcess();
const environment = () => rehearsalEnvironment(sandbox.settings);
const people = Array.from({ length: batches * BATCH }, (_, n) => rehearsalMember(n));
const rows: Record<string, string>[] = [];
try {
  for (const contender of contenders(sandbox)) rows.push(await measure(contender));
  console.log(`${batches} batches of ${BATCH.toLocaleString('en')} members, best of ${rounds}`);
  console.table(rows);
} finally {
  await sandbox.stop();
}

async function measure(contender: Contender): Promise<Record<string, string>> {
  const encoding = stopwatch();
  const members = people.map((member) => contender.encode(member)) as EncodedMember[];
  const encoded = encoding();
  const connector: Spent[] = [];
  const bare: Repeated[] = [];
  for (let round = 0; round < rounds; round++) {
    await sandbox.reset();
    connector.push(await send(contender, members, round));
    bare.push(await contender.repeat());
  }
  const best = (spent: Spent[], field: keyof Spent) => Math.min(...spent.map((one) => one[field]));
  const rate = (seconds: number) => `${Math.round(people.length / seconds / 1000)}k/s`;
  return {
    connector: contender.name,
    MB: (bare[0]!.bytes / 1e6).toFixed(1),
    encode: rate(encoded.processor),
    send: rate(best(connector, 'seconds')),
    bare: rate(best(bare, 'seconds')),
    ratio: (best(connector, 'seconds') / best(bare, 'seconds')).toFixed(2),
    'processor, send': rate(best(connector, 'processor')),
  };
}

async function send(contender: Contender, members: EncodedMember[], round: number): Promise<Spent> {
  const destination = await contender.open();
  const { options, matchKeys } = contender;
  const segment = rehearsalSegment(`p_${round}`);
  const audience = await destination.ensureAudience(segment, options as never);
  const upload = {
    ...rehearsalUpload(audience, { options, matchKeys, segment }),
    sessionId: 1 + round,
    startedAt: new Date(),
    estimatedTotal: members.length,
  } as Upload<never>;
  const stop = stopwatch();
  for (let n = 0; n < batches; n++) {
    const some = members.slice(n * BATCH, (n + 1) * BATCH);
    await destination.add(rehearsalBatch(upload, some, n + 1, n === batches - 1));
  }
  await destination.finish(upload);
  const spent = stop();
  await destination.close();
  return spent;
}

function contenders({ credentials, settings }: SandboxProcess): Contender[] {
  const context = { matchKeys: MATCH_KEYS, attributes: [], defaultCountry: 'US', segment: rehearsalSegment() };
  const { adAccountId, accessToken } = credentials.facebook as Record<'adAccountId' | 'accessToken', string>;
  const google = credentials.googleAds as never as ConstructorParameters<typeof GoogleAdsDriver>[0];
  const googleOptions = { membershipDays: 540, adUserData: 'unspecified', adPersonalization: 'unspecified' } as const;
  const {
    host,
    username,
    password,
    hostFingerprint: hostKeySha256,
    directory,
    port,
  } = credentials.sftp as Record<string, string>;
  const sftpOptions = { fileName: '{{name}}.csv', manifest: false } as never;
  const googleContext = { ...context, options: googleOptions };
  const members = (calls: Received[], part: string) => calls.filter(({ path }) => path.includes(part));
  return [
    {
      name: 'facebook',
      encode: facebookEncoder({ ...context, options: {} }),
      open: async () => new FacebookDestination({ adAccountId, accessToken }, environment()),
      options: {},
      matchKeys: MATCH_KEYS,
      async repeat() {
        const calls = members(await sandbox.received('facebook'), '/users');
        const session = Math.floor(Math.random() * 2 ** 40);
        const bodies = calls.map(({ body }) => body!.replace(/"session_id":\d+/, `"session_id":${session}`));
        return postAll(settings.REACH_FACEBOOK_URL!, calls, bodies, accessToken);
      },
    },
    {
      name: 'google, Data Manager',
      encode: googleEncoder(googleContext),
      open: async () => new GoogleDestination(new DataManagerDriver(google, environment(), new Paces())),
      options: googleOptions,
      matchKeys: MATCH_KEYS,
      async repeat() {
        const calls = members(await sandbox.received('google'), 'audienceMembers:ingest');
        const bodies = calls.map(({ body }) => body!);
        return postAll(new URL(settings.REACH_GOOGLE_DATA_MANAGER_URL!).origin, calls, bodies, await googleToken());
      },
    },
    {
      name: 'google, Google Ads',
      encode: googleEncoder(googleContext),
      open: async () => new GoogleDestination(new GoogleAdsDriver(google, environment())),
      options: googleOptions,
      matchKeys: MATCH_KEYS,
      repeat: async () => repeatGrpc(await sandbox.received('googleAds')),
    },
    sftpWith('size'),
    sftpWith('digest'),
  ];

  /** By default files are read back and their digest compared, which the bare client does not do. */
  function sftpWith(verify: 'size' | 'digest'): Contender {
    return {
      name: verify === 'digest' ? 'sftp, read back' : 'sftp',
      encode: sftpEncoder({ ...context, options: sftpOptions }),
      open: async () =>
        new SftpDestination(
          { ...SFTP_DEFAULTS, verify, host, port: Number(port), username, password, directory, hostKeySha256 } as never,
          environment(),
        ),
      options: sftpOptions,
      matchKeys: MATCH_KEYS,
      async repeat() {
        const file = readdirSync(join(sandbox.files, directory!)).find((name) => name.endsWith('.csv'))!;
        const bytes = readFileSync(join(sandbox.files, directory!, file));
        const client = new SftpClient('bench', { error: () => {}, end: () => {}, close: () => {} });
        await client.connect({ host, port: Number(port), username, password });
        const stop = stopwatch();
        const options = { writeStreamOptions: { highWaterMark: 4 << 20 } } as never;
        await client.put(Readable.from(chunksOf(bytes)), `${directory}/repeated.bin`, options);
        const spent = stop();
        await client.end();
        return { bytes: bytes.length, ...spent };
      },
    };
  }

  async function googleToken(): Promise<string> {
    const { clientId, clientSecret, refreshToken } = credentials.google as Record<string, string>;
    const form = { grant_type: 'refresh_token', client_id: clientId!, client_secret: clientSecret! };
    const body = new URLSearchParams({ ...form, refresh_token: refreshToken! });
    const headers = { connection: 'close' };
    const response = await fetch(settings.REACH_GOOGLE_OAUTH_URL!, { method: 'POST', body, headers });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  /** A bare gRPC client with messages that are serialised already, in a job of its own. */
  async function repeatGrpc(calls: Received[]): Promise<Repeated> {
    const jobs = loadProtos().services.jobs;
    const client = new grpc.Client(new URL(settings.REACH_GOOGLE_ADS_URL!).host, grpc.credentials.createInsecure(), {
      'grpc.max_send_message_length': -1,
    });
    const metadata = new grpc.Metadata();
    metadata.set('authorization', `Bearer ${await googleToken()}`);
    metadata.set('developer-token', String(google.developerToken));
    const call = (method: string, message: Buffer) =>
      new Promise<Buffer>((resolve, reject) => {
        const { path } = jobs[method]!;
        const pass = (bytes: Buffer) => bytes;
        client.makeUnaryRequest(path, pass, pass, message, metadata, (error, answer) =>
          error ? reject(error) : resolve(answer!),
        );
      });
    const of = (method: string) => calls.filter((one) => one.method === method).map(({ body }) => JSON.parse(body!));
    const [ADD, CREATE, RUN] = ['Add', 'Create', 'Run'].map((verb) =>
      verb === 'Add' ? 'AddOfflineUserDataJobOperations' : `${verb}OfflineUserDataJob`,
    ) as [string, string, string];
    const create = of(CREATE)[0];
    create.job.external_id = undefined;
    const created = await call(CREATE, jobs[CREATE]!.requestSerialize(create));
    const { resource_name } = jobs[CREATE]!.responseDeserialize(created) as { resource_name: string };
    const messages = of(ADD).map((request) => jobs[ADD]!.requestSerialize({ ...request, resource_name }));
    const stop = stopwatch();
    for (const message of messages) await call(ADD, message);
    await call(RUN, jobs[RUN]!.requestSerialize({ resource_name }));
    const spent = stop();
    client.close();
    return { bytes: messages.reduce((sum, message) => sum + message.length, 0), ...spent };
  }
}

/** Larger pieces would be cut by the client and sent one after the other. */
function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Posts bodies one after the other over one connection, and reads the answers. */
async function postAll(base: string, calls: Received[], bodies: string[], token: string): Promise<Repeated> {
  const agent = new http.Agent({ keepAlive: true });
  const buffers = bodies.map((body) => Buffer.from(body));
  const stop = stopwatch();
  for (const [n, body] of buffers.entries()) await post(new URL(calls[n]!.path, base), body, token, agent);
  const spent = stop();
  agent.destroy();
  return { bytes: buffers.reduce((sum, { length }) => sum + length, 0), ...spent };
}

function post(url: URL, body: Buffer, token: string, agent: http.Agent): Promise<void> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode} ${text.slice(0, 200)}`)),
      );
    });
    request.on('error', reject).end(body);
  });
}
