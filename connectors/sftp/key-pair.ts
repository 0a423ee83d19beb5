import { promisify } from 'node:util';
import ssh2, { type ParsedKey } from 'ssh2';
import type { KeyPair, KeyPairDeclaration } from '../destination.ts';
import { fingerprint } from './keys.ts';
import type { SftpSettings } from './settings.ts';

/** Kinds of key: RSA is for servers that are too old for Ed25519. */
const KINDS = {
  ed25519: { type: 'ed25519', options: {} },
  rsa: { type: 'rsa', options: { bits: 4096 } },
} as const;

const generate = promisify(ssh2.utils.generateKeyPair) as (
  type: string,
  options: object,
) => Promise<{ private: string; public: string }>;

/** A login with a key that Reach makes: the operator gets the public half, nobody the private one. */
export const keyPair: KeyPairDeclaration<SftpSettings> = {
  asked: { auth: 'generated' },
  setting: 'privateKey',
  kinds: Object.keys(KINDS),
  make: (kind, comment) => makeKeyPair(kind as keyof typeof KINDS, comment),
};

/** ssh2 cuts leading zero bytes off some keys, which then cannot be read: such a pair is made anew. */
async function makeKeyPair(kind: keyof typeof KINDS, comment: string): Promise<KeyPair> {
  const { type, options } = KINDS[kind];
  for (;;) {
    const made = await generate(type, { ...options, comment });
    const [privateHalf, publicHalf] = [parse(made.private), parse(made.public)];
    if (!privateHalf || !publicHalf?.getPublicSSH().equals(privateHalf.getPublicSSH())) continue;
    return {
      privateKey: made.private,
      publicKey: made.public.trim(),
      fingerprint: fingerprint(publicHalf.getPublicSSH()),
    };
  }
}

function parse(text: string): ParsedKey | undefined {
  const key = ssh2.utils.parseKey(text);
  return key instanceof Error ? undefined : key;
}
