import type { AttributeValue } from '../../connectors/destination.ts';
import { FIELD_COLUMNS } from '../contacts/contact-fields.ts';
import type { ResolvedAttribute } from './attributes.service.ts';
import type { Told } from './changes.ts';
import { retriesOnly } from './states.ts';
import { isWorth, worthJoin, worthValue } from './worth.ts';

/** Type of the attribute that is a member's persona; its name is the version that assigned it. */
export const PERSONA = 'persona';

/** What the statements call the attributes. */
export const attributeParams = (attributes: { name: string; of?: string }[]): Record<string, string> =>
  Object.fromEntries(attributes.map(({ name, of }, i) => [`attribute${i}`, of ?? name]));

/** A value that travels with members, as statements look for it. */
export type PlannedAttribute = Pick<ResolvedAttribute, 'name' | 'type' | 'field'>;

export type Query = { sql: string; params: Record<string, unknown> };

export interface PlanInput {
  account: string;
  planId: string;
  deliveryId: string;
  /** What is true of a row of current contacts when it is in the audience. */
  audience: Query;
  /** The published persona version that splits the audience; absent without a split. */
  personaVersionId?: string;
  /** Whether the personas share one segment; each member's persona is then among `attributes`. */
  joinsPersonas?: boolean;
  /** Whether newcomers are added and members renewed. */
  adds: boolean;
  /** Whether those who left the audience are removed. */
  removesLeavers: boolean;
  /** Sends every member again. */
  resync: boolean;
  /** Tries those again that were refused before; without `resync`, nobody else but who is not known to have arrived. */
  retryRefused: boolean;
  /** Members last sent before this are sent again, because the platform forgets them. ISO time, or absent. */
  refreshBefore?: string;
  /** Countries whose people count as having denied what they did not say. */
  deniedCountries: string[];
  /** Changes whenever the delivery's own configuration changes what is sent for a contact. */
  configVersion: string;
  /** Traits attached to members: a change of theirs is a change of the member. */
  attributes: PlannedAttribute[];
  /** Set in the mode `changes`, whose plan is made by what was told and not by what was sent (changes.sql.ts). */
  told?: Told;
}

/**
 * Members of the audience with their segment, set against the ledger: one row a contact and segment with what to do.
 * Who was refused before and has not changed since is not tried again. Who was sent without being known to have arrived
 * (`failed`) is sent again, and removed like a member.
 * One statement, so that everyone is judged at the same instant.
 */
export function diffQuery(input: PlanInput): Query {
  const params: Record<string, unknown> = {
    ...input.audience.params,
    ...decisionParams(input),
    config: input.configVersion,
    denied_countries: input.deniedCountries,
    ...attributeParams(input.attributes),
  };
  if (input.personaVersionId) params.persona_version = input.personaVersionId;
  return { sql: `${memberTables(input)} ${DIFF(input)}`, params };
}

/** What decides about members beside the ledger. */
export const decisionParams = (input: PlanInput) => ({
  account: input.account,
  delivery: input.deliveryId,
  resync: input.resync ? 1 : 0,
  retry_refused: input.retryRefused ? 1 : 0,
  refresh_before: input.refreshBefore ?? '1970-01-01T00:00:00.000Z',
});

function memberTables({ audience, personaVersionId, joinsPersonas, attributes }: PlanInput): string {
  // what a person is worth moves every day, and is told when the member is sent next
  const values = attributes
    .map(({ type, field }, i) => {
      if (isWorth(type)) return '';
      if (field) return `, if(${field.known}, toString(${field.value}), '')`;
      return type === PERSONA ? ', p.persona_key' : `, ${type === 'category' ? 'cat' : 'num'}[{attribute${i}:String}]`;
    })
    .join('');
  const segment = joinsPersonas ? "if(p.persona_key = '', '', 'all')" : 'p.persona_key';
  const persona = personaVersionId
    ? `LEFT JOIN (SELECT contact_id, toString(persona_key) AS persona_key FROM persona_assignments FINAL
         WHERE account_id = {account:String} AND version_id = {persona_version:String}) AS p ON p.contact_id = c.contact_id`
    : '';
  return `
    WITH members AS (
      SELECT c.contact_id AS contact_id, ${personaVersionId ? segment : "'all'"} AS persona,
        cityHash64(c.identity_version, {config:String}${values}) AS identity_version,
        multiIf(c.kept_back != '', c.kept_back, persona = '', 'no_persona', '') AS reason
      FROM (SELECT contact_id, identity_version, num, cat, ${FIELD_COLUMNS}, ${KEPT_BACK} AS kept_back FROM contacts FINAL
        WHERE account_id = {account:String} AND deleted = 0 AND ${audience.sql}) AS c ${persona}
    ),
    held AS (
      SELECT contact_id, toString(segment_key) AS segment_key, identity_version, toString(state) AS state, at FROM ledger FINAL
      WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND state IN ('present', 'refused', 'failed')
    )`;
}

