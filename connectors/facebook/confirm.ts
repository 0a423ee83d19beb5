import type { Confirmation, Json } from '../destination.ts';
import { audienceNode, audienceUrl, readAudience } from './audiences.ts';
import type { GraphApi } from './graph-api.ts';
import { deliveryWarning, OPERATION_STATUS } from './status.ts';
import type { Ticket } from './upload.ts';

/** What Meta counts for sessions; its numbers come as strings, `-1` where it does not say. */
interface Counts {
  received: number;
  matched?: number;
  invalid: number;
}

const SESSION_FIELDS = ['session_id', 'num_received', 'num_matched', 'num_invalid_entries'];

/**
 * Asks Meta about the sessions of an upload and the state of its audience. Everything sent must have been received;
 * then the audience's own status decides. A session's `stage` is not asked: it can stay `uploading` for ever.
 */
export async function confirm(api: GraphApi, tickets: Json[]): Promise<Confirmation> {
  const sent = tickets as unknown as Ticket[];
  const audienceId = sent[0]?.audienceId;
  if (audienceId === undefined) {
    return { state: 'confirmed', detail: 'There was nothing to send.', rejects: [], warnings: [] };
  }
  const expected = rowsBySession(sent);
  const counts = await Promise.all([...expected.keys()].map((session) => countsOf(api, audienceId, session)));
  const audience = await readAudience(api, audienceId, ['operation_status', 'delivery_status']);
  const received = sum(counts.map((c) => c.received));
  const invalid = sum(counts.map((c) => c.invalid));
  const matched = counts.every((c) => c.matched !== undefined) ? sum(counts.map((c) => c.matched ?? 0)) : undefined;
  const missing = sum([...expected.values()].map((rows, i) => Math.max(0, rows - (counts[i]?.received ?? 0))));

  const code = audience.operation_status?.code;
  const status = OPERATION_STATUS[code ?? 200] ?? {
    state: 'confirmed',
    text: `Facebook gives the audience status ${code}.`,
  };
  const final = status.state === 'failed' || status.state === 'needs-person';
  const state = final
    ? status.state
    : missing > 0
      ? 'pending'
      : status.state === 'confirmed' && invalid > 0
        ? 'partial'
        : status.state;
  const warnings = [status.text, deliveryWarning(audience.delivery_status?.code), api.versionWarning].filter(
    (w) => w !== undefined && w !== '',
  );
  return {
    state,
    detail: detailOf(state, { received, missing, invalid, text: status.text, url: audienceUrl(api, audienceId) }),
    received,
    matched,
    rejects: invalid > 0 ? [{ code: 'invalid_entry', count: invalid }] : [],
    warnings: warnings as string[],
  };
}

function rowsBySession(tickets: Ticket[]): Map<number, number> {
  const rows = new Map<number, number>();
  for (const { id, rows: count } of tickets.flatMap((ticket) => ticket.sessions))
    rows.set(id, (rows.get(id) ?? 0) + count);
  return rows;
}

async function countsOf(api: GraphApi, audienceId: string, session: number): Promise<Counts> {
  const page = await audienceNode(api, audienceId).getSessions(SESSION_FIELDS, { session_id: session });
  const found = page
    .map((node) => node._data as Record<string, unknown>)
    .find((data) => String(data.session_id) === String(session));
  if (!found) return { received: 0, invalid: 0 };
  const matched = Number(found.num_matched ?? -1);
  return {
    received: Number(found.num_received ?? 0) || 0,
    matched: matched >= 0 ? matched : undefined,
    invalid: Number(found.num_invalid_entries ?? 0) || 0,
  };
}

function detailOf(
  state: Confirmation['state'],
  {
    received,
    missing,
    invalid,
    text,
    url,
  }: { received: number; missing: number; invalid: number; text: string; url: string },
): string {
  const sentences = [
    `Facebook received ${received} entries.`,
    missing > 0 && `${missing} are not received yet.`,
    invalid > 0 && `It calls ${invalid} of them invalid.`,
    text,
    state === 'needs-person' && url,
  ];
  return sentences.filter(Boolean).join(' ');
}

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);
