import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { CohortListeners } from '../cohorts/cohort-listeners.ts';
import { CohortsService } from '../cohorts/cohorts.service.ts';
import { type Count, changedLife, countedLife, newLife, shownLife } from '../cohorts/life.ts';
import { CohortUsage, type User } from '../cohorts/usage.ts';
import type { Condition, Sql } from '../conditions/condition.ts';
import { referencesOf } from '../conditions/references.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { newId } from '../http/ids.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { changedMeanwhile } from '../http/revision.ts';
import { OutcomeUsage } from '../outcomes/outcome-usage.ts';
import { PersonaSetUsage } from '../personas/persona-set-usage.ts';
import { AudienceContexts, audiencesIn } from './audience-contexts.ts';
import { AudienceUsage } from './audience-usage.ts';
import type {
  AudienceDefinitionDto,
  CreateAudienceDto,
  LimitDto,
  SideDto,
  UpdateAudienceDto,
} from './audiences.dto.ts';
import { type AudienceRow, AudiencesRepository } from './audiences.repository.ts';
import { type AudienceDefinition, inputsOf, type Limit, type Side } from './definition.ts';
import { recountAudiences } from './jobs.ts';
import { type Models, modelsIn } from './models-in.ts';
import { audienceMembers, memberCondition } from './statements.ts';

/** Whom to deliver to: kept, checked, counted, and turned into queries for deliveries. */
@Injectable()
export class AudiencesService implements OnModuleInit {
  private readonly logger = new Logger(AudiencesService.name);

  constructor(
    private readonly repository: AudiencesRepository,
    private readonly contexts: AudienceContexts,
    private readonly usage: AudienceUsage,
    private readonly cohortUsage: CohortUsage,
    private readonly cohortListeners: CohortListeners,
    private readonly cohorts: CohortsService,
    private readonly personaSetUsage: PersonaSetUsage,
    private readonly outcomeUsage: OutcomeUsage,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.usage.register((account, id) => this.users(account, (definition) => audiencesIn(definition).includes(id)));
    this.cohortUsage.register((account, id) => this.users(account, (definition) => cohortsIn(definition).has(id)));
    this.personaSetUsage.register((account, id) =>
      this.users(account, (definition) => personaSetsIn(definition).has(id)),
    );
    this.outcomeUsage.register((account, id) => this.users(account, (definition) => outcomesIn(definition).has(id)));
    // cohorts cannot register this themselves: personas are made from them
    this.personaSetUsage.register((account, id) => this.cohorts.usersOfPersonaSet(account, id));
    this.cohortListeners.onRecounted((accountId) => this.jobs.enqueue(recountAudiences, { accountId }));
  }

  async create(caller: Caller, dto: CreateAudienceDto) {
    const definition = definitionOf(dto);
    await this.contexts.checked(caller.accountId, definition);
    const row: AudienceRow = {
      id: newId('aud'),
      accountId: caller.accountId,
      name: dto.name,
      description: dto.description ?? '',
      definition,
      ...newLife(this.clock.now()),
    };
    await this.repository.create(row);
    await this.accounts.audit(caller, 'audience.create', row.id, { name: row.name });
    await this.jobs.enqueue(recountAudiences, { accountId: caller.accountId, audienceIds: [row.id] });
    return shown(row);
  }

  async list(account: AccountId, page: PageQuery): Promise<Page<ReturnType<typeof shown>>> {
    const { items, nextCursor } = await this.repository.page(account, page);
    return { items: items.map(shown), nextCursor };
  }

  async get(account: AccountId, id: string) {
    return shown(await this.row(account, id));
  }

  /** @param revision that the caller read; another one in store is refused with 412. */
  async update(caller: Caller, id: string, dto: UpdateAudienceDto, revision?: number) {
    const account = caller.accountId;
    const row = await this.row(account, id);
    if (revision !== undefined && revision !== row.revision) throw changedMeanwhile();
    const { name, description, ...given } = dto;
    const redefined = Object.values(given).some((value) => value !== undefined);
    const definition = redefined ? patched(row.definition, given) : row.definition;
    if (redefined) await this.contexts.checked(account, definition, id);
    const change: Partial<AudienceRow> = {
      name: name ?? row.name,
      description: description ?? row.description,
      ...(redefined ? { definition, ...changedLife(row, this.clock.now()) } : { revision: row.revision + 1 }),
    };
    if (!(await this.repository.update(account, id, row.revision, change))) throw changedMeanwhile();
    await this.accounts.audit(caller, 'audience.update', id, { fields: Object.keys(defined(dto)) });
    if (redefined) await this.jobs.enqueue(recountAudiences, { accountId: account });
    return this.get(account, id);
  }

  async remove(caller: Caller, id: string): Promise<void> {
    const row = await this.row(caller.accountId, id);
    await this.usage.assertUnused(caller.accountId, 'audience', id);
    await this.repository.delete(caller.accountId, id);
    await this.accounts.audit(caller, 'audience.delete', id, { name: row.name });
  }

  /**
   * What is true of a row of current contacts (`contacts FINAL`) when it is a member of an audience now.
   * @throws Problem 404, or 422 when the definition no longer fits the traits, events, cohorts or personas there are.
   */
  async memberCondition(account: AccountId, id: string): Promise<Sql> {
    const { definition } = await this.row(account, id);
    return memberCondition(definition, await this.contexts.checked(account, definition, id), `${id}_`);
  }

