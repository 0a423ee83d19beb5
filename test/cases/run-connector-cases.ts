/**
 * Asks our Facebook, Google and SFTP connectors what public implementations assert of theirs, where that collection lies beside
 * the checkout. It may not be redistributed, so nothing of it is kept here but ids: how each row is asked is code, and
 * what we do otherwise, and why, is written by id in docs/cases.md.
 *
 *   node --experimental-transform-types test/cases/run-connector-cases.ts [folder, default ../shared/cases]
 *
 * Ends with 1 when a row fails that docs/cases.md does not name. Rows that are neither asked nor named are listed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkError, type ErrorRow } from './api-errors.ts';
import { type BehaviourRow, checkOf } from './behaviours.ts';
import { checkOfFiles, closeFiles, type FileRow } from './files.ts';
import { platforms } from './platforms.ts';

const ADVERTISING = ['facebook', 'google'];

type Verdict = 'passed' | 'argued' | 'failed' | 'not asked';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../../shared/cases', import.meta.url));
if (existsSync(join(folder, 'behaviours.jsonl'))) process.exitCode = (await run()) ? 0 : 1;
else console.log(`No shared cases at ${folder}: nothing was checked.`);

async function run(): Promise<boolean> {
  const argued = arguedIds();
  const counts: Record<string, Record<Verdict, number>> = {};
  const faults: string[] = [];
  const judge = async (group: string, id: string, check?: () => Promise<string | undefined>) => {
    platforms.reset();
    const fault = await check?.().catch((error: Error) => `threw ${error.message}`);
    const met: Verdict = !check ? 'not asked' : fault === undefined ? 'passed' : 'failed';
    const verdict = met !== 'passed' && argued.has(id) ? 'argued' : met;
    counts[group] ??= { passed: 0, argued: 0, failed: 0, 'not asked': 0 };
    counts[group][verdict]++;
    if (verdict === 'failed') faults.push(`${id} (${group}): ${fault}`);
    if (verdict === 'not asked') console.log(`${id} (${group}) is neither asked nor named in docs/cases.md`);
  };
  await platforms.start();
  for (const row of rowsOf<BehaviourRow>('behaviours.jsonl', ADVERTISING)) {
    const check = checkOf(row);
    await judge(`behaviours, ${row.platform}`, row.id, check && (async () => check(row)));
  }
  for (const row of rowsOf<ErrorRow>('api_errors.jsonl', ADVERTISING))
    await judge(`API errors, ${row.platform}`, row.id, () => checkError(row));
  for (const row of rowsOf<FileRow & { platform: string }>('sftp.jsonl', ['sftp']))
    await judge('files, sftp', row.id, checkOfFiles(row));
  await closeFiles();
  platforms.close();
  console.table(counts);
  for (const fault of faults) console.log(fault);
  return faults.length === 0;
}

function rowsOf<Row extends { platform: string }>(file: string, wanted: string[]): Row[] {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  const rows = lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Row);
  return rows.filter(({ platform }) => wanted.includes(platform));
}

/** Ids that docs/cases.md names: the first cell of the rows of its tables. */
function arguedIds(): Set<string> {
  const text = readFileSync(new URL('../../docs/cases.md', import.meta.url), 'utf8');
  return new Set([...text.matchAll(/^\|\s*`?([a-z]\d{3})`?\s*\|/gm)].map(([, id]) => id!));
}
