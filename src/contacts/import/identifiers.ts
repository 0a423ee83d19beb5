import { DIGEST_OF_EMPTY, digestFault, parseSha256, sha256 } from '../../identity/hash.ts';
import type { IdentityKind } from '../../identity/identity-keys.ts';
import { externalId, mobileAdId, namespacedId } from '../../identity/ids.ts';
import { type FieldContext, type Normaliser, Rejection } from '../../identity/normaliser.ts';
import { phone } from '../../identity/phone.ts';
import type { MultiField } from '../mapping/mapping.ts';
import { readEmail } from '../values/email.ts';

interface IdentifierRule {
  kind: IdentityKind;
  normalise: Normaliser;
  /** Values that are digests already are kept as such. */
  digests: boolean;
}

export const IDENTIFIERS: Record<MultiField, IdentifierRule> = {
  email: { kind: 'email', normalise: readEmail, digests: true },
  phone: { kind: 'phone', normalise: phone, digests: true },
  externalId: { kind: 'external', normalise: externalId, digests: false },
  mobileAdId: { kind: 'madid', normalise: mobileAdId, digests: false },
};

/** An identifier as it is stored: in its canonical form, or as the digest that came in its place. */
export interface Identifier {
  kind: IdentityKind;
  /** Where an external id comes from; empty where nothing says so, and for other kinds. */
  namespace: string;
  value: string;
  digest: boolean;
  /** What identities are found by: the digest of the canonical form, of external ids within their namespace. */
  hash: string;
}

/** One value of an identifier field, or the code of why it cannot be used. */
export function readIdentifier(
  rule: IdentifierRule,
  text: string,
  context: FieldContext,
  namespace = '',
): Identifier | string {
  const { kind } = rule;
  if (rule.digests && text.length >= 32) {
    const digest = parseSha256(text);
    if (digest)
      return digest === DIGEST_OF_EMPTY
        ? 'digest_of_empty'
        : { kind, namespace: '', value: digest, digest: true, hash: digest };
    const fault = digestFault(text);
    if (fault) return fault;
  }
  const value = rule.normalise(text, context);
  if (value === undefined) return 'empty';
  if (value instanceof Rejection) return value.reason;
  const within = kind === 'external' ? namespace : '';
  return { kind, namespace: within, value, digest: false, hash: sha256(namespacedId(value, within)) };
}

/** The digest under which an external id of a namespace is found without it: `external-any`. */
export const unscoped = ({ value }: Identifier): string => sha256(value);

/** The id of the contact that a key founds: the same for the same account, kind of key and canonical value. */
export const contactIdOf = (account: string, kind: IdentityKind, hash: string): string =>
  sha256(`${account}\n${kind}\n${hash}`).slice(0, 32);
