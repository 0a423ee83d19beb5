import type { PublicKey } from 'openpgp';
import { DestinationError } from '../errors.ts';

/** OpenPGP (RFC 4880 and 9580). The library is loaded when a delivery asks for it. */

/** Thrown for a key that nothing can be encrypted for; the message says what to do. */
export class KeyFault extends Error {}

/** Reads a public key that can be encrypted for, now. @throws KeyFault */
export async function readPublicKey(text: string): Promise<PublicKey> {
  if (/-----BEGIN PGP PRIVATE KEY BLOCK-----/.test(text))
    throw new KeyFault('is a private key, which must stay with the receiver. Paste the public key.');
  const { readKey } = await import('openpgp');
  // Forms and environment variables turn line ends into \r\n or into the two characters \n.
  const armoredKey = text.replaceAll('\\n', '\n').replaceAll('\r\n', '\n').trim();
  const key = await readKey({ armoredKey }).catch(() => {
    throw new KeyFault(
      'is not an OpenPGP public key. Paste the whole text from -----BEGIN PGP PUBLIC KEY BLOCK----- to -----END PGP PUBLIC KEY BLOCK-----.',
    );
  });
  if (await key.isRevoked()) throw new KeyFault('has been revoked. Ask the receiver for the new one.');
  const expires = await key.getExpirationTime();
  if (expires instanceof Date && expires < new Date())
    throw new KeyFault(`expired on ${expires.toISOString().slice(0, 10)}. Ask the receiver for the new one.`);
  await key.getEncryptionKey().catch(() => {
    throw new KeyFault('cannot be encrypted for: it is for signing only, or too weak. Ask the receiver for another.');
  });
  return key;
}

/**
 * One encrypted file. What came out for a batch is kept until the next, so that a batch that failed is written again
 * with the same bytes: an encryption cannot be taken back a step.
 */
export class Sealer {
  private produced: Buffer[] = [];
  private last?: Log;
  private tail?: Promise<Buffer>;
  private readonly reading: Promise<void>;

  private constructor(
    private readonly input: WritableStreamDefaultWriter<Uint8Array>,
    output: ReadableStream<Uint8Array>,
  ) {
    this.reading = this.read(output);
    // Whoever ends the file hears of it.
    this.reading.catch(() => undefined);
  }

  /**
   * @param inner the name of what is inside
   * @param compress whether to compress before encrypting; what is packed already gains nothing
   * @throws DestinationError `config` for a key that cannot be used (any more)
   */
  static async open(publicKey: string, { inner, at, compress }: { inner: string; at: Date; compress: boolean }) {
    const encryptionKeys = await readPublicKey(publicKey).catch((error: Error) => {
      if (!(error instanceof KeyFault)) throw error;
      throw new DestinationError('config', `The OpenPGP key ${error.message}`, { vendorCode: 'pgp-key' });
    });
    const { createMessage, encrypt, enums } = await import('openpgp');
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const message = await createMessage({ binary: readable, filename: inner, date: at, format: 'binary' });
    const { zip, uncompressed } = enums.compression;
    const output = await encrypt({
      message,
      encryptionKeys,
      format: 'binary',
      config: { preferredCompressionAlgorithm: compress ? zip : uncompressed },
    });
    return new Sealer(writable.getWriter(), output as unknown as ReadableStream<Uint8Array>);
  }

  /** What comes out for the pieces of a batch; `batch` is the same object when the batch is written again. */
  async *append(batch: object, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const log = this.last?.batch === batch ? this.last : { batch, fed: 0, bytes: [] };
    this.last = log;
    yield* [...log.bytes];
    let nth = 0;
    for await (const piece of pieces) {
      if (nth++ < log.fed) continue;
      const bytes = await this.feed(piece);
      log.fed = nth;
      log.bytes.push(bytes);
      yield bytes;
    }
  }

  /** What ends the file, after `rest`. The same bytes however often it is asked. */
  end(rest: Buffer): Promise<Buffer> {
    this.tail ??= this.close(rest);
    return this.tail;
  }

  private async close(rest: Buffer): Promise<Buffer> {
    const before = await this.feed(rest);
    await this.input.close();
    await this.reading;
    return Buffer.concat([before, this.take()]);
  }

  private async feed(piece: Buffer): Promise<Buffer> {
    if (piece.length > 0) await Promise.race([this.input.write(piece), this.reading]);
    return this.take();
  }

  private take(): Buffer {
    const bytes = Buffer.concat(this.produced);
    this.produced = [];
    return bytes;
  }

  private async read(output: ReadableStream<Uint8Array>): Promise<void> {
    for await (const bytes of output) this.produced.push(Buffer.from(bytes));
  }
}

interface Log {
  batch: object;
  /** Pieces that went in. */
  fed: number;
  /** What came out. */
  bytes: Buffer[];
}
