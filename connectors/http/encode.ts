import { keyMatcher } from '../../src/identity/profile.ts';
import type { AttributeValue, EncodeContext, Encoded, Json, Member, Representation, WirePart } from '../destination.ts';
import { asDigest, type Hash, IDENTIFIERS, PROFILES } from '../match-keys.ts';

/** One identifier as sent. `hash`: how `value` was made of the normalised identifier. */
export type WireKey = { key: string; value: string; hash: Hash | 'none' };
/** A member as the ledger keeps it. */
export type Wire = { keys: WireKey[]; attributes: Record<string, AttributeValue> };

/** Digests by match key; `none` sends the identifier as it is. */
export type HashChoice = Record<string, Hash | 'none'>;

/** The key by which receivers know people already. */
const REFERENCE = 'EXTERN_ID';

/** What each key is sent as: digests of whatever could name a person, unless the delivery chose `plain`. */
export function hashOf(key: string, representation: Representation, chosen: HashChoice = {}): Hash | 'none' {
  return chosen[key] ?? (representation === 'hashed' && IDENTIFIERS[key]?.digest ? 'sha256' : 'none');
}

/** Keys of which one alone names a person. */
const NAMING = new Set(['EMAIL', 'PHONE', 'MADID', 'EXTERN_ID']);

/** Finds in the JSON of a wire what alone names a person. */
export const WIRE_IDENTIFIERS = `"key":"(?:${[...NAMING].join('|')})","value":"[^"]+"`;

/** Makes the neutral wire form of members: every usable value of every match key, and the attributes. */
export function encoder(
  { matchKeys, attributes: names, defaultCountry, representation = 'hashed' }: EncodeContext<object>,
  chosen: HashChoice = {},
): (member: Member) => Encoded {
  const keysOf = keyMatcher(PROFILES[representation === 'plain' ? 'plain' : 'hashed'], {
    defaultCountry,
    keys: representation === 'referenced' ? [REFERENCE] : matchKeys,
  });
  return ({ contactId, identity, attributes }) => {
    const wireKeys: WireKey[] = [];
    const keys = keysOf(identity).map((found) => {
      const wanted = hashOf(found.key, representation, chosen);
      // A digest that the user's system made stays one, also among plain identifiers.
      const hash = found.hashed && wanted === 'none' ? 'sha256' : wanted;
      const result = asDigest(found, hash);
      if (result.value !== null) wireKeys.push({ key: found.key, value: result.value, hash });
      return result;
    });
    const chosenAttributes = Object.fromEntries(names.map((name) => [name, attributes[name] ?? null]));
    const wire: Json = wireKeys.length > 0 ? { keys: wireKeys, attributes: chosenAttributes } : null;
    return { contactId, wire, weight: 1, keys };
  };
}

/** The keys of one form that another does not have, where they name a person; what only describes one stays. */
export function remainder(wire: Json, kept: Json): WirePart | null {
  const { keys, attributes } = wire as Wire;
  const known = new Set(((kept as Wire | null)?.keys ?? []).map((key) => JSON.stringify(key)));
  const isKept = (key: WireKey) => known.has(JSON.stringify(key));
  const naming = keys.filter(({ key }) => NAMING.has(key));
  const left = keys.filter((key) => !NAMING.has(key.key) || !isKept(key));
  const isNothing = naming.length > 0 ? naming.every(isKept) : keys.every(isKept);
  return isNothing ? null : { wire: { keys: left, attributes }, weight: 1 };
}

export const wireOf = ({ wire }: { wire: Json }): Wire => wire as Wire;
