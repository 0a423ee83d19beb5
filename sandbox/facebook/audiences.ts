import { isObject } from '../http.ts';
import { MemberSet } from '../members.ts';
import { ERRORS, invalid } from './errors.ts';
import type { Audience, FacebookState } from './state.ts';
import { settleReplace } from './users.ts';

type Parameters = Record<string, unknown>;

const SOURCES = ['USER_PROVIDED_ONLY', 'PARTNER_PROVIDED_ONLY', 'BOTH_USER_AND_PARTNER_PROVIDED'];
/** People a lookalike's seed needs. */
const SEED_MINIMUM = 100;
/** People an audience needs before it can be used. */
const DELIVERY_MINIMUM = 100;

const STATUS_TEXT: Record<number, string> = {
  200: 'Normal',
  410: 'No upload',
  414: 'Replace in progress',
  415: 'Replace failed',
  441: 'This audience is populating, and can be used',
  471: 'This audience is flagged for violating integrity policies',
};

/** Creates a customer-list or lookalike audience. */
export function createAudience(state: FacebookState, accountId: string, p: Parameters): object {
  if (!state.options.account.termsAccepted) throw ERRORS.terms(accountId);
  const name = text(p.name);
  if (!name) throw invalid('The parameter name is required.');
  const twin = String(p.enable_fetch_or_create) === 'true' && findTwin(state, name, p);
  if (twin) return { id: twin.id, message: 'Custom audience fetched' };
  const audience: Audience = {
    id: state.nextAudienceId(),
    name,
    description: text(p.description) ?? '',
    subtype: 'CUSTOM',
    isValueBased: String(p.is_value_based) === 'true',
    createdAt: state.clock.now(),
    updatedAt: state.clock.now(),
    status: 410,
    pendingReads: 0,
    members: new MemberSet(),
    ...(p.subtype === 'LOOKALIKE' ? lookalike(state, p) : customList(state, p)),
  };
  flag(state, audience);
  state.audiences.set(audience.id, audience);
  return { id: audience.id, message: 'Custom audience created' };
}

/** What `enable_fetch_or_create` returns instead of a second audience. */
function findTwin(state: FacebookState, name: string, p: Parameters): Audience | undefined {
  return [...state.audiences.values()].find(
    (a) => a.name === name && a.subtype === p.subtype && a.description === (text(p.description) ?? ''),
  );
}

function customList(state: FacebookState, p: Parameters): Partial<Audience> {
  if (p.subtype !== 'CUSTOM') throw invalid('subtype must be CUSTOM for a customer list.');
  if (!SOURCES.includes(String(p.customer_file_source)))
    throw invalid(`customer_file_source must be one of ${SOURCES.join(', ')}.`);
  const days = retentionOf(p);
  const lists = [...state.audiences.values()].filter((a) => a.subtype === 'CUSTOM');
  if (lists.length >= state.options.audienceCap) throw ERRORS.cap(state.options.audienceCap);
  return { subtype: 'CUSTOM', customerFileSource: String(p.customer_file_source), retentionDays: days };
}

function retentionOf(p: Parameters): number | undefined {
  const days = p.retention_days === undefined ? undefined : Number(p.retention_days);
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 180))
    throw invalid('retention_days must be between 1 and 180.');
  return days;
}

function lookalike(state: FacebookState, p: Parameters): Partial<Audience> {
  const seed = state.audiences.get(String(p.origin_audience_id));
  if (!seed) throw ERRORS.missing(String(p.origin_audience_id));
  if (seed.status === 471) throw ERRORS.flaggedSeed();
  if (seed.members.size < SEED_MINIMUM) throw invalid(`The source audience has fewer than ${SEED_MINIMUM} people.`);
  const spec = typeof p.lookalike_spec === 'string' ? (JSON.parse(p.lookalike_spec) as unknown) : p.lookalike_spec;
  if (!isObject(spec)) throw invalid('lookalike_spec is required.');
  const ratio = Number(spec.ratio);
  const hasRatio = Number.isInteger(Math.round(ratio * 1e6) / 1e4) && ratio >= 0.01 && ratio <= 0.2;
  if (!hasRatio && !['similarity', 'reach'].includes(String(spec.type)))
    throw invalid('lookalike_spec needs a type (similarity, reach) or a ratio from 0.01 to 0.20 in steps of 0.01.');
  if (!spec.country && !spec.location_spec) throw invalid('lookalike_spec needs country or location_spec.');
  return { subtype: 'LOOKALIKE', origin: seed.id, status: 200 };
}

