import type { CountryCode } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/metadata.max.json';

/** One country's numbering plan, as far as validity goes. */
interface Plan {
  leadingDigits?: RegExp;
  national: RegExp;
  /** Any of the known kinds of line: fixed, mobile, toll-free, … */
  line: RegExp;
}

// Places in a country's row: https://gitlab.com/catamphetamine/libphonenumber-js/-/blob/master/METADATA.md
const CALLING_CODE = 0;
const NATIONAL_PATTERN = 2;
const NATIONAL_PREFIX = 5;
const PREFIX_FOR_PARSING = 7;
const LEADING_DIGITS = 10;
const LINE_TYPES = 11;

const SHAPE = /^\+[1-9]\d{6,14}$/;
/** No brackets around a 0 behind other digits: those stand behind a country's code. */
const NATIONAL_SHAPE = /^(?!\d+[ .-]*\(0\))[\d ().-]+$/;
const plans = new Map<string, Plan[] | undefined>();

/**
 * True for a number that is already in E.164 form and valid. Gives the library's own answer from the library's own
 * data, without its parse, which costs more than all other match keys of a contact together. False means only "not
 * proven here": the caller then asks the library.
 */
export function isValidE164(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  for (let length = 1; length <= 3; length++) {
    const candidates = plansOf(text.slice(1, 1 + length));
    if (candidates) return matchesPlan(candidates, text.slice(1 + length));
  }
  return false;
}

/**
 * E.164 of a plainly written national number of a country with a plain trunk prefix, or none; undefined where it takes
 * the library to tell (carrier codes, `15` in Argentina, dialled `00`, invalid numbers). Same purpose as above.
 */
export function nationalE164(text: string, country: CountryCode): string | undefined {
  const row = metadata.countries[country];
  if (!row || row[PREFIX_FOR_PARSING] || !NATIONAL_SHAPE.test(text)) return undefined;
  const digits = text.replace(/\D/g, '');
  const international = `+${row[CALLING_CODE]}`;
  const trunk: string = row[NATIONAL_PREFIX] || '';
  if (trunk === '0' && digits.startsWith(row[CALLING_CODE])) return undefined;
  if (!digits.startsWith(trunk || '0')) return provenE164(international + digits);
  if (!trunk || digits.startsWith('00') || isValidE164(international + digits)) return undefined;
  return provenE164(international + digits.slice(trunk.length));
}

const provenE164 = (number: string) => (isValidE164(number) ? number : undefined);

/** What is dialled before a number inside a country, e.g. `0`; empty where nothing is. */
export const trunkOf = (country: CountryCode): string => metadata.countries[country]?.[NATIONAL_PREFIX] || '';

function matchesPlan(candidates: Plan[], national: string): boolean {
  for (const plan of candidates) {
    if (plan.leadingDigits) {
      if (plan.leadingDigits.test(national)) return plan.national.test(national) && plan.line.test(national);
    } else if (plan.national.test(national) && plan.line.test(national)) return true;
  }
  return false;
}

function plansOf(callingCode: string): Plan[] | undefined {
  if (plans.has(callingCode)) return plans.get(callingCode);
  const countries = metadata.country_calling_codes[callingCode];
  const rows = countries
    ? countries.map((country) => metadata.countries[country])
    : [metadata.nonGeographic[callingCode]];
  const found = rows.filter((row) => row !== undefined).map(planOf);
  plans.set(callingCode, found.length ? found : undefined);
  return plans.get(callingCode);
}

function planOf(row: unknown[]): Plan {
  const national = row[NATIONAL_PATTERN] as string;
  const leading = row[LEADING_DIGITS] as string | 0 | undefined;
  const types = ((row[LINE_TYPES] as [string?][] | undefined) ?? []).flatMap((type) => type?.[0] || []);
  return {
    leadingDigits: leading ? new RegExp(`^(?:${leading})`) : undefined,
    national: whole(national),
    line: whole(types.length ? types.join('|') : national),
  };
}

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
