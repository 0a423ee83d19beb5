/** Latin small letters only, accents taken off: for looking names up, not for sending. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]+/g, '');
}

/** Letters that do not come apart into a plain one and an accent, and how people without them write them. */
const PLAIN: Record<string, string> = { ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ß: 'ss', æ: 'ae', œ: 'oe' };

/** Small letters of any script, accents taken off, nothing else: for looking names up, not for sending. */
export function nameKey(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[łøđðþıßæœ]/g, (letter) => PLAIN[letter]!)
    .replace(/[^\p{L}]+/gu, '');
}
