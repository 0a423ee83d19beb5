import { keyMatcher } from '../../src/identity/profile.ts';
import type { KeyResult } from '../../src/identity/types.ts';
import type { EncodeContext, Encoded, Json, Member } from '../destination.ts';
import { googleKeys } from './match-keys.ts';
import type { GoogleOptions } from './settings.ts';

/** Digests are SHA-256 in lower-case hex; country and postal code are plain, as Google wants them. */
export type Identifier =
  | { emailAddress: string }
  | { phoneNumber: string }
  | { address: { givenName: string; familyName: string; regionCode: string; postalCode: string } };

/** A member as both drivers read it and as the ledger keeps it. */
export type Wire = { identifiers: Identifier[] };

/** Identifiers Google takes for one member of a request; a person with more becomes several members. */
export const IDENTIFIERS_PER_MEMBER = 10;

/** Makes the wire form of members: e-mails first, then phones, then the address when all four parts are known. */
export function encoder({ matchKeys, defaultCountry }: EncodeContext<GoogleOptions>): (member: Member) => Encoded {
  const keysOf = keyMatcher(googleKeys, { keys: matchKeys, defaultCountry });
  return ({ contactId, identity }) => {
    const keys = keysOf(identity.country || !defaultCountry ? identity : { ...identity, country: defaultCountry });
    const identifiers = identifiersOf(keys);
    const wire: Json = identifiers.length > 0 ? { identifiers } : null;
    return { contactId, wire, weight: Math.max(1, Math.ceil(identifiers.length / IDENTIFIERS_PER_MEMBER)), keys };
  };
}

/** No country's postal code is longer, or has other characters; a wrong one would cost the whole request. */
const POSTAL_CODE = /^[A-Z0-9][A-Z0-9 -]{1,11}$/i;

function identifiersOf(keys: KeyResult[]): Identifier[] {
  const values = (key: string) => [
    ...new Set(keys.flatMap((result) => (result.key === key && result.value ? [result.value] : []))),
  ];
  const [givenName] = values('FN');
  const [familyName] = values('LN');
  const [regionCode] = values('COUNTRY');
  const [postalCode] = values('ZIP');
  const address =
    givenName && familyName && regionCode && postalCode && POSTAL_CODE.test(postalCode)
      ? [{ address: { givenName, familyName, regionCode, postalCode } }]
      : [];
  return [
    ...values('EMAIL').map((emailAddress) => ({ emailAddress })),
    ...values('PHONE').map((phoneNumber) => ({ phoneNumber })),
    ...address,
  ];
}

const DIGEST = /^[0-9a-f]{64}$/;
/** SHA-256 of nothing: a sign that an empty value was hashed. */
const EMPTY_DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const isDigest = (value: unknown): boolean => typeof value === 'string' && DIGEST.test(value) && value !== EMPTY_DIGEST;

/** True for a stored form that Google will take; one malformed member would cost its whole request. */
export function isWire(wire: Json): wire is Wire {
  const identifiers = (wire as { identifiers?: unknown } | null)?.identifiers;
  return Array.isArray(identifiers) && identifiers.length > 0 && identifiers.every(isIdentifier);
}

function isIdentifier(given: unknown): boolean {
  const identifier = Object(given) as Record<string, unknown>;
  const [kind, ...more] = Object.keys(identifier);
  if (more.length > 0) return false;
  if (kind !== 'address') return (kind === 'emailAddress' || kind === 'phoneNumber') && isDigest(identifier[kind]);
  const { givenName, familyName, regionCode, postalCode } = Object(identifier.address) as Record<string, unknown>;
  return (
    isDigest(givenName) &&
    isDigest(familyName) &&
    /^[A-Z]{2}$/.test(String(regionCode)) &&
    POSTAL_CODE.test(String(postalCode ?? ''))
  );
}

/** A piece of one contact that fits the platform's limit, so that answers by position lead back to the contact. */
export interface Piece {
  contactId: string;
  identifiers: Identifier[];
}

/** Cuts members into pieces of at most `limit` identifiers. */
export function pieces(members: { contactId: string; wire: Wire }[], limit: number): Piece[] {
  return members.flatMap(({ contactId, wire: { identifiers } }) => {
    const cuts = Array.from({ length: Math.ceil(identifiers.length / limit) }, (_, n) =>
      identifiers.slice(n * limit, (n + 1) * limit),
    );
    return cuts.map((cut) => ({ contactId, identifiers: cut }));
  });
}
