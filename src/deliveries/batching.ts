import type { Encoded, EncodedMember } from '../../connectors/destination.ts';

/** A member as encoded, with what the ledger keeps besides. */
export interface Candidate {
  encoded: Encoded;
  identityVersion: string;
  /** In the mode `changes`: what the row tells. */
  told?: string[];
  /** A row that tells that the contact has left. */
  leaves?: boolean;
  /** Why the contact may not be delivered any more, though it was planned. */
  keptBack?: string;
}

export interface CandidateBatch {
  members: (Candidate & { encoded: EncodedMember })[];
  /** Looked at on the way, with nothing usable: they are not sent. */
  unusable: Candidate[];
  /** Looked at on the way, and kept back: they are not sent either. */
  withheld: Candidate[];
  /** Id of the last contact looked at. */
  cursorEnd: string;
  last: boolean;
}

export const isUsable = (encoded: Encoded): encoded is EncodedMember => encoded.wire !== null;

/**
 * Groups encoded members into batches of at most `size` units of weight. One batch is held back until it is known
 * whether another follows, so that `last` is always true of exactly one batch. Members who are not sent ride along with
 * the batch they were met in; where no member is sent at all, one empty batch carries them.
 */
export async function* batched(pages: AsyncIterable<Candidate[]>, size: number): AsyncGenerator<CandidateBatch> {
  let ready: CandidateBatch | undefined;
  let open = emptyBatch();
  let weight = 0;
  for await (const page of pages) {
    for (const candidate of page) {
      const { encoded } = candidate;
      const fits = weight + encoded.weight <= size || open.members.length === 0;
      if (isUsable(encoded) && !fits) {
        if (ready) yield ready;
        ready = open;
        open = emptyBatch();
        weight = 0;
      }
      open.cursorEnd = encoded.contactId;
      if (isUsable(encoded)) {
        open.members.push({ ...candidate, encoded });
        weight += encoded.weight;
      } else {
        (candidate.keptBack ? open.withheld : open.unusable).push(candidate);
      }
    }
  }
  if (ready && open.members.length > 0) yield ready;
  else if (ready)
    open = {
      ...ready,
      unusable: [...ready.unusable, ...open.unusable],
      withheld: [...ready.withheld, ...open.withheld],
      cursorEnd: open.cursorEnd || ready.cursorEnd,
    };
  if (open.cursorEnd !== '') yield { ...open, last: true };
}

const emptyBatch = (): CandidateBatch => ({ members: [], unusable: [], withheld: [], cursorEnd: '', last: false });
