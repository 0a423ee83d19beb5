import { capitalCountry, plainPostalCode } from '../../src/identity/address.ts';
import { googleEmail } from '../../src/identity/email.ts';
import { familyName, givenName } from '../../src/identity/names.ts';
import { phone } from '../../src/identity/phone.ts';
import type { Profile } from '../../src/identity/profile.ts';

/**
 * Google's identifiers of Customer Match and how it wants each written. First name, last name, country and postal code
 * make one address and count only together.
 * https://developers.google.com/data-manager/api/devguides/concepts/formatting
 */
export const googleKeys: Profile = [
  { key: 'EMAIL', from: 'emails', digests: 'emailHashes', normalise: googleEmail, hashed: true },
  { key: 'PHONE', from: 'phones', digests: 'phoneHashes', normalise: phone, hashed: true },
  { key: 'FN', from: 'firstName', normalise: givenName, hashed: true },
  { key: 'LN', from: 'lastName', normalise: familyName, hashed: true },
  { key: 'COUNTRY', from: 'country', normalise: capitalCountry, hashed: false, digest: 'refuse' },
  { key: 'ZIP', from: 'postalCode', normalise: plainPostalCode, hashed: false, digest: 'refuse' },
];

/** Names accepted in a delivery's `matchKeys`, in order of preference. */
export const MATCH_KEYS = googleKeys.map((rule) => rule.key);
