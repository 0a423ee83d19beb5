import { randomUUID } from 'node:crypto';
import { isObject } from '../http.ts';
import { assertAccount } from './accounts.ts';
import { type ReadMember, readMembers } from './audience-members.ts';
import { badRequest, type FieldViolation, StatusError, violation } from './errors.ts';
import { assertShape, REQUESTS } from './shapes.ts';
import type { GoogleState, IngestRequest, Outcome, UserList } from './state.ts';

type Kind = IngestRequest['kind'];

interface Target {
  destination: Record<string, unknown>;
  list: UserList;
}

const MAX_DESTINATIONS = 10;

/** `audienceMembers:ingest`, `:remove` and `:removeAll`. One bad record refuses the whole request. */
export function audienceMembers(state: GoogleState, kind: Kind, body: Record<string, unknown>): object {
  assertShape(body, REQUESTS[kind]);
  const targets = readDestinations(state, body.destinations);
  if (kind === 'ingest') assertTerms(state, body.termsOfService);
  const members =
    kind === 'removeAll'
      ? []
      : readMembers(
          state,
          body,
          targets.map(({ list }) => list),
        );
  const before = kind === 'removeAll' ? readTime(state, body.removeAsOfTime) : undefined;
  const id = randomUUID();
  if (body.validateOnly === true) return { requestId: id };
  const scripted = state.outcomes.shift() ?? {};
  const destinations = targets.map((target) => {
    const own = members.filter(
      ({ references }) => !references || references.includes(String(target.destination.reference)),
    );
    return before ? sweep(target, before, scripted) : carryOut(state, kind, target, own, scripted);
  });
  state.requests.set(id, { id, kind, at: state.clock.now(), polls: 0, destinations });
  return { requestId: id };
}

/** `requestStatus:retrieve`. */
export function requestStatus(state: GoogleState, id: string | null): object {
  const request = id ? state.requests.get(id) : undefined;
  if (!request)
    throw badRequest(
      violation(
        'request_id',
        'INVALID_REQUEST_ID',
        'Status is only for requests that succeeded without validate_only.',
      ),
    );
  request.polls += 1;
  const { processingPolls, processingSeconds } = state.options;
  const age = (state.clock.now().getTime() - request.at.getTime()) / 1000;
  const processing = request.polls <= processingPolls || age < processingSeconds;
  return {
    requestStatusPerDestination: request.destinations.map((d) => ({
      destination: d.destination,
      requestStatus: processing ? 'PROCESSING' : d.status,
      ...(processing ? {} : details(state, request, d)),
    })),
  };
}

function details(state: GoogleState, request: IngestRequest, d: IngestRequest['destinations'][number]): object {
  const text = (counts: { reason: string; recordCount: number }[]) =>
    counts.map(({ reason, recordCount }) => ({ reason, recordCount: String(recordCount) }));
  return {
    ...(d.errorCounts.length > 0 && { errorInfo: { errorCounts: text(d.errorCounts) } }),
    ...(d.warningCounts.length > 0 && { warningInfo: { warningCounts: text(d.warningCounts) } }),
    ...statusOf(state, request.kind, d),
  };
}

/** The member of the oneof `status` that the request's kind and data type ask for. */
function statusOf(state: GoogleState, kind: Kind, d: IngestRequest['destinations'][number]): object {
  if (kind === 'removeAll') return { removeAllAudienceMembersStatus: {} };
  const counts = { recordCount: String(d.recordCount), ...identifierCounts(d) };
  if (kind === 'remove') return { audienceMembersRemovalStatus: { [`${d.dataField}RemovalStatus`]: counts } };
  const matched = d.dataField === 'compositeData' || d.dataField === 'userData';
  const rate = matched ? { uploadMatchRateRange: state.options.matchRateRange } : {};
  return { audienceMembersIngestionStatus: { [`${d.dataField}IngestionStatus`]: { ...counts, ...rate } } };
}

/** DataType of the identifiers that composite data can hold. */
const DATA_TYPES: Record<string, string> = { EMAIL: 'EMAIL', PHONE: 'PHONE_NUMBER', ADDRESS: 'ADDRESS' };
const COUNT_FIELDS: Record<string, string> = {
  userData: 'userIdentifierCount',
  mobileData: 'mobileIdCount',
  userIdData: 'userIdCount',
  pairData: 'pairIdCount',
};

function identifierCounts({ dataField, identifiers }: IngestRequest['destinations'][number]): object {
  const kinds = Object.entries(identifiers);
  if (dataField === 'compositeData')
    return { dataTypeCounts: kinds.map(([kind, count]) => ({ type: DATA_TYPES[kind], count: String(count) })) };
  return { [COUNT_FIELDS[dataField]!]: String(kinds.reduce((sum, [, count]) => sum + count, 0)) };
}

