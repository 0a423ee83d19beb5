/**
 * Personas: quality of the clustering and speed of training and assignment.
 * Run: node --experimental-transform-types bench/personas.ts [contacts]. Where Python with scikit-learn is at hand, its KMeans
 * runs on the same points.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTelco, rowsOf, traitsOf } from '../sandbox/demo/telco.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { chooseK } from '../src/models/choose-k.ts';
import { encodeTable, fitEncoding } from '../src/models/encoding.ts';
import { evaluator } from '../src/models/evaluate.ts';
import { cluster } from '../src/models/kmeans.ts';
import { adjustedRand } from '../src/models/quality.ts';
import { sampleIndexes, seededRandom } from '../src/models/random.ts';
import type { Column, Table } from '../src/models/table.ts';
import { train } from '../src/models/train.ts';
import { selectTraits } from '../src/models/trait-selection.ts';
import { assignmentStatement } from '../src/personas/assignment-statement.ts';

const CONTACTS = Number(process.argv[2] ?? 1_000_000);
const random = seededRandom(1);
const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

function report(what: string, value: string): void {
  console.log(`${what.padEnd(64)} ${value}`);
}

async function timed<T>(run: () => T | Promise<T>): Promise<{ result: T; ms: number; cpuMs: number }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const result = await run();
  const used = process.cpuUsage(cpu);
  return { result, ms: performance.now() - start, cpuMs: (used.user + used.system) / 1000 };
}

/** Points around `k` centres that are `apart` standard deviations from each other. */
function mixture(k: number, dimensions: number, size: number, apart: number) {
  const centres = Array.from({ length: k }, (_, c) =>
    Array.from({ length: dimensions }, (_, d) => (d % k === c ? apart / Math.SQRT2 : 0)),
  );
  const labels = Array.from({ length: size }, () => random.int(k));
  return { labels, points: labels.map((label) => centres[label]!.map((x) => x + gauss())) };
}

function mixtures(): void {
  for (const k of [3, 5, 8]) {
    const { points, labels } = mixture(k, 12, 5000, 5);
    const found = cluster(points, k, { seed: 1, restarts: 8 });
    report(
      `mixture of ${k}: adjusted Rand index, automatic k`,
      `${adjustedRand(found.labels, labels).toFixed(4)}, ${chooseK(points, 1).k}`,
    );
  }
}

/** Contacts with half numbers and half categories that follow six hidden groups loosely. */
function mixedTable(size: number, traits: number): Table {
  const group = Array.from({ length: size }, () => random.int(6));
  const columns = Array.from({ length: traits }, (_, t): Column => {
    if (t % 2 === 0)
      return {
        trait: `number ${t}`,
        type: 'number',
        values: Float64Array.from(group, (g) => ((g * (t + 3)) % 7) + gauss()),
      };
    return {
      trait: `category ${t}`,
      type: 'category',
      values: group.map((g) => `level ${random.next() < 0.6 ? (g + t) % 5 : random.int(5)}`),
    };
  });
  return { size, columns };
}

async function training(): Promise<void> {
  const table = mixedTable(50_000, 60);
  const auto = await timed(() => train({ table, seed: 1 }));
  report(
    'train 50,000 contacts × 60 traits, automatic k',
    `${(auto.ms / 1000).toFixed(1)} s (k = ${auto.result.model.personas.length})`,
  );
  const exact = await timed(() => train({ table, seed: 1, k: 6 }));
  report('train 50,000 contacts × 60 traits, k = 6', `${(exact.ms / 1000).toFixed(1)} s`);
}

const SKLEARN = `
import json, sys, time
from sklearn.cluster import KMeans
data = json.load(open(sys.argv[1]))
start = time.time()
model = KMeans(n_clusters=data["k"], n_init=10, random_state=1).fit(data["points"])
print(json.dumps({"inertia": model.inertia_, "seconds": time.time() - start}))
`;

/** The telco customers, by the traits that a training would choose, and a made-up table of the same size. */
function comparedTables(): [string, Table][] {
  const { table } = readTelco();
  const used = selectTraits(table).filter((trait) => trait.used);
  const columns = table.columns.filter((column) => used.some(({ trait }) => trait === column.trait));
  return [
    [`telco, ${table.size.toLocaleString('en')} × ${columns.length}`, { size: table.size, columns }],
    ['made up, 7,000 × 18', mixedTable(7000, 18)],
  ];
}

async function againstScikitLearn(folder: string): Promise<void> {
  for (const [name, table] of comparedTables()) await compareInertia(name, table, folder);
}

