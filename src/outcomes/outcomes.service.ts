import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { ConditionContexts } from '../cohorts/condition-contexts.ts';
import { OutcomeVersions } from '../cohorts/outcome-versions.ts';
import { CohortUsage } from '../cohorts/usage.ts';
import type { EventLeaf } from '../conditions/condition.ts';
import { referencesOf } from '../conditions/references.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { newId } from '../http/ids.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { dayOf, type OutcomeModel } from '../models/outcomes/outcome-model.ts';
import { type Cuts, reasonsOf } from '../models/outcomes/score.ts';
import { OutcomeDefinitions } from './definition.service.ts';
import { ExamplesRepository } from './examples.repository.ts';
import { TRAIN_OUTCOME } from './jobs.ts';
import { modelCard } from './model-card.ts';
import { OutcomeUsage } from './outcome-usage.ts';
import type { CreateOutcomeDto, CreateOutcomeVersionDto } from './outcomes.dto.ts';
import { type OutcomeRow, OutcomesRepository, type OutcomeVersionRow } from './outcomes.repository.ts';
import { type OutcomeView, outcomeView, versionSummary } from './outcomes.view.ts';
import { OutcomePublishing } from './publishing.service.ts';
import { ScoresRepository } from './scores.repository.ts';

/** The live model of an outcome, for those who score contacts one by one. */
export interface LiveOutcome {
  outcomeId: string;
  name: string;
  versionId: string;
  version: number;
  model: OutcomeModel;
  /** Streams whose events before now are traits of the model. */
  streams: string[];
  cuts: Cuts;
}

/** Outcomes: defined, trained, reviewed, published, asked. */
@Injectable()
export class OutcomesService implements OnModuleInit {
  constructor(
    private readonly outcomes: OutcomesRepository,
    private readonly definitions: OutcomeDefinitions,
    private readonly publishing: OutcomePublishing,
    private readonly scores: ScoresRepository,
    private readonly examples: ExamplesRepository,
    private readonly contexts: ConditionContexts,
    private readonly contacts: ContactsService,
    private readonly versions: OutcomeVersions,
    private readonly usage: OutcomeUsage,
    private readonly cohortUsage: CohortUsage,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.versions.provide(async (account, id) => {
      const outcome = await this.outcomes.find(account, id);
      return outcome?.publishedVersionId ? { name: outcome.name, versionId: outcome.publishedVersionId } : undefined;
    });
    this.cohortUsage.register(async (account, cohortId) =>
      (await this.outcomes.ofCohort(account, cohortId)).map(({ id, name }) => ({ kind: 'outcome', id, name })),
    );
    this.usage.register(async (account, outcomeId) => {
      const { cohorts } = await this.contexts.load(account, []);
      return [...cohorts]
        .filter(([, { condition }]) => referencesOf(condition).outcomes.has(outcomeId))
        .map(([id, { name }]) => ({ kind: 'cohort', id, name }));
    });
  }

  /** Defines an outcome and starts training its first version. Refused as a whole when it cannot give a model. */
  async create(caller: Caller, dto: CreateOutcomeDto): Promise<OutcomeView> {
    const now = this.clock.now();
    const outcome: OutcomeRow = {
      id: newId('out'),
      accountId: caller.accountId,
      name: dto.name,
      eligibleCohortId: dto.eligible ?? null,
      attainedCohortId: dto.attained ?? null,
      attainedEvent: (dto.attainedEvent as unknown as EventLeaf | undefined) ?? null,
      attritionCohortId: dto.attrition ?? null,
      traits: dto.traits ?? null,
      seed: dto.seed ?? 1,
      excludeProtected: dto.excludeProtected ?? false,
      publishedVersionId: null,
      createdAt: now,
      lastUpdatedConfigAt: now,
      lastUpdatedOutputAt: null,
      lastReadInputAt: null,
    };
    await this.definitions.check(caller.accountId, outcome);
    const version = newVersion(outcome, now);
    await this.outcomes.create(outcome, version);
    await this.accounts.audit(caller, 'outcome.create', outcome.id, { name: outcome.name });
    await this.jobs.enqueue(TRAIN_OUTCOME, { versionId: version.id });
    return this.get(caller.accountId, outcome.id);
  }

  /** Trains another version; the live one stays until the new one is published. */
  async train(caller: Caller, id: string, dto: CreateOutcomeVersionDto): Promise<ReturnType<typeof versionSummary>> {
    const account = caller.accountId;
    const [before, now] = [await this.outcome(account, id), this.clock.now()];
    const outcome: OutcomeRow = {
      ...before,
      traits: dto.traits === undefined ? before.traits : dto.traits,
      seed: dto.seed ?? before.seed,
      excludeProtected: dto.excludeProtected ?? before.excludeProtected,
      lastUpdatedConfigAt: now,
    };
    await this.definitions.check(account, outcome);
    const version = newVersion(outcome, now);
    const number = await this.outcomes.addVersion(outcome, version);
    await this.accounts.audit(caller, 'outcome-version.train', version.id, { outcome: id });
    await this.jobs.enqueue(TRAIN_OUTCOME, { versionId: version.id });
    return versionSummary(await this.version(account, id, number));
  }

