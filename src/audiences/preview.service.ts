import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { type MaskedContact, Samples } from '../cohorts/samples.ts';
import type { ConditionContext } from '../conditions/condition.ts';
import { Problem } from '../http/problem.ts';
import { AudienceContexts } from './audience-contexts.ts';
import type { PreviewAudienceDto } from './audiences.dto.ts';
import { AudiencesRepository } from './audiences.repository.ts';
import { AudiencesService, definitionOf } from './audiences.service.ts';
import { type AudienceDefinition, type Rule, rulesOf } from './definition.ts';
import { CHANNELS, type Channel, dropOffQuery, explainQuery, limitedQuery, type PreviewRow } from './statements.ts';

const SAMPLE = 10;

export interface DropOff {
  /** Into the definition; empty for the start, `limit` for the end. */
  path: string;
  label: string;
  remaining: number;
  dropped: number;
}

export interface Preview {
  size: number;
  asOf: Date;
  /** From all contacts to the members, one rule after another. */
  dropOff: DropOff[];
  /** By the published version of the persona set; personas without members are shown with 0. */
  personas: { key: string; name: string; count: number }[];
  /** Members that the set's version has not been assigned a persona. */
  withoutPersona: number;
  contactable: Record<Channel, number>;
  sample: MaskedContact[];
}

export interface Explanation {
  contactId: string;
  member: boolean;
  rules: { path: string; label: string; held: boolean }[];
  /** Passes every rule, but others come first. */
  cutByLimit: boolean;
}

/** Shows what an audience would be, and why, before anything is sent. */
@Injectable()
export class PreviewService {
  constructor(
    private readonly audiences: AudiencesService,
    private readonly contexts: AudienceContexts,
    private readonly repository: AudiencesRepository,
    private readonly samples: Samples,
  ) {}

  /** Of a stored audience (`audienceId`) or of the definition in the request. */
  async preview(account: AccountId, dto: PreviewAudienceDto): Promise<Preview> {
    const { audienceId, ...inline } = dto;
    if (audienceId && Object.values(inline).some((value) => value != null)) {
      throw Problem.invalid('audienceId', 'ambiguous', 'Preview a stored audience or a definition, not both.');
    }
    const definition = audienceId ? await this.audiences.definition(account, audienceId) : definitionOf(inline);
    const context = await this.contexts.checked(account, definition, audienceId);
    const rules = rulesOf(definition, context);
    const scanned = await this.repository.preview(dropOffQuery(definition, context));
    const limited = definition.limit && (await this.repository.preview(limitedQuery(definition, context)));
    const members = limited ?? scanned.filter((row) => row.passed === rules.length);
    const ids = members
      .flatMap((row) => row.sample)
      .sort()
      .slice(0, SAMPLE);
    return {
      size: total(members),
      asOf: context.now,
      dropOff: dropOff(rules, scanned, definition, total(members)),
      ...personas(members, definition, context),
      contactable: contactable(members),
      sample: await this.samples.of(account, ids, context.traits),
    };
  }

  /** Which rules hold for one contact. */
  async explain(account: AccountId, audienceId: string, contactId: string): Promise<Explanation> {
    const definition = await this.audiences.definition(account, audienceId);
    const context = await this.contexts.checked(account, definition, audienceId);
    const found = await this.repository.explain(explainQuery(definition, context, contactId));
    if (!found) throw Problem.notFound('contact', contactId);
    const rules = rulesOf(definition, context).map(({ path, label }, i) => ({ path, label, held: found.held[i]! }));
    const member = Boolean(found.member);
    return { contactId, member, rules, cutByLimit: !member && rules.every((rule) => rule.held) };
  }
}

const total = (rows: PreviewRow[]): number => rows.reduce((sum, row) => sum + Number(row.contacts), 0);

function dropOff(rules: Rule[], rows: PreviewRow[], definition: AudienceDefinition, size: number): DropOff[] {
  const steps: DropOff[] = [{ path: '', label: 'all contacts', remaining: total(rows), dropped: 0 }];
  const add = (path: string, label: string, remaining: number) =>
    steps.push({ path, label, remaining, dropped: steps.at(-1)!.remaining - remaining });
  for (const [i, { path, label }] of rules.entries()) add(path, label, total(rows.filter((row) => row.passed > i)));
  if (definition.limit) add('limit', `at most ${definition.limit.count}`, size);
  return steps;
}

function personas(members: PreviewRow[], { personaSetId }: AudienceDefinition, context: ConditionContext) {
  const published = personaSetId ? context.personaSets.get(personaSetId)!.personas : [];
  const count = (key: string) => total(members.filter((row) => row.personaKey === key));
  const counts = published.map(({ key, name }) => ({ key, name, count: count(key) }));
  return { personas: counts, withoutPersona: personaSetId ? count('') : 0 };
}

function contactable(members: PreviewRow[]): Record<Channel, number> {
  const sum = (i: number) => members.reduce((n, row) => n + Number(row.reachable[i]), 0);
  return Object.fromEntries(CHANNELS.map((channel, i) => [channel, sum(i)])) as Record<Channel, number>;
}
