import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { Condition, ConditionContext, PublishedOutcome, PublishedPersonas } from '../conditions/condition.ts';
import { dayOf } from '../conditions/dates.ts';
import { isAdPurpose, purposesNamed } from '../conditions/purposes.ts';
import { type References, referencesOf } from '../conditions/references.ts';
import { validate } from '../conditions/validate.ts';
import { fieldSqls, fieldsIn } from '../contacts/contact-fields.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { CohortsRepository } from './cohorts.repository.ts';
import { OutcomeVersions } from './outcome-versions.ts';
import { PersonaVersions } from './persona-versions.ts';

/** Reads everything that conditions depend on, once, so that checking and compiling them is pure. */
@Injectable()
export class ConditionContexts {
  constructor(
    private readonly contacts: ContactsService,
    private readonly cohorts: CohortsRepository,
    private readonly personas: PersonaVersions,
    private readonly scored: OutcomeVersions,
    private readonly warehouse: Warehouse,
    private readonly clock: Clock,
  ) {}

  /** The context of some conditions (checked or not) and of all that they mention. */
  async load(account: AccountId, inputs: unknown[]): Promise<ConditionContext> {
    const rows = await this.cohorts.all(account);
    const cohorts = new Map(rows.map((row) => [row.id, { name: row.name, condition: row.condition }]));
    const mentioned = [...inputs, ...rows.map((row) => row.condition)].map(referencesOf);
    const [traits, streams, purposes, personaSets, outcomes] = await Promise.all([
      this.contacts.catalogue(account),
      this.streams(account, mentioned),
      this.purposes(account, mentioned),
      this.personaSets(account, mentioned),
      this.outcomes(account, mentioned),
    ]);
    const now = this.clock.now();
    const types = new Map(traits.map((trait) => [trait.name, trait.type]));
    const fields = fieldSqls(fieldsIn(traits), dayOf(now));
    return { account, now, traits: types, fields, streams, purposes, personaSets, outcomes, cohorts };
  }

  private async streams(account: AccountId, mentioned: References[]): Promise<Set<string>> {
    if (mentioned.every((references) => references.events.size === 0)) return new Set();
    const rows = await this.warehouse.query<{ stream: string }>(
      'SELECT DISTINCT stream FROM events FINAL WHERE account_id = {account:String}',
      { account },
    );
    return new Set(rows.map((row) => row.stream));
  }

  /** Those of advertising are known without looking. */
  private async purposes(account: AccountId, mentioned: References[]): Promise<Set<string>> {
    const named = mentioned.flatMap((references) => [...references.purposes].flatMap(purposesNamed));
    if (named.every(isAdPurpose)) return new Set();
    const rows = await this.warehouse.query<{ purpose: string }>(
      `SELECT DISTINCT toString(arrayJoin(mapKeys(consent))) AS purpose FROM contacts
       WHERE account_id = {account:String} AND deleted = 0`,
      { account },
    );
    return new Set(rows.map((row) => row.purpose));
  }

  private async personaSets(account: AccountId, mentioned: References[]): Promise<Map<string, PublishedPersonas>> {
    const ids = new Set(mentioned.flatMap((references) => [...references.personaSets]));
    const found = await Promise.all(
      [...ids].map(async (id) => [id, await this.personas.resolve(account, id)] as const),
    );
    return new Map(found.filter((entry): entry is [string, PublishedPersonas] => entry[1] !== undefined));
  }

  private async outcomes(account: AccountId, mentioned: References[]): Promise<Map<string, PublishedOutcome>> {
    const ids = new Set(mentioned.flatMap((references) => [...references.outcomes]));
    const found = await Promise.all([...ids].map(async (id) => [id, await this.scored.resolve(account, id)] as const));
    return new Map(found.filter((entry): entry is [string, PublishedOutcome] => entry[1] !== undefined));
  }
}

/**
 * The typed tree of an unknown value.
 * @param path of the value in the request, put before the problems' own paths.
 * @throws Problem 422 with every bad node.
 */
export function validCondition(input: unknown, context: ConditionContext, path: string, self?: string): Condition {
  const result = validate(input, context, self);
  if ('condition' in result) return result.condition;
  throw Problem.invalidAll(
    result.problems.map((problem): FieldProblem => ({ ...problem, path: under(path, problem.path) })),
  );
}

/** A path below another: `condition` + `all[0]`. */
export const under = (parent: string, path: string): string => (path ? `${parent}.${path}` : parent);
