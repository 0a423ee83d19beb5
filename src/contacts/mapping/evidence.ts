import { countryCode } from '../../identity/countries.ts';
import { gender } from '../../identity/gender.ts';
import { isAmbiguous, parseTime } from '../values/date.ts';
import type { InferredType } from '../values/infer.ts';
import { parseNumber } from '../values/number.ts';
import type { Meaning } from './languages/language.ts';

export const HASH = /^[0-9a-f]{64}$/i;
export const EMAIL = /[^\s@<>,;:]+@[^\s@<>,;]+\.[^\s@<>,;]{2,}/;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** A number with a plus and a country; nothing else is written so. */
const INTERNATIONAL_PHONE = /^['"]?(?:\+|00)[1-9][\d\s()./-]{7,20}$/;
const PHONE_LETTERS =
  /^(?:(?:tel|phone|p|t|m|mob|mobile|fon|ext|x)?[.:]?\s*)?[+(]?\d[\d\s()./\-–‑]*(?:(?:x|ext)\.?\s*\d+)?$/i;
const ROUNDED_PHONE = /^\d[.,]\d+E\+?\d+$/i;

const isNumber = (value: string) => parseNumber(value, '.') !== undefined || parseNumber(value, ',') !== undefined;
const isTime = (value: string) =>
  parseTime(value) !== undefined || isAmbiguous(value) || parseTime(value, 'dmy') !== undefined;
const digitsIn = (value: string) => value.replaceAll(/\D/g, '').length;
/** `2024-01-02` has the digits and the marks of a number. */
const isDay = (value: string) => /^\d{1,4}([-./])\d{1,2}\1\d{1,4}\b/.test(value) && isTime(value);
const isOnePhone = (value: string) =>
  digitsIn(value) >= 6 && digitsIn(value) <= 20 && PHONE_LETTERS.test(value) && !isDay(value);
const isPhone = (value: string) =>
  HASH.test(value) ||
  ROUNDED_PHONE.test(value) ||
  value.split(/[;,|]|:::|\s\/\s/).every((part) => isOnePhone(part.trim()));
const isText = (value: string) => /\p{L}/u.test(value) && !value.includes('@') && !isTime(value);
const isGender = (value: string) => HASH.test(value) || typeof gender(value) === 'string';

/** Shares of the values that a meaning needs: below `least` it is ruled out, from `sure` on the values agree. */
interface Evidence {
  is: (value: string) => boolean;
  least: number;
  sure: number;
}

const NAME: Evidence = {
  is: (value) => HASH.test(value) || (isText(value) && !/\d{3}/.test(value)),
  least: 0.5,
  sure: 0.9,
};
const PLACE: Evidence = { is: (value) => HASH.test(value) || isText(value), least: 0.5, sure: 0.9 };
const NUMBER: Evidence = { is: isNumber, least: 0.8, sure: 0.9 };
const ANY: Evidence = { is: () => true, least: 0, sure: 2 };

const EVIDENCE: Readonly<Record<Meaning, Evidence>> = {
  email: { is: (value) => EMAIL.test(value) || HASH.test(value), least: 0.3, sure: 0.6 },
  phone: { is: isPhone, least: 0.3, sure: 0.6 },
  mobileAdId: { is: (value) => UUID.test(value), least: 0.5, sure: 0.6 },
  firstName: NAME,
  lastName: NAME,
  fullName: NAME,
  name: NAME,
  gender: { is: isGender, least: 0.3, sure: 0.6 },
  birthDate: { is: (value) => HASH.test(value) || (/\d/.test(value) && !value.includes('@')), least: 0.5, sure: 0.9 },
  birthYear: { is: (value) => /^(?:18|19|20)\d\d$/.test(value), least: 0.5, sure: 0.9 },
  age: NUMBER,
  street: { is: (value) => HASH.test(value) || isText(value), least: 0.5, sure: 0.9 },
  houseNumber: { is: (value) => /^\d/.test(value) && value.length <= 12, least: 0.5, sure: 0.9 },
  addressLine2: ANY,
  address: { is: isText, least: 0.5, sure: 0.9 },
  city: PLACE,
  region: { is: (value) => HASH.test(value) || (isText(value) && value.length <= 60), least: 0.5, sure: 0.9 },
  postalCode: {
    is: (value) => HASH.test(value) || (/\d/.test(value) && value.length <= 14 && !isPrice(value)),
    least: 0.5,
    sure: 0.8,
  },
  country: { is: (value) => countryCode(value) !== undefined, least: 0.2, sure: 0.5 },
  time: { is: isTime, least: 0.5, sure: 0.8 },
  amount: { is: isNumber, least: 0.8, sure: 0.95 },
  aggregate: ANY,
  currency: { is: (value) => /^(?:[A-Za-z]{3}|\p{Sc})$/u.test(value), least: 0.8, sure: 0.9 },
  status: { is: (value) => /\p{L}/u.test(value) && value.length <= 40, least: 0.5, sure: 2 },
  cancelledAt: ANY,
  refunded: ANY,
  test: ANY,
  itemName: ANY,
  itemSku: ANY,
  itemQuantity: { is: isNumber, least: 0.8, sure: 0.95 },
  itemPrice: { is: isNumber, least: 0.8, sure: 0.95 },
};

const isPrice = (value: string) => /^\d+[.,]\d{2}$/.test(value);
const ENOUGH = 400;

const shareOf = (values: readonly string[], is: (value: string) => boolean): number => {
  const looked = values.slice(0, ENOUGH);
  return looked.filter(is).length / looked.length;
};

export type Verdict = 'agree' | 'contradict' | 'silent';

/** What the values of a column say about a meaning that its name suggests. An empty column is silent. */
export function judge(meaning: Meaning, values: readonly string[], { type }: InferredType): Verdict {
  if (values.length === 0) return 'silent';
  if (meaning === 'time' && type === 'date') return 'agree';
  const { is, least, sure } = EVIDENCE[meaning];
  // yes and no are no name, address or number, whatever single letters look like
  if (type === 'boolean' && !['gender', 'test', 'cancelledAt', 'refunded', 'status'].includes(meaning))
    return 'contradict';
  const share = shareOf(values, is);
  if (share < least) return 'contradict';
  return share >= sure ? 'agree' : 'silent';
}

/** What the values of a column are by themselves, whatever its name. */
export function formOf(values: readonly string[]): 'email' | 'phone' | 'hash' | undefined {
  if (values.length === 0) return undefined;
  if (shareOf(values, (value) => EMAIL.test(value) && value.length <= 320) >= 0.6) return 'email';
  if (shareOf(values, (value) => INTERNATIONAL_PHONE.test(value)) >= 0.8) return 'phone';
  return shareOf(values, (value) => HASH.test(value)) >= 0.6 ? 'hash' : undefined;
}
