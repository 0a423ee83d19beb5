import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { loadClientSettings } from '../config/client.ts';
import { settingDescriptions } from '../config/describe.ts';
import { loadSettings, Settings } from '../config/settings.ts';
import { personaTable, runAccount } from './cli/account.ts';
import { ApiClient, ApiError } from './cli/api-client.ts';
import { ConsentNotConfirmed } from './cli/consent.ts';
import { importSummary } from './cli/import-summary.ts';
import { InputError, readMapping } from './cli/input.ts';
import { Progress } from './cli/progress.ts';
import { importFile, trainPersonas } from './cli/steps.ts';
import { watchRun } from './cli/watch.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);
const api = () => new ApiClient(loadClientSettings());

/** Runs a step with progress bars that are put away whatever happens. */
async function withProgress<T>(step: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = new Progress();
  try {
    return await step(progress);
  } finally {
    progress.stop();
  }
}

interface ImportArguments {
  mapping?: string;
  name?: string;
  confirmConsent?: boolean;
  json?: boolean;
  encoding?: string;
  delimiter?: string;
  headerLine?: string;
  /** False with --no-header. */
  header: boolean;
  sheet?: string;
  ragged?: string;
}

/** The form fields of POST /v1/datasets that say how the file is read. */
function formatFields({ encoding, delimiter, headerLine, header, sheet, ragged }: ImportArguments) {
  const fields = { encoding, delimiter, headerLine, sheet, ragged, header: header ? undefined : 'false' };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

const program = new Command('reach')
  .description(
    'Personas, audiences and deliveries from the command line. REACH_URL and REACH_KEY say which service to use.',
  )
  .showHelpAfterError();

program
  .command('import <file>')
  .description('Import contacts or events from a CSV, Excel, JSON or Parquet file and wait until they are in.')
  .option('-m, --mapping <file>', 'JSON file with the mapping; without it the suggested mapping is used')
  .option('-n, --name <name>', 'name of the dataset')
  .option('--confirm-consent', 'confirm how consent columns are read; without it you are asked')
  .option('--json', 'print the dataset as JSON instead of a summary')
  .option('--encoding <name>', 'for example windows-1250')
  .option('--delimiter <character>', 'one character, or tab, comma, semicolon, pipe')
  .option('--header-line <number>', 'line of the header; lines above it are skipped')
  .option('--no-header', 'the first line is data')
  .option('--sheet <name>', 'sheet of an Excel file')
  .addOption(new Option('--ragged <policy>', 'rows with too few or too many cells').choices(['pad', 'reject']))
  .action(async (file: string, options: ImportArguments) => {
    const mapping = options.mapping ? readMapping(options.mapping) : undefined;
    const { dataset, preview } = await withProgress((progress) =>
      importFile(
        api(),
        file,
        {
          name: options.name ?? basename(file),
          mapping,
          format: formatFields(options),
          confirmConsent: options.confirmConsent,
        },
        progress,
      ),
    );
    print(options.json ? JSON.stringify(dataset, null, 2) : importSummary(dataset, preview));
  });

program
  .command('train <name>')
  .description('Train a persona set, show what was found, and publish it when asked.')
  .option('-c, --cohort <id>', 'train on this cohort; without it on everyone')
  .option('-t, --traits <names>', 'comma-separated traits; without it they are chosen')
  .option('-k, --k <number>', 'exact number of personas; without it it is chosen', Number)
  .option('-p, --publish', 'publish the version at once')
  .action(async (name: string, options: { cohort?: string; traits?: string; k?: number; publish?: boolean }) => {
    const definition = {
      name,
      cohortId: options.cohort,
      traits: options.traits?.split(',').map((trait) => trait.trim()),
      k: options.k,
    };
    const trained = await withProgress((progress) =>
      trainPersonas(api(), definition, options.publish ?? false, progress),
    );
    print(`Persona set ${trained.setId}, version ${trained.version}${options.publish ? ' (published)' : ' (draft)'}`);
    print(personaTable(trained.personas));
  });

program
  .command('deliver <deliveryId>')
  .description('Run a delivery now and watch it to its verdict.')
  .action(async (deliveryId: string) => {
    const client = api();
    const { id } = await client.post<{ id: string }>(`/v1/deliveries/${deliveryId}/runs`);
    await showRun(client, id);
  });

program
  .command('watch <runId>')
  .description('Watch a run with progress bars and print its account.')
  .action((runId: string) => showRun(api(), runId));

program
  .command('check <connectionId>')
  .description('Check each prerequisite of a connection.')
  .action(async (connectionId: string) => {
    const result = await api().post<{
      ok: boolean;
      prerequisites: { ok: boolean; title: string; detail: string; url?: string }[];
    }>(`/v1/connections/${connectionId}/check`);
    for (const { ok, title, detail, url } of result.prerequisites)
      print(`${ok ? '✓' : '✗'} ${title}: ${detail}${url ? ` (${url})` : ''}`);
    if (!result.ok) process.exitCode = 1;
  });

program
  .command('reseal')
  .description('Seal all values of former encryption keys with the current REACH_ENCRYPTION_KEY of the service.')
  .action(async () => {
    const counts = await api().post<{ current: number; unreadable: number }>('/v1/encryption/reseal');
    print(`${counts.current} values are sealed with the current key.`);
    if (counts.unreadable > 0) {
      print(`${counts.unreadable} values were sealed with a key that is not there: enter those credentials again.`);
      process.exitCode = 1;
    }
  });

program
  .command('sandbox')
  .description('Run the fake platforms alone and print the settings and credentials that point at them.')
  .option('--port <first>', 'first of six ports in a row', '4400')
  .option('--data <folder>', 'where files and the host key stay', '.reach/sandbox')
  .action(async () => {
    await import('../sandbox/serve.ts');
  });

program
  .command('destinations')
  .description('Print every destination, its settings, options and errors as a Markdown page.')
  .action(async () => {
    const [{ createRegistry }, { destinationsPage }] = await Promise.all([
      import('./connections/destinations.ts'),
      import('./cli/destinations.ts'),
    ]);
    const registry = await createRegistry(loadSettings().REACH_CONNECTORS);
    print(destinationsPage(registry.all()));
  });

program
  .command('settings')
  .description('Print every setting of the service as a Markdown table.')
  .action(() => {
    const defaults = new Settings() as unknown as Record<string, unknown>;
    print('| variable | default | what |\n|---|---|---|');
    for (const { name, text } of settingDescriptions(Settings)) {
      const usual = String(defaults[name] ?? '');
      print(`| \`${name}\` | ${usual && `\`${usual}\``} | ${text} |`);
    }
  });

async function showRun(client: ApiClient, runId: string): Promise<void> {
  const run = await withProgress((progress) => watchRun(client, runId, progress));
  print(runAccount(run));
  if (run.verdict === 'failed' || run.verdict === 'partly-failed') process.exitCode = 1;
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ApiError || error instanceof InputError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(error instanceof ConsentNotConfirmed ? error.exitCode : 1);
});
