import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/sandbox.ts';

/** A mirror of a million contacts of which one in a hundred changed: what planning, sending and looking up cost. */
const CONTACTS = Number(process.env.BENCH_CONTACTS ?? 1_000_000);
const KEY = 'bench-admin-key-0123456789';

interface Store {
  command(sql: string, params?: object): Promise<void>;
  one<T>(sql: string, params?: object): Promise<T>;
}

const built = async (path: string) => import(new URL(`../dist/src/${path}`, import.meta.url).href);
const seconds = async <T>(work: () => Promise<T>): Promise<[number, T]> => {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1000, result];
};
const memory = () => Math.round(process.memoryUsage().rss / 1e6);

const sandbox = await startSandbox();
const dataDir = mkdtempSync(join(tmpdir(), 'reach-bench-'));
const { createApplication } = await built('application.js');
const { Warehouse } = await built('engines/warehouse/warehouse.js');
const { loadSettings } = await import(new URL('../dist/config/settings.js', import.meta.url).href);
const app = await createApplication(
  loadSettings({
    ...sandbox.settings(),
    PORT: '0',
    REACH_DATA_DIR: dataDir,
    REACH_ADMIN_KEY: KEY,
    REACH_LOG_LEVEL: 'silent',
  }),
);
await app.listen(0, '127.0.0.1');
const url: string = await app.getUrl();
const store: Store = app.get(Warehouse);

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(url + path, {
    method,
    body: body && JSON.stringify(body),
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
  });
  const answer = (await response.json()) as T;
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

interface Run {
  createdAt: string;
  plannedAt: string;
  finishedAt: string | null;
  verdict: string;
  segments: { planned: Record<string, number> }[];
}

async function finished(id: string): Promise<Run> {
  for (;;) {
    const run = await api<Run>('GET', `/v1/runs/${id}`);
    if (run.finishedAt) return run;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const people = (where: string, version: number) => `
  INSERT INTO contacts (account_id, contact_id, version, emails, phones, country, identity_version, created_at, updated_at)
  SELECT 'acc_default', lower(hex(MD5(toString(number)))), ${version}, ['person' || toString(number) || '.${version}@example.com'],
    ['+1415' || leftPad(toString(2000000 + number % 7999999), 7, '0')], 'US', number * 10 + ${version}, now64(3), now64(3)
  FROM numbers(${CONTACTS}) WHERE ${where}`;

const [makeSeconds] = await seconds(() => store.command(people('1', 1)));
const { id: audienceId } = await api<{ id: string }>('POST', '/v1/audiences', {
  name: 'Everyone',
  include: { condition: { everyone: true } },
});
const { adAccountId, accessToken } = sandbox.credentials.facebook;
const { id: connectionId } = await api<{ id: string }>('POST', '/v1/connections', {
  name: 'bench',
  type: 'facebook',
  settings: { adAccountId, accessToken: 'not-yet' },
});
const { id: deliveryId } = await api<{ id: string }>('POST', '/v1/deliveries', {
  name: 'bench',
  audienceId,
  connectionId,
  matchKeys: ['EMAIL', 'PHONE'],
  defaultCountry: 'US',
});

// the first run fails at the door; its snapshot becomes the ledger of a delivery that had arrived
const first = await finished((await api<{ id: string }>('POST', `/v1/deliveries/${deliveryId}/runs`)).id);
await store.command(`INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
  SELECT account_id, '${deliveryId}', segment_key, contact_id, 'present', '{"schema":["EMAIL","PHONE"],"rows":[["' || lower(hex(SHA256(contact_id))) || '","' || lower(hex(SHA256('+' || contact_id))) || '"]]}',
    1, identity_version, 'run_before', 1, now64(3), 1 FROM run_members`);
await store.command(people('number % 100 = 0', 2));

const [unchangedSeconds] = await seconds(() => api('POST', `/v1/deliveries/${deliveryId}/preview`));
const plans: number[] = [];
for (let i = 0; i < 3; i++) plans.push((await seconds(() => api('POST', `/v1/deliveries/${deliveryId}/preview`)))[0]);
await api('PATCH', `/v1/connections/${connectionId}`, { settings: { accessToken } });
// what a snapshot costs that judges nobody: a million ids read and written
const [bareSeconds] = await seconds(() =>
  store.command(`INSERT INTO run_members (account_id, plan_id, segment_key, contact_id, action, reason, identity_version)
    SELECT account_id, 'bare', 'all', contact_id, 'unchanged', '', identity_version FROM contacts FINAL WHERE account_id = 'acc_default' AND deleted = 0`),
);
const before = memory();
const [runSeconds, run] = await seconds(async () =>
  finished((await api<{ id: string }>('POST', `/v1/deliveries/${deliveryId}/runs`)).id),
);
const { contact_id: someone } = await store.one<{ contact_id: string }>('SELECT contact_id FROM contacts LIMIT 1');
const lookups: number[] = [];
for (let i = 0; i < 20; i++)
  lookups.push((await seconds(() => api('GET', `/v1/contacts/${someone}/deliveries`)))[0] * 1000);
lookups.sort((a, b) => a - b);

const planSeconds = (Date.parse(run.plannedAt) - Date.parse(run.createdAt)) / 1000;
const rows = {
  'contacts made by the warehouse': `${makeSeconds.toFixed(1)} s`,
  'first plan: everyone is new': `${first.segments[0]?.planned.adds} adds`,
  'dry run, 1 % changed, everyone encoded': `${Math.min(unchangedSeconds, ...plans).toFixed(2)} s`,
  'plan of that run: snapshot and diff': `${planSeconds.toFixed(2)} s with the wait in the queue (budget 2 s)`,
  'as a multiple of a snapshot that judges nobody': `${(planSeconds / bareSeconds).toFixed(1)} × ${bareSeconds.toFixed(2)} s`,
  'run, 1 % changed': `${runSeconds.toFixed(1)} s, ${run.verdict}, ${JSON.stringify(run.segments[0]?.planned)}`,
  'resident memory before and after the run': `${before} MB, ${memory()} MB`,
  'ledger look-up by contact, median of 20': `${lookups[10]?.toFixed(0)} ms (budget 50 ms)`,
};
for (const [what, value] of Object.entries(rows)) process.stdout.write(`${what.padEnd(48)} ${value}\n`);
await app.close();
await sandbox.close();
rmSync(dataDir, { recursive: true, force: true });