/** Changes name, description and what else may be edited. */
export function updateAudience(state: FacebookState, audience: Audience, p: Parameters): object {
  if (p.subtype !== undefined) throw invalid('subtype cannot be changed.');
  const retentionDays = retentionOf(p) ?? audience.retentionDays;
  const { name = audience.name, description = audience.description } = {
    name: text(p.name),
    description: text(p.description),
  };
  if (name === '') throw invalid('name must not be empty.');
  const changed = name !== audience.name || description !== audience.description;
  if (audience.status === 471 && (!changed || isSensitive(state, `${name} ${description}`))) throw ERRORS.flaggedEdit();
  if (audience.status === 471) audience.status = audience.contentUpdatedAt ? 200 : 410;
  Object.assign(audience, { name, description, retentionDays, updatedAt: state.clock.now() });
  flag(state, audience);
  return { success: true };
}

export function deleteAudience(state: FacebookState, audience: Audience): object {
  if ([...state.audiences.values()].some((other) => other.origin === audience.id)) throw ERRORS.hasLookalikes();
  state.audiences.delete(audience.id);
  return { success: true };
}

/** A read of an audience, which also moves a passing status one step on. */
export function readAudience(state: FacebookState, audience: Audience, fields: string[]): object {
  settleReplace(state, audience);
  const node = describeAudience(state, audience);
  if (audience.pendingReads > 0 && --audience.pendingReads === 0) audience.status = 200;
  return pick(node, fields);
}

/** Only the fields that were asked for, and the id. */
export function pick(node: Record<string, unknown>, fields: string[]): Record<string, unknown> {
  const names = fields.map((field) => field.replace(/\{.*/, ''));
  const unknown = names.filter((name) => !(name in node));
  if (unknown.length > 0) throw invalid(`Tried accessing nonexisting field (${unknown[0]})`);
  return Object.fromEntries(['id', ...names].map((name) => [name, node[name]]));
}

function describeAudience(state: FacebookState, audience: Audience): Record<string, unknown> {
  const size = audience.members.size;
  const ready = size >= DELIVERY_MINIMUM || audience.subtype === 'LOOKALIKE';
  const seconds = (date?: Date) => (date ? Math.floor(date.getTime() / 1000) : undefined);
  return {
    id: audience.id,
    name: audience.name,
    description: audience.description,
    subtype: audience.subtype,
    customer_file_source: audience.customerFileSource,
    retention_days: audience.retentionDays ?? 0,
    is_value_based: audience.isValueBased,
    approximate_count_lower_bound: size < DELIVERY_MINIMUM ? -1 : Math.floor(size / 100) * 100,
    approximate_count_upper_bound: size < DELIVERY_MINIMUM ? -1 : Math.ceil((size + 1) / 100) * 100,
    operation_status: { code: audience.status, description: STATUS_TEXT[audience.status] ?? 'Warning' },
    delivery_status:
      audience.status === 471
        ? { code: 400, description: 'This audience is not usable: it violates a policy.' }
        : ready
          ? { code: 200, description: 'This audience is ready for use.' }
          : { code: 300, description: 'Audience too small: it needs at least 100 people.' },
    data_source: audience.dataSource
      ? { type: 'FILE_IMPORTED', sub_type: audience.dataSource.split('.')[1] }
      : undefined,
    fields_violating_integrity_policy: audience.status === 471 ? ['name'] : [],
    lookalike_audience_ids: [...state.audiences.values()].filter((a) => a.origin === audience.id).map((a) => a.id),
    time_created: seconds(audience.createdAt),
    time_updated: seconds(audience.updatedAt),
    time_content_updated: seconds(audience.contentUpdatedAt),
  };
}

function flag(state: FacebookState, audience: Audience): void {
  if (isSensitive(state, `${audience.name} ${audience.description}`)) audience.status = 471;
}

function isSensitive(state: FacebookState, words: string): boolean {
  return state.options.sensitiveWords.some((word) => words.toLowerCase().includes(word));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}
