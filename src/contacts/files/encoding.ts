import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import chardet from 'chardet';
import iconv from 'iconv-lite';
import { FileFault } from './csv.ts';

/** What passing over a whole file's bytes tells about its encoding. */
interface EncodingEvidence {
  /** No byte sequence anywhere that UTF-8 does not have. */
  validUtf8: boolean;
  /** Bytes around the first place that is not UTF-8. */
  suspect?: Buffer;
}

/** Checks a file's bytes as they pass by. */
class Utf8Watch {
  private carry: Buffer = Buffer.alloc(0);
  private suspect?: Buffer;

  push(chunk: Buffer): void {
    if (this.suspect) return;
    const bytes = this.carry.length > 0 ? Buffer.concat([this.carry, chunk]) : chunk;
    const end = bytes.length - incompleteTail(bytes);
    if (!isUtf8(bytes.subarray(0, end))) this.suspect = Buffer.from(bytes.subarray(0, 1 << 18));
    this.carry = Buffer.from(bytes.subarray(end));
  }

  get done(): boolean {
    return this.suspect !== undefined;
  }

  evidence(): EncodingEvidence {
    const validUtf8 = this.suspect === undefined && isUtf8(this.carry);
    return validUtf8 ? { validUtf8 } : { validUtf8, suspect: this.suspect ?? this.carry };
  }
}

/** Looks through a whole file, so that one odd letter in the last row is seen before anything is read. */
async function evidenceOf(path: string): Promise<EncodingEvidence> {
  const watch = new Utf8Watch();
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    watch.push(chunk as Buffer);
    if (watch.done) break;
  }
  return watch.evidence();
}

/** How many bytes at the end begin a character that the next chunk completes. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

const WESTERN = /^(ISO-8859-(1|2|9|15)|windows-125[0-9])$/;

/**
 * The encoding of a text file: its byte-order mark, then what was declared, then UTF-16 by its zero bytes, then UTF-8
 * where all bytes fit, then statistics; Latin-1 is read as windows-1252, which has the same letters and more.
 * @throws FileFault for a declared encoding that is not known.
 */
export async function detectEncoding(path: string, head: Buffer, declared?: string): Promise<string> {
  const marked = byteOrderMark(head);
  if (marked) return marked;
  if (declared) return knownEncoding(declared);
  const wide = wideEncoding(head);
  if (wide) return wide;
  const evidence = await evidenceOf(path);
  if (evidence.validUtf8) return 'utf-8';
  const guess = chardet.detect(evidence.suspect ?? head);
  if (!guess || guess === 'UTF-8' || guess === 'ASCII' || guess === 'ISO-8859-1') return 'windows-1252';
  return WESTERN.test(guess) || iconv.encodingExists(guess) ? guess.toLowerCase() : 'windows-1252';
}

function byteOrderMark(head: Buffer): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}

/** UTF-16 without a mark: in mostly Latin text every other byte is zero. */
function wideEncoding(head: Buffer): string | undefined {
  const sample = head.subarray(0, 4096);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) i % 2 ? odd++ : even++;
  const half = sample.length / 2;
  if (odd > half * 0.4 && even < half * 0.1) return 'utf-16le';
  return even > half * 0.4 && odd < half * 0.1 ? 'utf-16be' : undefined;
}

function knownEncoding(name: string): string {
  const lower = name.toLowerCase();
  if (lower === 'latin1' || lower === 'latin-1' || lower === 'iso-8859-1') return 'windows-1252';
  if (!iconv.encodingExists(lower))
    throw new FileFault(
      'encoding_unknown',
      `The encoding "${name}" is not known; use for example utf-8, utf-16le or windows-1252.`,
    );
  return lower;
}
