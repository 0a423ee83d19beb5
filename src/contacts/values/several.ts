import addressparser from 'nodemailer/lib/addressparser';
import { readEmail } from './email.ts';
import { isMissing } from './missing.ts';

/** The kinds of values that people put several of into one cell. */
export type SeveralKind = 'email' | 'phone';

/** What stands between values; a slash may belong to one, and a blank counts only where nothing else does. */
const SEPARATORS: Record<SeveralKind, readonly RegExp[]> = {
  email: [/\s*(?:[;,|\n\r]|\s:::\s)\s*/, /\s*(?:[;,|/\n\r]|\s:::\s)\s*/, /\s+/],
  phone: [/\s*(?:[;,|\n\r]|\s:::\s|\s\/\s)\s*/, /\s*(?:[;,|/\n\r]|\s:::\s)\s*/],
};
const LEAST_DIGITS = 7;
const MOST_DIGITS = 17;

/** True for a cell that reads as one value of the kind. Phones are judged by their digits: no country is known here. */
const isOne: Record<SeveralKind, (text: string) => boolean> = {
  email: (text) => typeof readEmail(text) === 'string',
  phone: (text) => {
    const digits = text.replace(/\D/g, '').length;
    return digits >= LEAST_DIGITS && digits <= MOST_DIGITS;
  },
};
/** Cells that are surely one value, or none: nearly all. */
const MAY_BE_SEVERAL = /[;,|/\n\r]|\p{Cc}|:::|@.*@/u;

/**
 * The values of a cell that holds several e-mails or phones, whatever stands between them: `;`, `,`, `/`, `|`, `:::`, a
 * line break, the unit separator of lists. A cell is split only where each part is one, or for e-mails looks like one;
 * otherwise it is its only value.
 */
export function splitMany(kind: SeveralKind, cell: string): string[] {
  if (!MAY_BE_SEVERAL.test(cell)) return [cell];
  const lines = cell.replaceAll('\u001f', '\n');
  for (const separator of SEPARATORS[kind]) {
    const all = lines.split(separator);
    const parts = all.filter((part) => !isMissing(part));
    if (all.length > 1 && parts.length > 0 && parts.every(isOne[kind])) return parts;
  }
  return kind === 'email' ? addresses(lines) : [cell];
}

/** `"Berg, Anna" <a@example.com>, Bob <b@example.com>`: commas that do not divide. Else every part with an `@`. */
function addresses(cell: string): string[] {
  const named = addressparser(cell, { flatten: true }).map(({ address }) => address);
  if (named.length > 1 && named.every(isOne.email)) return named;
  const parts = cell.split(SEPARATORS.email[0]!);
  return parts.some(isOne.email) && parts.every((part) => part.includes('@')) ? parts : [cell];
}
