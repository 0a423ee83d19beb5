import type { Batch, Confirmation, EncodedMember, Json, MemberOutcome, Receipt } from '../destination.ts';
import { DestinationError } from '../errors.ts';

/** What came back for one request. */
export type Sent = Omit<Receipt, 'ticket'>;

/** A request's share of a batch. */
export interface Piece {
  members: EncodedMember[];
  /** The same id always stands for the same bytes. */
  id: string;
  /** From 1. */
  number: number;
}

/**
 * Sends batches in requests of at most `size` members. What went through is remembered, so that a batch that is sent
 * again after a failure goes on with the request that failed.
 */
export class PieceSender {
  private key?: string;
  private done: Sent[] = [];

  constructor(private readonly size: number) {}

  async send(batch: Batch, sendPiece: (piece: Piece) => Promise<Sent>): Promise<Receipt> {
    if (this.key !== batch.idempotencyKey) this.done = [];
    this.key = batch.idempotencyKey;
    const count = Math.ceil(batch.members.length / this.size);
    while (this.done.length < count) {
      const number = this.done.length + 1;
      const id = count === 1 ? batch.idempotencyKey : `${batch.idempotencyKey}-${number}`;
      const members = batch.members.slice((number - 1) * this.size, number * this.size);
      this.done.push(await sendPiece({ members, id, number }).catch((error) => refusedWhole(error, members)));
    }
    const outcomes = this.done.flatMap((sent) => sent.outcomes);
    const unattributedRejects = this.done.reduce((sum, sent) => sum + sent.unattributedRejects, 0);
    return {
      outcomes,
      unattributedRejects,
      warnings: [...new Set(this.done.flatMap(({ warnings }) => warnings))],
      vendorRequestId: this.done.findLast(({ vendorRequestId }) => vendorRequestId)?.vendorRequestId,
      ...(outcomes.length > 0 && { ticket: ticketOf(outcomes, unattributedRejects) }),
    };
  }
}

/** The members of one request that was refused for what it holds; those of other requests are none the worse. */
function refusedWhole(error: unknown, members: EncodedMember[]): Sent {
  if (!(error instanceof DestinationError) || error.code !== 'payload') throw error;
  const refused = { verdict: 'rejected' as const, code: error.vendorCode ?? 'payload', text: error.message };
  return {
    outcomes: members.map(({ contactId }) => ({ contactId, ...refused })),
    unattributedRejects: 0,
    warnings: [],
  };
}

type Ticket = { received: number; rejects: Record<string, number> };

function ticketOf(outcomes: MemberOutcome[], unattributed: number): Ticket {
  const rejects: Record<string, number> = unattributed > 0 ? { unattributed } : {};
  for (const { verdict, code = 'rejected' } of outcomes)
    if (verdict === 'rejected') rejects[code] = (rejects[code] ?? 0) + 1;
  const received = outcomes.filter(({ verdict }) => verdict === 'accepted').length - unattributed;
  return { received: Math.max(0, received), rejects };
}

/** What receivers said when they answered, added up: there is nobody to ask later. */
export function confirmationOf(tickets: Json[]): Confirmation {
  const all = tickets as Ticket[];
  const received = all.reduce((sum, ticket) => sum + ticket.received, 0);
  const counts = new Map<string, number>();
  for (const { rejects } of all)
    for (const [code, count] of Object.entries(rejects)) counts.set(code, (counts.get(code) ?? 0) + count);
  const rejects = [...counts].map(([code, count]) => ({ code, count }));
  const refused = rejects.reduce((sum, { count }) => sum + count, 0);
  return {
    state: refused === 0 ? 'confirmed' : received > 0 ? 'partial' : 'failed',
    detail: `The receiver took ${received} members${refused > 0 ? ` and refused ${refused}` : ''}.`,
    received,
    rejects,
    warnings: [],
  };
}

/** A code that a receiver gave, or `rejected` when it is not one. */
export function plainCode(code: unknown): string {
  const text = typeof code === 'number' ? String(code) : code;
  return typeof text === 'string' && /^[\w.:/-]{1,64}$/.test(text) ? text : 'rejected';
}

/** Words that a receiver gave, without what could name a person, cut to a line. */
export function plainWords(text: unknown, otherwise: string): string {
  if (typeof text !== 'string' || text.trim() === '') return otherwise;
  return text
    .slice(0, 400)
    .replaceAll(/\S*@\S*/g, '…')
    .replaceAll(/"[^"]*"|'[^']*'/g, '…')
    .replaceAll(/\+?\d[\d ().-]{4,}\d/g, '…')
    .replaceAll(/\b[0-9a-f]{16,}\b/gi, '…')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}
