import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.ts';

/**
 * Runs the sandbox alone, for rehearsals: `node sandbox/serve.ts [--port 4400] [--data .reach/sandbox]`. Platforms
 * listen on six ports in a row: control, Facebook, Google, Google Ads, SFTP, S3. Files and the host key stay in the data
 * folder.
 */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '4400' }, data: { type: 'string', default: '.reach/sandbox' } },
  strict: false,
});
const first = Number(values.port);
const folder = String(values.data);
if (!(Number.isInteger(first) && first > 0 && first <= 65_530)) {
  process.stderr.write('--port must be a number from 1 to 65530\n');
  process.exit(1);
}

mkdirSync(folder, { recursive: true });
const hostKeyFile = join(folder, 'host_key');
const sandbox = await startSandbox({
  ports: {
    control: first,
    facebook: first + 1,
    google: first + 2,
    googleAds: first + 3,
    sftp: first + 4,
    s3: first + 5,
  },
  sftp: { root: join(folder, 'sftp'), hostKey: readHostKey() },
}).catch((error: Error) => {
  process.stderr.write(
    `The sandbox needs ports ${first} to ${first + 5} (${error.message}). Choose others: --port 5400\n`,
  );
  process.exit(1);
});
writeFileSync(hostKeyFile, sandbox.sftp.hostPrivateKey, { mode: 0o600 });

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
process.stdout.write(describe());

function readHostKey(): string | undefined {
  try {
    return readFileSync(hostKeyFile, 'utf8');
  } catch {
    return undefined;
  }
}

function describe(): string {
  const settings = Object.entries(sandbox.settings()).map(([name, value]) => `${name}=${value}`);
  const credentials = Object.entries(sandbox.credentials).map(([platform, fields]) => {
    const lines = Object.entries(fields).map(
      ([name, value]) => `  ${name}: ${String(value).trim().replaceAll('\n', '\n    ')}`,
    );
    return [platform, ...lines].join('\n');
  });
  return [
    '# Settings that point Reach at this sandbox',
    ...settings,
    '',
    '# Credentials for connections',
    ...credentials,
    '',
    `# Control API: ${sandbox.control?.url}/state, /requests, /faults, /options, /clock, /reset`,
    '',
  ].join('\n');
}
