import { countryCode } from '../../identity/countries.ts';
import type { CompoundRole, SingleField } from '../mapping/mapping.ts';
import { fullName } from './full-name.ts';
import { oneCellAddress } from './one-cell-address.ts';

/** The fields that a compound cell holds; what cannot be told is left out. */
export type CompoundFields = { [field in SingleField]?: string };

const wordsIn = (text: string): string[] => text.split(/\s+/).filter(Boolean);

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
  fullName: (text) => fullName(text),
  fullAddress: (text) => oneCellAddress(text) ?? splitAddress(text),
};
