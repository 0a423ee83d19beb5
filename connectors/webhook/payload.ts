import type { Batch, EncodedMember } from '../destination.ts';
import { wireOf } from '../http/encode.ts';
import type { Piece } from '../http/receipts.ts';

/** Published as docs/webhook.schema.json. The same id always stands for the same bytes: nothing here depends on the clock. */
export function payloadOf({ upload, seq, last }: Batch, { id, members, number }: Piece) {
  const { delivery, segment, direction } = upload;
  return {
    version: 1,
    id,
    action: direction,
    delivery: { id: delivery.id, account: delivery.account, audience: delivery.audience, mode: delivery.mode },
    run: {
      id: upload.runId,
      uploadId: upload.id,
      startedAt: upload.startedAt.toISOString(),
      batch: seq,
      part: number,
      lastBatch: last,
      estimatedMembers: upload.estimatedTotal,
    },
    segment: {
      id: upload.audience.id,
      key: segment.key,
      name: segment.name,
      description: segment.description,
      brief: segment.brief,
      ...(segment.creatives && { creatives: segment.creatives }),
    },
    consent: upload.consent,
    members: members.map((member) => memberOf(member, direction === 'add' || delivery.mode === 'changes')),
  };
}

function memberOf(member: EncodedMember, tellsAttributes: boolean) {
  const { keys, attributes } = wireOf(member);
  return { contactId: member.contactId, identifiers: keys, ...(tellsAttributes && { attributes }) };
}

/** Sent by the connection check: signed like a delivery, and nobody in it. */
export function pingOf(at: Date) {
  return { version: 1, action: 'ping', sentAt: at.toISOString() };
}
