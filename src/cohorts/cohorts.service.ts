import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { compile, Statement } from '../conditions/compile.ts';
import type { Condition, ConditionContext, Sql } from '../conditions/condition.ts';
import { describe } from '../conditions/describe.ts';
import { type References, referencesOf } from '../conditions/references.ts';
import { validate } from '../conditions/validate.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { newId } from '../http/ids.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { changedMeanwhile } from '../http/revision.ts';
import { CohortListeners } from './cohort-listeners.ts';
import type { CreateCohortDto, UpdateCohortDto } from './cohorts.dto.ts';
import { type CohortRow, CohortsRepository } from './cohorts.repository.ts';
import { ConditionContexts, validCondition } from './condition-contexts.ts';
import { recountCohorts } from './jobs.ts';
import { type Count, changedLife, countedLife, newLife, shownLife } from './life.ts';
import { memberQuery } from './members.ts';
import { OutcomeVersions } from './outcome-versions.ts';
import { PersonaVersions } from './persona-versions.ts';
import { type MaskedContact, Samples } from './samples.ts';
import { CohortUsage, type User } from './usage.ts';

/** Cohorts counted in one scan; more would make a statement too long to read in a log. */
const SCAN = 20;

/** Rule-defined groups: kept, checked, counted, and turned into queries for those who build on them. */
@Injectable()
export class CohortsService implements OnModuleInit {
  private readonly logger = new Logger(CohortsService.name);

  constructor(
    private readonly repository: CohortsRepository,
    private readonly contexts: ConditionContexts,
    private readonly samples: Samples,
    private readonly usage: CohortUsage,
    private readonly listeners: CohortListeners,
    private readonly personas: PersonaVersions,
    private readonly outcomes: OutcomeVersions,
    private readonly imports: ImportListeners,
    private readonly accounts: AccountsService,
    private readonly warehouse: Warehouse,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.usage.register((account, id) => this.users(account, (references) => references.cohorts.has(id)));
    this.imports.onImported((accountId) => this.jobs.enqueue(recountCohorts, { accountId }));
    this.personas.onPublished((accountId) => this.jobs.enqueue(recountCohorts, { accountId }));
    this.outcomes.onScored((accountId) => this.jobs.enqueue(recountCohorts, { accountId }));
  }

  async create(caller: Caller, dto: CreateCohortDto) {
    const account = caller.accountId;
    const context = await this.contexts.load(account, [dto.condition]);
    const row: CohortRow = {
      id: newId('coh'),
      accountId: account,
      name: dto.name,
      description: dto.description ?? '',
      condition: validCondition(dto.condition, context, 'condition'),
      ...newLife(this.clock.now()),
    };
    await this.repository.create(row);
    await this.accounts.audit(caller, 'cohort.create', row.id, { name: row.name });
    await this.jobs.enqueue(recountCohorts, { accountId: account, cohortIds: [row.id] });
    return shown(row, context);
  }

  async list(account: AccountId, page: PageQuery): Promise<Page<ReturnType<typeof shown>>> {
    const { items, nextCursor } = await this.repository.page(account, page);
    const context = await this.contexts.load(account, []);
    return { items: items.map((row) => shown(row, context)), nextCursor };
  }

  async get(account: AccountId, id: string) {
    const row = await this.row(account, id);
    return shown(row, await this.contexts.load(account, []));
  }

  /** @param revision that the caller read; another one in store is refused with 412. */
  async update(caller: Caller, id: string, dto: UpdateCohortDto, revision?: number) {
    const account = caller.accountId;
    const row = await this.row(account, id);
    if (revision !== undefined && revision !== row.revision) throw changedMeanwhile();
    const context = await this.contexts.load(account, [dto.condition]);
    const redefined = dto.condition !== undefined;
    const change: Partial<CohortRow> = {
      name: dto.name ?? row.name,
      description: dto.description ?? row.description,
      ...(redefined
        ? { condition: validCondition(dto.condition, context, 'condition', id), ...changedLife(row, this.clock.now()) }
        : { revision: row.revision + 1 }),
    };
    if (!(await this.repository.update(account, id, row.revision, change))) throw changedMeanwhile();
    await this.accounts.audit(caller, 'cohort.update', id, { fields: Object.keys(dto) });
    if (redefined) await this.recountWithDependents(account, id, context);
    return this.get(account, id);
  }

  async remove(caller: Caller, id: string): Promise<void> {
    const row = await this.row(caller.accountId, id);
    await this.usage.assertUnused(caller.accountId, 'cohort', id);
    await this.repository.delete(caller.accountId, id);
    await this.accounts.audit(caller, 'cohort.delete', id, { name: row.name });
  }

  /** Masked members, the same ones each time, with how many there are now. */
  async members(
    account: AccountId,
    id: string,
    limit: number,
  ): Promise<{ size: number; asOf: Date; items: MaskedContact[] }> {
    const { condition, context } = await this.definition(account, id);
    const query = memberQuery(...this.compiled(condition, context, 'm'));
    const { size, ids } = await this.warehouse.one<{ size: number; ids: string[] }>(
      `SELECT count() AS size, groupArraySorted(${Math.trunc(limit)})(contact_id) AS ids FROM (${query.sql})`,
      query.params,
    );
    return { size: Number(size), asOf: context.now, items: await this.samples.of(account, ids, context.traits) };
  }