const isDenied = (purpose: string) =>
  `(consent['${purpose}'] = 'denied' OR (consent['${purpose}'] = '' AND country IN {denied_countries:Array(String)}))`;

/** Why a contact may not be delivered whatever the audience says: denied consent, said or by the country's default, or a suppression. */
export const KEPT_BACK = `
  multiIf(${isDenied('ad_user_data')} OR ${isDenied('ad_personalization')}, 'consent_denied', contact_id IN (
    SELECT contact_id FROM identities WHERE account_id = {account:String} AND (kind, hash) IN (
      SELECT kind, hash FROM suppressions FINAL WHERE account_id = {account:String} AND active = 1)), 'suppressed', '')`;

export const KEPT_BACK_CONTACTS = `SELECT contact_id FROM contacts FINAL WHERE account_id = {account:String} AND ${KEPT_BACK} != ''`;

/**
 * Members and what is held meet once: a row on one side only is a newcomer or a leaver (a mover is both). Who is kept back
 * is withheld, and removed from where they are held. Both sides lie in the order of contacts, so a merge takes no memory
 * to speak of, and is quicker than a hash table once the parts of an import are merged.
 */
const DIFF = (input: PlanInput) => `
  SELECT if(m.contact_id = '', h.segment_key, if(m.persona = '', 'none', m.persona)) AS segment_key,
    if(m.contact_id = '', h.contact_id, m.contact_id) AS contact_id,
    arrayJoin(multiIf(
      m.contact_id = '' AND h.state = 'refused', [],
      m.contact_id = '', ${leaverActions(input)},
      m.reason != '', if(h.state IN ('present', 'failed'), ['withheld', 'remove'], ['withheld']),
      ${input.adds ? memberActions(input) : "if(h.state = 'present', ['unchanged'], [])"})) AS action,
    m.reason AS reason, if(m.contact_id = '', h.identity_version, m.identity_version) AS identity_version
  FROM members AS m FULL OUTER JOIN held AS h ON h.contact_id = m.contact_id AND h.segment_key = m.persona
  SETTINGS join_algorithm = 'full_sorting_merge'`;

/** What to do with who is held and has left, by what the ledger says of it. */
export function leaverActions(input: PlanInput): string {
  const isKeptBack = `h.contact_id IN (${KEPT_BACK_CONTACTS})`;
  if (!input.removesLeavers) return `if(${isKeptBack}, ['remove'], [])`;
  return retriesOnly(input) ? `if(h.state = 'failed' OR ${isKeptBack}, ['remove'], ['unchanged'])` : "['remove']";
}

/** What to do with a member, by what the ledger says of it. */
export const memberActions = (input: PlanInput): string => (retriesOnly(input) ? RETRY : `[${ACTION}]`);

const ACTION = `multiIf(
      h.contact_id = '', 'add',
      h.identity_version != m.identity_version, if(h.state = 'refused', 'add', 'change'),
      h.state = 'refused', if({retry_refused:UInt8}, 'add', 'refused'),
      h.state = 'failed' OR {resync:UInt8} OR h.at < parseDateTime64BestEffort({refresh_before:String}, 3, 'UTC'), 'refresh',
      'unchanged')`;

const RETRY = `multiIf(
      h.contact_id = '', [],
      h.state = 'refused', ['add'],
      h.state = 'present', ['unchanged'],
      [if(h.identity_version != m.identity_version, 'change', 'refresh')])`;

/**
 * Members a page at a time, each with everything an encoder needs, and why they may not be delivered any more.
 * Attribute values come in the order they were asked.
 */
export const pageQuery = (attributes: PlannedAttribute[]): string =>
  membersQuery(MEMBER_PAGE, attributes, KEPT_BACK_SINCE);

/**
 * Members that a plan would send, without a snapshot: what a dry run encodes to tell who has nothing usable.
 * @param columns that the plan has besides
 */
