import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import { buildService, ServiceProcess } from './kill/service-process.ts';
import { type Person, Steps, twoKinds } from './support/steps.ts';

/** Words that stand in no code, no document and no answer of a platform unless an identifier leaked there. */
const PLANTED: Partial<Person> = { first: 'Zyxwilda', last: 'Quorvath', zip: '94117' };
const EMAIL = 'zyxwilda.quorvath@planted-mail.example';
const PHONE = '4159876543';
const BAD_EMAIL = 'quorvath-at-planted-mail';
const BAD_PHONE = '99-planted-phone-99';
const TRACES = ['zyxwilda', 'quorvath', 'planted-mail', 'planted-phone', PHONE, '415-987', '(415) 987', '987-6543'];

/** Tables in which contacts live: identifiers belong there. */
const HOMES = new Set(['contacts', 'identities', 'import_contacts']);

describe('a planted identifier', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-planted-'));
  const { main, remove } = buildService();
  const seen: Record<string, string> = {};
  const homes: Record<string, string> = {};
  let sandbox: Sandbox;
  let service: ServiceProcess;
  let secrets: string[];

  const keep = async (path: string) => {
    seen[path] = JSON.stringify((await service.api('GET', path)).body);
  };

  beforeAll(async () => {
    sandbox = await startSandbox();
    service = await ServiceProcess.at(main, {
      ...sandbox.settings(),
      REACH_LOG_LEVEL: 'trace',
      REACH_RETRY_SECONDS: '0',
    });
    service.start(dataDir);
    await service.ready();
    const steps = new Steps(service, sandbox);
    const people = twoKinds(240);
    Object.assign(people[0]!, PLANTED, { email: EMAIL, phone: `+1${PHONE}` });
    Object.assign(people[1]!, PLANTED, { email: BAD_EMAIL, phone: BAD_PHONE });
    await steps.importPeople(people);
    await steps.publishPersonas(2);
    const audienceId = await steps.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
    const { facebook, google, sftp, googleAds } = sandbox.credentials;
    secrets = [
      facebook.accessToken,
      facebook.appSecret,
      google.refreshToken,
      google.clientSecret,
      sftp.password,
      googleAds.developerToken,
    ];
    sandbox.facebook.faults.add(
      { match: { path: '/users' }, do: 'reset', apply: true },
      { match: { path: '/users' }, do: 'html' },
      {
        match: { path: '/users', body: createHash('sha256').update(EMAIL).digest('hex') },
        do: 'error',
        code: 100,
        message: `Invalid value ${EMAIL} or +1${PHONE} given`,
        times: 'always',
      },
    );
    sandbox.google.faults.add(
      { match: { path: 'ingest' }, do: 'truncate' },
      {
        match: { path: 'ingest' },
        do: 'error',
        code: 'INVALID_ARGUMENT',
        message: `Bad e-mail ${EMAIL}, phone +1${PHONE}`,
      },
    );
    sandbox.sftp.faults.add(
      { match: { method: 'WRITE' }, do: 'reset' },
      { match: { method: 'POSIX-RENAME' }, do: 'error', code: 3, message: `no such user ${EMAIL}` },
    );
    for (const type of ['facebook', 'google', 'sftp'] as const) {
      const connectionId = await steps.connect(type);
      const id = await steps.delivery({ name: type, audienceId, connectionId });
      for (let n = 0; n < 2; n++) {
        const run = await steps.run(id, 120_000);
        for (const part of ['', '/batches', '/calls', '/rejects.csv']) await keep(`/v1/runs/${run.id}${part}`);
      }
      await keep(`/v1/connections/${connectionId}`);
      await keep(`/v1/connections/${connectionId}/calls`);
    }
    for (const path of ['/v1/audit-log', '/metrics', '/v1/datasets', '/v1/deliveries']) await keep(path);
    const refused = await service.api('POST', '/v1/deliveries', { name: EMAIL, audienceId: { email: EMAIL } });
    seen['a refused request'] = String((refused.body as { code?: string }).code);
    await service.stop();
    seen['the log'] = service.said;
    Object.assign(seen, await databaseTables(dataDir));
    for (const [table, text] of Object.entries(await warehouseTables(dataDir)))
      (HOMES.has(table) ? homes : seen)[`warehouse ${table}`] = text;
  }, 300_000);

  afterAll(async () => {
    await service.kill();
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
    remove();
  });

  it('was looked for in logs, answers and every table', () => {
    const places = Object.keys(seen);
    expect(seen['the log']!.length).toBeGreaterThan(1000);
    for (const part of ['/calls', 'audit_log', 'vendor_calls', 'batches', 'runs', 'ledger', 'outbox', 'run_outcomes'])
      expect(places.some((place) => place.includes(part))).toBe(true);
  });

  it('is where contacts live', () => {
    for (const trace of ['zyxwilda', 'quorvath', 'planted-mail', PHONE])
      expect(Object.values(homes).some((text) => text.toLowerCase().includes(trace))).toBe(true);
  });

  it('is in none of them', () => {
    const found = Object.entries(seen).flatMap(([place, text]) =>
      TRACES.filter((trace) => text.toLowerCase().includes(trace)).map((trace) => `${trace} in ${place}`),
    );
    expect(found).toEqual([]);
  });

  it('nor is a credential', () => {
    const found = Object.entries(seen).flatMap(([place, text]) =>
      secrets.filter((secret) => text.includes(secret)).map(() => place),
    );
    expect(found).toEqual([]);
  });

  it('reached no platform', () => {
    expect(sandbox.violations).toEqual([]);
    for (const trace of TRACES) expect(sandbox.journal.containing(trace)).toEqual([]);
  });
});

/** Every row of the control plane, the job queue included. */
async function databaseTables(dataDir: string): Promise<Record<string, string>> {
  const database = await PGlite.create(join(dataDir, 'database'));
  try {
    const { rows } = await database.query<{ place: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS place FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts: Record<string, string> = {};
    for (const { place } of rows)
      texts[`table ${place}`] = JSON.stringify((await database.query(`SELECT * FROM ${place}`)).rows);
    return texts;
  } finally {
    await database.close();
  }
}

/** Every row of the warehouse. */
async function warehouseTables(dataDir: string): Promise<Record<string, string>> {
  const warehouse = await Warehouse.open({ dataDir, memory: 2_000_000_000 });
  try {
    const tables = await warehouse.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
    );
    const texts: Record<string, string> = {};
    for (const { name } of tables) texts[name] = JSON.stringify(await warehouse.query(`SELECT * FROM ${name}`));
    return texts;
  } finally {
    await warehouse.close();
  }
}
