/**
 * Reading what a training of personas learns from, from contacts with few traits and with many:
 * `node --experimental-transform-types bench/wide.ts [contacts]`. The time a trait must not grow with their number by more
 * than `MOST_GROWTH`, and 200 traits of 100,000 contacts fit into 2 GB.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valueLists } from '../src/contacts/contact-fields.ts';
import type { TraitType } from '../src/contacts/values/infer.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';

const CONTACTS = Number(process.argv[2] ?? 100_000);
const PART = 10_000;
const WIDTHS = [50, 200, 500];
const MOST_GROWTH = 3;
const MOST_MEGABYTES = 2_000;
const ACCOUNT = 'acc_bench';
/** As many as a training learns from. */
const SAMPLE = 50_000;

const traitsOf = (width: number) =>
  Array.from({ length: width }, (_, i) =>
    i < width / 2 ? { name: `n${i}`, type: 'number' } : { name: `c${i - width / 2}`, type: 'category' },
  ) as { name: string; type: TraitType }[];

/** Half of the traits are numbers, half categories of five values. */
async function fill(warehouse: Warehouse, width: number): Promise<void> {
  const map = (prefix: string, value: string, type: string) =>
    `CAST((arrayMap(i -> concat('${prefix}', toString(i)), range(${width / 2})), arrayMap(i -> ${value}, range(${width / 2}))), 'Map(LowCardinality(String), ${type})')`;
  for (let from = 0; from < CONTACTS; from += PART)
    await warehouse.command(`INSERT INTO contacts (account_id, contact_id, version, num, cat, created_at, updated_at)
      SELECT '${ACCOUNT}', lower(hex(MD5(toString(number)))), 1, ${map('n', 'toFloat64(cityHash64(number, i) % 1000)', 'Float64')},
        ${map('c', `concat('v', toString(cityHash64(number, i, 7) % 5))`, 'String')}, now(), now()
      FROM numbers(${from}, ${PART})`);
}

const peakMegabytes = () =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024);

async function measure(width: number): Promise<{ seconds: number; peak: number }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-bench-'));
  const warehouse = await Warehouse.open({ dataDir, memory: 2_000_000_000 });
  await fill(warehouse, width);
  const { sql, params } = valueLists(traitsOf(width));
  writeFileSync('/proc/self/clear_refs', '5');
  const start = performance.now();
  const rows: unknown[] = [];
  const sample = `SELECT ${sql} FROM contacts FINAL WHERE account_id = '${ACCOUNT}' LIMIT ${SAMPLE}`;
  for await (const chunk of warehouse.stream(sample, params)) rows.push(...chunk);
  const seconds = (performance.now() - start) / 1000;
  const peak = peakMegabytes();
  console.log(
    `${width} traits × ${CONTACTS.toLocaleString('en')} contacts: a sample of ${rows.length.toLocaleString('en')} in ${seconds.toFixed(1)} s, peak ${peak} MB`,
  );
  await warehouse.close();
  rmSync(dataDir, { recursive: true });
  return { seconds, peak };
}

const results = [];
for (const width of WIDTHS) results.push(await measure(width));
const [narrow, wide] = results as [(typeof results)[number], (typeof results)[number]];
const growth = wide.seconds / narrow.seconds / (WIDTHS[1]! / WIDTHS[0]!);
console.log(`time a trait, ${WIDTHS[1]} traits / ${WIDTHS[0]} traits: ${growth.toFixed(2)}`);
if (growth > MOST_GROWTH || wide.peak > MOST_MEGABYTES) process.exitCode = 1;
