import parsePhoneNumber, {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { isValidE164, nationalE164, trunkOf } from './e164.ts';
import { type FieldContext, Rejection } from './normaliser.ts';

/** Places with a numbering plan of their own: countries, and a few islands that have no ISO code (`AC`, `TA`). */
export const PHONE_REGIONS: readonly string[] = getCountries();

const INVALID = new Rejection('phone_invalid');
const NO_REGION = new Rejection('phone_no_region');
const ROUNDED = new Rejection('phone_rounded');

/** The two rows of Arabic digits; compatibility folding already takes care of full-width ones. */
const ARABIC_DIGIT = /[\u0660-\u0669\u06f0-\u06f9]/g;
const ASCII_ONLY = /^[\x20-\x7e]*$/;
const TEL_URI = /^.*?tel:([^;]*)(.*)$/i;
const PHONE_CONTEXT = /;phone-context=(\+[\d().-]+)/i;
/** A plus with what people put after it: more plusses, blanks, the 00 they would dial. */
const PLUS = /^\+[\s+]*(?:00[\s-]*)?/;
const FLOAT_OF_SPREADSHEET = /^(\+?\d{7,15})\.0+$/;
/** A country's code and `(0)`. */
const BRACKETED_ZERO = /^[1-9]\d{0,2}[\s.-]*\(0\)/;
/** What a spreadsheet makes of a long number: the digits are lost. */
const EXPONENT = /^\d(?:[.,]\d+)?e\+?\d+$/i;

/** E.164, e.g. `+16502530000`. National numbers need the context's country; without one they are dropped. */
export function phone(text: string, context: FieldContext): string | Rejection {
  if (isValidE164(text)) return text;
  const region = regionOf(context.country);
  const plainly = region && nationalE164(text, region);
  if (plainly) return plainly;
  const tidied = tidy(text);
  if (EXPONENT.test(tidied)) return ROUNDED;
  if (!/\d/.test(tidied)) return INVALID;
  const digits = tidied.replace(/\D/g, '');
  const reading = read(tidied, digits, region);
  if (reading?.isValid()) return reading.number;
  if (context.phoneValidation !== 'valid' && reading?.isPossible()) return reading.number;
  if (context.phoneValidation === 'digits') return plainDigits(digits);
  return region || tidied.startsWith('+') || digits.startsWith('00') ? INVALID : NO_REGION;
}

/** E.164 without its plus: the country code first, digits only. */
export function phoneDigits(text: string, context: FieldContext): string | Rejection {
  const number = phone(text, context);
  return number instanceof Rejection ? number : number.slice(1);
}

/**
 * The best reading: as written; else its digits alone (`(0xx) 11…`); else, where it cannot be a national number, as an
 * international one that lost its plus. A single leading zero is never taken off by hand: it may belong to the number.
 */
function read(text: string, digits: string, region: CountryCode | undefined): PhoneNumber | undefined {
  const international = withoutPlus(text, digits, region);
  if (international?.isValid()) return international;
  const written = parsePhoneNumber(text, region);
  if (written?.isValid()) return written;
  const plain = parsePhoneNumber(text.startsWith('+') ? `+${digits}` : digits, region);
  if (plain?.isValid()) return plain;
  const mayBeNational = region ? written?.isPossible() : isNorthAmerican(digits);
  if (!text.startsWith('+') && !mayBeNational) {
    const dialled = parsePhoneNumber(`+${digits.replace(/^00/, '')}`);
    if (dialled?.isValid()) return dialled;
  }
  return written ?? plain;
}

/**
 * An international number without its plus that could pass for a national one, and would then be somebody else's:
 * `49 (0)30 901820` in any country, and in the row's own country `49 030 901820` or a mobile number, `49 151 2345678`.
 */
function withoutPlus(text: string, digits: string, region: CountryCode | undefined): PhoneNumber | undefined {
  if (BRACKETED_ZERO.test(text)) return parsePhoneNumber(`+${text}`);
  if (!region || trunkOf(region) !== '0') return undefined;
  const code = getCountryCallingCode(region);
  if (!digits.startsWith(code) || !/^[1-9]/.test(text)) return undefined;
  const number = parsePhoneNumber(`+${text}`);
  return digits.startsWith(`${code}0`) || number?.getType() === 'MOBILE' ? number : undefined;
}

/** Ten bare digits that are a number of the one plan whose people write numbers without any prefix: `4155552671`. */
const isNorthAmerican = (digits: string) => digits.length === 10 && isValidE164(`+1${digits}`);

function tidy(text: string): string {
  const plain = (ASCII_ONLY.test(text) ? text : foldDigits(text)).trim();
  const number = /tel:/i.test(plain) ? fromTelUri(plain) : plain;
  return number.replace(PLUS, '+').replace(FLOAT_OF_SPREADSHEET, '$1');
}

const foldDigits = (text: string) =>
  text.normalize('NFKC').replace(ARABIC_DIGIT, (digit) => String(digit.charCodeAt(0) & 0xf));

/** RFC 3966: the number is before the first `;`, and `phone-context` may hold what stands in front of it. */
function fromTelUri(text: string): string {
  const [, number = '', parameters = ''] = TEL_URI.exec(text) ?? [];
  const context = PHONE_CONTEXT.exec(parameters)?.[1];
  return (context && !number.trim().startsWith('+') ? `${context} ${number}` : number).trim();
}

function plainDigits(digits: string): string | Rejection {
  const significant = digits.replace(/^0+/, '');
  return significant ? `+${significant}` : INVALID;
}

const regionOf = (country: string | undefined) => (country && isSupportedCountry(country) ? country : undefined);
