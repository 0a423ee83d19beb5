import { loadSettings, SettingsError, unknownSettings } from '../config/settings.ts';
import { AccountsService } from './accounts/accounts.service.ts';
import { createApplication } from './application.ts';
import { CannotStartError } from './engines/database/schema-version.ts';

async function start(): Promise<void> {
  const settings = loadSettings();
  for (const name of unknownSettings()) process.stderr.write(`${name} is not a setting of Reach and has no effect.\n`);
  const app = await createApplication(settings);
  await app.init();
  const url = `http://${settings.HOST === '0.0.0.0' ? 'localhost' : settings.HOST}:${settings.PORT}`;
  await app.listen(settings.PORT, settings.HOST);
  const generated = app.get(AccountsService).generatedAdminKey;
  if (generated) process.stderr.write(`\nAdmin API key (shown this once): ${generated}\n`);
  if (settings.REACH_ROLE !== 'worker')
    process.stderr.write(`Reach is listening: console ${url}  API docs ${url}/docs\n\n`);
}

start().catch((error: unknown) => {
  process.stderr.write(
    error instanceof SettingsError || error instanceof CannotStartError
      ? `${error.message}\n`
      : `Reach could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
});
