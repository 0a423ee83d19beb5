import { countryCode } from '../../identity/countries.ts';
import type { CompoundRole, SingleField } from '../mapping/mapping.ts';

/** The fields that a compound cell holds; what cannot be told is left out. */
export type CompoundFields = Partial<Record<SingleField, string>>;

const TITLES = new Set(
  'mr mrs ms miss dr prof sir herr frau fraulein mme mlle m sr sra srta sig dott dhr mevr'.split(' '),
);
const SUFFIXES = new Set('jr sr ii iii iv phd md esq cpa dds'.split(' '));
/** Small words that begin a family name: `Van Dyke`, `de la Cruz`. */
const PARTICLES = new Set(
  'van von vom zu zum zur de del della dello dei da dal di do dos das du des la le los las den der ter ten el al bin ibn ben mac st'.split(
    ' ',
  ),
);

const bare = (word: string): string => word.toLowerCase().replaceAll(/[.,]/g, '');
const wordsIn = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** `Anna Berg`, `Berg, Anna` and `Dr. Anna van Dyke, Jr.` as first and last name. A single word is a first name. */
export function splitName(text: string): CompoundFields {
  const [before = '', ...after] = text.split(',').map((part) => part.trim());
  const behind = after.join(' ');
  const isSuffix = wordsIn(behind).every((word) => SUFFIXES.has(bare(word)));
  if (behind && !isSuffix) {
    const first = withoutTitles(wordsIn(behind)).join(' ');
    return named(first, withoutTitles(wordsIn(before)).join(' '));
  }
  const words = withoutTitles(wordsIn(before));
  while (words.length > 1 && SUFFIXES.has(bare(words.at(-1)!))) words.pop();
  if (words.length < 2) return named(words[0] ?? '', '');
  const particle = words.findIndex((word, i) => i > 0 && PARTICLES.has(bare(word)));
  const at = particle > 0 && particle < words.length - 1 ? particle : words.length - 1;
  return named(words.slice(0, at).join(' '), words.slice(at).join(' '));
}

function withoutTitles(words: string[]): string[] {
  const from = words.findIndex((word) => !TITLES.has(bare(word)));
  return from < 0 ? words : words.slice(from);
}

const named = (firstName: string, lastName: string): CompoundFields => ({
  ...(firstName ? { firstName } : {}),
  ...(lastName ? { lastName } : {}),
});

/** Codes of one word (`02138-1234`, `1010`), of the UK and Canada (`SW1A 1AA`), and of the Netherlands (`1011 AB`). */
const POSTAL_CODE =
  /\b(?:\d{5}-\d{3,4}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} ?[A-Z]{2}(?!\w)|\d{4,6})\b/;
const REGION = /(?:^|[\s,])([A-Z]{2,3})$/;

/**
 * An address in one cell: `1 Main St  Boston MA 02138 US`, or in lines. The street ends at a comma, a line or two
 * blanks; without one of these the cell is a street as a whole.
 */
export function splitAddress(text: string): CompoundFields {
  const parts = text.split(/\s*[\n,;]\s*| {2,}/).filter(Boolean);
  const [street = '', ...rest] = parts;
  if (rest.length === 0) return street ? { street } : {};
  const tail = rest.join(' ');
  const code = POSTAL_CODE.exec(tail);
  const country = countryIn(rest, tail, code);
  const place = country ? tail.slice(0, tail.lastIndexOf(country)).trim() : tail;
  if (!code) return { street, ...placed(place, ''), ...(country ? { country } : {}) };
  // German and French codes stand before the place, English ones behind it
  const before = place.slice(0, code.index).trim();
  const behind = place.slice(code.index + code[0].length).trim();
  return { street, ...placed(before, behind), postalCode: code[0], ...(country ? { country } : {}) };
}

/** A country as a part of its own, or as the last word behind the postal code: `MA` before it is a state. */
function countryIn(parts: string[], tail: string, code: RegExpExecArray | null): string | undefined {
  const last = parts.at(-1)!;
  if (/^[^\d]{3,}$/.test(last) && countryCode(last)) return last;
  if (!code) return undefined;
  const behind = tail.slice(code.index + code[0].length).trim();
  const word = wordsIn(behind).at(-1);
  return [behind, word].find((text) => text && countryCode(text));
}

function placed(before: string, behind: string): CompoundFields {
  const text = before || behind;
  const region = before ? REGION.exec(before)?.[1] : undefined;
  const city = region ? text.slice(0, text.length - region.length).replace(/[\s,]+$/, '') : text;
  return { ...(city ? { city } : {}), ...(region ? { region } : {}) };
}

/** Takes a cell of several fields apart. */
export const SPLITTERS: Record<CompoundRole, (text: string) => CompoundFields> = {
  fullName: splitName,
  fullAddress: splitAddress,
};
