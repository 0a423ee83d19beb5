/**
 * How long an audience preview takes on a million contacts in the embedded warehouse, before and after parts merge, and
 * against asking for one count a rule. Run: node --experimental-transform-types bench/preview.ts [contacts]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AudienceDefinition, checkDefinition, rulesOf } from '../src/audiences/definition.ts';
import { audienceMembers, dropOffQuery, limitedQuery } from '../src/audiences/statements.ts';
import { Statement } from '../src/conditions/compile.ts';
import type { Condition, ConditionContext, Sql, TraitType } from '../src/conditions/condition.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';

const CONTACTS = Number(process.argv[2] ?? 1_000_000);
const ACCOUNT = 'acc_bench';
const NUMBERS = Array.from({ length: 16 }, (_, i) => `number_${i}`);
const CATEGORIES = Array.from({ length: 8 }, (_, i) => `category_${i}`);
const REPEATS = 5;

const context: ConditionContext = {
  account: ACCOUNT,
  now: new Date('2026-11-24T00:00:00Z'),
  traits: new Map<string, TraitType>([
    ...NUMBERS.map((name) => [name, 'number'] as const),
    ...CATEGORIES.map((name) => [name, 'category'] as const),
  ]),
  streams: new Set(['order']),
  personaSets: new Map([
    [
      'set',
      { name: 'Set', versionId: 'v1', personas: [0, 1, 2, 3, 4, 5].map((k) => ({ key: `p${k}`, name: `P${k}` })) },
    ],
  ]),
  cohorts: new Map([
    ['buyers', { name: 'Buyers', condition: { event: 'order', count: { gte: 2 }, within: { days: 180 } } }],
  ]),
};

const traits: Condition = {
  all: [
    { trait: 'number_1', op: 'gte', value: 20 },
    { trait: 'category_1', op: 'in', value: ['v1', 'v2', 'v3', 'v4'] },
    { not: { trait: 'number_7', op: 'lt', value: 10 } },
    { contactable: 'facebook' },
  ],
};
const everyone = { cohorts: [] };
const DEFINITIONS: Record<string, AudienceDefinition> = {
  'four trait rules': { include: { cohorts: [], condition: traits }, exclude: everyone },
  'four trait rules, by persona': {
    include: { cohorts: [], condition: traits },
    exclude: everyone,
    personaSetId: 'set',
  },
  'traits, events, personas, exclusions': {
    include: { cohorts: ['buyers'], condition: traits },
    exclude: {
      cohorts: [],
      condition: {
        any: [
          { event: 'order', sum: { gte: 1500 }, where: [{ property: 'category', op: 'eq', value: 'k1' }] },
          { trait: 'category_2', op: 'startsWith', value: 'V0' },
        ],
      },
    },
    personaSetId: 'set',
    personas: ['p0', 'p1', 'p2', 'p3'],
  },
  'the same, 100,000 at random': {
    include: { cohorts: [], condition: traits },
    exclude: everyone,
    personaSetId: 'set',
    limit: { count: 100_000, orderBy: { random: 7 }, direction: 'desc' },
  },
};

const id = (n: string) => `concat('con_', lower(hex(sipHash64(toUInt64(${n})))))`;
const SETTINGS = 'SETTINGS max_insert_threads = 1';

async function fill(warehouse: Warehouse): Promise<void> {
  const numbers = NUMBERS.map((name, i) => `'${name}', toFloat64(cityHash64(number, ${i}) % 100)`).join(', ');
  const categories = CATEGORIES.map(
    (name, i) => `'${name}', concat('v', toString(cityHash64(number, ${i}, 'c') % 8))`,
  ).join(', ');
  await warehouse.command(`INSERT INTO contacts (account_id, contact_id, version, emails, phones, first_name, last_name,
    city, postal_code, country, num, cat, created_at, updated_at) SELECT '${ACCOUNT}', ${id('number')}, 1,
    if(number % 5 = 0, [], [concat('u', toString(number), '@example.com')]), if(number % 3 = 0, [concat('+1555', toString(number))], []),
    'Ada', 'Lovelace', 'London', toString(number % 90000), 'GB', map(${numbers}), map(${categories}), now64(3), now64(3)
    FROM numbers(${CONTACTS}) ${SETTINGS}`);
  // a later import of a tenth of them, so that FINAL has something to replace
  await warehouse.command(
    `INSERT INTO contacts SELECT * REPLACE (2 AS version) FROM contacts WHERE cityHash64(contact_id) % 10 = 0 ${SETTINGS}`,
  );
  await warehouse.command(`INSERT INTO persona_assignments (account_id, version_id, contact_id, persona_key, revision) SELECT '${ACCOUNT}', 'v1', contact_id,
    concat('p', toString(cityHash64(contact_id) % 6)), 1 FROM (SELECT DISTINCT contact_id FROM contacts) ${SETTINGS}`);
  await warehouse.command(`INSERT INTO events SELECT '${ACCOUNT}', 'order', ${id(`number % ${Math.ceil(CONTACTS * 0.7)}`)}, toString(number),
    toDateTime64('2026-01-01', 3, 'UTC') + toIntervalSecond(cityHash64(number) % 28000000), cityHash64(number, 1) % 200,
    map('category', concat('k', toString(number % 5))), 1 FROM numbers(${CONTACTS * 2}) ${SETTINGS}`);
}

/** Wall clock of a few runs, and the processor time of one: the part that a busy machine does not change. */
async function time(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const [fastest, median, slowest] = [times[0]!, times[Math.floor(REPEATS / 2)]!, times.at(-1)!].map((ms) =>
    ms.toFixed(0).padStart(6),
  );
  const processor = ((user + system) / 1000 / REPEATS).toFixed(0).padStart(6);
  return `${fastest} to ${slowest} ms, median ${median} ms, processor ${processor} ms`;
}

