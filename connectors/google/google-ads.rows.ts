import type { Confirmation, Shortfall } from '../destination.ts';
import { sizeOf, type UserList } from './driver.ts';
import { matchRateOf } from './request-status.ts';

export interface Job {
  resource_name: string;
  status: string;
  failure_reason?: string;
  operation_metadata?: { match_rate_range?: string } | null;
}

export interface AdsList {
  id: string;
  name: string;
  description?: string;
  membership_life_span?: string;
  membership_status?: string;
  size_for_display?: string;
  size_for_search?: string;
  match_rate_percentage?: number;
  read_only?: boolean;
  type?: string;
  crm_based_user_list?: { upload_key_type?: string } | null;
}

export function userList(list: AdsList): UserList {
  return {
    id: String(list.id),
    name: list.name,
    description: list.description ?? '',
    membershipDays: Number(list.membership_life_span ?? 0),
    open: list.membership_status !== 'CLOSED',
    readOnly: list.read_only ?? false,
    takesContacts:
      /^(CONTACT_INFO|UN\w+)$/.test(list.crm_based_user_list?.upload_key_type ?? 'UNKNOWN') &&
      /^(CRM_BASED|UN\w+)$/.test(list.type ?? 'UNKNOWN'),
    size: sizeOf(list.size_for_display, list.size_for_search),
    matchRatePercent: list.match_rate_percentage,
  };
}

/**
 * A job is done or failed as a whole; single operations were already answered when they were added.
 * @param tickets the jobs of each ticket, by name
 */
export function confirmationOf(tickets: string[][], jobs: Job[]): Confirmation {
  const asked = new Set(tickets.flat()).size;
  const failed = jobs.filter(({ status }) => status === 'FAILED');
  const done = jobs.filter(({ status }) => status === 'SUCCESS').length;
  const pending = asked - done - failed.length;
  const matchRate = matchRateOf(jobs.flatMap((job) => job.operation_metadata?.match_rate_range ?? []));
  const state = pending > 0 ? 'pending' : failed.length === 0 ? 'confirmed' : done === 0 ? 'failed' : 'partial';
  const reasons = [
    ...new Set(failed.flatMap(({ failure_reason: reason }) => (reason && !/^UN/.test(reason) ? reason : []))),
  ];
  const parts = [
    `${done} processed`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(pending > 0 ? [`${pending} still in progress`] : []),
  ];
  return {
    state,
    detail: [
      `${asked} upload job${asked === 1 ? '' : 's'}: ${parts.join(', ')}.`,
      ...reasons,
      ...(matchRate ? [`Match rate ${matchRate}.`] : []),
    ].join(' '),
    ...(matchRate ? { matchRate } : {}),
    ...(state === 'partial' ? { shortfalls: shortfallsOf(tickets, failed) } : {}),
    rejects: [],
    warnings: [],
  };
}

function shortfallsOf(tickets: string[][], failed: Job[]): Shortfall[] {
  const names = new Set(failed.map((job) => job.resource_name));
  return tickets.flatMap((jobs, ticket) => (jobs.some((job) => names.has(job)) ? [{ ticket, entries: 'all' }] : []));
}

/** A query in the Google Ads Query Language. */
export const select = (resource: string, fields: string[], rest: string): string =>
  `SELECT ${fields.map((field) => `${resource}.${field}`).join(', ')} FROM ${resource} ${rest}`;

export const JOB_FIELDS = [
  'resource_name',
  'id',
  'external_id',
  'status',
  'failure_reason',
  'operation_metadata.match_rate_range',
];
export const LIST_FIELDS = [
  'resource_name',
  'id',
  'name',
  'description',
  'membership_life_span',
  'membership_status',
  'read_only',
  'type',
  'size_for_display',
  'size_for_search',
  'match_rate_percentage',
  'crm_based_user_list.upload_key_type',
];
