import { Rejection } from './normaliser.ts';

const SYNTAX = new Rejection('email_syntax');
/** RFC 5321 allows 254; the bound keeps the pattern's cost small on absurd input. */
const LONGEST = 320;
const ADDRESS =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const GMAIL = /^([^@]+)@(gmail\.com|googlemail\.com)$/;

/** Trimmed and lower-cased; an address of the wrong shape is dropped, never repaired. */
export function email(text: string): string | Rejection {
  const address = text.trim().toLowerCase();
  return address.length <= LONGEST && ADDRESS.test(address) ? address : SYNTAX;
}

/** As `email`, and for gmail.com and googlemail.com without the dots and the `+suffix` of the local part. */
export function googleEmail(text: string): string | Rejection {
  const address = email(text);
  if (address instanceof Rejection || !address.endsWith('mail.com')) return address;
  const [, local, domain] = GMAIL.exec(address) ?? [];
  if (local === undefined) return address;
  const mailbox = local.replace(/\+.*$/, '').replaceAll('.', '');
  return mailbox ? `${mailbox}@${domain}` : SYNTAX;
}
