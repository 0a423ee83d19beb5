/**
 * How many contacts are scored a second while somebody waits: with posted traits, while a model trains, and by
 * identifier among a million contacts. Beside it a bare Nest route that takes the same body and answers as much.
 * Run after `npm run build:server`: node --experimental-transform-types bench/inform.ts
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import autocannon from 'autocannon';

const CONTACTS = Number(process.env.BENCH_CONTACTS ?? 1_000_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const KEY = 'bench-admin-key-0123456789';
const NUMBERS = Array.from({ length: 12 }, (_, i) => `n${i}`);
const CATEGORIES = Array.from({ length: 8 }, (_, i) => `c${i}`);

const built = async (path: string) => import(new URL(`../dist/${path}`, import.meta.url).href);
const dataDir = mkdtempSync(join(tmpdir(), 'reach-bench-'));
const { createApplication } = await built('src/application.js');
const { Warehouse } = await built('src/engines/warehouse/warehouse.js');
const { DB } = await built('src/engines/database/token.js');
const { traits } = await built('src/contacts/contacts.tables.js');
const { loadSettings } = await built('config/settings.js');
const settings = { PORT: '0', REACH_DATA_DIR: dataDir, REACH_ADMIN_KEY: KEY, REACH_LOG_LEVEL: 'silent' };
const app = await createApplication(loadSettings({ ...settings, REACH_INFORM_PER_SECOND: '1000000' }));
await app.listen(0, '127.0.0.1');
const url: string = await app.getUrl();

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  const answer = (await response.json()) as T;
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

interface Trained {
  id: string;
  status: string;
  statusError: unknown;
}

async function ready(path: string): Promise<void> {
  for (;;) {
    const { status, statusError } = await api<Trained>('GET', path);
    if (status === 'error') throw new Error(JSON.stringify(statusError));
    if (status === 'ready') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Two kinds of people, with noise; one in three attains. */
async function makeContacts(): Promise<void> {
  const number = (i: number) => `toFloat64((number % 2) * ${i + 1} * 10 + cityHash64(number, ${i}) % 20)`;
  const category = (i: number) => `concat('v', toString((number % 2) * 2 + cityHash64(number, ${i + 100}) % 3))`;
  const map = (names: string[], value: (i: number) => string) =>
    `map(${names.map((name, i) => `'${name}', ${value(i)}`).join(', ')})`;
  const id = 'lower(hex(MD5(toString(number))))';
  await app.get(Warehouse).command(
    `INSERT INTO contacts (account_id, contact_id, version, num, cat, created_at, updated_at)
     SELECT 'acc_default', ${id}, 1, ${map(NUMBERS, number)},
       mapUpdate(${map(CATEGORIES, category)}, map('attained', if((cityHash64(number) + (number % 2) * 40) % 100 > 60, 'yes', 'no'))), now64(3), now64(3)
     FROM numbers(${CONTACTS})`,
  );
  await app.get(Warehouse).command(
    `INSERT INTO identities (account_id, kind, hash, contact_id, version)
     SELECT 'acc_default', 'email', lower(hex(SHA256(concat('person', toString(number), '@example.com')))), ${id}, 1 FROM numbers(${CONTACTS})`,
  );
  const row = {
    accountId: 'acc_default',
    source: 'first-party',
    description: '',
    createdAt: new Date(),
  };
  await app
    .get(DB)
    .insert(traits)
    .values([
      ...NUMBERS.map((name) => ({ ...row, name, type: 'number' })),
      ...[...CATEGORIES, 'attained'].map((name) => ({ ...row, name, type: 'category' })),
    ]);
}

const train = (seed: number) =>
  api<Trained>('POST', '/v1/persona-sets', { name: `Set ${seed}`, traits: [...NUMBERS, ...CATEGORIES], k: 5, seed });

