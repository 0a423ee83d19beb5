import { DestinationError, type ErrorRule, type ErrorTable, findErrorRule } from '../errors.ts';
import { FILE_ERRORS } from '../files/errors.ts';

/**
 * SFTP status numbers (draft-ietf-secsh-filexfer-02 section 7; above 8 from later drafts), connection errors of the
 * operating system, and what ssh2 says in words only. `code/operation` is more exact than `code`.
 */
export const errors: ErrorTable = [
  {
    vendor: '2',
    code: 'audience-missing',
    text: 'The folder or file is not there. Create the folder, or correct the path.',
  },
  {
    vendor: '3',
    code: 'config',
    text: 'The server does not permit this. Ask its operator for write access to the folder.',
  },
  {
    vendor: '3/rename',
    code: 'config',
    text: 'The server does not permit renaming. Allow it, or set "Name while uploading" to none.',
  },
  {
    vendor: '3/replace',
    code: 'config',
    text: 'The server does not permit deleting the file that is there already, and cannot rename over it. Allow deleting, or use a fileName with {{date}} or {{run}}.',
  },
  {
    vendor: '3/read',
    code: 'config',
    text: 'The server does not permit reading back. Allow it, or set "Proof of arrival" to size or none.',
  },
  {
    vendor: '3/stat',
    code: 'config',
    text: 'The server does not permit looking at files. Allow it, or set "Proof of arrival" to none.',
  },
  { vendor: '4', code: 'unknown', text: 'The server failed without saying why.' },
  {
    vendor: '4/write',
    code: 'config',
    text: 'The server could not store the data: most likely its disk is full or the quota is used up. Make room, then run again.',
  },
  {
    vendor: '4/close',
    code: 'config',
    text: 'The server could not store the last of the data: most likely its disk is full or the quota is used up. Make room, then run again.',
  },
  {
    vendor: '4/rename',
    code: 'config',
    text: 'The server could not rename the file. If it forbids replacing files, use a name with {{date}} or {{run}}, or set "Name while uploading" to none.',
  },
  {
    vendor: '4/replace',
    code: 'config',
    text: 'The server could not delete the file that is there already, and cannot rename over it. Use a fileName with {{date}} or {{run}}.',
  },
  {
    vendor: '8/replace',
    code: 'config',
    text: 'The server supports neither deleting the file that is there already nor renaming over it. Use a fileName with {{date}} or {{run}}.',
  },
  {
    vendor: '4/mkdir',
    code: 'config',
    text: 'The server could not make the subfolder. Create it there, or remove it from the delivery.',
  },
  { vendor: '5', code: 'transient', text: 'The server did not understand a message.' },
  { vendor: '6', code: 'transient', text: 'The server has no connection to its storage.' },
  { vendor: '7', code: 'transient', text: 'The server lost the connection to its storage.' },
  { vendor: '8', code: 'config', text: 'The server does not support this operation.' },
  {
    vendor: '8/rename',
    code: 'config',
    text: 'The server does not support renaming. Set "Name while uploading" to none.',
  },
  { vendor: '10', code: 'audience-missing', text: 'The folder is not there. Create it, or correct the path.' },
  { vendor: '12', code: 'config', text: "The server's storage is write-protected." },
  { vendor: '14', code: 'config', text: "The server's disk is full. Make room, then run again." },
  { vendor: '15', code: 'config', text: 'The quota of this user is used up. Make room, then run again.' },
  {
    vendor: 'disk-full',
    code: 'config',
    text: "The server's disk is full or the quota is used up. Make room, then run again.",
  },
  { vendor: 'login-refused', code: 'auth', text: 'The server refused the login. Check user name, password and key.' },
  {
    vendor: 'private-key',
    code: 'auth',
    text: 'The private key cannot be read. Check that it was pasted whole, and its passphrase.',
  },
  {
    vendor: 'host-key',
    code: 'config',
    text: 'The server shows another host key than the pinned one. Nothing was sent, not even the login. Ask its operator whether the key was changed; if so, confirm the new one on the connection.',
  },
  {
    vendor: 'host-key-unconfirmed',
    code: 'config',
    text: 'The host key is not confirmed yet. Compare the fingerprint that the connection check shows with what the operator says, then confirm it on the connection.',
  },
  {
    vendor: 'handshake',
    code: 'config',
    text: 'The server and Reach have no common cipher, or this is not an SSH server. Check host and port.',
  },
  {
    vendor: 'old-algorithms',
    code: 'config',
    text: 'The server only offers algorithms that are no longer safe. Ask its operator to update it, or set "Allow old algorithms" on the connection.',
  },
  { vendor: 'no-sftp', code: 'config', text: 'The login works, but the server offers no SFTP to this user.' },
  { vendor: 'timeout', code: 'transient', text: 'The server did not answer in time.' },
  { vendor: 'lost', code: 'transient', text: 'The connection to the server was lost.' },
  {
    vendor: 'too-many-connections',
    code: 'throttled',
    text: 'The server has too many connections. Reach waits and tries again.',
  },
  { vendor: 'aborted', code: 'transient', text: 'The upload was stopped from our side.' },
  ...FILE_ERRORS,
  { vendor: 'ENOTFOUND', code: 'config', text: 'The host name is not known. Check it.' },
  { vendor: 'EAI_AGAIN', code: 'transient', text: 'The host name could not be looked up just now.' },
  {
    vendor: 'ECONNREFUSED',
    code: 'transient',
    text: 'The host refused the connection. Check the port, and whether the server runs.',
  },
  { vendor: 'ECONNRESET', code: 'transient', text: 'The host reset the connection.' },
  { vendor: 'EPIPE', code: 'transient', text: 'The host closed the connection.' },
  { vendor: 'ETIMEDOUT', code: 'transient', text: 'The host did not answer. Check host, port and firewall.' },
  { vendor: 'EHOSTUNREACH', code: 'transient', text: 'No route to the host.' },
  { vendor: 'ENETUNREACH', code: 'transient', text: 'No route to the network of the host.' },
];

