import type { FieldProblem } from '../http/problem.ts';
import { countryCode } from '../identity/countries.ts';
import { parseSha256 } from '../identity/hash.ts';
import type { ContactReferenceDto } from './contact-reference.dto.ts';
import { IDENTIFIERS, type Identifier, readIdentifier } from './import/identifiers.ts';
import { REJECTS, type RejectCode } from './import/rejects.ts';
import type { MultiField } from './mapping/mapping.ts';

/** An identifier that a request names, and where it stands there. */
export type GivenIdentifier = Identifier & { path: string };

type ListField = 'externalIds' | 'emails' | 'emailHashes' | 'phones' | 'phoneHashes' | 'mobileAdIds';

/** From the surest to the least sure: when several contacts are meant, the first one's word counts. */
const FIELDS: readonly { name: ListField; as: MultiField; digests?: true }[] = [
  { name: 'externalIds', as: 'externalId' },
  { name: 'emails', as: 'email' },
  { name: 'emailHashes', as: 'email', digests: true },
  { name: 'phones', as: 'phone' },
  { name: 'phoneHashes', as: 'phone', digests: true },
  { name: 'mobileAdIds', as: 'mobileAdId' },
];

/**
 * The identifiers of a reference in canonical form, the surest first, each once. What cannot be used is told by path
 * and code; its value is not repeated.
 */
export function readReference(
  given: ContactReferenceDto,
  path: string,
): { identifiers: GivenIdentifier[]; faults: FieldProblem[] } {
  const namespace = given.externalIdNamespace ?? '';
  const context = { country: given.country && countryCode(given.country), phoneValidation: 'valid' as const };
  const identifiers: GivenIdentifier[] = [];
  const faults: FieldProblem[] = [];
  const take = (at: string, as: MultiField, text: string, digests = false) => {
    const trimmed = text.trim();
    const read =
      digests && !parseSha256(trimmed) ? 'digest_length' : readIdentifier(IDENTIFIERS[as], trimmed, context, namespace);
    if (typeof read === 'string') faults.push({ path: at, code: read, message: saysOf(read) });
    else if (!identifiers.some(({ kind, hash }) => kind === read.kind && hash === read.hash))
      identifiers.push({ ...read, path: at });
  };
  if (given.key != null) take(`${path}.key`, 'externalId', given.key);
  for (const { name, as, digests } of FIELDS) {
    for (const [i, text] of (given[name] ?? []).entries()) take(`${path}.${name}[${i}]`, as, text, digests);
  }
  return { identifiers, faults };
}

const saysOf = (code: string): string =>
  code === 'phone_no_region'
    ? 'A national phone number without a country; give `country`.'
    : (REJECTS[code as RejectCode] ?? 'It cannot be used as an identifier.');

/** Whether anything at all says who is meant; null says as little as a field that is left out. */
export const namesAnyone = (given: ContactReferenceDto): boolean =>
  given.contactId != null || given.key != null || FIELDS.some(({ name }) => (given[name] ?? []).length > 0);
