import type { DestinationDefinition, Encoded, EncodedMember, WirePart } from '../../connectors/destination.ts';
import type { HeldForm } from './held-forms.repository.ts';
import { parseWire } from './ledger.repository.ts';

type Comparing = Pick<DestinationDefinition, 'remainder'>;
type Form = Pick<HeldForm, 'wire' | 'weight'>;

/** What a removal of a form may name while the member is there in another; all of it where the other is nothing. */
export function remainderOf({ remainder }: Comparing, held: Form, kept: Encoded['wire']): WirePart | null {
  const whole = { wire: parseWire(held.wire), weight: held.weight };
  if (kept === null) return whole;
  if (remainder) return remainder(whole.wire, kept);
  return held.wire === JSON.stringify(kept) ? null : whole;
}

/** The form in the ledger without what its member has no longer; null when nothing of it goes. */
export function outdatedPart(definition: Comparing, held: Form & { contact_id: string }, kept: Encoded['wire']) {
  const part = remainderOf(definition, held, kept);
  return part && ({ contactId: held.contact_id, ...part, keys: [] } satisfies EncodedMember);
}

/**
 * What a member's new form makes of the form in the ledger. `same`: nothing is to be sent. `again`: it is sent, and
 * nothing leaves. `outdated`: it is sent, and keys that the member has no longer leave.
 */
export type Judgement = 'same' | 'again' | 'outdated';

/** @param isSentAlike whether what is sent beside members is what it was for this one */
export function judge(definition: Comparing, held: HeldForm, { wire }: Encoded, isSentAlike: boolean): Judgement {
  if (isSentAlike && held.wire === JSON.stringify(wire)) return 'same';
  if (held.state === 'refused') return 'again';
  return remainderOf(definition, held, wire) ? 'outdated' : 'again';
}
