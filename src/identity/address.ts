import { countryCode, isCountryCode } from './countries.ts';
import { EMPTY, type FieldContext, Rejection } from './normaliser.ts';
import { regionCode } from './regions.ts';

const COUNTRY_UNKNOWN = new Rejection('country_unknown');
const POSTAL_CODE_SYNTAX = new Rejection('postal_code_syntax');
const FULL_UK_CODE = /^([a-z]{1,2}\d[a-z\d]?\d)[a-z]{2}$/;
/** Letters, digits, blanks and hyphens with at least one letter or digit; no postal code is longer than 16. */
const POSTAL_CODE = /^(?=.*[\p{L}\p{N}])[\p{L}\p{N} -]{1,16}$/u;

/** Latin small letters run together: `St. Louis` → `stlouis`. Letters with accents and of other scripts fall away. */
export function joinedCity(text: string): string | Rejection {
  return latinLetters(text) || EMPTY;
}

/** A US state's or Canadian province's two letters; any other region's Latin small letters, not cut short. */
export function joinedRegion(text: string, context: FieldContext): string | Rejection {
  return regionCode(text, context.country) ?? (latinLetters(text) || EMPTY);
}

/** Small letters, no blanks, up to the first hyphen; five digits in the US; without the unit (last two letters) in the UK. */
export function shortPostalCode(text: string, context: FieldContext): string | Rejection {
  const code = text.toLowerCase().replace(/\s+/g, '').split('-', 1)[0] ?? '';
  if (code.length < 2) return code || text.includes('-') ? POSTAL_CODE_SYNTAX : EMPTY;
  if (context.country === 'US' && /^\d{9}$/.test(code)) return code.slice(0, 5);
  return context.country === 'GB' ? (FULL_UK_CODE.exec(code)?.[1] ?? code) : code;
}

/** Trimmed and otherwise as given, hyphen and extension included. */
export function plainPostalCode(text: string): string | Rejection {
  const code = text.trim();
  return POSTAL_CODE.test(code) ? code : POSTAL_CODE_SYNTAX;
}

/** ISO 3166-1 alpha-2 in small letters, from a code or an English name. */
export function smallCountry(text: string): string | Rejection {
  return countryCode(text)?.toLowerCase() ?? COUNTRY_UNKNOWN;
}

/** ISO 3166-1 alpha-2 in capitals; anything but two letters is dropped. */
export function capitalCountry(text: string): string | Rejection {
  const code = text.trim().toUpperCase();
  if (code === 'UK') return 'GB';
  return isCountryCode(code) ? code : COUNTRY_UNKNOWN;
}

/** One line, single blanks. No ad platform takes it; files do. */
export function streetLine(text: string): string | Rejection {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ') || EMPTY;
}

const latinLetters = (text: string) =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^a-z]+/g, '');
