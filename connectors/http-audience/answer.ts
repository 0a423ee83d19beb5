import type { MemberOutcome } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { type HttpAnswer, parsed } from '../http/client.ts';
import { wireOf } from '../http/encode.ts';
import { type Piece, plainCode, plainWords, type Sent } from '../http/receipts.ts';
import type { ErrorMapping, RejectsTemplate } from './settings.ts';
import { at } from './template.ts';

const REFUSED = 'The API refused this contact.';

/** One outcome a member: accepted, unless the answer names it where the connection says. */
export function readAnswer({ text, vendorRequestId }: HttpAnswer, { members }: Piece, rejects?: RejectsTemplate): Sent {
  const found = rejects ? at(parsed(text), rejects.pointer) : undefined;
  const refusals: unknown[] = Array.isArray(found) ? found : [];
  const contactOf = rejects?.by === 'position' ? byPosition(members) : byValue(members);
  const refused = new Map<string, Pick<MemberOutcome, 'code' | 'text'>>();
  let unattributedRejects = 0;
  for (const refusal of refusals) {
    const contactId = contactOf(at(refusal, rejects?.id ?? ''));
    const code = rejects?.code === undefined ? undefined : at(refusal, rejects.code);
    const words = rejects?.text === undefined ? undefined : at(refusal, rejects.text);
    if (contactId === undefined) unattributedRejects += 1;
    else refused.set(contactId, { code: plainCode(code), text: plainWords(words, REFUSED) });
  }
  const outcomes = members.map(({ contactId }): MemberOutcome => {
    const why = refused.get(contactId);
    return why ? { contactId, verdict: 'rejected', ...why } : { contactId, verdict: 'accepted' };
  });
  const warnings =
    unattributedRejects > 0
      ? [`The API refused ${unattributedRejects} entries that could not be led back to a contact.`]
      : [];
  return { outcomes, unattributedRejects, warnings, vendorRequestId };
}

const byPosition = (members: Piece['members']) => (position: unknown) => members[Number(position)]?.contactId;

function byValue(members: Piece['members']): (value: unknown) => string | undefined {
  const contacts = new Map<string, string>();
  for (const member of members) {
    for (const { value } of wireOf(member).keys) contacts.set(value, member.contactId);
    contacts.set(member.contactId, member.contactId);
  }
  return (value) => contacts.get(String(value));
}

/** What the connection's error map says of an answer. */
export function mappedError({ status, text }: HttpAnswer, map: ErrorMapping[]): DestinationError | undefined {
  const body = parsed(text);
  for (const { status: wanted, pointer, equals, code, text: words } of map) {
    const value = pointer === undefined ? undefined : at(body, pointer);
    if (wanted !== undefined && wanted !== status) continue;
    if (pointer !== undefined && (value === undefined || (equals !== undefined && String(value) !== equals))) continue;
    const vendorCode = value === undefined ? String(status) : `${status}/${plainCode(value)}`;
    return new DestinationError(
      code,
      words ?? `The API answered with ${vendorCode}, which this connection takes for ${code}.`,
      {
        vendorCode,
      },
    );
  }
  return undefined;
}
