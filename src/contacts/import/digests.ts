import { hash } from 'node:crypto';
import type { RawRecord } from '../files/csv.ts';
import type { ImportPlan } from './plan.ts';

/** Bytes of a digest, which the warehouse holds as a little-endian UInt64. */
const DIGEST_BYTES = 8;

/** Raise it when the meaning of equal cells changes: rows of earlier imports are then read again. */
const READING_VERSION = 2;

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer').subarray(0, DIGEST_BYTES);

/**
 * Whether rows of the import can be recognised as unchanged. Rows with statements of consent count by the time of their
 * file, and events are noted for each file that brings them: both are always read.
 */
export const recognisesRows = ({ kind, consents, events }: ImportPlan): boolean =>
  kind === 'contacts' && consents.statements.length === 0 && events.length === 0;

/** Names a way of reading rows: equal rows mean the same in two imports when it is the same. */
export function readingDigest(
  { importId: _, path: __, consents: ___, format, ...plan }: ImportPlan,
  now: Date,
): string {
  const reading = [READING_VERSION, now.getUTCFullYear(), format.format, format.columns, plan];
  return digestOf(JSON.stringify(reading)).readBigUInt64LE().toString();
}

/** The cells of a row that its import reads, as one digest. */
export class RowDigest {
  private readonly used: number[];

  constructor({ columns, traits }: ImportPlan) {
    this.used = [...new Set([...columns, ...traits].map(({ index }) => index))];
  }

  of({ cells }: RawRecord): Buffer {
    let text = '';
    // with its length, because a cell may hold any character: lists of JSON hold separators
    for (const index of this.used) {
      const cell = cells[index] ?? '';
      text += `${cell.length}:${cell}`;
    }
    return digestOf(text);
  }
}

/** Many digests in little memory: a hash table in typed arrays, half of it free. */
export class DigestSet {
  private readonly low: Uint32Array;
  private readonly high: Uint32Array;
  private readonly mask: number;

  /** @param bytes digests one after the other */
  constructor(bytes: Uint8Array) {
    const count = bytes.length / DIGEST_BYTES;
    const size = 2 ** Math.ceil(Math.log2(count * 2 + 1));
    this.low = new Uint32Array(size);
    this.high = new Uint32Array(size);
    this.mask = size - 1;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += DIGEST_BYTES) {
      const place = this.place(view.readUInt32LE(at), view.readUInt32LE(at + 4));
      this.low[place] = view.readUInt32LE(at);
      this.high[place] = view.readUInt32LE(at + 4);
    }
  }

  has(digest: Buffer): boolean {
    const [low, high] = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
    const place = this.place(low, high);
    return (low !== 0 || high !== 0) && this.low[place] === low && this.high[place] === high;
  }

  /** Where the digest is, or the free place where it belongs. */
  private place(low: number, high: number): number {
    let place = low & this.mask;
    while ((this.low[place] !== 0 || this.high[place] !== 0) && (this.low[place] !== low || this.high[place] !== high))
      place = (place + 1) & this.mask;
    return place;
  }
}
