import { gunzipSync } from 'node:zlib';
import { startBridge } from './support/clickhouse-bridge/start.ts';

/** As https://clickhouse.com/docs/interfaces/http documents it. */
describe('the bridge in front of chDB', () => {
  let bridge: Awaited<ReturnType<typeof startBridge>>;
  beforeAll(async () => {
    bridge = await startBridge();
  });
  afterAll(() => bridge.close());

  const post = (body: string, fields: Record<string, string> = {}) =>
    fetch(`${bridge.url}/?${new URLSearchParams(fields)}`, { method: 'POST', body });
  const text = async (body: string, fields?: Record<string, string>) => (await post(body, fields)).text();

  it('answers a ping', async () => {
    expect(await (await fetch(`${bridge.url}/ping`)).text()).toBe('Ok.\n');
  });

  it('reads a query from the URL, the body, or both', async () => {
    expect(await (await fetch(`${bridge.url}/?query=SELECT%201`)).text()).toBe('1\n');
    expect(await text('SELECT 1')).toBe('1\n');
    expect(await text('1', { query: 'SELECT' })).toBe('1\n');
  });

  it('reads parameters in the escaped form', async () => {
    const sql = 'SELECT {id:UInt8}, {phrase:String} FORMAT JSONCompactEachRow';
    expect(await text(sql, { param_id: '2', param_phrase: 'a\\tb' })).toBe('[2, "a\\tb"]\n');
    expect(await text('SELECT {id:UInt8}')).toContain('Code: 456.');
  });

  it('takes rows after an INSERT in any format', async () => {
    await text('CREATE TABLE t (a UInt8) ENGINE = Memory');
    await text('INSERT INTO t VALUES (1),(2)');
    await text('(3)', { query: 'INSERT INTO t VALUES' });
    await text('4\n', { query: 'INSERT INTO t FORMAT TabSeparated' });
    expect(await text('SELECT a FROM t ORDER BY a')).toBe('1\n2\n3\n4\n');
  });

  it('answers an error with its code', async () => {
    const answer = await post('SELECT * FROM nowhere');
    expect(answer.status).toBe(500);
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('60');
    expect(await answer.text()).toMatch(/^Code: 60\. DB::Exception: .*\(UNKNOWN_TABLE\)/);
  });

  it('writes an error behind the rows that were sent before it', async () => {
    // the pause of each row lets the rows before the error leave first
    const sql = 'SELECT throwIf(number = 3) + sleepEachRow(0.3) FROM numbers(5)';
    const answer = await post(sql, { max_block_size: '1' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/^(0\n)+\r\n__exception__\r\n\w+\r\nCode: 395\./);
  });

  it('refuses a field above 128 KiB, a query above 256 KiB and a URL above 1 MiB', async () => {
    expect(await text('SELECT {v:String}', { param_v: 'x'.repeat(131_073) })).toContain('Field value too long');
    expect(await text(`SELECT '${'x'.repeat(262_144)}'`)).toContain('Max query size exceeded');
    const parts = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`param_p${i}`, 'x'.repeat(131_072)]));
    expect((await post('SELECT 1', parts)).status).toBe(414);
  });

  it('applies settings to one request', async () => {
    expect(await text("SELECT getSetting('max_block_size')", { max_block_size: '7' })).toBe('7\n');
    expect(await text("SELECT getSetting('max_block_size') = 7")).toBe('0\n');
    expect(await text('SELECT 1', { no_such_setting: '1' })).toContain('Code: 115.');
  });

  it('lets a GET read only', async () => {
    const answer = await fetch(`${bridge.url}/?query=CREATE TABLE r (a UInt8) ENGINE = Memory`);
    expect(await answer.text()).toContain('Code: 164.');
  });

  it('keeps a temporary table for its session, and takes one query of it at a time', async () => {
    await text('CREATE TEMPORARY TABLE s (a UInt8)', { session_id: 'one' });
    expect(await text('SELECT count() FROM s', { session_id: 'one' })).toBe('0\n');
    expect(await text('SELECT count() FROM s')).toContain('Code: 60.');
    const slow = text('SELECT sleep(1)', { session_id: 'one' });
    expect(await text('SELECT sleep(1)', { session_id: 'one' })).toContain('Code: 373.');
    await slow;
    expect(await text('SELECT 1', { session_id: 'two', session_check: '1' })).toContain('Code: 372.');
  });

  it('keeps databases apart', async () => {
    await text('CREATE DATABASE other');
    await text('CREATE TABLE only_there (a UInt8) ENGINE = Memory', { database: 'other' });
    expect(await text('SELECT count() FROM only_there', { database: 'other' })).toBe('0\n');
    expect(await text('SELECT count() FROM only_there')).toContain('Code: 60.');
  });

  it('compresses and decompresses with gzip', async () => {
    const answer = await fetch(`${bridge.url}/?enable_http_compression=1`, {
      method: 'POST',
      headers: { 'accept-encoding': 'gzip' },
      body: 'SELECT number FROM numbers(3)',
    });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const body = Buffer.from(await answer.arrayBuffer());
    // fetch may have decompressed it
    expect((body[0] === 0x1f ? gunzipSync(body) : body).toString()).toBe('0\n1\n2\n');
  });

  it('knows running and ended queries by the ids that clients gave them', async () => {
    const running = text('SELECT sleep(1)', { query_id: 'slow' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await text("SELECT count() FROM system.processes WHERE query_id = 'slow'")).toBe('1\n');
    expect(await text('SELECT 1', { query_id: 'slow' })).toContain('Code: 216.');
    await running;
    await text('SYSTEM FLUSH LOGS');
    expect(await text("SELECT type FROM system.query_log WHERE query_id = 'slow'")).toContain('QueryFinish');
  });
});
