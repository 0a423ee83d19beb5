import ssh2 from 'ssh2';

export interface KeyPair {
  private: string;
  public: string;
}

/**
 * A new ed25519 key pair, locked when a passphrase is given. ssh2 cuts leading zero bytes off about one key in a hundred,
 * which then cannot be read; such a pair is made anew.
 */
export function newKeyPair(passphrase?: string): KeyPair {
  for (;;) {
    const pair = passphrase
      ? ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-cbc', rounds: 4 })
      : ssh2.utils.generateKeyPairSync('ed25519');
    const readable = [ssh2.utils.parseKey(pair.public), ssh2.utils.parseKey(pair.private, passphrase)];
    if (readable.every((key) => !(key instanceof Error))) return pair;
  }
}
