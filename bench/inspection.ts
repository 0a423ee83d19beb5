/**
 * How long it takes to refuse files that cannot be used, and to read names of columns that nobody would write, against
 * ordinary files and names of the same size: `node bench/inspection.ts`. Neither may cost more than `MOST` times as much.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectFile } from '../src/contacts/inspection.ts';
import { readHeader } from '../src/contacts/mapping/header.ts';

const MOST = 10;
const REPEATS = 5;
const folder = mkdtempSync(join(tmpdir(), 'reach-inspection-'));

const HOSTILE_FILES: Record<string, string> = {
  '64 KB of equal names': `${'same,'.repeat(13_000)}\n1,2\n`,
  '100,000 columns': `${Array.from({ length: 100_000 }, (_, i) => `c${i}`).join()}\n1,2\n`,
  'a cell of 10 MB': `email,note\na@example.com,"${'x'.repeat(10_000_000)}"\nb@example.com,ok\n`,
};
const HOSTILE_NAMES: Record<string, string> = {
  'words repeated 10,000 times': 'id no name '.repeat(10_000),
  'one word of 64 KB': 'e'.repeat(64_000),
};

async function median(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(REPEATS / 2)]!;
}

async function inspect(content: string): Promise<void> {
  const path = join(folder, 'file.csv');
  writeFileSync(path, content);
  await inspectFile({ path, fileName: 'file.csv', bytes: content.length, options: {}, catalogue: new Map() }).catch(
    () => undefined,
  );
}

function ordinaryFile(bytes: number): string {
  const row = 'anna@example.com,Anna,10,Berlin\n';
  return `email,name,spend,city\n${row.repeat(Math.ceil(bytes / row.length))}`;
}

function report(name: string, ms: number, ordinaryMs: number): void {
  const ratio = ms / ordinaryMs;
  console.log(`${name.padEnd(30)} ${ms.toFixed(1).padStart(8)} ms   ${ratio.toFixed(2)} × an ordinary one`);
  if (ratio > MOST) process.exitCode = 1;
}

for (const [name, content] of Object.entries(HOSTILE_FILES)) {
  const ordinary = ordinaryFile(content.length);
  report(name, await median(() => inspect(content)), await median(() => inspect(ordinary)));
}
for (const [name, header] of Object.entries(HOSTILE_NAMES)) {
  const ordinary = Array.from({ length: Math.ceil(header.length / 20) }, (_, i) => `Email address no ${i}`);
  report(name, await median(() => readHeader(header)), await median(() => ordinary.map(readHeader)));
}
rmSync(folder, { recursive: true });
