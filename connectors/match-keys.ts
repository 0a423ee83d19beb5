import { hash as digest } from 'node:crypto';
import { capitalCountry, plainPostalCode, streetLine } from '../src/identity/address.ts';
import { birthDay, birthMonth, birthYear } from '../src/identity/birth-date.ts';
import { email, googleEmail } from '../src/identity/email.ts';
import { gender } from '../src/identity/gender.ts';
import { externalId, mobileAdId, plainExternalId } from '../src/identity/ids.ts';
import { familyName, givenName } from '../src/identity/names.ts';
import { type Normaliser, Rejection } from '../src/identity/normaliser.ts';
import { phone } from '../src/identity/phone.ts';
import type { Profile } from '../src/identity/profile.ts';
import type { KeyResult } from '../src/identity/types.ts';

/** The match keys of destinations that have no rules of their own: files, webhooks, HTTP. */

export const HASHES = ['sha256', 'sha1', 'md5'] as const;
export type Hash = (typeof HASHES)[number];

/** The identifiers in order of preference. `digest`: the hashed representation holds it as a digest only. */
export const IDENTIFIERS: Record<string, { header: string; digest: boolean }> = {
  EMAIL: { header: 'email', digest: true },
  PHONE: { header: 'phone', digest: true },
  FN: { header: 'first_name', digest: true },
  LN: { header: 'last_name', digest: true },
  STREET: { header: 'street', digest: true },
  CT: { header: 'city', digest: true },
  ST: { header: 'region', digest: true },
  ZIP: { header: 'postal_code', digest: false },
  COUNTRY: { header: 'country', digest: false },
  GEN: { header: 'gender', digest: true },
  DOB: { header: 'birth_date', digest: true },
  MADID: { header: 'mobile_ad_id', digest: false },
  EXTERN_ID: { header: 'external_id', digest: false },
};

/** One line in small letters, for digests of what no platform has a rule for. */
const smallLine: Normaliser = (text) => {
  const line = streetLine(text);
  return line instanceof Rejection ? line : line.toLowerCase();
};

/** `YYYY-MM-DD`, or nothing for a date that lacks a part. */
const wholeDate: Normaliser = (text) => {
  const parts = [birthYear(text), birthMonth(text), birthDay(text)];
  const fault = parts.find((part) => part instanceof Rejection);
  if (fault) return fault;
  return parts.every((part) => typeof part === 'string') ? parts.join('-') : undefined;
};

/**
 * What receivers of digests most often expect, which is Google's form: E.164 with its plus, Gmail without dots and
 * suffixes, names in small letters. The digest itself is made by `asDigest`, so no rule here hashes.
 */
const FOR_DIGESTS: Profile = [
  { key: 'EMAIL', from: 'emails', digests: 'emailHashes', normalise: googleEmail, hashed: false },
  { key: 'PHONE', from: 'phones', digests: 'phoneHashes', normalise: phone, hashed: false },
  { key: 'FN', from: 'firstName', normalise: givenName, hashed: false },
  { key: 'LN', from: 'lastName', normalise: familyName, hashed: false },
  { key: 'STREET', from: 'street', normalise: smallLine, hashed: false },
  { key: 'CT', from: 'city', normalise: smallLine, hashed: false },
  { key: 'ST', from: 'region', normalise: smallLine, hashed: false },
  { key: 'ZIP', from: 'postalCode', normalise: plainPostalCode, hashed: false, digest: 'refuse' },
  { key: 'COUNTRY', from: 'country', normalise: capitalCountry, hashed: false, digest: 'refuse' },
  { key: 'GEN', from: 'gender', normalise: gender, hashed: false },
  { key: 'DOB', from: 'birthDate', normalise: wholeDate, hashed: false, digest: 'refuse' },
  { key: 'MADID', from: 'mobileAdIds', normalise: mobileAdId, hashed: false, digest: 'refuse' },
  { key: 'EXTERN_ID', from: 'externalIds', normalise: plainExternalId, hashed: false, digest: 'text' },
];

/** What a mail house prints or a receiver normalises itself: valid, and otherwise as people wrote it, in one line. */
const READABLE: Record<string, Normaliser> = {
  EMAIL: email,
  FN: streetLine,
  LN: streetLine,
  STREET: streetLine,
  CT: streetLine,
  ST: streetLine,
  EXTERN_ID: externalId,
};
const FOR_READING: Profile = FOR_DIGESTS.map((rule) => ({ ...rule, normalise: READABLE[rule.key] ?? rule.normalise }));

/** The rules of one representation, in the order of preference of match keys. */
export const PROFILES: Record<'hashed' | 'plain', Profile> = { hashed: FOR_DIGESTS, plain: FOR_READING };

/** A value in the digest asked for. A digest that the user's system made is SHA-256 and fits nothing else. */
export function asDigest(result: KeyResult, hash: Hash | 'none', upperCase = false): KeyResult {
  const { value, hashed: givenAsDigest } = result;
  if (value === null) return result;
  if (givenAsDigest && hash !== 'sha256') {
    const reason = hash === 'none' ? 'digest_only' : 'digest_other';
    return { ...result, value: null, hashed: false, verdict: 'invalid', reason };
  }
  if (hash === 'none') return result;
  const hex = givenAsDigest ? value : digest(hash, value);
  return { ...result, value: upperCase ? hex.toUpperCase() : hex, hashed: hash === 'sha256' };
}
