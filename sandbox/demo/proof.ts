import chalk from 'chalk';
import { tableOf } from '../../src/cli/account.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ToldRun } from './story.ts';

/** Sets what each sandbox platform holds against what the runs say they sent. */
export function compareWithPlatforms(sandbox: Sandbox, runs: ToldRun[]): { table: string; agrees: boolean } {
  const table = tableOf(
    ['Platform', 'Remote audience', 'People sent', 'Entries sent', 'Entries held'],
    [10, 72, 13, 14, 14],
  );
  let agrees = true;
  for (const { platform, title, run } of runs) {
    for (const { remote, counts, uploads } of run.segments) {
      if (!remote) continue;
      const sent = uploads.reduce(
        (sum, upload) => sum + (upload.direction === 'add' ? upload.entries : -upload.entries),
        0,
      );
      const held = COUNT[platform](sandbox, remote.id);
      agrees &&= sent === held;
      table.push([
        title,
        remote.name,
        number(counts.ok + counts.fixed),
        number(sent),
        (sent === held ? chalk.green : chalk.red)(number(held)),
      ]);
    }
  }
  return { table: table.toString(), agrees };
}

const number = (value: number) => value.toLocaleString('en-US');

/** How many entries each platform holds in a remote audience. */
const COUNT: Record<ToldRun['platform'], (sandbox: Sandbox, id: string) => number> = {
  facebook: (sandbox, id) => sandbox.facebook.members(id).size,
  google: (sandbox, id) => sandbox.google.members(id).size,
  sftp: (sandbox, id) => rowsOfFiles(sandbox, id.split('/').at(-1) ?? ''),
};

/** Lines of the files that a segment's manifest names, read back and counted. */
function rowsOfFiles(sandbox: Sandbox, segmentKey: string): number {
  const paths = sandbox.sftp.files();
  const manifests = paths
    .filter((path) => path.endsWith('.manifest.json'))
    .map((path) => JSON.parse(sandbox.sftp.text(path)) as Manifest);
  const files = manifests.filter(({ segment }) => segment.key === segmentKey).flatMap((manifest) => manifest.files);
  return files.reduce((sum, { name }) => sum + lines(sandbox.sftp.text(paths.find((path) => path.endsWith(name))!)), 0);
}

interface Manifest {
  segment: { key: string };
  files: { name: string }[];
}

/** Lines below the header. */
const lines = (text: string) => text.trimEnd().split('\n').length - 1;
