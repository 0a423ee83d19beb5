import { joinedCity, joinedRegion, shortPostalCode, smallCountry } from '../../src/identity/address.ts';
import { birthDay, birthMonth, birthYear } from '../../src/identity/birth-date.ts';
import { email } from '../../src/identity/email.ts';
import { gender } from '../../src/identity/gender.ts';
import { mobileAdId, plainExternalId } from '../../src/identity/ids.ts';
import { initial, joinedName } from '../../src/identity/names.ts';
import { phoneDigits } from '../../src/identity/phone.ts';
import type { Profile } from '../../src/identity/profile.ts';

/**
 * Meta's keys of customer-list audiences and how it wants each written.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
 */
export const facebookKeys: Profile = [
  { key: 'EMAIL', from: 'emails', digests: 'emailHashes', normalise: email, hashed: true },
  { key: 'PHONE', from: 'phones', digests: 'phoneHashes', normalise: phoneDigits, hashed: true },
  { key: 'FN', from: 'firstName', normalise: joinedName, hashed: true },
  { key: 'LN', from: 'lastName', normalise: joinedName, hashed: true },
  { key: 'FI', from: 'firstName', normalise: initial, hashed: true, digest: 'refuse' },
  { key: 'GEN', from: 'gender', normalise: gender, hashed: true },
  { key: 'DOBY', from: 'birthDate', normalise: birthYear, hashed: true, digest: 'refuse' },
  { key: 'DOBM', from: 'birthDate', normalise: birthMonth, hashed: true, digest: 'refuse' },
  { key: 'DOBD', from: 'birthDate', normalise: birthDay, hashed: true, digest: 'refuse' },
  { key: 'CT', from: 'city', normalise: joinedCity, hashed: true },
  { key: 'ST', from: 'region', normalise: joinedRegion, hashed: true },
  { key: 'ZIP', from: 'postalCode', normalise: shortPostalCode, hashed: true },
  { key: 'COUNTRY', from: 'country', normalise: smallCountry, hashed: true },
  { key: 'MADID', from: 'mobileAdIds', normalise: mobileAdId, hashed: false, digest: 'text' },
  { key: 'EXTERN_ID', from: 'externalIds', normalise: plainExternalId, hashed: false, digest: 'text' },
];

/** Names accepted in a delivery's `matchKeys`, in order of preference. */
export const MATCH_KEYS = facebookKeys.map((rule) => rule.key);
