import { createHash, timingSafeEqual } from 'node:crypto';

/** OpenSSH's form of a host key's SHA-256. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Compares a host key with the pinned one. @returns the vendor code of what is wrong, or nothing */
export function verdictOn(key: Buffer, pinned: string | undefined): string | undefined {
  if (!pinned) return 'host-key-unconfirmed';
  const expected = pinned.startsWith('SHA256:')
    ? Buffer.from(pinned.slice(7), 'base64')
    : Buffer.from(pinned.replaceAll(':', ''), 'hex');
  const actual = createHash('sha256').update(key).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual) ? undefined : 'host-key';
}

/** A private key as ssh2 reads it: plain line ends, and a key that was pasted as one line broken up again. */
export function normaliseKey(text: string): string {
  const key = text.trim().replaceAll('\\n', '\n').replaceAll(/\r\n?/g, '\n');
  const oneLine = /^(-----BEGIN [A-Z ]+-----)([^\n-]*)(-----END [A-Z ]+-----)$/.exec(key);
  if (!oneLine) return `${key}\n`;
  const [, begin, body, end] = oneLine;
  const lines = body!.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return `${[begin, ...lines, end].join('\n')}\n`;
}
