import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import type { EncodedMember, Upload } from '../../connectors/destination.ts';
import type { DestinationError } from '../../connectors/errors.ts';
import { layoutOf } from '../../connectors/files/columns.ts';
import { encoder } from '../../connectors/files/encode.ts';
import { cellText, csvText, headerCell } from '../../connectors/files/file.ts';
import type { FileOptions } from '../../connectors/files/options.ts';
import { DELIMITERS, type Format, profileOf } from '../../connectors/files/profile.ts';
import { fileName } from '../../connectors/files/template.ts';
import { rehearsalBatch, rehearsalEnvironment, rehearsalMember, rehearsalUpload } from '../../connectors/rehearsal.ts';
import { joinPath } from '../../connectors/sftp/client.ts';
import { SftpDestination } from '../../connectors/sftp/destination.ts';
import { normaliseKey } from '../../connectors/sftp/keys.ts';
import type { SftpSettings } from '../../connectors/sftp/settings.ts';
import { SandboxClock } from '../../sandbox/clock.ts';
import { Journal } from '../../sandbox/journal.ts';
import { SftpSandbox } from '../../sandbox/sftp/sftp.ts';

/** What public implementations assert of files on SFTP servers, asked of ours over real sockets. */

export interface FileRow {
  id: string;
  title: string;
  // biome-ignore lint/suspicious/noExplicitAny: cases of several shapes, read by those that know them
  given: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  then: any;
}

/** @returns what is wrong, or undefined */
type Check = (row: FileRow) => Promise<string | undefined> | string | undefined;

const CHECKS: [RegExp, Check][] = [
  [
    /^CSV cell quoting/,
    ({ given, then }) =>
      differs(csvText([[cellText(given.cell)]], { ...profileOf({}), quoting: 'all' }), `${then.text}\n`),
  ],
  [
    /^header cell/,
    ({ given, then }) => {
      const format = Object.keys(DELIMITERS).find(
        (name) => DELIMITERS[name as Format] === given.delimiter.replace('tab', '\t'),
      );
      return differs(headerCell(given.header, format as Format), then.text);
    },
  ],
  [/^file name/, ({ given, then }) => differs(nameOf(given), then.name)],
  [/^no columns mapped/, noColumns],
  [/^upload failure/, failedUpload],
  [/^non-SFTP errors/, () => codeOf({ port: 1 }).then((code) => differs(code, 'transient'))],
  [/^abort\/timeout/, deadline],
  [/^test connection/, checkOfEmptyFolder],
  [/CRLF/, async () => keyFault((key) => key.replaceAll('\n', '\r\n'))],
  [/single-line key/, async () => keyFault((key) => key.trim().replaceAll('\n', ''))],
  [/different key types/, async () => keyFault((key) => key)],
  [/^port defaults/, portByDefault],
  [/posix rules/, ({ given, then }) => differs(joinPath(given.folder, given.file), then.path)],
];

/** How a row is asked; nothing for a row of a kind that is not known. */
export function checkOfFiles(row: FileRow): (() => Promise<string | undefined>) | undefined {
  const check = CHECKS.find(([title]) => title.test(row.title))?.[1];
  return check && (async () => check(row));
}

let server: Promise<SftpSandbox> | undefined;

/** Ends what the checks started. */
export async function closeFiles(): Promise<void> {
  await (await server)?.close();
}

const differs = (got: unknown, wanted: unknown): string | undefined =>
  got === wanted ? undefined : `${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`;

function nameOf({ prefix, ext, now }: { prefix: string; ext: string; now: string }): string {
  const template = `${prefix ? `${prefix}__` : ''}{{timestamp}}.${ext}`;
  return fileName(profileOf({ fileName: template }), { ...uploadOf({}), startedAt: new Date(now) });
}

function uploadOf(options: FileOptions): Upload<FileOptions> {
  return rehearsalUpload({ id: 'x', name: 'x' }, { options, matchKeys: ['EMAIL'] });
}

