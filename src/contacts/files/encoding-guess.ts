import iconv from 'iconv-lite';
import type { EncodingCandidate } from './format.ts';
import { DOUBLE_BYTE, type Language, LETTERS, SINGLE_BYTE } from './letters.ts';

/** Logarithms of how likely a sign is in a text of names and places. */
const SCORE = {
  common: -4.5,
  firstLevel: -8,
  rare: -13,
  strangeLetter: -7,
  punctuation: -3.5,
  symbol: -8,
  undefined: -14,
  /** A capital within a word of small letters. */
  innerCapital: -5,
};
/** What each further encoding of the list must be better by. */
const PRIOR = 0.25;
/** A candidate this much behind the best one is no longer possible: twenty to one. */
const DOUBT = 3;
const MAX_CANDIDATES = 4;
const MAX_PREVIEW = 5;
const PUNCTUATION = new Set('’‘‚“”„–—…€£°·«»‹›¿¡®©™ªº№§´`¨˜•');

export interface EncodingGuess {
  encoding: string;
  /** Whether another encoding fits about as well. */
  unsure: boolean;
  candidates: EncodingCandidate[];
}

interface Scored {
  encoding: string;
  text: string;
  score: number;
}

/** The encoding in which words with letters beyond ASCII look most like a language. Without such words: the first. */
export function guessEncoding(words: Buffer): EncodingGuess {
  // encodings that give the same text are one candidate, called by the first of them
  const byText = new Map<string, Scored>();
  for (const one of [...singleByte(words), ...doubleByte(words)]) {
    const first = byText.get(one.text);
    byText.set(one.text, first ? { ...first, score: Math.max(first.score, one.score) } : one);
  }
  const distinct = [...byText.values()].sort((a, b) => b.score - a.score);
  const [best, second] = distinct;
  const candidates = distinct
    .slice(0, MAX_CANDIDATES)
    .map(({ encoding, text }) => ({ encoding, preview: previewOf(text) }));
  return {
    encoding: best!.encoding,
    unsure: second !== undefined && best!.score - second.score < DOUBT,
    candidates,
  };
}

function singleByte(words: Buffer): Scored[] {
  return SINGLE_BYTE.map(([encoding, languages], i) => {
    const text = iconv.decode(words, encoding);
    return { encoding, text, score: Math.max(...languages.map((language) => likeness(text, language))) - i * PRIOR };
  });
}

/** Frequencies of the letters of a language: the second is half as frequent as the first, the third a third. */
const FREQUENCIES = new Map(
  (Object.keys(LETTERS) as Language[]).map((language) => {
    const letters = [...LETTERS[language]];
    const sum = letters.reduce((total, _, rank) => total + 1 / (rank + 2), 0);
    return [language, new Map(letters.map((letter, rank) => [letter, Math.log(1 / (rank + 2) / sum)]))];
  }),
);

function likeness(text: string, language: Language): number {
  const frequencies = FREQUENCIES.get(language)!;
  let score = 0;
  let before = '\n';
  const signs = [...text];
  for (const [i, sign] of signs.entries()) {
    if (sign > '\u007f') score += scoreOf(sign, before, signs[i + 1] ?? '\n', frequencies);
    before = sign;
  }
  return score;
}

function scoreOf(sign: string, before: string, after: string, frequencies: ReadonlyMap<string, number>): number {
  if (sign === '\ufffd' || /\p{C}/u.test(sign)) return SCORE.undefined;
  if (!isLetter(sign)) {
    const inWord = isLetter(before) || isLetter(after);
    return PUNCTUATION.has(sign) && (!inWord || '’´`'.includes(sign)) ? SCORE.punctuation : SCORE.symbol;
  }
  const known = frequencies.get(sign) ?? frequencies.get(sign.toLowerCase());
  const isInner = isCapital(sign) && isLetter(before) && !isCapital(before);
  return (known ?? SCORE.strangeLetter) + (isInner ? SCORE.innerCapital : isCapital(sign) ? -0.5 : 0);
}

const isLetter = (sign: string): boolean => /[\p{L}\p{M}]/u.test(sign);
const isCapital = (sign: string): boolean => sign !== sign.toLowerCase();

function doubleByte(words: Buffer): Scored[] {
  return DOUBLE_BYTE.map(({ encoding, common, firstLevel: [first, last] }, i) => {
    const text = iconv.decode(words, encoding);
    const known = new Set(common);
    const cache = new Map<string, number>();
    const signScore = (sign: string): number => {
      if (sign === '\ufffd' || /\p{C}/u.test(sign)) return SCORE.undefined;
      if (known.has(sign)) return SCORE.common;
      const bytes = iconv.encode(sign, encoding);
      const isFirst = bytes.length === 2 && bytes[0]! >= first && bytes[0]! <= last && bytes[1]! >= 0x40;
      return isFirst || /[\u3041-\u30ff]/.test(sign) ? SCORE.firstLevel : SCORE.rare;
    };
    let score = 0;
    for (const sign of text) {
      if (sign <= '\u007f') continue;
      const cached = cache.get(sign) ?? signScore(sign);
      cache.set(sign, cached);
      score += cached;
    }
    return { encoding, text, score: score - (SINGLE_BYTE.length + i) * PRIOR * 0.2 };
  });
}

/** A few short words with letters beyond ASCII, none of them part of an address. */
function previewOf(text: string): string[] {
  const words = text
    .split('\n')
    .filter((word) => !word.includes('@'))
    .flatMap((word) => word.match(/[\p{L}\p{M}]+/gu) ?? [])
    .filter((word) => word.length <= 20 && /[^\p{ASCII}]/u.test(word));
  return [...new Set(words)].slice(0, MAX_PREVIEW);
}
