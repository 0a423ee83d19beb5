import { EMPTY, type Rejection } from './normaliser.ts';

const SMALL_LETTERS = /^[a-z]+$/;
/** Blanks, control characters, punctuation of every script, and the symbols of ASCII. */
const NOT_NAME = /[\s\p{Cc}\p{P}\u200b$+<=>^`|~]+/gu;
const LETTER = /\p{L}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const TITLE_BEFORE = /^(?:mr|mrs|ms|dr)\.(?:\s+|$)/;
const TITLE_AFTER = /\s(?:mr|mrs|ms|dr)\.$/;
const SUFFIX = /(?:,\s*|\s+)(?:jr\.?|sr\.?|2nd|3rd|ii|iii|iv|v|vi|cpa|dc|dds|vm|jd|md|phd)$/;

/** Letters and digits run together in small letters, accents and other scripts kept: `O'Brien` → `obrien`. */
export function joinedName(text: string): string | Rejection {
  const small = text.toLowerCase();
  if (SMALL_LETTERS.test(small)) return small;
  return text.normalize('NFC').toLowerCase().replace(NOT_NAME, '').normalize('NFC') || EMPTY;
}

/** First letter of the joined name. A name without a letter has no initial. */
export function initial(text: string): string | Rejection | undefined {
  const name = joinedName(text);
  return typeof name === 'string' ? LETTER.exec(name)?.[0] : name;
}

/** Small letters, one blank between words, punctuation kept, without `Mr.`, `Mrs.`, `Ms.`, `Dr.` at either end. */
export function givenName(text: string): string | Rejection {
  return orEmpty(withoutAll(spaced(text), [TITLE_BEFORE, TITLE_AFTER]));
}

/** Small letters, one blank between words, punctuation kept, without `Jr.`, `III`, `PhD` and the like at the end. */
export function familyName(text: string): string | Rejection {
  return orEmpty(withoutAll(spaced(text), [SUFFIX]));
}

function spaced(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC').trim().replace(/\s+/g, ' ');
}

function withoutAll(text: string, parts: RegExp[]): string {
  const rest = parts.reduce((left, part) => left.replace(part, '').trim(), text);
  return rest === text ? text : withoutAll(rest, parts);
}

const orEmpty = (name: string) => (LETTER_OR_DIGIT.test(name) ? name : EMPTY);