export const newcomersQuery = (diff: string, attributes: PlannedAttribute[], columns: string[]): string =>
  membersQuery(
    `SELECT ${['contact_id', 'identity_version', 'segment_key', ...columns].join(', ')} FROM (${diff}) WHERE action IN ('add', 'change')`,
    attributes,
    ['segment_key', ...columns].map((name) => `m.${name} AS ${name},`).join(' '),
  );

/** One contact as an encoder would see it, whether or not it is in a plan. */
export const contactQuery = (attributes: PlannedAttribute[]): string =>
  membersQuery('SELECT {contact:String} AS contact_id, toUInt64(0) AS identity_version', attributes);

/** Why a member may not be delivered now, whatever was planned: sending can begin hours after planning. */
export const KEPT_BACK_SINCE = `${KEPT_BACK} AS kept_back,`;

export function membersQuery(source: string, attributes: PlannedAttribute[], extra = ''): string {
  const persona = attributes.findIndex(({ type }) => type === PERSONA);
  const values = attributes.map(({ type, field }, i) => {
    if (type === PERSONA) return 'p.persona_key';
    if (isWorth(type)) return worthValue(i);
    if (field) return `if(${field.known}, toString(${field.value}), NULL)`;
    const map = `c.${type === 'category' ? 'cat' : 'num'}`;
    return `if(mapContains(${map}, {attribute${i}:String}), toString(${map}[{attribute${i}:String}]), NULL)`;
  });
  return `
    SELECT ${extra} m.contact_id AS contact_id, toString(m.identity_version) AS identity_version, c.emails AS emails, c.phones AS phones,
      c.email_hashes AS email_hashes, c.phone_hashes AS phone_hashes, c.first_name AS first_name, c.last_name AS last_name,
      toString(c.gender) AS gender, c.birth_date AS birth_date, c.street AS street, c.city AS city, c.region AS region, c.postal_code AS postal_code,
      toString(c.country) AS country, c.mobile_ad_ids AS mobile_ad_ids, c.external_ids AS external_ids, [${values.join(', ')}]::Array(Nullable(String)) AS attributes
    FROM (${source}) AS m
    INNER JOIN (SELECT * FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0 AND contact_id IN (SELECT contact_id FROM (${source}))) AS c
      ON c.contact_id = m.contact_id${
        persona < 0
          ? ''
          : ` LEFT JOIN (SELECT contact_id, toString(persona_key) AS persona_key FROM persona_assignments FINAL
      WHERE account_id = {account:String} AND version_id = {attribute${persona}:String}
        AND contact_id IN (SELECT contact_id FROM (${source}))) AS p ON p.contact_id = m.contact_id`
      }${attributes.map(({ type }, i) => (isWorth(type) ? worthJoin(i, type, source) : '')).join('')}
    ORDER BY m.contact_id`;
}

/** Movers whose new list could not be filled: they stay where they are. */
export const SPARED = `
  SELECT contact_id FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String}
    AND segment_key IN {spared:Array(String)} AND action = 'add'`;

const MEMBER_PAGE = `
  SELECT contact_id, identity_version FROM run_members
  WHERE account_id = {account:String} AND plan_id = {plan:String} AND segment_key = {segment:String}
    AND contact_id > {cursor:String} AND (action IN {actions:Array(String)} OR action = 'remove' AND contact_id IN (${SPARED}))
  ORDER BY contact_id LIMIT {limit:UInt32}`;

/** Turns the warehouse's text form of a trait back into its type. Dates are days since 1970-01-01. */
export function attributeValue(text: string | null, type: string): AttributeValue {
  if (text === null) return null;
  if (type === 'category') return text;
  const number = Number(text);
  if (type === 'boolean') return number === 1;
  return type === 'date' ? new Date(number * 86_400_000).toISOString().slice(0, 10) : number;
}

/** Who is at a destination, or may be, in whatever form, although they may not be delivered: what the next run takes out. */
export const WITHDRAWN_BUT_DELIVERED = `
  SELECT uniqExact(contact_id) AS contacts FROM (
    SELECT contact_id FROM ledger FINAL WHERE account_id = {account:String} AND state IN ('present', 'failed')
    UNION ALL SELECT contact_id FROM stale_forms FINAL WHERE account_id = {account:String} AND active = 1)
  WHERE contact_id IN (${KEPT_BACK_CONTACTS})`;
