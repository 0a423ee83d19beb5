import { parseArgs } from 'node:util';
import { type Kill, playRound } from './round.ts';
import { DESTINATIONS, setStage } from './stage.ts';

/**
 * Kills the service until told to stop, and reports what survived: `node test/kill/kill.ts --kills 500`.
 * Every failed round is reported with its seed; `--seed` plays it again.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '500' },
    people: { type: 'string', default: '24000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    each: { type: 'string', default: '9' },
  },
});

const kills: Kill[] = [];
const problems: string[] = [];
let rounds = 0;
const stage = await setStage(Number(values.people));
try {
  while (kills.length < Number(values.kills)) {
    const result = await playRound(stage, Number(values.seed) + rounds, Number(values.each));
    rounds += 1;
    kills.push(...result.kills);
    problems.push(...result.problems);
    process.stdout.write(`round ${rounds}: ${kills.length} kills, ${problems.length} problems\n`);
    for (const problem of result.problems) process.stdout.write(`  ${problem}\n`);
  }
} finally {
  await stage.close();
}
process.stdout.write(`\n${kills.length} kills in ${rounds} rounds; ${problems.length} problems\n`);
console.table(tally(kills));
process.exitCode = problems.length > 0 ? 1 : 0;

/** Kills by moment, and where the runs to each destination were. */
function tally(all: Kill[]): Record<string, Record<string, number>> {
  const table: Record<string, Record<string, number>> = {};
  const count = (row: string, column: string) => {
    const cells = table[row] ?? {};
    cells[column] = (cells[column] ?? 0) + 1;
    table[row] = cells;
  };
  for (const { moment, runs } of all) {
    count(`while ${moment}`, 'kills');
    for (const type of DESTINATIONS) if (runs[type]) count(`while ${moment}`, `${type} ${runs[type]}`);
  }
  return table;
}
