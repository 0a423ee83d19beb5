import type { Confirmation, Shortfall } from '../destination.ts';
import { ruleOf } from './failure.ts';

/** RequestStatusPerDestination. int64 travels as text. @see https://developers.google.com/data-manager/api/devguides/diagnostics */
export interface RequestStatus {
  requestStatus?: 'SUCCESS' | 'PROCESSING' | 'FAILED' | 'FAILURE' | 'PARTIAL_SUCCESS' | 'REQUEST_STATUS_UNKNOWN';
  errorInfo?: { errorCounts?: { reason?: string; recordCount?: string | number }[] };
  warningInfo?: { warningCounts?: { reason?: string; recordCount?: string | number }[] };
  /** A oneof by the kind of data that was sent: `compositeDataIngestionStatus`, `userDataIngestionStatus`, … */
  audienceMembersIngestionStatus?: Record<string, Counts>;
  audienceMembersRemovalStatus?: Record<string, Counts>;
  /** Of `removeAll`, which counts nothing. */
  removeAllAudienceMembersStatus?: object;
}

interface Counts {
  /** Records that were sent, taken or not. */
  recordCount?: string | number;
  uploadMatchRateRange?: string;
  dataTypeCounts?: { type?: string; count?: string | number }[];
}

/** DataType, as people say it. */
const DATA_TYPES: Record<string, string> = {
  EMAIL: 'e-mail addresses',
  PHONE_NUMBER: 'phone numbers',
  ADDRESS: 'postal addresses',
  IP_ADDRESS: 'IP addresses',
};

/** One answer for all requests of an upload: pending while any is, else what the worst and the best add up to. */
export function confirmationOf(statuses: RequestStatus[]): Confirmation {
  const count = (...names: string[]) => statuses.filter((status) => names.includes(status.requestStatus ?? '')).length;
  const [done, failed, partial] = [count('SUCCESS'), count('FAILED', 'FAILURE'), count('PARTIAL_SUCCESS')];
  const pending = statuses.length - done - failed - partial;
  const state =
    pending > 0 ? 'pending' : failed === 0 && partial === 0 ? 'confirmed' : done + partial === 0 ? 'failed' : 'partial';
  const rejects = summed(statuses.flatMap((status) => status.errorInfo?.errorCounts ?? []));
  const matchRate = matchRateOf(statuses.flatMap((status) => countsOf(status).uploadMatchRateRange ?? []));
  const said = [
    `${statuses.length} request${statuses.length === 1 ? '' : 's'}: ${done} processed`,
    ...(partial > 0 ? [`${partial} in part`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(pending > 0 ? [`${pending} still in progress`] : []),
  ].join(', ');
  const reasons = rejects.map(
    ({ code, count: n }) => `${n} refused: ${ruleOf({ code: `processing/${code}` })?.text ?? code}`,
  );
  const received = pending > 0 ? undefined : receivedOf(statuses);
  const types = typesOf(statuses);
  return {
    state,
    detail: [
      `${said}.`,
      ...(types ? [`Sent: ${types}.`] : []),
      ...reasons,
      ...(matchRate ? [`Match rate ${matchRate}.`] : []),
    ].join(' '),
    ...(received === undefined ? {} : { received }),
    ...(matchRate ? { matchRate } : {}),
    rejects,
    warnings: summed(statuses.flatMap((status) => status.warningInfo?.warningCounts ?? [])).map(
      ({ code, count: n }) => `${code} for ${n} records`,
    ),
  };
}

/** What did not take effect of each ticket, by its requests. Who was in a failed one beside others is not known. */
export function shortfallsOf(tickets: RequestStatus[][]): Shortfall[] {
  return tickets.flatMap((statuses, ticket): Shortfall[] => {
    const is = (...names: string[]) => statuses.filter(({ requestStatus }) => names.includes(requestStatus ?? ''));
    if (is('FAILED', 'FAILURE').length > 0) return [{ ticket, entries: 'all' }];
    const partial = is('PARTIAL_SUCCESS');
    return partial.length > 0 ? [{ ticket, entries: partial.reduce((sum, status) => sum + refusedOf(status), 0) }] : [];
  });
}

const countsOf = ({ audienceMembersIngestionStatus, audienceMembersRemovalStatus }: RequestStatus): Counts =>
  Object.values(audienceMembersIngestionStatus ?? audienceMembersRemovalStatus ?? {})[0] ?? {};

/**
 * `recordCount` counts everything sent, so what was refused is taken off; a failed request took nothing.
 * @returns undefined where Google counts no records, as of a removal of everyone
 */
function receivedOf(statuses: RequestStatus[]): number | undefined {
  const taken = statuses.filter(
    ({ requestStatus }) => requestStatus === 'SUCCESS' || requestStatus === 'PARTIAL_SUCCESS',
  );
  const counted = taken.filter((status) => countsOf(status).recordCount !== undefined);
  if (counted.length === 0 && taken.length > 0) return undefined;
  return counted
    .map((status) => Math.max(0, Number(countsOf(status).recordCount) - refusedOf(status)))
    .reduce((sum, n) => sum + n, 0);
}

/** How many identifiers of each kind were sent, where Google counts them. */
function typesOf(statuses: RequestStatus[]): string {
  const sums = new Map<string, number>();
  for (const { type = 'DATA_TYPE_UNSPECIFIED', count = 0 } of statuses.flatMap((s) => countsOf(s).dataTypeCounts ?? []))
    sums.set(type, (sums.get(type) ?? 0) + Number(count));
  return [...sums].map(([type, n]) => `${n} ${DATA_TYPES[type] ?? type}`).join(', ');
}

const refusedOf = ({ errorInfo }: RequestStatus): number =>
  (errorInfo?.errorCounts ?? []).reduce((sum, { recordCount }) => sum + Number(recordCount ?? 0), 0);

function summed(counts: { reason?: string; recordCount?: string | number }[]): { code: string; count: number }[] {
  const sums = new Map<string, number>();
  for (const { reason = 'UNSPECIFIED', recordCount = 0 } of counts) {
    const code = reason.replace(/^PROCESSING_(ERROR|WARNING)_(REASON_)?/, '');
    sums.set(code, (sums.get(code) ?? 0) + Number(recordCount));
  }
  return [...sums].map(([code, n]) => ({ code, count: n }));
}

/** `MATCH_RATE_RANGE_41_TO_50`, or without prefix as the Google Ads API says it, in words; several give the span. */
export function matchRateOf(ranges: string[]): string | undefined {
  const bounds = [...new Set(ranges)].flatMap((range) => {
    const match = /(\d+)_TO_(\d+)|LESS_THAN_(\d+)/.exec(range);
    return match
      ? [match[3] === undefined ? ([Number(match[1]), Number(match[2])] as const) : ([0, Number(match[3])] as const)]
      : [];
  });
  if (bounds.length === 0) return undefined;
  const [low, high] = [Math.min(...bounds.map(([from]) => from)), Math.max(...bounds.map(([, to]) => to))];
  return low === 0 ? `below ${high} %` : `${low} to ${high} %`;
}
