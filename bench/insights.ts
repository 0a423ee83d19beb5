/**
 * How long the statements behind insights take on a million contacts with three million events in the embedded warehouse.
 * Run after a build: node --experimental-transform-types bench/insights.ts [contacts]
 */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountId } from '../src/accounts/auth.ts';
import type { Sql } from '../src/conditions/condition.ts';
import { CONTACT_FIELDS } from '../src/contacts/contact-fields.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { periodOf } from '../src/insights/period.ts';

const CONTACTS = Number(process.argv[2] ?? 1_000_000);
const EVENTS = 3 * CONTACTS;
const ACCOUNT = 'acc_bench' as AccountId;
const REPEATS = 3;
const NUMBERS = 30;
const CATEGORIES = 10;
const SETTINGS = 'SETTINGS max_insert_threads = 1';

/** Repositories as they were built: Node strips types, but does not know decorators. */
async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../dist/src/insights/${path}.js`, import.meta.url).href)) as T;
}
const { PersonaInsightsRepository } =
  await built<typeof import('../src/insights/personas.repository.ts')>('personas.repository');
const { ComparisonRepository } =
  await built<typeof import('../src/insights/comparison.repository.ts')>('comparison.repository');
const { CohortInsightsRepository } =
  await built<typeof import('../src/insights/cohort.repository.ts')>('cohort.repository');
const { BacktestRepository } =
  await built<typeof import('../src/insights/backtest.repository.ts')>('backtest.repository');

const id = (n: string) => `concat('con_', lower(hex(sipHash64(toUInt64(${n})))))`;
const spread = (seed: string, seconds: number) => `toIntervalSecond(cityHash64(${seed}) % ${seconds})`;

/** Contacts with 40 traits, three changes of persona for a fifth of them, events of two years, scores, and one run. */
async function fill(warehouse: Warehouse): Promise<void> {
  const numbers = Array.from({ length: NUMBERS }, (_, i) => `'n${i}', toFloat64(cityHash64(number, ${i}) % 100)`);
  const categories = Array.from(
    { length: CATEGORIES },
    (_, i) => `'c${i}', concat('v', toString(cityHash64(number, ${i}) % 8))`,
  );
  await warehouse.command(`INSERT INTO contacts (account_id, contact_id, version, num, cat, created_at, updated_at)
    SELECT '${ACCOUNT}', ${id('number')}, 1, map(${numbers.join(', ')}), map(${categories.join(', ')}),
    toDateTime64('2024-11-01', 3, 'UTC'), now64(3) FROM numbers(${CONTACTS}) ${SETTINGS}`);
  const changes = `INSERT INTO persona_changes (account_id, persona_set_id, contact_id, from_key, to_key, version_id, at) SELECT '${ACCOUNT}', 'set'`;
  await warehouse.command(
    `${changes}, ${id('number')}, '', concat('p', toString(number % 6)), 'v1', toDateTime64('2024-12-01', 3, 'UTC') FROM numbers(${CONTACTS}) ${SETTINGS}`,
  );
  for (const step of [1, 2]) {
    await warehouse.command(`${changes}, ${id('number * 5')}, concat('p', toString((number * 5 + ${step - 1}) % 6)), concat('p', toString((number * 5 + ${step}) % 6)), 'v1',
      toDateTime64('2025-0${step * 3}-01', 3, 'UTC') + ${spread('number', 5_000_000)} FROM numbers(${Math.floor(CONTACTS / 5)}) ${SETTINGS}`);
  }
  await warehouse.command(`INSERT INTO persona_assignments (account_id, version_id, contact_id, persona_key, revision)
    SELECT '${ACCOUNT}', 'v1', ${id('number')}, concat('p', toString(number % 6)), 1 FROM numbers(${CONTACTS}) ${SETTINGS}`);
  await warehouse.command(`INSERT INTO events (account_id, stream, contact_id, event_id, time, value, version) SELECT '${ACCOUNT}', 'order', ${id(`cityHash64(number) % ${CONTACTS}`)},
    toString(number), toDateTime64('2024-11-24', 3, 'UTC') + ${spread('number, 1', 63_000_000)}, cityHash64(number, 2) % 200, 1 FROM numbers(${EVENTS}) ${SETTINGS}`);
  await warehouse.command(`INSERT INTO score_history (account_id, outcome_version_id, contact_id, probability, percentile, at)
    SELECT '${ACCOUNT}', 'o1', ${id('number')}, number / ${CONTACTS}, 100 * number / ${CONTACTS}, toDateTime64('2026-01-01', 3, 'UTC') FROM numbers(${CONTACTS}) ${SETTINGS}`);
  await warehouse.command(`INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
    SELECT '${ACCOUNT}', 'plan', 'all', ${id('number * 3')}, 'add', '', 1 FROM numbers(${Math.floor(CONTACTS / 3)}) ${SETTINGS}`);
  for (const table of ['contacts', 'events', 'persona_assignments', 'persona_changes', 'score_history'])
    await warehouse.command(`OPTIMIZE TABLE ${table} FINAL`);
}

async function measure(what: string, ask: () => Promise<unknown[]>): Promise<void> {
  const times: number[] = [];
  const before = process.cpuUsage();
  let rows = 0;
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    rows = (await ask()).length;
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const median = times.sort((a, b) => a - b)[Math.floor(REPEATS / 2)]!;
  const processor = seconds((user + system) / 1000 / REPEATS);
  console.log(`${what.padEnd(52)} median ${seconds(median)} s, processor ${processor} s, ${rows} rows`);
}

const dir = mkdtempSync(join(tmpdir(), 'reach-bench-'));
const warehouse = await Warehouse.open({ dataDir: dir, memory: 6e9 });
try {
  await fill(warehouse);
  console.log(`${CONTACTS} contacts, ${EVENTS} events, ${NUMBERS + CATEGORIES} traits`);
  const now = new Date('2026-11-24T00:00:00Z');
  const years = { from: '2024-11-25', to: '2026-11-24', timeZone: 'Europe/Berlin' };
  const [months, days] = [periodOf({ ...years, interval: 'month' }, now), periodOf({ ...years, interval: 'day' }, now)];
  const personas = new PersonaInsightsRepository(undefined as never, warehouse);
  const revenue = { setId: 'set', stream: 'order' };
  await measure('revenue, 25 months, personas then', () => personas.revenue(ACCOUNT, { ...revenue, period: months }));
  await measure('revenue, 730 days, personas then', () => personas.revenue(ACCOUNT, { ...revenue, period: days }));
  await measure('revenue, 25 months, personas now', () =>
    personas.revenue(ACCOUNT, { ...revenue, period: months, versionId: 'v1' }),
  );
  await measure('makeup, 730 days', () => personas.moves(ACCOUNT, 'set', days));
  const window = { timeZone: 'Europe/Berlin', from: '2026-01-01', end: '2026-02-01' };
  await measure('size and spend on a date', () => personas.snapshot(ACCOUNT, { ...revenue, ...window }));
  const flow = { setId: 'set', timeZone: 'UTC', fromEnd: '2025-01-01', toEnd: '2026-01-01' };
  await measure('flow between two dates', () => personas.flow(ACCOUNT, flow));

  const a: Sql = {
    sql: `contact_id IN (SELECT contact_id FROM persona_assignments FINAL WHERE account_id = {account:String} AND version_id = 'v1' AND persona_key = 'p1')`,
    params: {},
  };
  const sides = { a, b: { sql: `(NOT ${a.sql})`, params: {} }, fields: CONTACT_FIELDS, asOf: now };
  const comparison = new ComparisonRepository(warehouse);
  await measure('persona against the rest, 30 numbers', () => comparison.numbers(ACCOUNT, sides));
  await measure('persona against the rest, 10 categories', () => comparison.categories(ACCOUNT, sides));
  await measure('persona against the rest, bins of one number', () => comparison.distribution(ACCOUNT, sides, 'n3'));

  const members: Sql = {
    sql: `SELECT contact_id FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0 AND num['n1'] < 50`,
    params: {},
  };
  const cohort = {
    setId: 'set',
    members,
    timeZone: 'Europe/Berlin',
    interval: 'month',
    starts: months.starts.slice(1),
  } as const;
  const cohorts = new CohortInsightsRepository(warehouse);
  await measure('half in a cohort, makeup, 24 months', () => cohorts.moves(ACCOUNT, cohort));
  await measure('half in a cohort, conversion, 24 months', () =>
    cohorts.converted(ACCOUNT, { ...cohort, stream: 'order', days: 30 }),
  );
  const run = { runId: 'run', planId: 'plan', segments: ['all'], at: new Date('2026-03-01T00:00:00Z') };
  const backtest = new BacktestRepository(undefined as never, warehouse);
  await measure('back-test of a run of a third', () =>
    backtest.run(ACCOUNT, { run, all: [run], versionIds: ['o1'], stream: 'order', days: 30 }),
  );
} finally {
  await warehouse.close();
  rmSync(dir, { recursive: true, force: true });
}