  /** The latest counts, newest first. */
  async sizes(account: AccountId, id: string, limit: number) {
    await this.row(account, id);
    return { items: await this.repository.history(account, id, limit) };
  }

  /**
   * A query for the ids of a cohort's members now: `SELECT contact_id FROM …`.
   * @param prefix of its parameters' names; by default its id, so that queries of several groups fit one statement.
   * @throws Problem 404, or 422 when the definition no longer fits the traits, events or personas there are.
   */
  async memberQuery(account: AccountId, id: string, prefix = `${id}_`): Promise<Sql> {
    const { condition, context } = await this.definition(account, id);
    return memberQuery(...this.compiled(condition, context, prefix));
  }

  async conditionOf(account: AccountId, id: string): Promise<Condition> {
    return (await this.row(account, id)).condition;
  }

  /** What every cohort of the account is defined by. */
  async conditions(account: AccountId): Promise<Map<string, Condition>> {
    return new Map((await this.repository.all(account)).map(({ id, condition }) => [id, condition]));
  }

  /** Counts the cohorts named, or all of the account. One that cannot be counted says why, and keeps its last size. */
  @HandlesJob(recountCohorts)
  async recount({ accountId, cohortIds }: { accountId: AccountId; cohortIds?: string[] }): Promise<void> {
    const rows = await this.repository.all(accountId);
    const chosen = rows.filter((row) => !cohortIds || cohortIds.includes(row.id));
    await this.repository.setStatus(
      accountId,
      chosen.map((row) => row.id),
      { status: 'running' },
    );
    const context = await this.contexts.load(accountId, []);
    for (let i = 0; i < chosen.length; i += SCAN) {
      const chunk = chosen.slice(i, i + SCAN);
      const counts = await this.count(accountId, chunk, context);
      for (const [j, row] of chunk.entries()) await this.record(row, counts[j]!, context.now);
    }
    await this.listeners.recounted(
      accountId,
      chosen.map((row) => row.id),
    );
  }

  private async count(account: AccountId, rows: CohortRow[], context: ConditionContext): Promise<Count[]> {
    const results = rows.map((row) => validate(row.condition, context, row.id));
    const valid = results.flatMap((result, i) => ('condition' in result ? [{ i, condition: result.condition }] : []));
    const sizes = await this.repository
      .sizes(
        account,
        valid.map(({ i, condition }) => compile(condition, context, `c${i}_`)),
      )
      .catch((error: Error) => {
        this.logger.error({ msg: 'counting cohorts failed', account, type: error.name });
        return error;
      });
    return results.map((result, i) => {
      if ('problems' in result) return { error: result.problems.map((p) => `${p.path}: ${p.message}`).join('; ') };
      if (sizes instanceof Error)
        return {
          error: 'The warehouse could not count it; the log says why. It is counted again after the next import.',
        };
      return { size: sizes[valid.findIndex((each) => each.i === i)]! };
    });
  }

  /** A definition that changed while it was counted is left alone: its own count is under way. */
  private async record(row: CohortRow, count: Count, at: Date): Promise<void> {
    const account = row.accountId as AccountId;
    const current = await this.repository.recordCount(account, row.id, row.lastUpdatedConfigAt, countedLife(count, at));
    if (current && 'size' in count) await this.repository.addSize(account, row.id, at, count.size);
  }

  private async recountWithDependents(account: AccountId, id: string, context: ConditionContext): Promise<void> {
    const ids = new Set([id]);
    for (let grown = true; grown; ) {
      const more = [...context.cohorts].filter(
        ([other, { condition }]) => !ids.has(other) && [...referencesOf(condition).cohorts].some((c) => ids.has(c)),
      );
      for (const [other] of more) ids.add(other);
      grown = more.length > 0;
    }
    await this.jobs.enqueue(recountCohorts, { accountId: account, cohortIds: [...ids] });
  }

  /** Cohorts whose conditions mention a persona set. */
  usersOfPersonaSet(account: AccountId, setId: string): Promise<User[]> {
    return this.users(account, (references) => references.personaSets.has(setId));
  }

  private async users(account: AccountId, mentions: (references: References) => boolean): Promise<User[]> {
    const rows = await this.repository.all(account);
    return rows
      .filter((row) => mentions(referencesOf(row.condition)))
      .map((row) => ({ kind: 'cohort', id: row.id, name: row.name }));
  }

  private async definition(account: AccountId, id: string) {
    const row = await this.row(account, id);
    const context = await this.contexts.load(account, []);
    return { condition: validCondition(row.condition, context, 'condition', id), context };
  }

  private compiled(condition: Condition, context: ConditionContext, prefix: string): [Statement, string] {
    const statement = new Statement(context, prefix);
    return [statement, statement.condition(condition)];
  }

  private async row(account: AccountId, id: string): Promise<CohortRow> {
    const row = await this.repository.find(account, id);
    if (!row) throw Problem.notFound('cohort', id);
    return row;
  }
}

/** A cohort as the API shows it. */
function shown(row: CohortRow, context: ConditionContext) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    condition: row.condition,
    /** The condition in plain words. */
    summary: describe(row.condition, context),
    ...shownLife(row),
  };
}
