import { audienceNode } from './audiences.ts';
import type { GraphApi } from './graph-api.ts';

/** What Meta counts for a session; its numbers come as strings, `-1` where it does not say. */
export interface SessionCounts {
  received: number;
  matched?: number;
  invalid: number;
}

const FIELDS = ['session_id', 'num_received', 'num_matched', 'num_invalid_entries'];

/** Asks about a session of an upload; undefined when Meta does not know it. */
export async function sessionCounts(
  api: GraphApi,
  audienceId: string,
  session: number,
): Promise<SessionCounts | undefined> {
  const page = await audienceNode(api, audienceId).getSessions(FIELDS, { session_id: session });
  const found = Array.from(page, (node) => node._data as Record<string, unknown>).find(
    (data) => String(data.session_id) === String(session),
  );
  if (!found) return undefined;
  const matched = Number(found.num_matched ?? -1);
  return {
    received: Number(found.num_received ?? 0) || 0,
    matched: matched >= 0 ? matched : undefined,
    invalid: Number(found.num_invalid_entries ?? 0) || 0,
  };
}