async function withDestination<T>(
  settings: Partial<SftpSettings>,
  work: (destination: SftpDestination, sandbox: SftpSandbox) => Promise<T>,
): Promise<T> {
  server ??= (async () => {
    const sandbox = new SftpSandbox({ clock: new SandboxClock(), journal: new Journal() });
    await sandbox.start();
    return sandbox;
  })();
  const sandbox = await server;
  sandbox.reset();
  const { host, port, username, password, hostFingerprint, directory } = sandbox.credentials;
  const known = { host, port, username, password, directory, hostKeySha256: hostFingerprint };
  const all = { ...DEFAULTS, ...known, ...settings } as SftpSettings;
  const destination = new SftpDestination(all, rehearsalEnvironment());
  return work(destination, sandbox).finally(() => destination.close());
}

const DEFAULTS = {
  tempName: 'suffix',
  verify: 'digest',
  resume: true,
  posixRename: true,
  connectSeconds: 20,
  keepaliveSeconds: 10,
  deadlineSeconds: 60,
};

/** Sends two rows. @returns the code of the failure, or nothing */
async function send(destination: SftpDestination): Promise<DestinationError | undefined> {
  const upload = uploadOf({});
  const encode = encoder(upload);
  const members = [1, 2].map((n) => encode(rehearsalMember(n)) as EncodedMember);
  return destination.add(rehearsalBatch(upload, members)).then(
    () => undefined,
    (error: DestinationError) => error,
  );
}

const codeOf = (settings: Partial<SftpSettings>) =>
  withDestination(settings, async (destination) => (await send(destination))?.code);

/** Refused when the columns are laid out, which is before anything is opened. */
function noColumns(): string | undefined {
  try {
    layoutOf(uploadOf({ columns: [] }));
    return 'was taken';
  } catch (error) {
    return differs((error as DestinationError).code, 'config');
  }
}

/** One error for the batch, which the engine enters for each of its rows. */
function failedUpload(): Promise<string | undefined> {
  return withDestination({}, async (destination, sandbox) => {
    sandbox.faults.add({ match: { method: 'OPEN' }, do: 'status', status: 3, times: 'always' });
    const error = await send(destination);
    return differs(error?.code, 'config') ?? differs(sandbox.files().length, 0);
  });
}

function deadline(): Promise<string | undefined> {
  return withDestination({ deadlineSeconds: 1 }, async (destination, sandbox) => {
    sandbox.faults.add({ match: { method: 'WRITE' }, do: 'hang' });
    return differs((await send(destination))?.vendorCode, 'timeout');
  });
}

function checkOfEmptyFolder(): Promise<string | undefined> {
  return withDestination({ directory: '/' }, async (destination) => {
    const failed = (await destination.check()).filter(({ ok }) => !ok);
    return failed.length > 0 ? `failed at ${failed[0]!.name}` : undefined;
  });
}

const PEM = { type: 'pkcs1', format: 'pem' } as const;
const KEYS: Record<string, () => string> = {
  RSA: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(PEM) as string,
  EC: () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }) as string,
  OPENSSH: () => ssh2.utils.generateKeyPairSync('ed25519').private,
};

/** Every type of key, spoiled as pasting does, is read again. */
function keyFault(spoil: (key: string) => string): string | undefined {
  for (const [type, make] of Object.entries(KEYS)) {
    const parsed = ssh2.utils.parseKey(normaliseKey(spoil(make())));
    if (parsed instanceof Error) return `${type}: ${parsed.message}`;
  }
  return undefined;
}

/** Settings have decorators, so they are read as built. */
async function portByDefault({ then }: FileRow): Promise<string | undefined> {
  const { SftpSettings: Built } = await import(new URL('../../dist/connectors/sftp/settings.js', import.meta.url).href);
  return differs((new Built() as SftpSettings).port, then.port);
}
