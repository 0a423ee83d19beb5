import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FileFault } from './csv.ts';
import { asFault, chosenMember, isWorkbook, isZip, Zip } from './zip.ts';

/** Unpacked bytes are more than a file may have. */
export class TooLarge extends Error {}

interface UnpackOptions {
  /** The file to take from an archive of several. */
  member?: string;
  /** Most bytes that the unpacked file may have. */
  limit: number;
  /** Where the unpacked file lies until it replaces the packed one. */
  target: string;
  sink: (path: string) => Writable;
}

const MOST_LAYERS = 2;
const packedTooOften = () =>
  new FileFault(
    'packed_too_often',
    'The file is packed more than twice. Unpack it, then upload the file that is in it.',
  );

/**
 * Replaces a file that is packed as gzip or ZIP by what is in it; any other file, and a workbook, stays as it is.
 * @returns how many bytes the file has then
 * @throws FileFault for a damaged archive, TooLarge for one that holds more than the limit
 */
export async function unpackFile(path: string, options: UnpackOptions): Promise<number> {
  // a gzip may hold a ZIP
  for (let depth = 0; ; depth++) {
    const head = await headOf(path);
    const isGzip = head.subarray(0, 2).toString('hex') === '1f8b';
    if (isGzip && depth === MOST_LAYERS) throw packedTooOften();
    if (isGzip) await unpackGzip(path, options);
    else if (!isZip(head) || (await unpackZip(path, options, depth))) break;
  }
  return (await stat(path)).size;
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function unpackGzip(path: string, options: UnpackOptions): Promise<void> {
  const broken = new FileFault('gzip_broken', 'The gzip file is damaged or incomplete. Pack it again, then upload it.');
  const isZlib = (error: unknown) => String((error as NodeJS.ErrnoException).code).startsWith('Z_');
  await replace(path, options, (target) =>
    pipeline(createReadStream(path), createGunzip(), bounded(options.limit), target).catch((error: unknown) => {
      throw isZlib(error) ? broken : error;
    }),
  );
}

/** @returns true for a workbook, which stays packed */
async function unpackZip(path: string, options: UnpackOptions, depth: number): Promise<boolean> {
  const zip = await Zip.open(path);
  try {
    const isBook = isWorkbook(zip);
    if (isBook && zip.unpackedBytes > options.limit) throw new TooLarge();
    if (isBook) return true;
    if (depth === MOST_LAYERS) throw packedTooOften();
    const member = chosenMember(zip, options.member);
    if (member.uncompressedSize > options.limit) throw new TooLarge();
    const stream = await zip.stream(member).catch((error: unknown) => Promise.reject(asFault(error)));
    await replace(path, options, (target) => pipeline(damageAsFault(stream), bounded(options.limit), target));
    return false;
  } finally {
    zip.close();
  }
}

async function replace(
  path: string,
  { sink, target }: UnpackOptions,
  write: (to: Writable) => Promise<void>,
): Promise<void> {
  await write(sink(target));
  await rename(target, path);
}

async function* damageAsFault(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw asFault(error);
  }
}

function bounded(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(new TooLarge());
      else done(null, chunk);
    },
  });
}
