import type { Socket } from 'node:net';
import ssh2, { type Algorithms } from 'ssh2';

/**
 * What servers of the last decade may have and nothing else: SHA-1 in the key exchange and in checksums, CBC ciphers.
 * Added behind the others, so that a server that has better ones uses them.
 */
export const LEGACY_ALGORITHMS = {
  kex: {
    append: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
    prepend: [],
    remove: [],
  },
  cipher: { append: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'], prepend: [], remove: [] },
  hmac: { append: ['hmac-sha1-96', 'hmac-md5'], prepend: [], remove: [] },
  serverHostKey: { append: ['ssh-dss'], prepend: [], remove: [] },
} satisfies Algorithms;

/** What a server offers of what could not be agreed on. */
export interface Offer {
  /** In words, as the server names it. */
  text: string;
  /** Whether both sides agree once old algorithms are allowed. */
  isLegacy: boolean;
}

const PROBE_MS = 5_000;
const REMOTE = /^Handshake: \(remote\) (KEX method|Host key format|C->S cipher|C->S MAC): (.*)$/;

/** Reads what a server offers in a handshake that ends before the login, and ends the socket. */
export function offerOf(sock: Socket, signal: AbortSignal): Promise<Offer> {
  const lists: string[] = [];
  let isLegacy = false;
  const client = new ssh2.Client();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      client.destroy();
      sock.destroy();
      resolve({ text: lists.join('; '), isLegacy });
    };
    const timer = setTimeout(end, PROBE_MS);
    signal.addEventListener('abort', end, { once: true });
    client.on('error', end).on('close', end);
    client.connect({
      sock,
      username: 'reach',
      readyTimeout: PROBE_MS,
      algorithms: LEGACY_ALGORITHMS,
      debug: (line) => {
        const [, name, list] = REMOTE.exec(line) ?? [];
        if (name && list) lists.push(`${name.replace('C->S ', '')}: ${list.replaceAll(',', ', ').slice(0, 300)}`);
      },
      hostVerifier: () => {
        isLegacy = true;
        return false;
      },
    });
  });
}
