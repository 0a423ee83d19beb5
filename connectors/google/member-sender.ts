import { bisect, halves, tooManyRefusals } from '../bisect.ts';
import type { EncodedMember, Json, MemberOutcome, Receipt } from '../destination.ts';
import { DestinationError, type ErrorRule } from '../errors.ts';
import { Refusal } from './data-manager.ts';
import type { Piece } from './encode.ts';
import { failure, ruleOf } from './failure.ts';

/** Most members of one request. @see https://developers.google.com/data-manager/api/devguides/limits */
export const MEMBERS_PER_REQUEST = 10_000;

/** What became of pieces that were sent. */
export interface Sent {
  requestIds: string[];
  warnings: string[];
  refused: Refused;
}

/** Contacts that were not taken: `rejected`, or `unattributed` when the fault may lie with others. */
export type Refused = Map<string, { verdict: 'rejected' | 'unattributed'; code: string; text: string }>;

/** Sends one request. @throws Refusal when Google found fault with the request, else DestinationError */
export type Send = (pieces: Piece[]) => Promise<{ requestId: string; warnings: string[] }>;

/**
 * Sends pieces although one malformed member makes Google refuse a whole request: takes the named members out, halves
 * the request when none is named, and sends the rest. Whoever is in a group that is refused or unsent by the end is
 * unattributed.
 */
export async function sendAround(all: Piece[], send: Send): Promise<Sent> {
  const sent: Sent = { requestIds: [], warnings: [], refused: new Map() };
  let refusal: Refusal | undefined;
  const left = await bisect(chunks(all, MEMBERS_PER_REQUEST), async (group) => {
    try {
      const { requestId, warnings } = await send(group);
      sent.requestIds.push(requestId);
      sent.warnings.push(...warnings);
      return { taken: true, instead: [] };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error;
      return { taken: false, instead: around(sent, group, error) };
    }
  });
  // Nothing at all was taken, and not for its form: then the fault is hardly with single members.
  if (left.length > 0 && sent.requestIds.length === 0 && refusal && refusal.error.code !== 'payload')
    throw refusal.error;
  for (const { contactId } of left.flat()) if (!sent.refused.has(contactId)) sent.refused.set(contactId, UNATTRIBUTED);
  return sent;
}

const { vendor, text } = tooManyRefusals('Google');
const UNATTRIBUTED = { verdict: 'unattributed' as const, code: vendor, text };

/** Whether all that was not taken was refused for itself: of others it is not known what they are. */
export const isAttributed = (refused: Refused): boolean =>
  [...refused.values()].every(({ verdict }) => verdict === 'rejected');

/** What to send instead of a refused group. @throws when the fault is not with members */
function around(sent: Sent, group: Piece[], { error, violations }: Refusal): Piece[][] {
  const accused = violations.map(({ field = '', reason }) => ({
    ...memberOf(field),
    reason,
    rule: reason ? ruleOf({ code: reason }) : undefined,
  }));
  const general = accused.find(({ rule, isMember }) => (rule ? rule.code !== 'payload' : !isMember));
  if (general) throw general.rule ? failure([{ code: general.rule.vendor }]) : error;
  if (accused.some(({ isMember }) => !isMember)) {
    throw new DestinationError(
      'unknown',
      `${error.message} The fault is in a part of the request that holds no members.`,
      {
        vendorCode: error.vendorCode,
      },
    );
  }
  if (accused.length === 0 && error.code !== 'payload' && error.code !== 'unknown') throw error;
  const named = new Map(
    accused.flatMap(({ index, ...fault }) => (index !== undefined && group[index] ? [[index, fault] as const] : [])),
  );
  if (named.size > 0) {
    for (const [index, { reason, rule }] of named)
      refuse(sent, [group[index]!], reason ?? error.vendorCode ?? 'INVALID_AUDIENCE_MEMBER', rule);
    const rest = group.filter((_, index) => !named.has(index));
    return rest.length > 0 ? [rest] : [];
  }
  if (group.length === 1) {
    refuse(sent, group, error.vendorCode ?? 'INVALID_AUDIENCE_MEMBER');
    return [];
  }
  return halves(group);
}

/** The position in this very request, from `audience_members[3]…` or `audienceMembers[3]…`. */
function memberOf(field: string): { isMember: boolean; index?: number } {
  const match = /audience_?members(?:\[(\d+)\])?/i.exec(field.replace(/^audience_members\./, ''));
  return { isMember: match !== null, index: match?.[1] === undefined ? undefined : Number(match[1]) };
}

function refuse(sent: Sent, group: Piece[], code: string, rule: ErrorRule | undefined = ruleOf({ code })): void {
  const text = rule?.text ?? `Google refused this member: ${code}.`;
  for (const { contactId } of group) sent.refused.set(contactId, { verdict: 'rejected', code, text });
}

/** One outcome a contact; a contact of several pieces is in only if all of them are. */
export function outcomesOf(contactIds: string[], refused: Refused): MemberOutcome[] {
  return contactIds.map((contactId) => ({ contactId, ...(refused.get(contactId) ?? { verdict: 'accepted' }) }));
}

/** What several requests about the same contacts come to: each contact is accepted only if all of them took it. */
export function mergedReceipt(members: EncodedMember[], receipts: Receipt[]): Receipt {
  const refused = new Map(
    receipts.flatMap(({ outcomes }) =>
      outcomes.flatMap(({ contactId, verdict, code = '', text = '' }) =>
        verdict === 'accepted' ? [] : [[contactId, { verdict, code, text }] as const],
      ),
    ),
  );
  const held = receipts.flatMap(({ ticket }) => (ticket === undefined ? [] : [ticket as Record<string, Json>]));
  const requestIds = held.flatMap((ticket) => (ticket.requestIds ?? []) as string[]);
  const jobs = held.flatMap((ticket) => (ticket.jobs ?? []) as string[]);
  const ticket: Json = requestIds.length > 0 ? { requestIds, direction: 'remove' } : { jobs };
  return {
    outcomes: outcomesOf([...new Set(members.map(({ contactId }) => contactId))], refused),
    unattributedRejects: receipts.reduce((sum, receipt) => sum + receipt.unattributedRejects, 0),
    warnings: [...new Set(receipts.flatMap(({ warnings }) => warnings))],
    ...(held.length > 0 ? { vendorRequestId: receipts[0]?.vendorRequestId, ticket } : {}),
  };
}

export function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
