import { countryCode } from './countries.ts';
import { email } from './email.ts';
import { DIGEST_OF_EMPTY, digestFault, parseSha256, sha256 } from './hash.ts';
import { externalId, mobileAdId, namespacedId } from './ids.ts';
import type { FieldContext, Normaliser } from './normaliser.ts';
import { phone } from './phone.ts';
import type { IdentityInput, Sha256Hex } from './types.ts';

export const IDENTITY_KINDS = ['email', 'phone', 'external', 'madid'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];
/** Ids of any namespace are found under `external-any` as well. Two people may share one, so it joins nobody. */
export type FoundKind = IdentityKind | 'external-any';

/** One thing by which a person is recognised again: equal kind and hash mean the same person. */
export interface IdentityKey {
  kind: IdentityKind;
  /** SHA-256 of the canonical form, or the digest that was given. */
  hash: Sha256Hex;
}

interface KindRule {
  kind: IdentityKind;
  from: 'emails' | 'phones' | 'externalIds' | 'mobileAdIds';
  digests?: 'emailHashes' | 'phoneHashes';
  normalise: Normaliser;
}

const KINDS: readonly KindRule[] = [
  { kind: 'email', from: 'emails', digests: 'emailHashes', normalise: email },
  { kind: 'phone', from: 'phones', digests: 'phoneHashes', normalise: phone },
  { kind: 'external', from: 'externalIds', normalise: externalId },
  { kind: 'madid', from: 'mobileAdIds', normalise: mobileAdId },
];

export interface KeyOptions {
  /** ISO 3166-1 alpha-2: the country of national phone numbers of contacts that name none. */
  defaultCountry?: string;
  /** Where the external ids come from. */
  namespace?: string;
}

/**
 * What identity resolution joins on. Canonical forms are the plainest: e-mail trimmed in small letters, phone in E.164,
 * ids trimmed. A digest stands for itself, so a column of digests meets a column of the same addresses in plain text.
 * Unusable values give no key; each key comes once.
 */
export function identityKeys(contact: IdentityInput, options: KeyOptions = {}): IdentityKey[] {
  const country = (contact.country && countryCode(contact.country)) || options.defaultCountry;
  const context: FieldContext = { country, phoneValidation: 'valid' };
  const keys: IdentityKey[] = [];
  const add = (kind: IdentityKind, hash: Sha256Hex | undefined) => {
    if (!hash || hash === DIGEST_OF_EMPTY) return;
    if (!keys.some((key) => key.kind === kind && key.hash === hash)) keys.push({ kind, hash });
  };
  for (const { kind, from, digests, normalise } of KINDS) {
    for (const value of contact[from] ?? [])
      add(kind, hashOf(value, digests !== undefined, normalise, context, kind === 'external' ? options.namespace : ''));
    if (digests) for (const digest of contact[digests] ?? []) add(kind, parseSha256(digest));
  }
  return keys;
}

/** The keys to look for: an external id without a namespace is found in every namespace. */
export function lookupKeys(contact: IdentityInput, options: KeyOptions = {}): { kind: FoundKind; hash: Sha256Hex }[] {
  const keys = identityKeys(contact, options);
  const ids = options.namespace ? [] : keys.filter(({ kind }) => kind === 'external');
  return [...keys, ...ids.map(({ hash }) => ({ kind: 'external-any' as const, hash }))];
}

function hashOf(
  value: string,
  mayBeDigest: boolean,
  normalise: Normaliser,
  context: FieldContext,
  namespace: string | undefined,
) {
  const digest = mayBeDigest ? parseSha256(value) : undefined;
  if (digest) return digest;
  if (mayBeDigest && digestFault(value)) return undefined;
  const canonical = normalise(value, context);
  return typeof canonical === 'string' ? sha256(namespacedId(canonical, namespace ?? '')) : undefined;
}
