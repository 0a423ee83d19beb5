/** Letters that no decomposition takes apart. */
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };
const WORD = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{L}|\p{N}+/gu;

/**
 * The words of a column's name in small letters without accents: `Billing Zip`, `billing_zip`, `BillingZip` and
 * `Zip (Billing)` have the words `billing` and `zip`.
 */
export function wordsOf(name: string): string[] {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}]/gu, '')
    .replaceAll(/['’]s\b/g, 's')
    .replaceAll(/\bIDs\b|(?<=\p{Ll})IDs\b/gu, 'Ids')
    .replaceAll('#', ' nr ');
  const words = plain.match(WORD) ?? [];
  return words.map((word) => word.toLowerCase().replaceAll(/[ßæœøłđı]/g, (letter) => LETTERS[letter]!));
}

/** A name for look-ups: its words run together, so that `E-Mail`, `eMail` and `EMAIL` are one. */
export const joined = (words: readonly string[]): string => words.join('');
