import { EMPTY, Rejection } from './normaliser.ts';

const SYNTAX = new Rejection('mobile_ad_id_syntax');
const ZERO = new Rejection('mobile_ad_id_zero');
const HASHED = new Rejection('digest_unusable');

/** IDFA or GAID in small letters, hyphens kept. The all-zero id of people who opted out of tracking is dropped. */
export function mobileAdId(text: string): string | Rejection {
  const id = text.trim().toLowerCase();
  if (!/^[0-9a-z-]+$/.test(id)) return SYNTAX;
  if (/^[0-]+$/.test(id)) return ZERO;
  return /^[0-9a-f]{64}$/.test(id) ? HASHED : id;
}

const EMAIL_AS_ID = new Rejection('external_id_is_an_email');

/** An id as it may go to a platform in plain text: an e-mail address used as an id may not. */
export function plainExternalId(text: string): string | Rejection {
  return text.includes('@') ? EMAIL_AS_ID : externalId(text);
}

/** The user's own id, trimmed and otherwise untouched: it must be the same string each time. */
export function externalId(text: string): string | Rejection {
  return text.trim() || EMPTY;
}

/**
 * What an external id is known by: the id alone or, where it comes from a namespace, both. Equal ids of two namespaces
 * are two people. NUL stands in no id, so no id can pretend to be one of a namespace.
 */
export function namespacedId(id: string, namespace: string): string {
  return namespace === '' ? id : `${namespace}\0${id}`;
}