  /** The models by which it is decided who is in each of some audiences. */
  async modelsIn(account: AccountId, ids: string[]): Promise<Map<string, Models>> {
    if (ids.length === 0) return new Map();
    const [rows, cohorts] = await Promise.all([this.repository.all(account), this.cohorts.conditions(account)]);
    const audiences = new Map(rows.map(({ id, definition }) => [id, definition]));
    return new Map(ids.map((id) => [id, modelsIn(id, audiences, cohorts)]));
  }

  async definition(account: AccountId, id: string): Promise<AudienceDefinition> {
    return (await this.row(account, id)).definition;
  }

  /** Counts the audiences named, or all of the account. One that cannot be counted says why, and keeps its last size. */
  @HandlesJob(recountAudiences)
  async recount({ accountId, audienceIds }: { accountId: AccountId; audienceIds?: string[] }): Promise<void> {
    const rows = await this.repository.all(accountId);
    const chosen = rows.filter((row) => !audienceIds || audienceIds.includes(row.id));
    await this.repository.setStatus(
      accountId,
      chosen.map((row) => row.id),
      { status: 'running' },
    );
    for (const row of chosen) {
      const at = this.clock.now();
      const count = await this.count(accountId, row);
      await this.repository.recordCount(accountId, row.id, row.lastUpdatedConfigAt, countedLife(count, at));
    }
  }

  private async count(account: AccountId, row: AudienceRow): Promise<Count> {
    try {
      const context = await this.contexts.checked(account, row.definition, row.id);
      return { size: await this.repository.count(audienceMembers(row.definition, context, 'a')) };
    } catch (error) {
      if (error instanceof Problem) return { error: error.message };
      this.logger.error({ msg: 'counting an audience failed', account, audience: row.id, type: (error as Error).name });
      return {
        error: 'The warehouse could not count it; the log says why. It is counted again after the next import.',
      };
    }
  }

  private async users(account: AccountId, uses: (definition: AudienceDefinition) => boolean): Promise<User[]> {
    const rows = await this.repository.all(account);
    return rows.filter((row) => uses(row.definition)).map(({ id, name }) => ({ kind: 'audience', id, name }));
  }

  private async row(account: AccountId, id: string): Promise<AudienceRow> {
    const row = await this.repository.find(account, id);
    if (!row) throw Problem.notFound('audience', id);
    return row;
  }
}

/** The definition in a request; what is absent or null has its default. */
export function definitionOf(dto: AudienceDefinitionDto): AudienceDefinition {
  return {
    include: sideOf(dto.include),
    exclude: sideOf(dto.exclude),
    ...(dto.personaSetId ? { personaSetId: dto.personaSetId } : {}),
    ...(dto.personas ? { personas: dto.personas } : {}),
    ...(dto.limit ? { limit: limitOf(dto.limit) } : {}),
  };
}

/** A definition with the parts that a request gives in place of its own. */
function patched(definition: AudienceDefinition, given: Partial<AudienceDefinitionDto>): AudienceDefinition {
  const { include, exclude, ...rest } = defined(given);
  const old = definition as AudienceDefinitionDto;
  return definitionOf({
    ...old,
    ...rest,
    include: patchedSide(old.include, include),
    exclude: patchedSide(old.exclude, exclude),
  });
}

const patchedSide = (old: SideDto | undefined, given: SideDto | null | undefined): SideDto =>
  given === null ? {} : { ...old, ...defined(given ?? {}) };

/** Conditions are still unchecked here; checkDefinition checks them. */
const sideOf = (dto?: SideDto): Side => ({
  cohorts: dto?.cohorts ?? [],
  ...(dto?.condition != null ? { condition: dto.condition as Condition } : {}),
});

function limitOf(dto: LimitDto): Limit {
  const { trait, random } = dto.orderBy ?? {};
  if (trait != null && random != null) {
    throw Problem.invalid('limit.orderBy', 'ambiguous', 'Order by a trait or at random, not both.');
  }
  const orderBy = trait != null ? { trait } : { random: random ?? 0 };
  return { count: dto.count, orderBy, direction: dto.direction ?? 'desc' };
}

/** A stored definition in the form of a request. */
const defined = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

function cohortsIn(definition: AudienceDefinition): Set<string> {
  const mentioned = inputsOf(definition).flatMap((input) => [...referencesOf(input).cohorts]);
  return new Set([...definition.include.cohorts, ...definition.exclude.cohorts, ...mentioned]);
}

const personaSetsIn = (definition: AudienceDefinition): Set<string> =>
  new Set(inputsOf(definition).flatMap((input) => [...referencesOf(input).personaSets]));

const outcomesIn = (definition: AudienceDefinition): Set<string> =>
  new Set(inputsOf(definition).flatMap((input) => [...referencesOf(input).outcomes]));

/** An audience as the API shows it. */
const shown = (row: AudienceRow) => ({
  id: row.id,
  name: row.name,
  description: row.description,
  ...row.definition,
  include: shownSide(row.definition.include),
  exclude: shownSide(row.definition.exclude),
  ...shownLife(row),
});

/** As a request says it: no list for no cohort. */
const shownSide = ({ cohorts, condition }: Side): SideDto => ({
  ...(cohorts.length > 0 ? { cohorts } : {}),
  ...(condition ? { condition } : {}),
});
