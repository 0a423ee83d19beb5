/** Latin small letters only, accents taken off: for looking names up, not for sending. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]+/g, '');
}
