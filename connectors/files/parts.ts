import { createHash, type Hash } from 'node:crypto';
import type { Upload } from '../destination.ts';
import type { Layout } from './columns.ts';
import { csvPieces, GZIP_HEAD, gzipPiece, gzipTail, headerLine, NOTHING_PACKED, type Packed } from './file.ts';
import type { FileFacts } from './manifest.ts';
import { fileName } from './template.ts';

export const LARGEST_MANIFEST = 16 * 1024 * 1024;
export const EMPTY_FILE = 'No contact of this segment had a usable identifier: the file holds its header only.';

/** One file of an upload, up to the last batch that is safely stored. Never changed, only replaced. */
export interface Part {
  name: string;
  rows: number;
  bytes: number;
  digest: Hash;
  packed: Packed;
}

/** How one kind of storage writes parts. Each function gives the part as it is afterwards. */
export interface PartWriter<P extends Part> {
  begin(part: Part): P;
  write(part: P, rows: string[][]): Promise<P>;
  /** Writes what ends the file. */
  end(part: P): Promise<P>;
}

/** Writes rows to the last part, and to further ones as each is full. @returns all parts */
export async function appendRows<P extends Part>(
  known: P[],
  rows: string[][],
  { profile }: Layout,
  upload: Upload,
  writer: PartWriter<P>,
): Promise<P[]> {
  const { splitRows = Number.POSITIVE_INFINITY } = profile;
  const parts = [...known];
  let rest = rows;
  do {
    const last = parts.at(-1);
    if (!last || last.rows >= splitRows) {
      if (last) parts[parts.length - 1] = await writer.end(last);
      const name = fileName(profile, upload, parts.length + 1);
      parts.push(writer.begin({ name, rows: 0, bytes: 0, digest: createHash('sha256'), packed: NOTHING_PACKED }));
    }
    const part = parts.at(-1)!;
    const fitting = rest.slice(0, splitRows - part.rows);
    parts[parts.length - 1] = await writer.write(part, fitting);
    rest = rest.slice(fitting.length);
  } while (rest.length > 0);
  return parts;
}

/** The bytes that rows add to a part, packed if the profile says so; `next.packed` follows along. */
export async function* bytesOf(
  { profile, columns }: Layout,
  part: Part,
  rows: string[][],
  next: Part,
): AsyncGenerator<Buffer> {
  const packs = profile.compression === 'gzip';
  const pack = (text: Buffer) => {
    if (!packs) return text;
    const { bytes, after } = gzipPiece(next.packed, text);
    next.packed = after;
    return bytes;
  };
  if (part.bytes === 0 && packs) yield GZIP_HEAD;
  if (part.bytes === 0 && profile.header) {
    const headers = columns.map((column) => column.header);
    yield pack(Buffer.from(headerLine(headers, profile)));
  }
  for await (const piece of csvPieces(rows, profile)) yield pack(piece);
}

/** What ends a part's file. */
export function tailOf({ profile }: Layout, { packed }: Part): Buffer {
  return profile.compression === 'gzip' ? gzipTail(packed) : Buffer.alloc(0);
}

export function factsOf({ name, rows, bytes, digest }: Part): FileFacts {
  return { name, rows, bytes, sha256: digest.copy().digest('hex') };
}

export function manifestName({ profile }: Layout, upload: Upload): string {
  return `${fileName(profile, upload)}.manifest.json`;
}

/** Gathers small pieces into blocks of at least `size`. */
export async function* inBlocks(pieces: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    held.push(piece);
    length += piece.length;
    if (length < size) continue;
    yield Buffer.concat(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held);
}
