import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bridge } from './server.ts';

// node test/support/clickhouse-bridge/main.ts [PORT]: runs until it is ended, and deletes its data then
const folder = mkdtempSync(join(tmpdir(), 'clickhouse-bridge-'));
mkdirSync(join(folder, 'data'));
const bridge = new Bridge(folder);
bridge.server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(bridge.server.address() as AddressInfo).port}\n`);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    bridge.close();
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
}
