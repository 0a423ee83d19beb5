import { createHash, type Hash } from 'node:crypto';
import type { Upload } from '../destination.ts';
import type { Layout } from './columns.ts';
import { csvPieces, csvText, headText, ROWS_AT_ONCE } from './file.ts';
import type { FileFacts } from './manifest.ts';
import { type Entry, NOTHING_PACKED, PACKINGS, type Packed } from './packing.ts';
import type { FileProfile } from './profile.ts';
import { Sealer } from './sealing.ts';
import { fileName, fileNames } from './template.ts';

export const LARGEST_MANIFEST = 16 * 1024 * 1024;
export const EMPTY_FILE = 'No contact of this segment had a usable identifier: the file holds its header only.';

/** One file of an upload, up to the last batch that is safely stored. Never changed, only replaced. */
export interface Part extends Entry {
  name: string;
  /** False before the first batch is stored: what a file begins with is still to come. */
  begun: boolean;
  rows: number;
  bytes: number;
  digest: Hash;
  packed: Packed;
  /** Of a file that is encrypted, until it ends. */
  sealer?: Sealer;
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
  layout: Layout,
  upload: Upload,
  writer: PartWriter<P>,
): Promise<P[]> {
  if (rows.length === 0 && known.length > 0) return known;
  const parts = [...known];
  let rest = rows;
  do {
    let count = parts.length > 0 ? await fittingRows(parts.at(-1)!, rest, layout) : 0;
    if (count === 0) {
      if (parts.length > 0) parts.push(await writer.end(parts.pop()!));
      parts.push(writer.begin(newPart(layout, upload, parts.length + 1)));
      count = await fittingRows(parts.at(-1)!, rest, layout);
    }
    parts.push(await writer.write(parts.pop()!, rest.slice(0, count)));
    rest = rest.slice(count);
  } while (rest.length > 0);
  return parts;
}

function newPart({ profile }: Layout, upload: Upload, number: number): Part {
  const names = fileNames(profile, upload, number);
  const digest = createHash('sha256');
  return { ...names, at: upload.startedAt, begun: false, rows: 0, bytes: 0, digest, packed: NOTHING_PACKED };
}

/** How many of the rows the part still takes; at least one when it has none, however long that is. */
async function fittingRows(part: Part, rows: string[][], { profile, columns }: Layout): Promise<number> {
  const { splitRows = Number.POSITIVE_INFINITY, splitBytes } = profile;
  const most = Math.min(rows.length, splitRows - part.rows);
  if (splitBytes === undefined) return most;
  const head = part.begun ? 0 : headOf(columns, profile).length;
  const fitting = await rowsWithin(rows.slice(0, most), splitBytes - part.packed.text - head, profile);
  return part.rows === 0 ? Math.max(fitting, Math.min(most, 1)) : fitting;
}

/** How many rows make at most `room` bytes of text. */
async function rowsWithin(rows: string[][], room: number, profile: FileProfile): Promise<number> {
  const size = (from: number, to: number) => Buffer.byteLength(csvText(rows.slice(from, to), profile));
  let left = room;
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const end = Math.min(rows.length, at + ROWS_AT_ONCE);
    const bytes = size(at, end);
    if (bytes > left) {
      let [low, high] = [at, end];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (size(at, middle) <= left) low = middle;
        else high = middle - 1;
      }
      return low;
    }
    left -= bytes;
    await new Promise(setImmediate);
  }
  return rows.length;
}

/** The bytes that rows add to a part, packed and encrypted if the profile says so; `next` follows along. */
export async function* bytesOf(layout: Layout, part: Part, rows: string[][], next: Part): AsyncGenerator<Buffer> {
  const { compression, encryptTo } = layout.profile;
  next.begun = true;
  const pieces = packedPieces(layout, part, rows, next);
  if (!encryptTo) return yield* pieces;
  // What is inside is compressed by OpenPGP itself, unless it comes packed.
  const inner = part.inner + PACKINGS[compression].suffix;
  next.sealer ??= await Sealer.open(encryptTo, { inner, at: part.at, compress: compression === 'none' });
  yield* next.sealer.append(part, pieces);
}

async function* packedPieces(
  { profile, columns }: Layout,
  part: Part,
  rows: string[][],
  next: Part,
): AsyncGenerator<Buffer> {
  const packing = PACKINGS[profile.compression];
  const pack = (text: Buffer) => {
    const { bytes, after } = packing.piece(next.packed, text);
    next.packed = after;
    return bytes;
  };
  if (!part.begun) yield Buffer.concat([packing.head(part), pack(headOf(columns, profile))]);
  for await (const piece of csvPieces(rows, profile)) yield pack(piece);
}

function headOf(columns: Layout['columns'], profile: FileProfile): Buffer {
  const headers = columns.map(({ header }) => header);
  return Buffer.from(headText(headers, profile));
}

/** What ends a part's file. */
export async function tailOf({ profile }: Layout, part: Part): Promise<Buffer> {
  const tail = PACKINGS[profile.compression].tail(part, part.packed);
  return part.sealer ? part.sealer.end(tail) : tail;
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
