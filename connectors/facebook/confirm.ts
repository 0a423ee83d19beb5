import type { Confirmation, Json } from '../destination.ts';
import { audienceNode, audienceUrl, readAudience } from './audiences.ts';
import type { GraphApi } from './graph-api.ts';
import { deliveryStatus, operationStatus } from './status.ts';
import type { Ticket } from './upload.ts';

/** What Meta counts for sessions; its numbers come as strings, `-1` where it does not say. */
interface Counts {
  received: number;
  matched?: number;
  invalid: number;
}

type State = Confirmation['state'];
/** Of several verdicts the first in this order holds. */
const GRAVITY: State[] = ['failed', 'needs-person', 'pending', 'partial', 'confirmed'];

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
  const counts: Counts[] = [];
  for (const session of expected.keys()) counts.push(await countsOf(api, audienceId, session));
  const audience = await readAudience(api, audienceId, ['operation_status', 'delivery_status']);
  const received = sum(counts.map((c) => c.received));
  const invalid = sum(counts.map((c) => c.invalid));
  const matched = counts.every((c) => c.matched !== undefined) ? sum(counts.map((c) => c.matched ?? 0)) : undefined;
  const missing = sum([...expected.values()].map((rows, i) => Math.max(0, rows - (counts[i]?.received ?? 0))));

  const verdicts = [operationStatus(audience.operation_status?.code), deliveryStatus(audience.delivery_status?.code)];
  const states: State[] = [
    ...verdicts.map((verdict) => verdict.state),
    missing > 0 ? 'pending' : invalid > 0 ? 'partial' : 'confirmed',
  ];
  const state = GRAVITY.find((candidate) => states.includes(candidate)) ?? 'confirmed';
  const texts = verdicts.map((verdict) => verdict.text).filter((text) => text !== '');
  const detail = [
    `Facebook received ${received} rows.`,
    missing > 0 ? `${missing} are not received yet.` : '',
    invalid > 0 ? `It calls ${invalid} of them invalid.` : '',
    ...texts,
    state === 'needs-person' ? audienceUrl(api, audienceId) : '',
  ];
  return {
    state,
    detail: detail.filter((sentence) => sentence !== '').join(' '),
    received,
    matched,
    rejects: invalid > 0 ? [{ code: 'invalid_entry', count: invalid }] : [],
    warnings: api.versionWarning ? [...texts, api.versionWarning] : texts,
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
  const found = Array.from(page, (node) => node._data as Record<string, unknown>).find(
    (data) => String(data.session_id) === String(session),
  );
  if (!found) return { received: 0, invalid: 0 };
  const matched = Number(found.num_matched ?? -1);
  return {
    received: Number(found.num_received ?? 0) || 0,
    matched: matched >= 0 ? matched : undefined,
    invalid: Number(found.num_invalid_entries ?? 0) || 0,
  };
}

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);
