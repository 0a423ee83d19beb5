import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import chalk from 'chalk';
import { loadSettings } from '../../config/settings.ts';
import { createApplication } from '../../src/application.ts';
import { personaTable, runAccount } from '../../src/cli/account.ts';
import { ApiClient } from '../../src/cli/api-client.ts';
import { importSummary } from '../../src/cli/import-summary.ts';
import { Progress } from '../../src/cli/progress.ts';
import { startSandbox } from '../sandbox.ts';
import { writeDemoData } from './dataset.ts';
import { compareWithPlatforms } from './proof.ts';
import { deliverEverywhere, prepareAudience } from './story.ts';

const KEY = 'demo-admin-key-0123456789';
const FOLDER = resolve('.reach', 'demo');

const say = (text = '') => process.stdout.write(`${text}\n`);

/**
 * The whole of Reach in one sitting: fake platforms, realistic customers, personas, an audience, and deliveries split by
 * persona that are carried through to the platforms' confirmation. `--once` ends there; without it everything stays up.
 */
async function demo(once: boolean): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const sandbox = await startSandbox({ sftp: { root: join(FOLDER, 'sftp') } });
  const port = await freePort(Number(process.env.PORT || 3000));
  const elsewhere = platformsElsewhere(process.env);
  const settings = loadSettings({
    ...sandbox.settings(),
    ...elsewhere,
    PORT: String(port),
    REACH_DATA_DIR: join(FOLDER, 'data'),
    REACH_ADMIN_KEY: KEY,
    REACH_LOG_LEVEL: 'error',
  });
  const app = await createApplication(settings);
  await app.listen(port, settings.HOST);
  const url = `http://${settings.HOST}:${port}`;
  say(chalk.bold('\nReach, with sandbox platforms and made-up customers\n'));

  const api = new ApiClient({ url, key: KEY });
  const progress = new Progress();
  progress.set('Make up customers', 0, 1);
  const data = await writeDemoData(join(FOLDER, 'files'), new Date());
  progress.done(
    'Make up customers',
    `${data.contacts.toLocaleString('en-US')} people, ${data.orders.toLocaleString('en-US')} orders`,
  );
  const { audienceId, personaSetId, personas, datasets } = await prepareAudience(api, data, progress);
  const runs = await deliverEverywhere(api, { audienceId, personaSetId }, sandbox.credentials, progress);
  progress.stop();

  say(chalk.bold('\nImports'));
  for (const dataset of datasets) say(importSummary(dataset));
  say(chalk.bold('Personas'));
  say(personaTable(personas));
  say();
  for (const { title, run } of runs) {
    say(chalk.bold(`Delivery to ${title}`));
    say(runAccount(run));
  }
  say(chalk.bold('What the platforms hold, counted by themselves'));
  const { table, agrees } = compareWithPlatforms(
    sandbox,
    runs.filter(({ platform }) => !Object.keys(elsewhere).some((name) => name.includes(platform.toUpperCase()))),
  );
  say(table);
  say(agrees ? chalk.green('Every count equals the plan.') : chalk.red('Counts differ from the plan.'));

  say(chalk.bold('\nWhere to look'));
  say(`  Console     ${url}   sign in with the key ${KEY}`);
  say(`  API         ${url}/docs`);
  say(`  Files       ${join(FOLDER, 'files')} (what was imported), ${join(FOLDER, 'sftp')} (what arrived by SFTP)`);
  say(`  CLI         REACH_URL=${url} REACH_KEY=${KEY} npm run reach -- --help\n`);
  if (!agrees) process.exitCode = 1;
  const stop = async () => {
    await app.close();
    await sandbox.close();
  };
  if (once) return stop();
  say('Everything stays up until you press Ctrl+C.');
  process.once('SIGINT', () => void stop().then(() => process.exit(0)));
}

/** Platform addresses given from outside, to rehearse against other servers: what those hold is not ours to count. */
function platformsElsewhere(env: NodeJS.ProcessEnv): Record<string, string> {
  const given = Object.entries(env).filter(([name, value]) => /^REACH_(FACEBOOK|GOOGLE)_/.test(name) && value);
  return Object.fromEntries(given) as Record<string, string>;
}

/** The wanted port, or any free one when it is taken. */
function freePort(wanted: number): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(wanted === 0 ? 0 : freePort(0)));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : wanted));
    });
  });
}

demo(process.argv.includes('--once')).then(
  () => process.argv.includes('--once') && process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
