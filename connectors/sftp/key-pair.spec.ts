import ssh2 from 'ssh2';
import { keyPair } from './key-pair.ts';

const parse = (text: string) => {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
};

describe('key pairs that Reach makes', () => {
  it.each([
    ['ed25519', 'ssh-ed25519'],
    ['rsa', 'ssh-rsa'],
  ])('%s: one line for the operator, with a comment; the halves belong together', async (kind, type) => {
    const { privateKey, publicKey, fingerprint } = await keyPair.make(kind, 'reach-con_1');
    expect(publicKey).toMatch(new RegExp(`^${type} [A-Za-z0-9+/]+=* reach-con_1$`));
    expect(fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
    const signature = parse(privateKey).sign(Buffer.from('data')) as Buffer;
    expect(parse(publicKey).verify(Buffer.from('data'), signature)).toBe(true);
  });

  it('are all readable, and no two alike', async () => {
    const pairs = await Promise.all(Array.from({ length: 200 }, () => keyPair.make('ed25519', 'x')));
    for (const { privateKey, publicKey } of pairs)
      expect(parse(publicKey).getPublicSSH()).toEqual(parse(privateKey).getPublicSSH());
    expect(new Set(pairs.map(({ fingerprint }) => fingerprint)).size).toBe(200);
  });
});
