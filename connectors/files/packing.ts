import { constants, crc32, deflateRawSync } from 'node:zlib';
import { DestinationError } from '../errors.ts';
import type { Compression } from './profile.ts';

/** How text becomes a packed file, piece by piece, so that an upload can go on from the end of any of them. */

/** What a packed file needs to know of the text so far. Plain values, so that a failed batch can be written again. */
export interface Packed {
  crc: number;
  /** Bytes of text, whether packed or not. */
  text: number;
  /** Bytes that deflate made of it. */
  deflated: number;
}

export const NOTHING_PACKED: Packed = { crc: 0, text: 0, deflated: 0 };

/** What is packed: the name inside of an archive, and its time, the same whenever the upload is made. */
export interface Entry {
  inner: string;
  at: Date;
}

interface Packing {
  suffix: string;
  head(entry: Entry): Buffer;
  piece(before: Packed, text: Buffer): { bytes: Buffer; after: Packed };
  tail(entry: Entry, packed: Packed): Buffer;
}

const NOTHING = Buffer.alloc(0);
/** An empty last block: what ends a deflate stream whose pieces end on byte boundaries. */
const LAST_BLOCK = Buffer.from([3, 0]);
const LARGEST_ZIP = 2 ** 32 - 2;

export const PACKINGS: Record<Compression, Packing> = {
  none: {
    suffix: '',
    head: () => NOTHING,
    piece: (before, bytes) => ({ bytes, after: { ...before, text: before.text + bytes.length } }),
    tail: () => NOTHING,
  },
  gzip: { suffix: '.gz', head: () => GZIP_HEAD, piece: deflatePiece, tail: (_entry, packed) => gzipTail(packed) },
  zip: { suffix: '.zip', head: (entry) => zipHead(entry), piece: deflatePiece, tail: zipTail },
};

/** The next piece of one deflate stream, with the dictionary reset at its end. */
function deflatePiece(before: Packed, data: Buffer): { bytes: Buffer; after: Packed } {
  if (data.length === 0) return { bytes: data, after: before };
  const bytes = deflateRawSync(data, { finishFlush: constants.Z_FULL_FLUSH });
  const after = {
    crc: crc32(data, before.crc),
    text: before.text + data.length,
    deflated: before.deflated + bytes.length,
  };
  return { bytes, after };
}

/** RFC 1952 header: deflate, no flags, no time (the same rows give the same bytes), unknown system. */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** The last block, the checksum and the length modulo 2^32. */
function gzipTail({ crc, text }: Packed): Buffer {
  return Buffer.concat([LAST_BLOCK, little([4, crc], [4, text % 2 ** 32])]);
}

/** An archive of one file. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7 to 4.3.16 */
function zipHead(entry: Entry): Buffer {
  const name = Buffer.from(entry.inner);
  // Checksum and sizes follow the data, as flag 3 says.
  return Buffer.concat([
    little([4, 0x04034b50], ...zipCommon(entry), [4, 0], [4, 0], [4, 0], [2, name.length], [2, 0]),
    name,
  ]);
}

/** @throws DestinationError `config` for an archive that old readers could not open */
function zipTail(entry: Entry, { crc, text, deflated }: Packed): Buffer {
  const name = Buffer.from(entry.inner);
  const size = deflated + LAST_BLOCK.length;
  const start = 30 + name.length;
  if (Math.max(text, start + size) > LARGEST_ZIP)
    throw new DestinationError('config', 'A zip file holds at most 4 GiB. Split the file, or pack it with gzip.', {
      vendorCode: 'zip-size',
    });
  const facts: Field[] = [
    [4, crc],
    [4, size],
    [4, text],
  ];
  const descriptor = little([4, 0x08074b50], ...facts);
  const directory = Buffer.concat([
    // Made on Unix, an ordinary file that its owner writes and its group reads.
    little([4, 0x02014b50], [2, 0x031e], ...zipCommon(entry), ...facts, [2, name.length], [2, 0], [2, 0]),
    little([2, 0], [2, 0], [4, 0o100640 * 2 ** 16], [4, 0]),
    name,
  ]);
  const end = little(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, 1],
    [2, 1],
    [4, directory.length],
    [4, start + size + descriptor.length],
    [2, 0],
  );
  return Buffer.concat([LAST_BLOCK, descriptor, directory, end]);
}

/** Version 2.0, sizes after the data, deflate, time and date. */
function zipCommon({ at }: Entry): Field[] {
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return [
    [2, 20],
    [2, 8],
    [2, 8],
    [2, time],
    [2, date],
  ];
}

type Field = [bytes: 2 | 4, value: number];

/** Numbers in little-endian order. */
function little(...fields: Field[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}
