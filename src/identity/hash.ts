import { hash } from 'node:crypto';
import type { Sha256Hex } from './types.ts';

/** SHA-256 of the empty text. It stands for nobody, and a list that holds it matches nobody or everybody. */
export const DIGEST_OF_EMPTY = hash('sha256', '') as Sha256Hex;

const SHA256_SHAPE = /^[0-9a-f]{64}$/i;
const HEX_ONLY = /^[0-9a-f]+$/i;

/** What a run of hex digits that is not SHA-256 most likely is, by its length. */
const OTHER_DIGESTS: Record<number, string> = {
  32: 'digest_md5',
  40: 'digest_sha1',
  63: 'digest_length',
  65: 'digest_length',
  96: 'digest_sha384',
  128: 'digest_sha512',
};

/** SHA-256 of the text's UTF-8 bytes as 64 lower-case hex digits. */
export function sha256(text: string): Sha256Hex {
  return hash('sha256', text) as Sha256Hex;
}

/** Reads a digest that someone else made: surrounding blanks and upper case are put right; anything else is undefined. */
export function parseSha256(text: string): Sha256Hex | undefined {
  if (text.length < 64) return undefined;
  const trimmed = text.trim();
  return SHA256_SHAPE.test(trimmed) ? (trimmed.toLowerCase() as Sha256Hex) : undefined;
}

/**
 * Names what makes a run of hex digits unusable as a digest (`digest_md5`, `digest_sha1`, `digest_length`, …), or
 * undefined when the text does not look like a digest. The platforms' audiences take SHA-256 only.
 */
export function digestFault(text: string): string | undefined {
  if (text.length < 32) return undefined;
  const trimmed = text.trim();
  const fault = OTHER_DIGESTS[trimmed.length];
  return fault && HEX_ONLY.test(trimmed) ? fault : undefined;
}