async function publishModels(): Promise<void> {
  const { id } = await train(1);
  await ready(`/v1/persona-sets/${id}`);
  await api('POST', `/v1/persona-sets/${id}/versions/1/publish`);
  const condition = { trait: 'attained', op: 'eq', value: 'yes' };
  const cohort = await api<Trained>('POST', '/v1/cohorts', { name: 'Attained', condition });
  const outcome = await api<Trained>('POST', '/v1/outcomes', { name: 'Attains', attained: cohort.id });
  await ready(`/v1/outcomes/${outcome.id}`);
  await api('POST', `/v1/outcomes/${outcome.id}/versions/1/publish`);
}

const traitsOf = (i: number) => ({
  ...Object.fromEntries(NUMBERS.map((name, n) => [name, (i * (n + 3)) % 120])),
  ...Object.fromEntries(CATEGORIES.map((name, c) => [name, `v${(i + c) % 5}`])),
});
const posted = (i: number) => JSON.stringify({ contact: { reference: `r${i}`, traits: traitsOf(i) } });
const byEmail = (i: number) => JSON.stringify({ contact: { emails: [`person${(i * 7919) % CONTACTS}@example.com`] } });
const byHash = (i: number) => {
  const hash = createHash('sha256')
    .update(`person${(i * 104_729) % CONTACTS}@example.com`)
    .digest('hex');
  return JSON.stringify({ contact: { emailHashes: [hash] } });
};

/** A route that does nothing but take the body and answer as much as scoring does. */
async function startPeer(answer: object): Promise<{ url: string; close(): Promise<void> }> {
  class Peer {
    score() {
      return answer;
    }
  }
  class PeerModule {}
  // decorators by hand: Node runs this file as it is
  const route = Object.getOwnPropertyDescriptor(Peer.prototype, 'score')!;
  Post('v1/inform/score')(Peer.prototype, 'score', route);
  Controller()(Peer);
  Module({ controllers: [Peer] })(PeerModule);
  const peer = await NestFactory.create(PeerModule, { logger: false });
  await peer.listen(0, '127.0.0.1');
  return { url: await peer.getUrl(), close: () => peer.close() };
}

interface Load {
  perSecond: number;
  p50: number;
  p99: number;
}

/** Load from threads of its own. @param bodies of one request each, in turn */
async function load(
  target: string,
  bodies: (i: number) => string,
  connections: number,
  seconds = SECONDS,
): Promise<Load> {
  const requests = Array.from({ length: 2_000 }, (_, i) => ({ body: bodies(i) }));
  const result = await autocannon({
    url: `${target}/v1/inform/score`,
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    requests: requests as autocannon.Request[],
    connections,
    duration: seconds,
    workers: 1,
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

const shown = ({ perSecond, p50, p99 }: Load) => `${Math.round(perSecond)}/s, p50 ${p50} ms, p99 ${p99} ms`;

await makeContacts();
await publishModels();
const peer = await startPeer(await api('POST', '/v1/inform/score', JSON.parse(posted(1)) as object));
await load(url, posted, 8, 2);

const bare = await load(peer.url, posted, 8);
const scored = await load(url, posted, 8);
const underway = await train(2);
const training = await load(url, posted, 8);
await ready(`/v1/persona-sets/${underway.id}`);
await load(url, byEmail, 32, 2);
const known = await load(url, byEmail, 32);
const hashed = await load(url, byHash, 32);

const rows = {
  'a bare route with the same body and answer': shown(bare),
  'posted traits, 20 of them, one persona set and one outcome': `${shown(scored)} (budget 1,000/s, p99 20 ms)`,
  'as a share of the bare route': `${((100 * scored.perSecond) / bare.perSecond).toFixed(0)} %`,
  'the same while a model trains': shown(training),
  [`by e-mail, ${CONTACTS.toLocaleString('en-US')} contacts`]: `${shown(known)} (budget 300/s)`,
  'by digest': shown(hashed),
};
for (const [name, value] of Object.entries(rows)) process.stdout.write(`${name.padEnd(62)} ${value}\n`);
await peer.close();
await app.close();
rmSync(dataDir, { recursive: true, force: true });