async function compareInertia(name: string, table: Table, folder: string): Promise<void> {
  const points = encodeTable(fitEncoding(table), table);
  for (const k of [3, 4, 5, 6, 8, 10]) {
    const own = await timed(() => cluster(points, k, { seed: 1, restarts: 8 }));
    const file = join(folder, 'points.json');
    writeFileSync(file, JSON.stringify({ k, points }));
    const peer = scikitLearn(file);
    if (!peer) return report("inertia against scikit-learn's", 'skipped: no Python with scikit-learn');
    report(
      `inertia against scikit-learn's, ${name}, k = ${k}`,
      `${(own.result.inertia / peer.inertia).toFixed(5)} (${(own.ms / 1000).toFixed(1)} s against ${peer.seconds.toFixed(1)} s)`,
    );
  }
}

/** Trains on all but some contacts, then again with them: how many of the first ones keep their key. */
function retraining(): void {
  for (const [name, table] of comparedTables()) {
    for (const k of [undefined, 3, 4, 6]) {
      const kept = [1, 2, 3, 4, 5].map((draw) => keptKeys(table, k, draw));
      report(
        `same key after training with 5 % new, ${name}, k = ${k ?? 'auto'}`,
        kept.map((share) => `${(share * 100).toFixed(1)} %`).join(' '),
      );
    }
  }
}

function keptKeys(table: Table, k: number | undefined, draw: number): number {
  const order = sampleIndexes(table.size, table.size, seededRandom(draw));
  const old = order.slice(0, Math.round(table.size * 0.95));
  const { model: before } = train({ table: rowsOf(table, old), seed: 1, k });
  const again = { table: rowsOf(table, order), seed: 1, k: before.personas.length, previous: before };
  const [was, is] = [evaluator(before), evaluator(train(again).model)];
  const same = old.filter((row) => {
    const traits = traitsOf(table, row);
    return was(traits)?.key === is(traits)?.key;
  });
  return same.length / old.length;
}

function scikitLearn(file: string): { inertia: number; seconds: number } | undefined {
  for (const python of ['/usr/bin/python3', 'python3']) {
    try {
      const stdio = ['ignore', 'pipe', 'ignore'] as const;
      return JSON.parse(execFileSync(python, ['-c', SKLEARN, file], { encoding: 'utf8', stdio: [...stdio] }));
    } catch {
      // not there, or without the library: the next one may have it
    }
  }
  return undefined;
}

/** Contacts are copies of the first 7,000 of the table. */
async function assignment(folder: string, name: string, table: Table): Promise<void> {
  const { model } = train({ table, seed: 1, k: 6 });
  const rows = Array.from({ length: Math.min(7000, table.size) }, (_, row) => traitsOf(table, row));
  const warehouse = await Warehouse.open({ dataDir: join(folder, name), memory: 8e9 });
  await warehouse.insert(
    'contacts',
    rows.map((row, i) => ({ account_id: 'few', contact_id: `con_${i}`, version: 1, ...row })),
  );
  await warehouse.command(
    `INSERT INTO contacts (account_id, contact_id, version, num, cat) SELECT 'acc', concat(contact_id, '-', toString(copy)), 1, num, cat
     FROM contacts CROSS JOIN (SELECT number AS copy FROM numbers(${Math.ceil(CONTACTS / rows.length)})) AS copies LIMIT ${CONTACTS}`,
  );
  await warehouse.command('OPTIMIZE TABLE contacts FINAL');
  const assign = async (what: string, from: string | null, to: string) => {
    const run = { setId: 'set', versionId: to, model, fields: [], fromVersionId: from, at: new Date() };
    const { sql, params } = assignmentStatement('acc', run);
    while ((await warehouse.one<{ merges: number }>('SELECT count() AS merges FROM system.merges')).merges > 0)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const { ms, cpuMs } = await timed(() => warehouse.command(sql, params));
    const size = `${CONTACTS.toLocaleString('en')} × ${model.encoding.traits.length}`;
    report(`${name}, ${size}, 6 personas: ${what}`, `${ms.toFixed(0)} ms (${cpuMs.toFixed(0)} ms of CPU)`);
  };
  for (let i = 0; i < 3; i++) await assign('assign and store', null, `v${i}`);
  for (let i = 0; i < 2; i++) await assign('again, nothing changed', 'v0', 'v0');
  await assign('another version goes live', 'v0', 'v9');
  await warehouse.close();
  const evaluate = evaluator(model);
  const { ms } = await timed(() => {
    for (let i = 0; i < 20; i++) for (const row of rows) evaluate(row);
  });
  report(`${name}: one contact in JS`, `${((ms * 1000) / (20 * rows.length)).toFixed(1)} µs`);
}

const folder = mkdtempSync(join(tmpdir(), 'reach-bench-'));
try {
  mixtures();
  await againstScikitLearn(folder);
  retraining();
  await training();
  await assignment(folder, 'telco', readTelco().table);
  await assignment(folder, 'made up', mixedTable(7000, 24));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
