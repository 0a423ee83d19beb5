import type { EncodedMember, MemberOutcome } from '../destination.ts';
import { type HttpAnswer, parsed } from '../http/client.ts';
import { plainCode, plainWords, type Sent } from '../http/receipts.ts';

const REFUSED = 'The receiver refused this contact.';

/** One outcome a member: accepted, unless the answer's `rejected` names it. Any other answer accepts all. */
export function readAnswer({ text, vendorRequestId }: HttpAnswer, members: EncodedMember[]): Sent {
  const known = new Set(members.map(({ contactId }) => contactId));
  const given = (parsed(text) as { rejected?: unknown } | null | undefined)?.rejected ?? [];
  const entries = (Array.isArray(given) ? given : [given]).map((entry) => Object(entry) as Record<string, unknown>);
  const rejected = new Map<string, Pick<MemberOutcome, 'code' | 'text'>>();
  let unattributedRejects = 0;
  for (const { contactId, code, text: words } of entries) {
    if (typeof contactId === 'string' && known.has(contactId))
      rejected.set(contactId, { code: plainCode(code), text: plainWords(words, REFUSED) });
    else unattributedRejects += 1;
  }
  const outcomes = members.map(({ contactId }): MemberOutcome => {
    const why = rejected.get(contactId);
    return why ? { contactId, verdict: 'rejected', ...why } : { contactId, verdict: 'accepted' };
  });
  const warnings =
    unattributedRejects > 0
      ? [`The receiver refused ${unattributedRejects} entries without naming a contact that was sent.`]
      : [];
  return { outcomes, unattributedRejects, warnings, vendorRequestId };
}
