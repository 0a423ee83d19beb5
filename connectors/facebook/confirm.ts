import type { Confirmation, Json } from '../destination.ts';
import { type AudienceData, audienceUrl, readAudience } from './audiences.ts';
import type { GraphApi } from './graph-api.ts';
import { type SessionCounts, sessionCounts } from './sessions.ts';
import { deliveryStatus, operationStatus } from './status.ts';
import type { Ticket } from './upload.ts';

type State = Confirmation['state'];
/** Of several verdicts the first in this order holds. What was not received yet may still be, whoever has to act besides. */
const GRAVITY: State[] = ['failed', 'pending', 'needs-person', 'partial', 'confirmed'];

const SIZE_FIELDS = ['approximate_count_lower_bound', 'approximate_count_upper_bound'];

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
  const counts: SessionCounts[] = [];
  for (const [session, rows] of expected)
    counts.push(atMost(rows, (await sessionCounts(api, audienceId, session)) ?? { received: 0, invalid: 0 }));
  const audience = await readAudience(api, audienceId, ['operation_status', 'delivery_status', ...SIZE_FIELDS]);
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
    states.includes('needs-person') ? audienceUrl(api, audienceId) : '',
  ];
  return {
    state,
    detail: detail.filter((sentence) => sentence !== '').join(' '),
    received,
    matched,
    ...sizeOf(audience),
    rejects: invalid > 0 ? [{ code: 'invalid_entry', count: invalid }] : [],
    warnings: api.versionWarning ? [...texts, api.versionWarning] : texts,
  };
}

/** Meta rounds what it counts, and says nothing of small audiences. */
function sizeOf({ approximate_count_lower_bound: from = -1, approximate_count_upper_bound: to = -1 }: AudienceData) {
  return from >= 0 && to >= from ? { audienceSize: { from, to } } : {};
}

/** Meta counts a batch twice that was sent again, because its first answer never came. */
const atMost = (rows: number, { received, matched, invalid }: SessionCounts): SessionCounts => ({
  received: Math.min(rows, received),
  matched: matched === undefined ? undefined : Math.min(rows, matched),
  invalid: Math.min(rows, invalid),
});

function rowsBySession(tickets: Ticket[]): Map<number, number> {
  const rows = new Map<number, number>();
  for (const { id, rows: count } of tickets.flatMap((ticket) => ticket.sessions))
    rows.set(id, (rows.get(id) ?? 0) + count);
  return rows;
}

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);
