declare const sha256Brand: unique symbol;
/** 64 lower-case hex digits. Only `sha256` and `parseSha256` make one, so raw text cannot be sent where a digest is due. */
export type Sha256Hex = string & { readonly [sha256Brand]: true };

/** What is known of one person, as given: nothing normalised yet, since each platform normalises differently. */
export interface IdentityInput {
  id: string;
  emails?: string[];
  phones?: string[];
  firstName?: string;
  lastName?: string;
  gender?: string;
  /** YYYY-MM-DD */
  birthDate?: string;
  street?: string;
  city?: string;
  region?: string;
  postalCode?: string;
  /** ISO 3166-1 alpha-2 */
  country?: string;
  mobileAdIds?: string[];
  externalIds?: string[];
  /** SHA-256 digests the user's system made. */
  emailHashes?: string[];
  phoneHashes?: string[];
}

/** `ok`: usable as given. `fixed`: usable after normalisation changed it. `invalid`: left out, with a reason. */
export type KeyVerdict = 'ok' | 'fixed' | 'invalid';

/** One value of one match key, and what became of it. */
export interface KeyResult {
  /** The platform's name of the key, e.g. `EMAIL`. */
  key: string;
  input: string;
  /** The normalised text before hashing; null when invalid or when the input already was a digest. */
  normalized: string | null;
  /** What goes on the wire; null when invalid. */
  value: string | null;
  /** True when `value` is a SHA-256 digest. */
  hashed: boolean;
  verdict: KeyVerdict;
  /** Stable code, e.g. `email_syntax`, `phone_no_region`; with verdict `invalid`, and for some `fixed`. */
  reason?: string;
}
