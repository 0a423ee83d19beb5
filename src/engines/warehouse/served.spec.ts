import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startBridge } from '../../../test/support/clickhouse-bridge/start.ts';
import { Warehouse } from './warehouse.ts';

const LONG = 12_000;
const ids = Array.from({ length: LONG }, (_, i) => `${'x'.repeat(28)}'${String(i).padStart(5, '0')}`);

describe('a warehouse on a ClickHouse server', () => {
  let bridge: Awaited<ReturnType<typeof startBridge>>;
  let warehouse: Warehouse;

  const open = (timeoutMs?: number) =>
    Warehouse.open({ url: bridge.url, dataDir: '/nowhere', memory: 1_000_000_000, timeoutMs });

  beforeAll(async () => {
    bridge = await startBridge();
    warehouse = await open();
    await warehouse.command('CREATE TABLE members (id String) ENGINE = MergeTree ORDER BY id');
    await warehouse.insert(
      'members',
      [...ids, 'another'].map((id) => ({ id })),
    );
  });
  afterAll(async () => {
    await warehouse.close();
    await bridge.close();
  });

  it('finds rows by a list that is longer than a parameter may be', async () => {
    const sql = 'SELECT count() AS n FROM members WHERE id IN {ids:Array(String)}';
    expect(await warehouse.one(sql, { ids })).toEqual({ n: LONG });
  });

  it('leaves out rows by a long list', async () => {
    const sql = 'SELECT id FROM members WHERE id NOT IN {ids:Array(String)}';
    expect(await warehouse.query(sql, { ids })).toEqual([{ id: 'another' }]);
  });

  it('keeps the order of a long list that is read as an array', async () => {
    const sql =
      'SELECT place, id FROM (SELECT 1) ARRAY JOIN {ids:Array(String)} AS id, {places:Array(UInt32)} AS place WHERE place IN (1, 11999) ORDER BY place';
    const rows = await warehouse.query(sql, { ids, places: ids.map((_, i) => i) });
    expect(rows).toEqual([
      { place: 1, id: ids[1] },
      { place: 11999, id: ids[11999] },
    ]);
  });

  it('streams a query with a long list', async () => {
    let n = 0;
    for await (const rows of warehouse.stream('SELECT id FROM members WHERE id IN {ids:Array(String)}', { ids }))
      n += rows.length;
    expect(n).toBe(LONG);
  });

  it('writes and erases by a long list', async () => {
    await warehouse.command('CREATE TABLE copies (id String) ENGINE = MergeTree ORDER BY id');
    await warehouse.command('INSERT INTO copies SELECT id FROM members WHERE id IN {ids:Array(String)}', { ids });
    await warehouse.insert('copies', [{ id: 'another' }]);
    await warehouse.erase('copies', 'id IN {ids:Array(String)}', { ids });
    expect(await warehouse.query('SELECT id FROM copies')).toEqual([{ id: 'another' }]);
  });

  it('takes rows in RowBinary', async () => {
    await warehouse.command('CREATE TABLE numbers (n UInt8) ENGINE = MergeTree ORDER BY n');
    await warehouse.insertBinary('numbers', { n: 'UInt8' }, Uint8Array.from([7, 9]));
    expect(await warehouse.query('SELECT n FROM numbers ORDER BY n')).toEqual([{ n: 7 }, { n: 9 }]);
  });

  describe('whose connection breaks during a statement', () => {
    let impatient: Warehouse;
    beforeAll(async () => {
      await warehouse.command('CREATE TABLE slow (n UInt64) ENGINE = MergeTree ORDER BY n');
      impatient = await open(500);
    });
    afterAll(() => impatient.close());

    it('waits until the server is done with the statement, and sends it once', async () => {
      await impatient.command('INSERT INTO slow SELECT number + sleepEachRow(2) FROM numbers(1)');
      expect(await warehouse.query('SELECT n FROM slow')).toEqual([{ n: 0 }]);
    });

    it('reports the error with which the statement ended', async () => {
      const sql = 'INSERT INTO slow SELECT throwIf(sleepEachRow(2) = 0) FROM numbers(1)';
      await expect(impatient.command(sql)).rejects.toMatchObject({ code: '395' });
    });
  });

  it('tells every statement on a cluster to read all shards and to wait for the rows', async () => {
    const recorder = await startRecorder();
    const cluster = await Warehouse.open({ url: recorder.url, cluster: 'main', dataDir: '/nowhere', memory: 1e9 });
    await cluster.command('INSERT INTO ledger SELECT 1');
    await cluster.query('SELECT 1');
    for await (const _ of cluster.stream('SELECT 1'));
    await cluster.insert('ledger', [{ a: 1 }]);
    await cluster.insertBinary('ledger', { a: 'UInt8' }, Uint8Array.from([1]));
    await cluster.erase('ledger', 'a IN {list:Array(String)}', { list: ids });
    await cluster.dropPartition('import_contacts', 'one');
    await cluster.close();
    await recorder.close();
    expect(recorder.requests.length).toBeGreaterThan(30);
    for (const request of recorder.requests) {
      expect(request.get('distributed_product_mode')).toBe('global');
      expect(request.get('distributed_foreground_insert')).toBe('1');
    }
  });

  it('reports at once that a server is away', async () => {
    const before = Date.now();
    await expect(
      Warehouse.open({ url: 'http://127.0.0.1:9', dataDir: '/nowhere', memory: 1_000_000_000 }),
    ).rejects.toThrow('ECONNREFUSED');
    expect(Date.now() - before).toBeLessThan(5_000);
  });
});

/** A server that answers nothing but keeps the fields of every request. */
async function startRecorder() {
  const requests: URLSearchParams[] = [];
  const server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
    requests.push(new URL(request.url ?? '/', 'http://recorder').searchParams);
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
