import { type Call, isObject, parseObject } from '../http.ts';
import { badRequest, StatusError, violation } from './errors.ts';
import { CUSTOMER_ID, type GoogleState, type UserList } from './state.ts';

const DAY = 86_400;
const MAX_DAYS = 540;
const KEY_TYPES = ['CONTACT_ID', 'MOBILE_ID', 'USER_ID', 'PAIR_ID', 'PSEUDONYMOUS_ID'];
const WRITABLE = [
  'name',
  'displayName',
  'description',
  'membershipStatus',
  'integrationCode',
  'membershipDuration',
  'accountAccessStatus',
  'targetNetworkInfo',
  'ingestedUserListInfo',
];
const OUTPUT_ONLY = ['id', 'readOnly', 'closingReason', 'accessReason', 'sizeInfo'];
/** Filterable fields, see ListUserListsRequest.filter. */
const FILTERS: Record<string, (list: UserList) => string> = {
  id: (list) => list.id,
  display_name: (list) => list.displayName,
  description: (list) => list.description,
  membership_status: (list) => list.membershipStatus,
  integration_code: (list) => list.integrationCode ?? '',
  access_reason: () => 'OWNED',
  'ingested_user_list_info.upload_key_types': (list) => list.uploadKeyTypes.join(' '),
};
const OPERATIONS: Record<string, (have: string, want: string) => boolean> = {
  '=': (have, want) => have === want,
  '!=': (have, want) => have !== want,
  ':': (have, want) => have.includes(want),
  '>': (have, want) => Number(have) > Number(want),
  '>=': (have, want) => Number(have) >= Number(want),
  '<': (have, want) => Number(have) < Number(want),
  '<=': (have, want) => Number(have) <= Number(want),
};

/** Create, read, list, update and delete under `accountTypes/GOOGLE_ADS/accounts/{id}/userLists`. */
export function userLists(state: GoogleState, call: Call, id: string | undefined): object {
  const validateOnly = call.query.get('validateOnly') === 'true';
  if (id === undefined) {
    if (call.method === 'GET') return listLists(state, call.query);
    if (call.method === 'POST') return createList(state, readBody(call), validateOnly);
    throw new StatusError('NOT_FOUND', 'Method not found.');
  }
  const list = state.lists.get(id);
  if (!list) throw new StatusError('NOT_FOUND', 'Resource not found.', { reason: 'INVALID_USER_LIST_ID' });
  if (call.method === 'GET') return describeList(state, list);
  if (call.method === 'PATCH')
    return updateList(state, list, readBody(call), call.query.get('updateMask'), validateOnly);
  if (call.method !== 'DELETE') throw new StatusError('NOT_FOUND', 'Method not found.');
  if (!validateOnly) state.lists.delete(id);
  return {};
}

export function describeList(state: GoogleState, list: UserList): object {
  const size = String(list.members.size);
  const info = { ...list.info, uploadKeyTypes: list.uploadKeyTypes };
  const contact = isObject(list.info.contactIdInfo) ? list.info.contactIdInfo : {};
  const rate = /(\d+)_TO/.exec(state.options.matchRateRange)?.[1];
  return {
    name: `accountTypes/GOOGLE_ADS/accounts/${list.customerId}/userLists/${list.id}`,
    id: list.id,
    readOnly: false,
    displayName: list.displayName,
    description: list.description,
    membershipStatus: list.membershipStatus,
    integrationCode: list.integrationCode,
    membershipDuration: `${list.membershipDays * DAY}s`,
    accessReason: 'OWNED',
    accountAccessStatus: 'ENABLED',
    sizeInfo: { displayNetworkMembersCount: size, searchNetworkMembersCount: size },
    targetNetworkInfo: { eligibleForDisplay: true, eligibleForSearch: true },
    ingestedUserListInfo: list.uploadKeyTypes.includes('CONTACT_ID')
      ? { ...info, contactIdInfo: { ...contact, matchRatePercentage: list.members.size > 0 ? Number(rate ?? 0) : 0 } }
      : info,
  };
}

function createList(state: GoogleState, body: Record<string, unknown>, validateOnly: boolean): object {
  if (!state.options.euDeclaration)
    throw badRequest(
      violation(
        'user_list',
        'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED',
        'The account must make the EU political advertising declaration.',
      ),
    );
  const parts = readList(state, body);
  const list = { ...parts, customerId: CUSTOMER_ID };
  return validateOnly ? {} : describeList(state, state.addList(list));
}

