import { countryCode } from './countries.ts';
import { DIGEST_OF_EMPTY, digestFault, parseSha256, sha256 } from './hash.ts';
import { EMPTY, type FieldContext, type Normaliser, type PhoneValidation } from './normaliser.ts';
import type { IdentityInput, KeyResult } from './types.ts';

/** One row of a platform's table: where a match key comes from, how it is written, and whether it is hashed. */
export interface KeyRule {
  /** The platform's name of the key, e.g. `EMAIL`. */
  key: string;
  from: keyof IdentityInput;
  /** The field in which users put digests of this value. */
  digests?: 'emailHashes' | 'phoneHashes';
  normalise: Normaliser;
  hashed: boolean;
  /**
   * What a digest in place of the value means. `keep` (default): it is sent as given. `refuse`: this key cannot be made
   * of it (an initial, a part of a date, a plain field). `text`: an ordinary value, since ids may look like digests.
   */
  digest?: 'keep' | 'refuse' | 'text';
}

/** A platform's match keys in the order in which results are given. */
export type Profile = readonly KeyRule[];

export interface MatchKeyOptions {
  /** ISO 3166-1 alpha-2, upper case: the country of contacts that name none; used to read national phone numbers. */
  defaultCountry?: string;
  /** Only these keys; all of the profile's when absent. */
  keys?: readonly string[];
  /** `valid` when absent. */
  phoneValidation?: PhoneValidation;
  /** True shows the digest of the empty text as given, marked `digest_of_empty`; otherwise it is invalid. */
  keepDigestOfEmpty?: boolean;
}

const NOT_A_DIGEST = 'digest_syntax';
const DIGEST_UNUSABLE = 'digest_unusable';
const OF_EMPTY = 'digest_of_empty';

/**
 * The function that makes one platform's match keys of a contact: one result a value, in the profile's order; equal
 * results of one key once; blank values not at all. A bad value costs nothing but itself. Make it once, call it a
 * million times.
 */
export function keyMatcher(profile: Profile, options: MatchKeyOptions = {}): (contact: IdentityInput) => KeyResult[] {
  const { defaultCountry, keys, phoneValidation = 'valid', keepDigestOfEmpty = false } = options;
  const rules = keys ? profile.filter((rule) => keys.includes(rule.key)) : profile;
  return (contact) => {
    const country = contact.country ? (countryCode(contact.country) ?? defaultCountry) : defaultCountry;
    const context: FieldContext = { country, phoneValidation };
    const results: KeyResult[] = [];
    for (const rule of rules) {
      const first = results.length;
      const add = (result: KeyResult | undefined) => {
        if (result && isNew(results, first, result)) results.push(result);
      };
      for (const input of valuesOf(contact[rule.from])) add(evaluate(rule, input, context, keepDigestOfEmpty));
      if (rule.digests)
        for (const input of valuesOf(contact[rule.digests])) add(readDigest(rule.key, input, keepDigestOfEmpty));
    }
    return results;
  };
}

/** `keyMatcher` for one contact. */
export function matchKeys(profile: Profile, contact: IdentityInput, options: MatchKeyOptions = {}): KeyResult[] {
  return keyMatcher(profile, options)(contact);
}

const NONE: readonly string[] = [];

function valuesOf(field: string | string[] | undefined): readonly string[] {
  if (!field) return NONE;
  return typeof field === 'string' ? [field] : field;
}

function isNew(results: KeyResult[], first: number, result: KeyResult): boolean {
  if (result.value === null) return true;
  for (let i = first; i < results.length; i++) if (results[i]?.value === result.value) return false;
  return true;
}

function evaluate(rule: KeyRule, input: string, context: FieldContext, keepEmpty: boolean): KeyResult | undefined {
  if (input.length >= 32 && rule.digest !== 'text') {
    const result = digestInPlace(rule, input, keepEmpty);
    if (result) return result;
  }
  const outcome = rule.normalise(input, context);
  if (outcome === undefined) return undefined;
  if (typeof outcome !== 'string') return isBlank(input) ? undefined : invalid(rule.key, input, outcome.reason);
  if (outcome === '') return invalid(rule.key, input, EMPTY.reason);
  if (outcome === DIGEST_OF_EMPTY && !keepEmpty) return invalid(rule.key, input, OF_EMPTY);
  return {
    key: rule.key,
    input,
    normalized: outcome,
    value: rule.hashed ? sha256(outcome) : outcome,
    hashed: rule.hashed,
    verdict: isAsGiven(input, outcome) ? 'ok' : 'fixed',
  };
}

/** The value is, or was meant to be, a digest already. */
function digestInPlace(rule: KeyRule, input: string, keepEmpty: boolean): KeyResult | undefined {
  const isDigest = parseSha256(input) !== undefined;
  if (!isDigest && digestFault(input) === undefined) return undefined;
  if (isDigest && rule.digest === 'refuse') return invalid(rule.key, input, DIGEST_UNUSABLE);
  return readDigest(rule.key, input, keepEmpty);
}

/** A digest that the user's system made: kept, in small letters. */
function readDigest(key: string, input: string, keepEmpty: boolean): KeyResult | undefined {
  if (isBlank(input)) return undefined;
  const digest = parseSha256(input);
  if (!digest) return invalid(key, input, digestFault(input) ?? NOT_A_DIGEST);
  const isOfEmpty = digest === DIGEST_OF_EMPTY;
  if (isOfEmpty && !keepEmpty) return invalid(key, input, OF_EMPTY);
  const verdict = digest === input ? 'ok' : 'fixed';
  const result: KeyResult = { key, input, normalized: null, value: digest, hashed: true, verdict };
  return isOfEmpty ? { ...result, reason: OF_EMPTY } : result;
}

/** A platform that writes E.164 without its plus has not repaired anything. */
const isAsGiven = (input: string, outcome: string) =>
  input === outcome || (input.length === outcome.length + 1 && input === `+${outcome}`);

const isBlank = (text: string) => text.trim() === '';

const invalid = (key: string, input: string, reason: string): KeyResult => ({
  key,
  input,
  normalized: null,
  value: null,
  hashed: false,
  verdict: 'invalid',
  reason,
});