  async list(account: AccountId, query: PageQuery): Promise<Page<OutcomeView>> {
    const { items, nextCursor } = await this.outcomes.page(account, query);
    const versions = await this.outcomes.versions(items.map(({ id }) => id));
    const own = (id: string) => versions.filter(({ outcomeId }) => outcomeId === id);
    return { items: items.map((outcome) => outcomeView(outcome, own(outcome.id))), nextCursor };
  }

  /** @throws Problem 404 */
  async get(account: AccountId, id: string): Promise<OutcomeView> {
    return outcomeView(await this.outcome(account, id), await this.outcomes.versions([id]));
  }

  /** A version whole: quality, importance, bias, what became of each trait, and how it was fitted. */
  async getVersion(account: AccountId, id: string, number: number) {
    const version = await this.version(account, id, number);
    const { quality = null, importance = [], bias = [], selection = [], fit = null } = version.report ?? {};
    return { ...versionSummary(version), quality, importance, bias, selection, fit };
  }

  /** The model card of a version, as one HTML page. @throws Problem 409 `version_not_ready` */
  async card(account: AccountId, id: string, number: number): Promise<string> {
    const [outcome, version] = [await this.outcome(account, id), await this.version(account, id, number)];
    if (!version.report) {
      const message = `Version ${number} has no model card: its status is ${version.status}. Wait until it is ready.`;
      throw Problem.conflict('version_not_ready', message);
    }
    const { cohorts } = await this.contexts.load(account, []);
    return modelCard(outcome, version, (cohortId) => cohorts.get(cohortId)?.name ?? cohortId);
  }

  async publish(caller: Caller, id: string, number: number): Promise<OutcomeView> {
    const account = caller.accountId;
    await this.publishing.publish(caller, await this.outcome(account, id), await this.version(account, id, number));
    return this.get(account, id);
  }

  async remove(caller: Caller, id: string): Promise<void> {
    const outcome = await this.outcome(caller.accountId, id);
    await this.usage.assertUnused(caller.accountId, 'outcome', id);
    await this.outcomes.delete(caller.accountId, id);
    await this.accounts.audit(caller, 'outcome.delete', id, { name: outcome.name });
  }

  /** Every live model of the account. */
  async live(account: AccountId): Promise<LiveOutcome[]> {
    const published = (await this.outcomes.all(account)).filter(({ publishedVersionId }) => publishedVersionId);
    const found = await Promise.all(
      published.map(async (outcome) => {
        const version = await this.outcomes.versionById(account, outcome.publishedVersionId!);
        return version?.model ? [liveOutcome(outcome, version, version.model)] : [];
      }),
    );
    return found.flat();
  }

  /** Changes whenever `live` answers something else. */
  liveStamp(account: AccountId): Promise<string> {
    return this.outcomes.liveStamp(account);
  }

  /** A contact's probability, percentile and reasons by every live outcome, or by one. */
  async ofContact(account: AccountId, contactId: string, outcomeId?: string) {
    if (outcomeId) await this.outcome(account, outcomeId);
    if (!(await this.scores.contactExists(account, contactId))) throw Problem.notFound('contact', contactId);
    const live = (await this.live(account)).filter((each) => !outcomeId || each.outcomeId === outcomeId);
    const rows = await this.scores.ofContact(
      account,
      contactId,
      live.map(({ versionId }) => versionId),
    );
    const now = this.clock.now();
    const fields = await this.contacts.fields(account);
    const items = live.map(async ({ versionId, model, streams, ...outcome }) => {
      const row = rows.find(({ outcome_version_id }) => outcome_version_id === versionId);
      const traits = row && (await this.examples.traitsOf(account, contactId, { streams, fields }, now));
      if (!row || !traits) return [];
      const { probability, percentile } = row;
      const reasons = reasonsOf(model, traits, dayOf(now));
      const { outcomeId: id, name, version } = outcome;
      return [{ outcomeId: id, outcomeName: name, versionId, version, probability, percentile, reasons }];
    });
    return { items: (await Promise.all(items)).flat() };
  }

  private async outcome(account: AccountId, id: string): Promise<OutcomeRow> {
    const outcome = await this.outcomes.find(account, id);
    if (!outcome) throw Problem.notFound('outcome', id);
    return outcome;
  }

  private async version(account: AccountId, id: string, number: number): Promise<OutcomeVersionRow> {
    await this.outcome(account, id);
    const version = await this.outcomes.version(account, id, number);
    if (!version) throw Problem.notFound('version of this outcome', String(number));
    return version;
  }
}

function liveOutcome(outcome: OutcomeRow, version: OutcomeVersionRow, model: OutcomeModel): LiveOutcome {
  return {
    outcomeId: outcome.id,
    name: outcome.name,
    versionId: version.id,
    version: version.version,
    model,
    streams: version.streams ?? [],
    cuts: version.cuts ?? [],
  };
}

function newVersion(outcome: OutcomeRow, now: Date) {
  return {
    id: newId('ouv'),
    accountId: outcome.accountId,
    outcomeId: outcome.id,
    status: 'new' as const,
    stage: 'draft' as const,
    createdAt: now,
  };
}
