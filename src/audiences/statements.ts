import { currentContacts, memberQuery as membersWhere } from '../cohorts/members.ts';
import { Statement } from '../conditions/compile.ts';
import type { Condition, ConditionContext, Sql } from '../conditions/condition.ts';
import { CONTACTABLE } from '../conditions/leaves/contact.ts';
import { type AudienceDefinition, type Limit, type Rule, rulesOf } from './definition.ts';

/** The channels a preview counts. */
export const CHANNELS = ['email', 'phone', 'address', 'facebook', 'google'] as const;
export type Channel = (typeof CHANNELS)[number];

const SAMPLE = 10;

/** The ids of an audience's members, its limit included: `SELECT contact_id FROM …`. */
export function audienceMembers(definition: AudienceDefinition, context: ConditionContext, prefix: string): Sql {
  const statement = new Statement(context, prefix);
  const passed = allOf(rulesOf(definition, context), statement);
  return membersWhere(statement, passed, limitSql(definition.limit, statement));
}

function allOf(rules: Rule[], statement: Statement): string {
  return rules.length === 0 ? 'true' : statement.condition({ all: rules.map((rule) => rule.condition) });
}

function limitSql(limit: Limit | undefined, statement: Statement): string {
  if (!limit) return '';
  const { orderBy, direction } = limit;
  const count = statement.bind('UInt64', limit.count);
  if ('random' in orderBy) {
    const seed = statement.bind('UInt64', orderBy.random);
    return ` ORDER BY cityHash64(contact_id, ${seed}) ${direction}, contact_id LIMIT ${count}`;
  }
  const trait = statement.bind('String', orderBy.trait);
  return ` ORDER BY mapContains(num, ${trait}) DESC, num[${trait}] ${direction}, contact_id LIMIT ${count}`;
}

/** One group of a preview: contacts of one persona that passed the same number of rules. */
export interface PreviewRow {
  personaKey: string;
  /** Rules passed before the first that failed. */
  step: number;
  contacts: number;
  /** In the order of CHANNELS. */
  reachable: number[];
  sample: string[];
}

/** Every contact in one scan: how many rules each passes, by persona. */
export function dropOffQuery(definition: AudienceDefinition, context: ConditionContext): Sql {
  const statement = new Statement(context, 'p');
  const rules = rulesOf(definition, context);
  const failed = rules.map((rule, i) => `NOT ${statement.condition(rule.condition)}, ${i}`);
  const step = failed.length > 0 ? `multiIf(${failed.join(', ')}, ${rules.length})` : '0';
  const rows = `SELECT contact_id, ${step} AS step, ${channelColumns()} ${currentContacts(statement)}`;
  return grouped(rows, definition, statement);
}

/** The members that a limit leaves, by persona, in the same form. */
export function limitedQuery(definition: AudienceDefinition, context: ConditionContext): Sql {
  const statement = new Statement(context, 'p');
  const rules = rulesOf(definition, context);
  const passed = allOf(rules, statement);
  const tail = limitSql(definition.limit, statement);
  const rows = `SELECT contact_id, ${rules.length} AS step, ${channelColumns()} ${currentContacts(statement)} AND ${passed}${tail}`;
  return grouped(rows, definition, statement);
}

const channelColumns = () => CHANNELS.map((channel) => `${CONTACTABLE[channel]} AS by_${channel}`).join(', ');

/** Both sides of the join are sorted by contact, so merging them is cheaper than hashing. */
function grouped(rows: string, definition: AudienceDefinition, statement: Statement): Sql {
  const { context } = statement;
  const version = definition.personaSetId && context.personaSets.get(definition.personaSetId)?.versionId;
  const reachable = CHANNELS.map((channel) => `countIf(by_${channel})`).join(', ');
  const select = (persona: string, from: string) =>
    `SELECT ${persona} AS personaKey, step, count() AS contacts, [${reachable}] AS reachable, groupArraySorted(${SAMPLE})(contact_id) AS sample FROM ${from} GROUP BY personaKey, step`;
  if (!version) return { sql: select("''", `(${rows})`), params: statement.params };
  const assigned = `SELECT contact_id, persona_key FROM persona_assignments FINAL WHERE account_id = ${statement.bind('String', context.account)} AND version_id = ${statement.bind('String', version)}`;
  const joined = `(${rows}) AS c LEFT JOIN (${assigned}) AS p ON c.contact_id = p.contact_id`;
  const sql = `${select('persona_key', joined)} SETTINGS join_algorithm = 'full_sorting_merge'`;
  return { sql, params: statement.params };
}

/** Which rules hold for one contact, and whether it is a member once the limit is applied. */
export function explainQuery(definition: AudienceDefinition, context: ConditionContext, contactId: string): Sql {
  const statement = new Statement(context, 'e');
  const members = audienceMembers(definition, context, 'm');
  statement.include(members.params);
  const held = rulesOf(definition, context).map((rule) => heldSql(rule.condition, statement));
  const sql = `SELECT [${held.join(', ')}] AS held, contact_id IN (${members.sql}) AS member ${currentContacts(statement)} AND contact_id = ${statement.bind('String', contactId)}`;
  return { sql, params: statement.params };
}

const heldSql = (condition: Condition, statement: Statement) => `toBool(${statement.condition(condition)})`;
