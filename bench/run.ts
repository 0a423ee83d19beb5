import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs every benchmark, or those named: `npm run bench -- import preview`. Each prints ratios of one and the same run. */
const folder = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const all = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'run.ts');
const chosen = all.filter((name) => wanted.length === 0 || wanted.includes(name.replace('.ts', '')));
let failed = chosen.length === 0;
for (const name of chosen) {
  process.stdout.write(`\n── ${name}\n`);
  const run = spawnSync(process.execPath, ['--experimental-transform-types', '--no-warnings', join(folder, name)], {
    stdio: 'inherit',
  });
  failed ||= run.status !== 0;
}
process.exitCode = failed ? 1 : 0;
