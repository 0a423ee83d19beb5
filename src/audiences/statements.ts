import { currentContacts, memberQuery as membersWhere } from '../cohorts/members.ts';
import { Statement } from '../conditions/compile.ts';
import type { Condition, ConditionContext, Sql } from '../conditions/condition.ts';
import { CONTACTABLE } from '../conditions/leaves/contact.ts';
import { traitAttribute } from '../conditions/leaves/trait.ts';
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

/** What is true of a row of current contacts when it is a member. Only a limit needs a scan of its own. */
export function memberCondition(definition: AudienceDefinition, context: ConditionContext, prefix: string): Sql {
  if (definition.limit) {
    const { sql, params } = audienceMembers(definition, context, prefix);
    return { sql: `contact_id IN (${sql})`, params };
  }
  const statement = new Statement(context, prefix);
  return { sql: `(${allOf(rulesOf(definition, context), statement)})`, params: statement.params };
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
  const { known, value } = traitAttribute(orderBy.trait, statement);
  return ` ORDER BY ${known} DESC, if(${known}, ${value}, 0) ${direction}, contact_id LIMIT ${count}`;
}

/** One group of a preview: contacts of one persona that passed the same number of rules. */
export interface PreviewRow {
  personaKey: string;
  /** Rules passed before the first that failed. */
  passed: number;
  contacts: number;
  /** In the order of CHANNELS. */
  reachable: number[];
  sample: string[];
}

/**
 * Every contact in one scan: how many rules each passes, by persona. With a limit, who its members are is a question
 * of its own (limitedQuery).
 */
export function dropOffQuery(definition: AudienceDefinition, context: ConditionContext): Sql {
  const statement = new Statement(context, 'p');
  const version = definition.limit ? undefined : publishedVersion(definition, context);
  // the personas asked for are read off the join, which is there anyway: a set of their members need not be built
  const rules = rulesOf(version ? { ...definition, personas: undefined } : definition, context);
  const failed = rules.map((rule, i) => `NOT ${statement.condition(rule.condition)}, ${i}`);
  const step = failed.length > 0 ? `multiIf(${failed.join(', ')}, ${rules.length})` : '0';
  const rows = `SELECT contact_id, ${step} AS step, ${channelColumns()} ${currentContacts(statement)}`;
  if (!version) return { sql: grouped("''", 'step', `(${rows})`), params: statement.params };
  const last = definition.personas ? `step + (step = ${rules.length} AND persona_key != '')` : 'step';
  const from = withPersona(rows, version, definition.personas, statement);
  return { sql: grouped('persona_key', last, from), params: statement.params };
}

/** The members that a limit leaves, by persona, in the same form. */
export function limitedQuery(definition: AudienceDefinition, context: ConditionContext): Sql {
  const statement = new Statement(context, 'p');
  const rules = rulesOf(definition, context);
  const passed = allOf(rules, statement);
  const tail = limitSql(definition.limit, statement);
  const rows = `SELECT contact_id, ${channelColumns()} ${currentContacts(statement)} AND ${passed}${tail}`;
  const version = publishedVersion(definition, context);
  const sql = version
    ? grouped('persona_key', `${rules.length}`, withPersona(rows, version, definition.personas, statement))
    : grouped("''", `${rules.length}`, `(${rows})`);
  return { sql, params: statement.params };
}

const publishedVersion = ({ personaSetId }: AudienceDefinition, context: ConditionContext): string | undefined =>
  personaSetId && context.personaSets.get(personaSetId)?.versionId;

const channelColumns = () => CHANNELS.map((channel) => `${CONTACTABLE[channel]} AS by_${channel}`).join(', ');

/** Rows of contacts with their persona, if it is one of those asked for; else the key is empty. */
function withPersona(rows: string, version: string, asked: string[] | undefined, statement: Statement): string {
  const account = statement.bind('String', statement.context.account);
  const assigned = `SELECT contact_id, persona_key FROM persona_assignments FINAL WHERE account_id = ${account} AND version_id = ${statement.bind('String', version)}${asked ? ` AND persona_key IN ${statement.bind('Array(String)', asked)}` : ''}`;
  return `(${rows}) AS c LEFT JOIN (${assigned}) AS p ON c.contact_id = p.contact_id`;
}

function grouped(persona: string, step: string, from: string): string {
  const reachable = CHANNELS.map((channel) => `countIf(by_${channel})`).join(', ');
  return `SELECT ${persona} AS personaKey, ${step} AS passed, count() AS contacts, [${reachable}] AS reachable, groupArraySorted(${SAMPLE})(contact_id) AS sample FROM ${from} GROUP BY personaKey, passed`;
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
