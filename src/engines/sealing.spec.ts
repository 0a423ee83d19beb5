import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Sealer } from './sealing.ts';

describe('Sealer', () => {
  const sealer = new Sealer(Buffer.alloc(32, 7));

  it('gives back what it sealed, and never the same text twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sealer.unseal(sealer.seal(text))).toBe(text);
        expect(sealer.seal(text)).not.toBe(sealer.seal(text));
      }),
    );
  });

  it('refuses a value that was altered or sealed with another key', () => {
    const sealed = sealer.seal('secret');
    const parts = sealed.split('.');
    parts[4] = Buffer.from('other').toString('base64url');
    expect(() => sealer.unseal(parts.join('.'))).toThrow();
    expect(() => new Sealer(Buffer.alloc(32, 8)).unseal(sealed)).toThrow(/REACH_ENCRYPTION_KEY/);
    expect(() => sealer.unseal('plain')).toThrow('not a sealed value');
  });

  it('opens what a former key sealed, seals with the current key, and tells keys apart', () => {
    const sealed = sealer.seal('secret');
    const rotated = new Sealer(Buffer.alloc(32, 8), [Buffer.alloc(32, 7)]);
    expect([rotated.unseal(sealed), rotated.canOpen(sealed)]).toEqual(['secret', true]);
    const again = rotated.seal('secret');
    expect([sealer.canOpen(again), new Sealer(Buffer.alloc(32, 8)).unseal(again)]).toEqual([false, 'secret']);
    const standing = (text: string) => rotated.standingOf(text.split('.')[1]!);
    expect([standing(again), standing(sealed), standing('v1.12345678.a.b.c')]).toEqual([
      'current',
      'former',
      'unreadable',
    ]);
  });

  it('opens what the key of the data folder sealed after another key is given', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'reach-seal-'));
    const sealed = Sealer.open({ dataDir }).seal('secret');
    const given = Sealer.open({ dataDir, key: 'ab'.repeat(32) });
    expect(given.unseal(sealed)).toBe('secret');
    expect(new Sealer(Buffer.from('ab'.repeat(32), 'hex')).canOpen(given.seal('x'))).toBe(true);
    rmSync(dataDir, { recursive: true });
  });

  it('keeps a key of its own in the data folder, for its owner only', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'reach-seal-'));
    const sealed = Sealer.open({ dataDir }).seal('secret');
    expect(Sealer.open({ dataDir }).unseal(sealed)).toBe('secret');
    expect(statSync(join(dataDir, 'encryption.key')).mode & 0o077).toBe(0);
    rmSync(dataDir, { recursive: true });
  });
});