function readList(state: GoogleState, body: Record<string, unknown>) {
  assertFields(body);
  const info = body.ingestedUserListInfo;
  if (!isObject(info))
    throw badRequest(
      violation('user_list.ingested_user_list_info', 'REQUIRED_FIELD_MISSING', 'Required field is missing.'),
    );
  const types = Array.isArray(info.uploadKeyTypes) ? info.uploadKeyTypes.map(String) : [];
  const typesField = 'user_list.ingested_user_list_info.upload_key_types';
  if (types.length === 0)
    throw badRequest(violation(typesField, 'REQUIRED_FIELD_MISSING', 'Required field is missing.'));
  if (types.some((type) => !KEY_TYPES.includes(type)))
    throw badRequest(violation(typesField, 'INVALID_ENUM_VALUE', 'Enum value cannot be used.'));
  const mobile = info.mobileIdInfo;
  if (
    types.includes('MOBILE_ID') &&
    !(isObject(mobile) && mobile.appId && ['IOS', 'ANDROID'].includes(String(mobile.keySpace)))
  )
    throw badRequest(
      violation(
        'user_list.ingested_user_list_info.mobile_id_info',
        'REQUIRED_FIELD_MISSING',
        'app_id and key_space are required.',
      ),
    );
  const { uploadKeyTypes: _, ...rest } = info;
  return {
    displayName: readName(state, body.displayName),
    description: String(body.description ?? ''),
    membershipStatus: body.membershipStatus === 'CLOSED' ? ('CLOSED' as const) : ('OPEN' as const),
    membershipDays: readDays(body.membershipDuration),
    integrationCode: body.integrationCode === undefined ? undefined : String(body.integrationCode),
    uploadKeyTypes: types,
    info: rest,
  };
}

function updateList(
  state: GoogleState,
  list: UserList,
  body: Record<string, unknown>,
  mask: string | null,
  validateOnly: boolean,
): object {
  assertFields(body);
  const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const named = mask ? mask.split(',').map((field) => camel(field.trim())) : Object.keys(body);
  if (named.some((field) => field.startsWith('ingestedUserListInfo') && field !== 'ingestedUserListInfo'))
    throw badRequest(violation('update_mask', 'INVALID_ARGUMENT', 'Upload key types and data source are immutable.'));
  const has = (field: string) => named.includes(field);
  const changes: Partial<UserList> = {
    ...(has('displayName') && { displayName: readName(state, body.displayName, list) }),
    ...(has('description') && { description: String(body.description ?? '') }),
    ...(has('membershipStatus') && { membershipStatus: body.membershipStatus as UserList['membershipStatus'] }),
    ...(has('membershipDuration') && { membershipDays: readDays(body.membershipDuration) }),
    ...(has('integrationCode') && { integrationCode: String(body.integrationCode ?? '') }),
  };
  if (!validateOnly) Object.assign(list, changes);
  return describeList(state, list);
}

function listLists(state: GoogleState, query: URLSearchParams): object {
  const size = Math.min(Number(query.get('pageSize') || 50), 1000);
  const start = Number(Buffer.from(query.get('pageToken') ?? '', 'base64url').toString() || 0);
  if (!Number.isInteger(start) || !(size > 0))
    throw badRequest(violation('page_token', 'INVALID_ARGUMENT', 'The page token or size is not valid.'));
  const filter = readFilter(query.get('filter') ?? '');
  const found = [...state.lists.values()].filter(filter);
  const page = found.slice(start, start + size).map((list) => describeList(state, list));
  const next = start + size < found.length ? Buffer.from(String(start + size)).toString('base64url') : undefined;
  return { userLists: page, nextPageToken: next };
}

function readFilter(filter: string): (list: UserList) => boolean {
  const conditions = filter.trim() === '' ? [] : filter.split(/\s+AND\s+/);
  const tests = conditions.map((condition) => {
    const [, field = '', operation = '', quoted, bare] =
      /^\s*([\w.]+)\s*(!=|>=|<=|=|>|<|:)\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))\s*$/.exec(condition) ?? [];
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    const read = FILTERS[field];
    const compare = OPERATIONS[operation];
    if (!read || !compare) throw badRequest(violation('filter', 'INVALID_ARGUMENT', 'The filter is not valid.'));
    return (list: UserList) => compare(read(list), value);
  });
  return (list) => tests.every((test) => test(list));
}

function readBody(call: Call): Record<string, unknown> {
  const body = parseObject(call.body);
  if (!body) throw new StatusError('INVALID_ARGUMENT', 'Invalid JSON payload received.');
  return body;
}

function assertFields(body: Record<string, unknown>): void {
  const unknown = Object.keys(body).find((name) => !WRITABLE.includes(name) && !OUTPUT_ONLY.includes(name));
  if (unknown)
    throw new StatusError(
      'INVALID_ARGUMENT',
      `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`,
    );
}

function readName(state: GoogleState, value: unknown, self?: UserList): string {
  const field = 'user_list.display_name';
  if (typeof value !== 'string' || value.trim() === '')
    throw badRequest(violation(field, 'REQUIRED_FIELD_MISSING', 'Required field is missing.'));
  const other = state.listNamed(value);
  if (other && other !== self)
    throw new StatusError('ALREADY_EXISTS', 'There was a problem with the request.', {
      reason: 'DISPLAY_NAME_ALREADY_USED',
      violations: [violation(field, 'DISPLAY_NAME_ALREADY_USED', 'The display name is already used.')],
    });
  return value;
}

function readDays(value: unknown): number {
  if (value === undefined) return MAX_DAYS;
  const field = 'user_list.membership_duration';
  const seconds = typeof value === 'string' && /^\d+s$/.test(value) ? Number(value.slice(0, -1)) : Number.NaN;
  if (!Number.isInteger(seconds / DAY))
    throw badRequest(
      violation(field, 'INVALID_ARGUMENT', 'The duration must be whole days in seconds, like "46656000s".'),
    );
  if (seconds > MAX_DAYS * DAY)
    throw badRequest(violation(field, 'MEMBERSHIP_DURATION_TOO_LONG', `The most is ${MAX_DAYS} days.`));
  return seconds / DAY;
}
