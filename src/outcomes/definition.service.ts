import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { CohortsService } from '../cohorts/cohorts.service.ts';
import { ConditionContexts, validCondition } from '../cohorts/condition-contexts.ts';
import { compile } from '../conditions/compile.ts';
import type { Condition, ConditionContext, EventLeaf, Sql } from '../conditions/condition.ts';
import { DAY_MS, resolveDay } from '../conditions/dates.ts';
import { fieldsIn } from '../contacts/contact-fields.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { OutcomeError, requireExamples } from '../models/outcomes/errors.ts';
import { isProtected } from '../models/trait-selection.ts';
import { ExamplesRepository, type Sides } from './examples.repository.ts';
import { eventFeatures, type Feature, type ReadFeatures } from './features.ts';
import type { OutcomeRow } from './outcomes.repository.ts';

/** What an outcome's definition comes to now: whom to learn from, which traits, as of when. */
export interface ResolvedOutcome extends ReadFeatures {
  sides: Sides;
  features: Feature[];
  asOf: Date;
  /** Whether that lies before the outcome. */
  past: boolean;
  /** Traits that attainment or attrition is defined by. */
  defining: string[];
}

type Definition = Pick<
  OutcomeRow,
  'eligibleCohortId' | 'attainedCohortId' | 'attainedEvent' | 'attritionCohortId' | 'traits' | 'excludeProtected'
>;

/** Streams whose events become traits; more would say little that these do not. */
const MAX_STREAMS = 20;

/** Reads definitions of outcomes: checks them, and turns them into queries. */
@Injectable()
export class OutcomeDefinitions {
  constructor(
    private readonly cohorts: CohortsService,
    private readonly contexts: ConditionContexts,
    private readonly contacts: ContactsService,
    private readonly examples: ExamplesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Refuses what cannot give a model before anything is stored.
   * @throws Problem 404 for a cohort, 422 with a path and a code for everything else.
   */
  async check(account: AccountId, wanted: Definition): Promise<void> {
    const resolved = await this.resolve(account, wanted);
    const known = new Set(resolved.features.map(({ name }) => name));
    const faults = (wanted.traits ?? []).flatMap((name, i) => traitFault(name, i, known, wanted.excludeProtected));
    if (faults.length > 0) throw Problem.invalidAll(faults);
    const { attained, notAttained } = await this.examples.counts(resolved.sides);
    try {
      requireExamples(attained, notAttained);
    } catch (error) {
      if (error instanceof OutcomeError) throw Problem.invalid(error.path ?? '', error.code, error.message);
      throw error;
    }
  }

  async resolve(account: AccountId, wanted: Definition): Promise<ResolvedOutcome> {
    const event = wanted.attainedEvent;
    if ((wanted.attainedCohortId === null) === (event === null)) {
      const message =
        'Say how the outcome is attained, in one way: a cohort in attained, or an event in attainedEvent.';
      throw Problem.invalid('attained', 'one_of', message);
    }
    const context = await this.contexts.load(account, event ? [event] : []);
    const asOf = event ? startOf(event, context) : this.clock.now();
    const attained = event
      ? this.eventQuery(event, context)
      : await this.cohorts.memberQuery(account, wanted.attainedCohortId!);
    const sides: Sides = {
      eligible: wanted.eligibleCohortId
        ? await this.cohorts.memberQuery(account, wanted.eligibleCohortId)
        : this.examples.everyone(account),
      attained,
      ...(wanted.attritionCohortId
        ? { attrition: await this.cohorts.memberQuery(account, wanted.attritionCohortId) }
        : {}),
    };
    const streams = event ? await this.streams(account) : [];
    const catalogue = await this.contacts.catalogue(account);
    const defining = [wanted.attainedCohortId, wanted.attritionCohortId].flatMap((id) =>
      id ? traitsOf({ cohort: id }, context) : [],
    );
    const features = [...catalogue.map(({ name, type }) => ({ name, type })), ...eventFeatures(streams)];
    const fields = fieldsIn(catalogue);
    return { sides, features, streams, fields, asOf, past: event !== null, defining: [...new Set(defining)] };
  }

  private eventQuery(event: EventLeaf, context: ConditionContext): Sql {
    const { sql, params } = compile(validCondition(event, context, 'attainedEvent'), context, 'attained_');
    const from = 'FROM contacts FINAL WHERE account_id = {attained_account:String} AND deleted = 0';
    return { sql: `SELECT contact_id ${from} AND ${sql}`, params: { ...params, attained_account: context.account } };
  }

  private async streams(account: AccountId): Promise<string[]> {
    const { items } = await this.contacts.streams(account);
    return items.slice(0, MAX_STREAMS).map(({ stream }) => stream);
  }
}

/** The start of the window in which the event counts: what comes later is not known to the model. */
function startOf(event: EventLeaf, context: ConditionContext): Date {
  const checked = validCondition(event, context, 'attainedEvent');
  const window = 'event' in checked ? checked.within : undefined;
  if (!window || !('from' in window) || window.from === undefined) {
    const message =
      'Say from which day on the event counts: {"event": "order", "within": {"from": "2026-05-01", "to": "2026-06-30"}}.';
    throw Problem.invalid('attainedEvent.within.from', 'missing_field', message);
  }
  return new Date(resolveDay(window.from, context.now) * DAY_MS);
}

function traitFault(name: string, index: number, known: Set<string>, excludeProtected: boolean): FieldProblem[] {
  const path = `traits[${index}]`;
  if (!known.has(name)) {
    const message = `There is no trait "${name}" in the catalogue. GET /v1/traits lists what there is.`;
    return [{ path, code: 'unknown_trait', message }];
  }
  if (!excludeProtected || !isProtected(name)) return [];
  const message = `"${name}" is a protected trait, and protected traits are excluded. Leave one of the two out.`;
  return [{ path, code: 'protected_trait', message }];
}

/** The traits that a condition asks for, those of the cohorts that it mentions included. */
export function traitsOf(condition: Condition, context: ConditionContext): string[] {
  if ('all' in condition) return condition.all.flatMap((each) => traitsOf(each, context));
  if ('any' in condition) return condition.any.flatMap((each) => traitsOf(each, context));
  if ('not' in condition) return traitsOf(condition.not, context);
  if ('trait' in condition) return [condition.trait];
  const cohort = 'cohort' in condition ? context.cohorts.get(condition.cohort) : undefined;
  return cohort ? traitsOf(cohort.condition, context) : [];
}