/** What ssh2 and ssh2-sftp-client say in words, without a code of their own. The first match counts. */
const IN_WORDS: [RegExp, string][] = [
  [/no space left|disk (is )?full|quota/i, 'disk-full'],
  [/all configured authentication methods failed/i, 'login-refused'],
  [/cannot parse privatekey|encrypted (private )?(openssh )?key|bad passphrase|integrity check failed/i, 'private-key'],
  [/host denied|host key verification/i, 'host-key'],
  [/too many (connections|sessions)|max(imum)? (number of )?connections/i, 'too-many-connections'],
  [/timed out|timeout/i, 'timeout'],
  [/no matching|handshake failed|invalid packet|protocol (version|mismatch)|banner|bad packet/i, 'handshake'],
  [/unable to start subsystem|subsystem request/i, 'no-sftp'],
  [
    /unexpected (end|close)|connection lost|not connected|no response from server|no sftp connection|socket (was )?(closed|destroyed)/i,
    'lost',
  ],
];

/** Waits before another attempt where the server said it was busy; SSH has no way to say how long. */
const BUSY_SECONDS = 60;

/**
 * Turns whatever came up into the one error that connectors throw.
 * @param operation what was tried, e.g. `write`
 */
export function translate(error: unknown, operation: string): DestinationError {
  if (error instanceof DestinationError) return error;
  const { code, message = '' } = error as { code?: string | number; message?: string };
  const inWords = IN_WORDS.find(([pattern]) => pattern.test(message))?.[1];
  const known = code !== undefined && findErrorRule(errors, code) ? String(code) : undefined;
  const vendorCode = (known !== undefined && inWords !== 'disk-full' ? known : inWords) ?? String(code ?? 'unnamed');
  const rule = findErrorRule(errors, vendorCode, operation);
  return rule ? refusal(rule) : new DestinationError('unknown', `SFTP ${operation} failed.`, { vendorCode });
}

/** The error of a vendor code of our own table. */
export function failure(vendorCode: string, more = ''): DestinationError {
  const rule = findErrorRule(errors, vendorCode);
  if (!rule) throw new Error(`no rule for ${vendorCode}`);
  return refusal(rule, more);
}

function refusal(rule: ErrorRule, more = ''): DestinationError {
  return new DestinationError(rule.code, more ? `${rule.text} ${more}` : rule.text, {
    vendorCode: rule.vendor,
    url: rule.url,
    ...(rule.code === 'throttled' && { retryAfterSeconds: BUSY_SECONDS }),
  });
}
