import type { OrderCounts } from './orders.repository.ts';
import { REJECTS, type RejectCode } from './rejects.ts';

/** How many rows of a file reached each stage. Each stage counts the rows of the one before, less those lost there. */
export interface Funnel {
  asOf: string;
  stages: FunnelStage[];
  /** Values that were skipped while their row was imported. */
  rejectedValues: Reason[];
}

export interface FunnelStage {
  name: 'received' | 'parsed' | 'usable-identifiers' | 'consented' | 'merged' | 'enough-traits';
  count: number;
  lost: Reason[];
}

export interface Reason {
  code: string;
  text: string;
  count: number;
}

/** What an import changed. */
export interface ImportResult {
  contacts: number;
  created: number;
  updated: number;
  /** Contacts that have not changed since an earlier import of the same row. */
  unchanged: number;
  /** Rows with the key of another row: both are merged, and the values of the later row win. */
  repeatedKeys: number;
  /** Stored or corrected: equal ids of one contact and stream are one event. */
  events: number;
  eventsWithoutValue: number;
  /** Lines of the rejects file. */
  rejects: number;
  /** Present where the file holds orders. */
  orders?: OrderCounts;
}

export interface FunnelCounts {
  received: number;
  parsed: number;
  identified: number;
  consented: number;
  merged: number;
  /** Absent for a file of events, which changes no traits. */
  enoughTraits?: number;
  /** Rows that are unreadable, have no usable key or belong to an erased person, by code. */
  rejects: Record<string, number>;
  /** Rows of existing contacts that were not stored, by code. */
  unmerged: Record<string, number>;
  /** Values that were skipped, by code. */
  values: Record<string, number>;
}

/** Contacts with fewer traits do not have enough for personas. */
export const ENOUGH_TRAITS = 2;

/** Codes that reject the whole row, by the stage that the row did not reach. */
const ROW_CODES: Record<string, FunnelStage['name']> = {
  ragged_row: 'parsed',
  text_after_quote: 'parsed',
  quote_never_closed: 'parsed',
  row_too_long: 'parsed',
  repeated_header: 'parsed',
  second_header: 'parsed',
  total_row: 'parsed',
  json_syntax: 'parsed',
  json_not_an_object: 'parsed',
  json_too_deep: 'parsed',
  no_key: 'usable-identifiers',
  erased_person: 'consented',
};
/** Codes of rows that are unreadable, have no usable key or belong to an erased person. */
export const UNREAD_ROWS = Object.keys(ROW_CODES);

export function buildFunnel(counts: FunnelCounts, asOf: Date): Funnel {
  const lostTo = (stage: FunnelStage['name']) => reasons(counts.rejects, (code) => ROW_CODES[code] === stage);
  const erased = counts.rejects.erased_person ?? 0;
  const denied = lost(
    'consent_denied',
    'Consent to advertising was denied; the contact is stored but never delivered.',
    counts.identified - erased - counts.consented,
  );
  const repeated = lost(
    'repeated_key',
    'Another row of the file is the same contact; the rows were merged.',
    counts.enoughTraits === undefined ? 0 : counts.consented - counts.merged,
  );
  return {
    asOf: asOf.toISOString(),
    stages: [
      { name: 'received', count: counts.received, lost: [] },
      { name: 'parsed', count: counts.parsed, lost: lostTo('parsed') },
      { name: 'usable-identifiers', count: counts.identified, lost: lostTo('usable-identifiers') },
      { name: 'consented', count: counts.consented, lost: [...lostTo('consented'), ...denied] },
      { name: 'merged', count: counts.merged, lost: [...reasonsOf(counts.unmerged), ...repeated] },
      ...enoughTraits(counts),
    ],
    rejectedValues: reasonsOf(counts.values),
  };
}

const lost = (code: string, text: string, count: number): Reason[] => (count > 0 ? [{ code, text, count }] : []);

function enoughTraits({ merged, enoughTraits }: FunnelCounts): FunnelStage[] {
  if (enoughTraits === undefined) return [];
  const few = lost('few_traits', `Fewer than ${ENOUGH_TRAITS} traits.`, merged - enoughTraits);
  return [{ name: 'enough-traits', count: enoughTraits, lost: few }];
}

const reasons = (rejects: Record<string, number>, wanted: (code: string) => boolean): Reason[] =>
  reasonsOf(Object.fromEntries(Object.entries(rejects).filter(([code]) => wanted(code))));

/** Rejects by code with their texts, the most frequent first. */
export function reasonsOf(rejects: Record<string, number>): Reason[] {
  return Object.entries(rejects)
    .filter(([, count]) => count > 0)
    .map(([code, count]) => ({ code, text: REJECTS[code as RejectCode] ?? code, count }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}
