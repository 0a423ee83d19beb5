/** A value that can be recognised by who knows it and read by nobody else: `a•••@e•••.com`, `+1••••••••55`. */
export function mask(value: string): string {
  const text = value.trim().slice(0, 60);
  const at = text.lastIndexOf('@');
  if (at > 0) {
    const dot = text.lastIndexOf('.');
    return `${text[0]}•••@${text[at + 1] ?? ''}•••${dot > at ? text.slice(dot) : ''}`;
  }
  if (text.length <= 2) return '•'.repeat(text.length);
  const shown = /^[+\d]/.test(text) && text.length > 6 ? 2 : 1;
  return (
    text.slice(0, shown) +
    '•'.repeat(Math.min(12, text.length - shown * (shown > 1 ? 2 : 1))) +
    (shown > 1 ? text.slice(-2) : '')
  );
}
