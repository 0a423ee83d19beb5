import type { Encoded, EncodedMember, Receipt } from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import type { CandidateBatch } from './batching.ts';
import type { OutcomeRow } from './ledger.repository.ts';
import type { Verdict } from './states.ts';

/** Why people are kept back, by reason. */
export const WITHHELD: Record<string, string> = {
  consent_denied: 'The person denied consent to advertising.',
  suppressed: 'The person is on a suppression list.',
  no_persona: 'The published persona version assigns no persona to this contact.',
};

/** Whom a batch kept back, though they were planned. */
export function withheldSince({ withheld }: CandidateBatch, seq: number): OutcomeRow[] {
  return withheld.map(({ encoded: { contactId }, keptBack: code = '' }) => ({
    contact_id: contactId,
    direction: 'add',
    field: '',
    verdict: 'withheld',
    code,
    text: WITHHELD[code] ?? '',
    batch_seq: seq,
  }));
}

/**
 * What we refused ourselves. Fields of contacts that were sent without them are `fixed`, like these contacts; contacts
 * with nothing to send are `invalid`, with each of their fields.
 */
export function refusedByUs({ members, unusable }: CandidateBatch, seq: number): OutcomeRow[] {
  const base = { direction: 'add' as const, verdict: 'invalid' as const, batch_seq: seq };
  const fields = (encoded: Encoded, verdict: 'fixed' | 'invalid'): OutcomeRow[] =>
    encoded.keys
      .filter((key) => key.verdict === 'invalid')
      .map((key) => ({
        ...base,
        verdict,
        contact_id: encoded.contactId,
        field: key.key,
        code: key.reason ?? 'invalid',
        text: `The ${key.key} cannot be used.`,
      }));
  const whole = unusable.map(({ encoded }) => ({
    ...base,
    contact_id: encoded.contactId,
    field: '',
    code: 'no_usable_identifier',
    text: 'The contact has no identifier that this destination can use.',
  }));
  return [
    ...members.flatMap(({ encoded }) => fields(encoded, 'fixed')),
    ...unusable.flatMap(({ encoded }) => fields(encoded, 'invalid')),
    ...whole,
  ];
}

/** A batch that the platform refuses as a whole becomes a refusal of each of its contacts. */
export function refusedWhole(error: unknown, members: EncodedMember[]): Receipt {
  if (!(error instanceof DestinationError) || error.code !== 'payload') throw error;
  const refusal = { verdict: 'rejected' as const, code: error.vendorCode ?? 'payload', text: error.message };
  return {
    outcomes: members.map(({ contactId }) => ({ contactId, ...refusal })),
    unattributedRejects: 0,
    warnings: [],
  };
}

/** A refused add is not tried again before the contact changes; a refused removal leaves the member where it is. */
export function ledgerChange(direction: 'add' | 'remove', verdicts: { contact_id: string; verdict: Verdict }[]) {
  const ids = (list: typeof verdicts) => list.map((row) => row.contact_id);
  if (direction === 'remove') return { state: 'removed' as const, refused: [], unanswered: ids(verdicts) };
  const [refused, unanswered] = [
    verdicts.filter((v) => v.verdict === 'rejected'),
    verdicts.filter((v) => v.verdict !== 'rejected'),
  ];
  return { state: 'present' as const, refused: ids(refused), unanswered: ids(unanswered) };
}

/** The contacts of a batch that were not accepted. A contact without an outcome counts as unattributed, never as sent. */
export function settle(members: EncodedMember[], receipt: Receipt): Omit<OutcomeRow, 'direction' | 'batch_seq'>[] {
  const byContact = new Map(receipt.outcomes.map((outcome) => [outcome.contactId, outcome]));
  return members.flatMap(({ contactId }) => {
    const outcome = byContact.get(contactId);
    if (outcome?.verdict === 'accepted') return [];
    const verdict = outcome?.verdict ?? 'unattributed';
    return [
      {
        contact_id: contactId,
        field: '',
        verdict,
        code: outcome?.code ?? 'no_answer',
        text: outcome?.text ?? 'The platform gave no answer for this contact.',
      },
    ];
  });
}
