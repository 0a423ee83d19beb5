import { CUSTOMER_ID, type GoogleState } from '../google/state.ts';
import { refuse } from './failures.ts';
import type { Job, Jobs } from './jobs.ts';
import type { AdsProtos } from './protos.ts';
import { resourceName } from './user-lists.ts';

type Row = Record<string, string | number | boolean | object | undefined>;

/** GoogleAdsService.Search for the three resources a Customer Match client asks about. */
export function search(state: GoogleState, jobs: Jobs, protos: AdsProtos, query: string): object[] {
  const [, from = '', where = ''] =
    /^\s*SELECT\s+[\w.,\s]+\s+FROM\s+(\w+)(?:\s+WHERE\s+(.+?))?(?:\s+LIMIT\s+\d+)?\s*$/is.exec(query) ?? [];
  const wanted = conditions(where);
  const encode = (type: string, row: Row) => protos.encode(`resources.${type}`, row);
  if (from === 'customer') return [{ customer: encode('Customer', customer()) }];
  if (from === 'user_list') {
    const rows = [...state.lists.values()].map((list) => ({
      resource_name: resourceName(list),
      id: list.id,
      name: list.displayName,
      description: list.description,
      membership_status: list.membershipStatus,
      membership_life_span: String(list.membershipDays),
      size_for_display: String(list.members.size),
      size_for_search: String(list.members.size),
    }));
    return rows.filter((row) => matches(row, wanted)).map((row) => ({ user_list: encode('UserList', row) }));
  }
  if (from === 'offline_user_data_job') {
    const name = wanted.get('resource_name');
    if (name) jobs.ask(name);
    const rows = [...jobs.all.values()].map((job) => jobRow(state, job));
    return rows
      .filter((row) => matches(row, wanted))
      .map((row) => ({ offline_user_data_job: encode('OfflineUserDataJob', row) }));
  }
  throw refuse(
    'query_error',
    from ? 'BAD_RESOURCE_TYPE_IN_FROM_CLAUSE' : 'EXPECTED_FROM',
    'The query is not understood by the sandbox.',
  );
}

function customer(): Row {
  return {
    resource_name: `customers/${CUSTOMER_ID}`,
    id: CUSTOMER_ID,
    descriptive_name: 'Sandbox customer',
    currency_code: 'USD',
    time_zone: 'America/New_York',
    manager: false,
    status: 'ENABLED',
  };
}

function jobRow(state: GoogleState, job: Job): Row {
  const done = job.status === 'SUCCESS';
  return {
    resource_name: job.resourceName,
    id: job.id,
    external_id: job.externalId,
    type: job.type,
    status: job.status,
    operation_metadata:
      done && job.previewsMatchRate
        ? { match_rate_range: state.options.matchRateRange.replace('MATCH_RATE_RANGE', 'MATCH_RANGE') }
        : undefined,
    customer_match_user_list_metadata: { user_list: resourceName(job.list) },
  };
}

/** `resource.field = 'value'` conditions joined by AND, by field name. */
function conditions(where: string): Map<string, string> {
  const parts = where.trim() ? where.split(/\s+AND\s+/i) : [];
  return new Map(
    parts.map((part) => {
      const [, field, quoted, bare] = /^\s*\w+\.(\w+)\s*=\s*(?:['"](.*)['"]|(\S+))\s*$/.exec(part) ?? [];
      if (!field) throw refuse('query_error', 'BAD_OPERATOR', 'The sandbox understands only field = value.');
      return [field, quoted ?? bare ?? ''] as const;
    }),
  );
}

function matches(row: Row, wanted: Map<string, string>): boolean {
  return [...wanted].every(([field, value]) => String(row[field]) === value);
}