function readDestinations(state: GoogleState, value: unknown): Target[] {
  const destinations = Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
  if (destinations.length === 0)
    throw badRequest(violation('destinations', 'REQUIRED_FIELD_MISSING', 'Required field is missing.'));
  if (destinations.length > MAX_DESTINATIONS)
    throw badRequest(violation('destinations', 'TOO_MANY_DESTINATIONS', 'At most 10 destinations are allowed.'));
  const references = destinations.map((d) => d.reference).filter(Boolean);
  if (new Set(references).size !== references.length)
    throw badRequest(
      violation('destinations', 'DUPLICATE_DESTINATION_REFERENCE', 'Two destinations have the same reference.'),
    );
  return destinations.map((destination, index) => {
    const field = `destinations[${index}]`;
    assertAccount(state, destination, field);
    const list = state.lists.get(String(destination.productDestinationId ?? ''));
    if (!list)
      throw badRequest(violation(`${field}.product_destination_id`, 'INVALID_USER_LIST_ID', 'User list is not valid.'));
    if (list.membershipStatus === 'CLOSED')
      throw badRequest(violation(`${field}.product_destination_id`, 'INVALID_DESTINATION', 'The user list is closed.'));
    return { destination, list };
  });
}

function assertTerms(state: GoogleState, terms: unknown): void {
  const accepted = isObject(terms) && terms.customerMatchTermsOfServiceStatus === 'ACCEPTED';
  const problems: FieldViolation[] = [];
  const field = 'terms_of_service.customer_match_terms_of_service_status';
  if (!accepted || !state.options.termsSigned)
    problems.push(
      violation(field, 'TERMS_AND_CONDITIONS_NOT_SIGNED', 'Required terms and conditions are not accepted.'),
    );
  if (!state.options.euDeclaration)
    problems.push(
      violation('destinations[0]', 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED', 'Declaration required.'),
    );
  if (problems.length > 0) throw badRequest(...problems);
}

function readTime(state: GoogleState, value: unknown): Date {
  if (value === undefined) return state.clock.now();
  const time = new Date(String(value));
  const field = 'remove_as_of_time';
  if (typeof value !== 'string' || Number.isNaN(time.getTime()))
    throw badRequest(violation(field, 'INVALID_FORMAT', 'Format is invalid.'));
  if (time > state.clock.now())
    throw badRequest(violation(field, 'INVALID_REMOVE_AS_OF_TIME', 'The time must not be in the future.'));
  return time;
}

function carryOut(state: GoogleState, kind: Kind, target: Target, members: ReadMember[], scripted: Outcome) {
  const denied = kind === 'ingest' ? members.filter((m) => m.consent === 'denied') : [];
  const unknown =
    kind === 'ingest' && state.options.consentRequired ? members.filter((m) => m.consent === 'unset') : [];
  const errorCounts = [
    ...count('PROCESSING_ERROR_REASON_DENIED_CONSENT', denied.length),
    ...count('PROCESSING_ERROR_REASON_NO_CONSENT', unknown.length),
    ...(scripted.errorCounts ?? []),
  ];
  const refused = new Set([...denied, ...unknown]);
  const willing = members.filter((member) => !refused.has(member));
  const dropped = (scripted.errorCounts ?? []).reduce((sum, { recordCount }) => sum + recordCount, 0);
  const taken = scripted.status === 'FAILED' ? [] : willing.slice(dropped);
  for (const { identifiers } of taken) {
    if (kind === 'ingest') target.list.members.add(identifiers, state.clock.now());
    else target.list.members.remove(identifiers, true);
  }
  const natural = errorCounts.length === 0 ? 'SUCCESS' : taken.length > 0 ? 'PARTIAL_SUCCESS' : 'FAILED';
  return {
    destination: target.destination,
    status: scripted.status ?? natural,
    dataField: members[0]?.dataField ?? 'compositeData',
    recordCount: members.length,
    identifiers: kindsOf(members),
    errorCounts,
    warningCounts: scripted.warningCounts ?? [],
  } as const;
}

function sweep({ destination, list }: Target, before: Date, scripted: Outcome) {
  const removed = scripted.status === 'FAILED' ? 0 : list.members.removeBefore(before);
  return {
    destination,
    status: scripted.status ?? 'SUCCESS',
    dataField: '',
    recordCount: removed,
    identifiers: {},
    errorCounts: scripted.errorCounts ?? [],
    warningCounts: scripted.warningCounts ?? [],
  } as const;
}

/** How many identifiers of each kind the members have. */
function kindsOf(members: ReadMember[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const identifier of members.flatMap(({ identifiers }) => identifiers)) {
    const [kind = ''] = identifier.split('=', 1);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function count(reason: string, recordCount: number) {
  return recordCount > 0 ? [{ reason, recordCount }] : [];
}

/** Reads the JSON body of an ingestion call. */
export function requireBody(body: Record<string, unknown> | undefined): Record<string, unknown> {
  if (!body) throw new StatusError('INVALID_ARGUMENT', 'Invalid JSON payload received. Unexpected end of input.');
  return body;
}
