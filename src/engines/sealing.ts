import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const idOf = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 8);
const fromHex = (key: string): Buffer => Buffer.from(key, 'hex');

/** The key that sealed a value is not there. */
export class UnknownKeyError extends Error {
  constructor() {
    super('sealed with another encryption key: restore REACH_ENCRYPTION_KEY, or enter the credentials again');
  }
}

/**
 * Seals stored credentials with AES-256-GCM. Format: `v1.<key id>.<iv>.<tag>.<ciphertext>`, base64url parts. The current
 * key seals; former keys open what they sealed.
 */
export class Sealer {
  /** Names the key that seals, in every text that it sealed. */
  readonly keyId: string;
  private readonly keys: ReadonlyMap<string, Buffer>;

  constructor(
    private readonly key: Buffer,
    former: Buffer[] = [],
  ) {
    this.keyId = idOf(key);
    this.keys = new Map([key, ...former].map((each) => [idOf(each), each]));
  }

  /**
   * Uses the given hex key, or one kept in the data folder, made on first use and readable by its owner only. A key of
   * the folder stays readable after another one is given.
   */
  static open(options: { key?: string; former?: string[]; dataDir: string }): Sealer {
    const path = join(options.dataDir, 'encryption.key');
    const former = (options.former ?? []).map(fromHex);
    const kept = existsSync(path) ? fromHex(readFileSync(path, 'utf8').trim()) : undefined;
    if (options.key) return new Sealer(fromHex(options.key), kept ? [...former, kept] : former);
    if (kept) return new Sealer(kept, former);
    const made = randomBytes(32);
    mkdirSync(options.dataDir, { recursive: true });
    writeFileSync(path, made.toString('hex'), { mode: 0o600 });
    return new Sealer(made, former);
  }

  /** Whether a key seals, only opens or is not there, by its id in sealed texts. */
  standingOf(keyId: string): 'current' | 'former' | 'unreadable' {
    if (keyId === this.keyId) return 'current';
    return this.keys.has(keyId) ? 'former' : 'unreadable';
  }

  canOpen(sealed: string): boolean {
    return this.keys.has(sealed.split('.')[1] ?? '');
  }

  seal(plain: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return ['v1', this.keyId, ...[iv, cipher.getAuthTag(), body].map((b) => b.toString('base64url'))].join('.');
  }

  /** @throws UnknownKeyError when its key is not there; Error when the text has been altered */
  unseal(sealed: string): string {
    const [version, keyId, iv, tag, body] = sealed.split('.');
    if (version !== 'v1' || !iv || !tag || body === undefined) throw new Error('not a sealed value');
    const key = this.keys.get(keyId ?? '');
    if (!key) throw new UnknownKeyError();
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
  }
}