/** What one would write without the single scan: a count for each rule added. */
function countPerRule(definition: AudienceDefinition): Sql[] {
  const rules = rulesOf(definition, context);
  return rules.map((_, i) => {
    const statement = new Statement(context, 'n');
    const held = statement.condition({ all: rules.slice(0, i + 1).map((rule) => rule.condition) });
    const account = statement.bind('String', ACCOUNT);
    return {
      sql: `SELECT count() FROM contacts FINAL WHERE account_id = ${account} AND deleted = 0 AND ${held}`,
      params: statement.params,
    };
  });
}

async function measure(warehouse: Warehouse, state: string): Promise<void> {
  console.log(`\n${state}`);
  for (const [name, definition] of Object.entries(DEFINITIONS)) {
    const problems = checkDefinition(definition, context);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    const run = ({ sql, params }: Sql) => warehouse.query<{ contacts: number }>(sql, params);
    const preview = async () => {
      await run(dropOffQuery(definition, context));
      if (definition.limit) await run(limitedQuery(definition, context));
    };
    const members = audienceMembers(definition, context, 'm');
    const { size } = await warehouse.one<{ size: number }>(
      `SELECT count() AS size FROM (${members.sql})`,
      members.params,
    );
    console.log(`  ${name} (${size} members)`);
    console.log(`    preview            ${await time(preview)}`);
    console.log(
      `    one count a rule   ${await time(async () => {
        for (const query of countPerRule(definition)) await run(query);
      })}`,
    );
    console.log(
      `    members to a table ${await time(() => warehouse.query(`SELECT count() FROM (${members.sql})`, members.params))}`,
    );
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'reach-bench-'));
const warehouse = await Warehouse.open({ dataDir, memory: 4e9 });
try {
  console.log(
    `${CONTACTS} contacts x ${NUMBERS.length + CATEGORIES.length} traits, ${CONTACTS * 2} events, 6 personas, ${REPEATS} runs each`,
  );
  await fill(warehouse);
  await measure(warehouse, 'as imported (several parts, a tenth of the contacts in two versions)');
  for (const table of ['contacts', 'events', 'persona_assignments'])
    await warehouse.command(`OPTIMIZE TABLE ${table} FINAL`);
  await measure(warehouse, 'after merging');
  console.log(`\nresident memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);
} finally {
  await warehouse.close();
  rmSync(dataDir, { recursive: true, force: true });
}
