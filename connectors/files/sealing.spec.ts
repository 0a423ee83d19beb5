import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { decrypt, generateKey, readKey, readMessage, readPrivateKey, revokeKey } from 'openpgp';
import { readPublicKey, Sealer } from './sealing.ts';

const DAY = 86_400_000;
const inside = { inner: 'Spring.csv', at: new Date('2026-11-03T09:08:07.000Z'), compress: true };
let pair: { publicKey: string; privateKey: string };

const keys = (more: object = {}) =>
  generateKey({ userIDs: [{ name: 'Receiver', email: 'files@example.com' }], format: 'armored', ...more });

beforeAll(async () => {
  pair = await keys();
});

async function opened(bytes: Buffer): Promise<{ data: Buffer; filename: string }> {
  const message = await readMessage({ binaryMessage: bytes });
  const decryptionKeys = await readPrivateKey({ armoredKey: pair.privateKey });
  const { data, filename } = await decrypt({ message, decryptionKeys, format: 'binary' });
  return { data: Buffer.from(data as Uint8Array), filename };
}

async function* piecesOf(...texts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function all(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const got: Buffer[] = [];
  for await (const piece of pieces) got.push(piece);
  return Buffer.concat(got);
}

/** Text that does not compress to nothing. */
const digests = (count: number, from = 0) =>
  Buffer.from(
    Array.from(
      { length: count },
      (_, n) =>
        `${createHash('sha256')
          .update(String(from + n))
          .digest('hex')}\n`,
    ).join(''),
  );

test('what batches and the end bring can be read with the private key, and by its name', async () => {
  const sealer = await Sealer.open(pair.publicKey, inside);
  const bytes = [
    await all(sealer.append({}, piecesOf('a,b\n', digests(3000)))),
    await all(sealer.append({}, piecesOf('é\n'))),
  ];
  bytes.push(await sealer.end(Buffer.from('the end')));
  const { data, filename } = await opened(Buffer.concat(bytes));
  expect(data.toString()).toBe(`a,b\n${digests(3000)}é\nthe end`);
  expect(filename).toBe('Spring.csv');
});

test('text is compressed inside of the encryption; what is packed already is not', async () => {
  const lines = Buffer.from('the same line again\n'.repeat(50_000));
  const sizeWith = async (compress: boolean) => {
    const sealer = await Sealer.open(pair.publicKey, { ...inside, compress });
    const bytes = Buffer.concat([await all(sealer.append({}, piecesOf(lines))), await sealer.end(Buffer.alloc(0))]);
    expect((await opened(bytes)).data.equals(lines)).toBe(true);
    return bytes.length;
  };
  expect(await sizeWith(true)).toBeLessThan(lines.length / 50);
  expect(await sizeWith(false)).toBeGreaterThan(lines.length);
});

test('a batch that is written again has the same bytes, also when it was left half-way', async () => {
  const sealer = await Sealer.open(pair.publicKey, inside);
  const [first, second] = [{}, {}];
  const one = await all(sealer.append(first, piecesOf(digests(2000))));
  const pieces = () => piecesOf(...[0, 1, 2, 3, 4].map((n) => digests(2000, 2000 * (n + 1))));
  const half: Buffer[] = [];
  for await (const piece of sealer.append(second, pieces())) {
    half.push(piece);
    if (half.length === 2) break;
  }
  const two = await all(sealer.append(second, pieces()));
  expect(two.subarray(0, Buffer.concat(half).length).equals(Buffer.concat(half))).toBe(true);
  expect((await all(sealer.append(second, pieces()))).equals(two)).toBe(true);
  const end = await sealer.end(Buffer.from('.'));
  expect(await sealer.end(Buffer.from('.'))).toBe(end);
  const { data } = await opened(Buffer.concat([one, two, end]));
  expect(data.toString()).toBe(`${digests(12_000)}.`);
});

test('holds no more than a batch, however long the file', async () => {
  const sealer = await Sealer.open(pair.publicKey, { ...inside, compress: false });
  const piece = digests(15_000);
  let most = 0;
  for (let batch = 0; batch < 30; batch++) {
    for await (const bytes of sealer.append({}, piecesOf(piece, piece))) most = Math.max(most, bytes.length);
  }
  await sealer.end(Buffer.alloc(0));
  // What comes out for a piece is about the piece, never the file.
  expect(most).toBeLessThan(piece.length * 2);
});

describe('a key is refused with what to do about it', () => {
  test.each<[string, () => Promise<string>, RegExp]>([
    ['a private key', async () => pair.privateKey, /private key.*Paste the public key/],
    ['no key', async () => 'ssh-ed25519 AAAA', /not an OpenPGP public key/],
    ['half a key', async () => pair.publicKey.slice(0, 300), /not an OpenPGP public key/],
    [
      'an expired key',
      async () => (await keys({ date: new Date(Date.now() - 10 * DAY), keyExpirationTime: 86_400 })).publicKey,
      /expired on \d{4}-\d\d-\d\d\. Ask the receiver/,
    ],
    ['a key for signing only', async () => (await keys({ subkeys: [] })).publicKey, /signing only/],
    [
      'a revoked key',
      async () => {
        const key = await readPrivateKey({ armoredKey: pair.privateKey });
        return (await revokeKey({ key, format: 'armored' })).publicKey as string;
      },
      /revoked/,
    ],
  ])('%s', async (_name, make, message) => {
    const text = await make();
    await expect(readPublicKey(text)).rejects.toThrow(message);
    await expect(Sealer.open(text, inside)).rejects.toMatchObject({ code: 'config', vendorCode: 'pgp-key' });
  });

  test('line ends that a form spoiled are put right', async () => {
    const fingerprint = (await readKey({ armoredKey: pair.publicKey })).getFingerprint();
    for (const text of [pair.publicKey.replaceAll('\n', '\r\n'), pair.publicKey.replaceAll(/\r?\n/g, '\\n')])
      expect((await readPublicKey(text)).getFingerprint()).toBe(fingerprint);
  });
});
