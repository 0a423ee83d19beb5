/**
 * How fast a CSV of contacts comes in, and in how much memory: `node bench/import.ts [rows] [path of main.js]`.
 * The same file is first read by csv-parse alone, which is what a script that does nothing with the rows would need. With
 * 1 % of its rows changed it has to come in again within half the time of the first import. Memory stays under 1.5 GB.
 */
import { createReadStream, openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import { COLUMNS, writePeople } from './support/people.ts';
import { type Server, startServer } from './support/server.ts';

const FIELDS: Record<string, string> = {
  customer_id: 'externalId',
  email: 'email',
  phone: 'phone',
  first_name: 'firstName',
  last_name: 'lastName',
  gender: 'gender',
  birth_date: 'birthDate',
  street: 'street',
  city: 'city',
  state: 'region',
  zip: 'postalCode',
  country: 'country',
};
const MAPPING = {
  key: { column: 'customer_id' },
  defaultCountry: 'US',
  columns: COLUMNS.map((column) => ({ column, as: FIELDS[column] ?? 'trait' })),
};

const MOST_MEGABYTES = 1_500;

interface Dataset {
  id: string;
  status: string;
  statusError: unknown;
  progress: { rowsRead: number };
  result: { contacts: number; unchanged: number; rejects: number };
}

async function baseline(path: string): Promise<number> {
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    const parser = createReadStream(path, { highWaterMark: 1 << 20 }).pipe(parse());
    parser
      .on('data', () => undefined)
      .on('end', resolve)
      .on('error', reject);
  });
  return (performance.now() - start) / 1000;
}

async function importOnce(server: Server, path: string): Promise<{ upload: number; import: number; dataset: Dataset }> {
  const form = new FormData();
  form.set('mapping', JSON.stringify(MAPPING));
  form.set('file', await openAsBlob(path), 'people.csv');
  const start = performance.now();
  let dataset = await server.api<Dataset>('POST', '/v1/datasets', form);
  const uploaded = performance.now();
  while (dataset.status !== 'ready') {
    if (dataset.status === 'error') throw new Error(JSON.stringify(dataset.statusError));
    await new Promise((resolve) => setTimeout(resolve, 200));
    dataset = await server.api<Dataset>('GET', `/v1/datasets/${dataset.id}`);
  }
  return { upload: (uploaded - start) / 1000, import: (performance.now() - uploaded) / 1000, dataset };
}

const rows = Number(process.argv[2] ?? 1_000_000);
const main = process.argv[3] ?? fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'reach-people-'));
const path = join(folder, 'people.csv');
const changedPath = join(folder, 'changed.csv');
const bytes = await writePeople(path, rows);
await writePeople(changedPath, rows, 100);
const alone = await baseline(path);
const env = { REACH_DATA_DIR: join(folder, 'data') };
// making the embedded database takes memory that stays with its process: what is measured is a service that has its stores
await (await startServer(main, env)).stop();
const server = await startServer(main, env);
server.resetPeak();
const idle = server.peakMegabytes();
const rate = (seconds: number) => `${Math.round(rows / seconds).toLocaleString('en')} rows/s`;
console.log(`${rows.toLocaleString('en')} rows × ${COLUMNS.length} columns, ${Math.round(bytes / 1e6)} MB`);
console.log(`csv-parse alone      ${alone.toFixed(1)} s   ${rate(alone)}`);
const times: number[] = [];
for (const [name, file] of [
  ['first import', path],
  ['same file again', path],
  ['1 % changed', changedPath],
] as const) {
  const { upload, import: seconds, dataset } = await importOnce(server, file);
  times.push(seconds);
  const ratio = (seconds / alone).toFixed(2);
  console.log(
    `${name.padEnd(20)} ${seconds.toFixed(1)} s   ${rate(seconds)}   ${ratio} × csv-parse, upload ${upload.toFixed(1)} s, ` +
      `peak ${server.peakMegabytes()} MB (idle ${idle}), ${dataset.result.contacts} contacts, ${dataset.result.unchanged} unchanged, ${dataset.result.rejects} rejects`,
  );
}
const share = times[2]! / times[0]!;
console.log(`1 % changed / first import: ${share.toFixed(2)}`);
const peak = server.peakMegabytes();
if (share >= 0.5 || peak >= MOST_MEGABYTES) process.exitCode = 1;
await server.stop();
await rm(folder, { recursive: true });
