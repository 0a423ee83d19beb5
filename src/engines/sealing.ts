import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seals stored credentials with AES-256-GCM. Format: `v1.<key id>.<iv>.<tag>.<ciphertext>`, base64url parts. */
export class Sealer {
  private readonly keyId: string;

  constructor(private readonly key: Buffer) {
    this.keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
  }

  /** Uses the given hex key, or one kept in the data folder, made on first use and readable by its owner only. */
  static open(options: { key?: string; dataDir: string }): Sealer {
    if (options.key) return new Sealer(Buffer.from(options.key, 'hex'));
    const path = join(options.dataDir, 'encryption.key');
    if (!existsSync(path)) {
      mkdirSync(options.dataDir, { recursive: true });
      writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 });
    }
    return new Sealer(Buffer.from(readFileSync(path, 'utf8').trim(), 'hex'));
  }

  seal(plain: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return ['v1', this.keyId, ...[iv, cipher.getAuthTag(), body].map((b) => b.toString('base64url'))].join('.');
  }

  /** @throws when the text was sealed with another key or has been altered. */
  unseal(sealed: string): string {
    const [version, keyId, iv, tag, body] = sealed.split('.');
    if (version !== 'v1' || !iv || !tag || body === undefined) throw new Error('not a sealed value');
    if (keyId !== this.keyId) throw new Error('sealed with another encryption key: restore REACH_ENCRYPTION_KEY');
    const decipher = createDecipheriv('aes-256-gcm', this.key, Buffer.from(iv, 'base64url'));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
  }
}
