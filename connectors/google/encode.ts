import { keyMatcher } from '../../src/identity/profile.ts';
import type { KeyResult } from '../../src/identity/types.ts';
import type { EncodeContext, Encoded, Json, Member, WirePart } from '../destination.ts';
import { googleKeys } from './match-keys.ts';
import type { GoogleOptions } from './settings.ts';

/** Digests are SHA-256 in lower-case hex; country and postal code are plain, as Google wants them. */
export type Identifier =
  | { emailAddress: string }
  | { phoneNumber: string }
  | { address: { givenName: string; familyName: string; regionCode: string; postalCode: string } };

/** A member as both drivers read it and as the ledger keeps it. */
export type Wire = { identifiers: Identifier[] };

/** Finds in the JSON of a wire what alone names a person; the parts of an address do so only together. */
export const IDENTIFIERS = '"(?:emailAddress|phoneNumber)":"[^"]+"';

/** Identifiers Google takes for one member of a request; a person with more becomes several members. */
export const IDENTIFIERS_PER_MEMBER = 10;

/** Makes the wire form of members: e-mails first, then phones, then the address when all four parts are known. */
export function encoder({ matchKeys, defaultCountry }: EncodeContext<GoogleOptions>): (member: Member) => Encoded {
  const keysOf = keyMatcher(googleKeys, { keys: matchKeys, defaultCountry });
  return ({ contactId, identity }) => {
    const keys = keysOf(identity.country || !defaultCountry ? identity : { ...identity, country: defaultCountry });
    const identifiers = identifiersOf(keys);
    const wire: Json = identifiers.length > 0 ? { identifiers } : null;
    return { contactId, wire, weight: weightOf(identifiers), keys };
  };
}

/** No country's postal code is longer, or has other characters; a wrong one would cost the whole request. */
const POSTAL_CODE = /^[A-Z0-9][A-Z0-9 -]{1,11}$/i;

/** Equal values of one key came out once already. One pass, since it runs for every contact of a delivery. */
function identifiersOf(keys: KeyResult[]): Identifier[] {
  const identifiers: Identifier[] = [];
  const phones: Identifier[] = [];
  const parts: Record<string, string> = {};
  for (const { key, value } of keys) {
    if (value === null) continue;
    if (key === 'EMAIL') identifiers.push({ emailAddress: value });
    else if (key === 'PHONE') phones.push({ phoneNumber: value });
    else parts[key] = value;
  }
  identifiers.push(...phones);
  const { FN: givenName, LN: familyName, COUNTRY: regionCode, ZIP: postalCode } = parts;
  if (givenName && familyName && regionCode && postalCode && POSTAL_CODE.test(postalCode)) {
    identifiers.push({ address: { givenName, familyName, regionCode, postalCode } });
  }
  return identifiers;
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
  const kinds = Object.keys(identifier);
  if (kinds.length !== 1) return false;
  if (kinds[0] === 'emailAddress') return isDigest(identifier.emailAddress);
  if (kinds[0] === 'phoneNumber') return isDigest(identifier.phoneNumber);
  return kinds[0] === 'address' && isAddress(Object(identifier.address) as Record<string, unknown>);
}

function isAddress({ givenName, familyName, regionCode, postalCode }: Record<string, unknown>): boolean {
  const plain = /^[A-Z]{2}$/.test(String(regionCode)) && POSTAL_CODE.test(String(postalCode ?? ''));
  return plain && isDigest(givenName) && isDigest(familyName);
}

/** Identifiers of one form that another does not have. */
export function remainder(wire: Json, kept: Json): WirePart | null {
  const known = new Set(((kept as Wire | null)?.identifiers ?? []).map((identifier) => JSON.stringify(identifier)));
  const identifiers = (wire as Wire).identifiers.filter((identifier) => !known.has(JSON.stringify(identifier)));
  return identifiers.length > 0 ? { wire: { identifiers }, weight: weightOf(identifiers) } : null;
}

const weightOf = (identifiers: Identifier[]): number =>
  Math.max(1, Math.ceil(identifiers.length / IDENTIFIERS_PER_MEMBER));

/** A piece of one contact that fits the platform's limit, so that answers by position lead back to the contact. */
export interface Piece {
  contactId: string;
  identifiers: Identifier[];
}

/** Cuts members into pieces of at most `limit` identifiers. */
export function pieces(members: { contactId: string; wire: Wire }[], limit: number): Piece[] {
  return members.flatMap(({ contactId, wire: { identifiers } }) => {
    if (identifiers.length <= limit) return { contactId, identifiers };
    const cuts = Array.from({ length: Math.ceil(identifiers.length / limit) }, (_, n) =>
      identifiers.slice(n * limit, (n + 1) * limit),
    );
    return cuts.map((cut) => ({ contactId, identifiers: cut }));
  });
}
