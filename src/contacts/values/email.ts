import { domainToASCII } from 'node:url';
import addressparser from 'nodemailer/lib/addressparser';
import { email } from '../../identity/email.ts';
import { Rejection } from '../../identity/normaliser.ts';

const SYNTAX = new Rejection('email_syntax');
const NOT_ASCII = new Rejection('email_not_ascii');
const DOMAIN = new Rejection('email_domain');

const AROUND = /^[\s<"'(,;:]+|[\s>"'),;:.]+$/g;
const MAILTO = /^mailto:([^?]+)/i;

/**
 * An e-mail address as files hold it, in its canonical form: also `Ann <ann@example.com>`, `mailto:ann@example.com`,
 * with quotes or punctuation around, and with a domain in letters beyond ASCII, which becomes `xn--…`. Nothing inside
 * the address is repaired.
 */
export function readEmail(text: string): string | Rejection {
  const plain = email(text);
  if (typeof plain === 'string') return plain;
  const address = bareAddress(text.trim());
  const at = address.lastIndexOf('@');
  if (at < 1) return SYNTAX;
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (!isAscii(local)) return NOT_ASCII;
  if (isAscii(domain)) return email(address);
  const ascii = domainToASCII(domain);
  return ascii ? email(`${local}@${ascii}`) : DOMAIN;
}

function bareAddress(text: string): string {
  const written = MAILTO.exec(text)?.[1] ?? text;
  const named = /[<"]|\s\(/.test(written) ? addressparser(written, { flatten: true }) : [];
  const address = named.length === 1 && named[0]!.address.includes('@') ? named[0]!.address : written;
  return address.replaceAll('＠', '@').replaceAll(AROUND, '');
}

const isAscii = (text: string) => /^\p{ASCII}*$/u.test(text);
