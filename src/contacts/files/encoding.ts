import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import iconv from 'iconv-lite';
import { FileFault } from './csv.ts';
import { guessEncoding } from './encoding-guess.ts';
import type { EncodingCandidate } from './format.ts';
import type { Notice } from './notice.ts';

/** How the letters of a file are written. */
export interface FoundEncoding {
  encoding: string;
  encodingCandidates?: EncodingCandidate[];
  notices: Notice[];
}

/**
 * The encoding of a text file: its byte-order mark, then what was declared, then UTF-16 by its zero bytes, then UTF-8
 * where most letters beyond ASCII fit, then the one whose words look most like a language.
 * @throws FileFault for a declared encoding that is not known.
 */
export async function detectEncoding(path: string, head: Buffer, declared?: string): Promise<FoundEncoding> {
  const certain = byteOrderMark(head) ?? (declared ? knownEncoding(declared) : wideEncoding(head));
  if (certain && certain !== 'utf-8') return { encoding: certain, notices: [] };
  const survey = await surveyOf(path);
  if (certain || survey.good >= survey.bad)
    return { encoding: 'utf-8', notices: survey.bad > 0 ? [mixed(survey.bad)] : [] };
  const { encoding, unsure, candidates } = guessEncoding(survey.words());
  const words = candidates[0]!.preview.join(', ');
  const notice = {
    code: unsure ? 'encoding_unsure' : 'encoding_guessed',
    message: `The file is not UTF-8. Its letters are read in the encoding ${encoding}${words ? `, for example: ${words}` : ''}. ${
      unsure
        ? 'Another encoding fits about as well: compare them, and choose the right one'
        : 'Choose another encoding if these look wrong'
    }.`,
  };
  return { encoding, encodingCandidates: candidates, notices: [notice] };
}

const mixed = (count: number): Notice => ({
  code: 'encoding_mixed',
  message: `The file is UTF-8, but ${count.toLocaleString('en')} of its bytes are not. Cells with such bytes are rejected by line and column; save the whole file as UTF-8.`,
});

/** What passing over a whole file's bytes tells about its letters beyond ASCII. */
class ByteSurvey {
  /** Letters that are UTF-8; one for each piece without a fault. */
  good = 0;
  /** Bytes that are not. */
  bad = 0;
  private carry: Buffer = Buffer.alloc(0);
  private readonly found = new Set<string>();

  push(chunk: Buffer): void {
    const bytes = this.carry.length > 0 ? Buffer.concat([this.carry, chunk]) : chunk;
    const end = bytes.length - incompleteTail(bytes);
    this.carry = Buffer.from(bytes.subarray(end));
    this.take(bytes.subarray(0, end));
  }

  end(): void {
    this.take(this.carry);
  }

  /** Nothing that follows could make it UTF-8. */
  get settled(): boolean {
    return this.bad > 20_000 && this.bad > this.good * 10;
  }

  /** The words that are not ASCII, one a line. */
  words(): Buffer {
    return Buffer.from([...this.found].join('\n'), 'latin1');
  }

  private take(bytes: Buffer): void {
    if (isAscii(bytes)) return;
    if (isUtf8(bytes)) this.good++;
    else {
      this.count(bytes);
      this.collect(bytes);
    }
  }

  private count(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at]! < 0x80) continue;
      const length = sequenceLength(bytes, at);
      if (length > 0) {
        this.good++;
        at += length - 1;
      } else this.bad++;
    }
  }

  /** Words between blanks and punctuation below the digits, where no encoding has a second byte. */
  private collect(bytes: Buffer): void {
    if (this.found.size >= MAX_WORDS) return;
    for (const word of bytes.toString('latin1').split(/[\0-/:;]+/)) {
      if (word.length <= LONGEST_WORD && /[\x80-\xff]/.test(word)) this.found.add(word);
      if (this.found.size >= MAX_WORDS) return;
    }
  }
}

const MAX_WORDS = 1_000;
const LONGEST_WORD = 60;

/** Bytes of the UTF-8 letter that begins here; 0 where none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at]!;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  return length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/** Looks through a whole file, so that one odd letter in the last row is seen before anything is read. */
async function surveyOf(path: string): Promise<ByteSurvey> {
  const survey = new ByteSurvey();
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    survey.push(chunk as Buffer);
    if (survey.settled) return survey;
  }
  survey.end();
  return survey;
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

const MARKS: [hex: string, encoding: string][] = [
  ['efbbbf', 'utf-8'],
  ['fffe0000', 'utf-32le'],
  ['0000feff', 'utf-32be'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
];

const byteOrderMark = (head: Buffer): string | undefined =>
  MARKS.find(([hex]) => head.subarray(0, hex.length / 2).toString('hex') === hex)?.[1];

/** UTF-16 without a mark: digits, delimiters and line ends have a zero byte, always on the same side. */
function wideEncoding(head: Buffer): string | undefined {
  const sample = head.subarray(0, 8_192);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) i % 2 ? odd++ : even++;
  const least = sample.length * 0.04;
  if (odd > least && even < odd / 10) return 'utf-16le';
  return even > least && odd < even / 10 ? 'utf-16be' : undefined;
}

function knownEncoding(name: string): string {
  const lower = name.toLowerCase();
  if (lower === 'utf8') return 'utf-8';
  if (lower === 'latin1' || lower === 'latin-1' || lower === 'iso-8859-1') return 'windows-1252';
  if (!iconv.encodingExists(lower))
    throw new FileFault(
      'encoding_unknown',
      `The encoding "${name}" is not known; use for example utf-8, utf-16le or windows-1252.`,
    );
  return lower;
}

/** Letters that UTF-8 was read as windows-1252 and stored again, as in "JÃ¼rgen". */
const GARBLED = /[ÂÃÄÅÎÏÐÑ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/;

/** A notice when many words of a text were decoded wrongly before they were written. */
export function garbledNotice(text: string): Notice[] {
  const words = text
    .slice(0, 200_000)
    .split(/[\s,;|"]+/)
    .filter((word) => word.length <= LONGEST_WORD && /[^\p{ASCII}]/u.test(word));
  const garbled = words.filter((word) => GARBLED.test(word) && repaired(word) !== undefined);
  const example = garbled.find((word) => !word.includes('@'));
  if (!example || garbled.length < words.length * 0.3) return [];
  return [
    {
      code: 'letters_garbled',
      message: `Letters of the file were garbled before it was saved, as in "${example.slice(0, 30)}", which looks like "${repaired(example)!.slice(0, 30)}" read in the wrong encoding. Export the file again in UTF-8.`,
    },
  ];
}

function repaired(word: string): string | undefined {
  const bytes = iconv.encode(word, 'windows-1252');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
