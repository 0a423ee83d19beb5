import type { Prerequisite } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import type { Client } from './client.ts';
import type { SftpSettings } from './settings.ts';

/** What a connection needs, in the order it is found out. Each step says what was found or what to do. */
const STEPS = {
  host: 'The host is allowed and known',
  connection: 'The server answers',
  'host-key': 'The host key is the pinned one',
  login: 'The login is accepted',
  directory: 'The folder is there',
  write: 'The folder can be written to',
} as const;
type Step = keyof typeof STEPS;

const NAMES = Object.keys(STEPS) as Step[];

/** Vendor codes that say which step failed; others failed at reaching the server. */
const FAILED_AT: Record<string, Step> = {
  ENOTFOUND: 'host',
  EAI_AGAIN: 'host',
  'host-key': 'host-key',
  'host-key-unconfirmed': 'host-key',
  'login-refused': 'login',
  'private-key': 'login',
  'no-sftp': 'login',
};

/** Looks at each prerequisite without writing anything on the server. */
export async function checkConnection(client: Client, settings: SftpSettings): Promise<Prerequisite[]> {
  try {
    await client.connect();
  } catch (error) {
    return upTo(failedStep(error), client, (error as Error).message);
  }
  try {
    const stat = await client.stat(settings.directory);
    if (!stat?.isDirectory)
      return upTo(
        'directory',
        client,
        `${settings.directory} ${stat ? 'is a file' : 'is not there'}: create it, or correct the path.`,
      );
    const writable = (stat.mode & 0o222) !== 0;
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
    if (!writable)
      return upTo('write', client, `Its mode is ${mode}: nobody may write there. Ask the server's operator.`);
    const replaces = (await client.replacesByRename())
      ? 'files are replaced in one step'
      : 'a file of the same name is deleted before it is replaced';
    return upTo(
      undefined,
      client,
      `Its mode is ${mode}; ${replaces}. That this user may write shows with the first delivery.`,
    );
  } catch (error) {
    return upTo('directory', client, (error as Error).message);
  }
}

function failedStep(error: unknown): Step {
  const { vendorCode, code } = error as DestinationError;
  return FAILED_AT[vendorCode ?? ''] ?? (vendorCode === undefined && code === 'config' ? 'host' : 'connection');
}

/** All steps: those before the failed one are fine, those after it were not tried. */
function upTo(failed: Step | undefined, client: Client, detail: string): Prerequisite[] {
  const at = failed ? NAMES.indexOf(failed) : NAMES.length;
  return NAMES.map((name, n) => ({
    name,
    title: STEPS[name],
    ok: n < at,
    detail:
      n === at || (!failed && name === 'write')
        ? detail
        : n > at
          ? `Not tried before this works: ${STEPS[failed!]}.`
          : found(name, client),
    ...(n > at ? { untried: true } : {}),
    ...(n === at && name === 'host-key' && client.seenFingerprint
      ? { confirm: { setting: 'hostKeySha256', value: client.seenFingerprint } }
      : {}),
  }));
}

function found(step: Step, client: Client): string {
  return step === 'host-key' ? `It is ${client.seenFingerprint}.` : 'Fine.';
}
