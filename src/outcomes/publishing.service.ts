import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { OutcomeVersions } from '../cohorts/outcome-versions.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Problem } from '../http/problem.ts';
import { isOfEvents } from './features.ts';
import { FINISH_PUBLISHING, SCORE_OUTCOME } from './jobs.ts';
import { type OutcomeRow, OutcomesRepository, type OutcomeVersionRow } from './outcomes.repository.ts';
import { ScoresRepository } from './scores.repository.ts';

/** A publication that is not done after so long has lost its process. */
const FINISH_AFTER_SECONDS = 300;

/** Puts versions live, and keeps the scores of live ones up to date after imports. */
@Injectable()
export class OutcomePublishing implements OnModuleInit {
  constructor(
    private readonly outcomes: OutcomesRepository,
    private readonly scores: ScoresRepository,
    private readonly live: OutcomeVersions,
    private readonly contacts: ContactsService,
    private readonly imports: ImportListeners,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.imports.onImported((account) => this.enqueueScoring(account));
  }

  /**
   * Scores everyone by the version, then makes it live. An older version can be published again: a roll-back.
   * @throws Problem 409 `version_not_ready` unless its training is done, `trait_changed` if a trait that it was
   * trained with was renamed or deleted since.
   */
  async publish(caller: Caller, outcome: OutcomeRow, version: OutcomeVersionRow): Promise<void> {
    const account = caller.accountId;
    if (version.status !== 'ready' || !version.model) throw notReady(version);
    if (outcome.publishedVersionId === version.id) return;
    const traits = version.model.traits.map(({ trait }) => trait).filter((trait) => !isOfEvents(trait));
    await this.contacts.assertTraits(account, traits);
    await this.score(account, version, this.clock.now(), false);
    await this.jobs.enqueue(FINISH_PUBLISHING, { accountId: account, versionId: version.id }, FINISH_AFTER_SECONDS);
    await this.outcomes.goLive(account, version, this.clock.now());
    const facts = { outcome: outcome.id, version: version.version };
    await this.accounts.audit(caller, 'outcome-version.publish', version.id, facts);
    await this.finish(account, version);
  }

  @HandlesJob(FINISH_PUBLISHING)
  async finishLater({ accountId, versionId }: { accountId: string; versionId: string }): Promise<void> {
    const account = accountId as AccountId;
    const version = await this.outcomes.versionById(account, versionId);
    if (version?.stage === 'published' && version.publishingAt) await this.finish(account, version);
  }

  /** An import that ended before the version was live has brought only the one before it up to date. */
  private async finish(account: AccountId, { id, outcomeId }: OutcomeVersionRow): Promise<void> {
    await this.refresh(account, outcomeId);
    await this.live.scored(account, outcomeId);
    await this.outcomes.finished(id);
  }

  private async enqueueScoring(account: AccountId): Promise<void> {
    const at = this.clock.now().getTime();
    for (const { id, publishedVersionId } of await this.outcomes.all(account)) {
      if (publishedVersionId) await this.jobs.enqueue(SCORE_OUTCOME, { accountId: account, outcomeId: id, at });
    }
  }

  /** Scores again by the live version; only scores that changed are written. */
  @HandlesJob(SCORE_OUTCOME)
  async scoreAgain({ accountId, outcomeId, at }: { accountId: string; outcomeId: string; at: number }): Promise<void> {
    const account = accountId as AccountId;
    if (await this.refresh(account, outcomeId, new Date(at))) await this.live.scored(account, outcomeId);
  }

  /** Scores everyone by the live version and tells nobody. @returns false when none is live */
  async refresh(account: AccountId, outcomeId: string, at = this.clock.now()): Promise<boolean> {
    const outcome = await this.outcomes.find(account, outcomeId);
    const id = outcome?.publishedVersionId;
    const version = id ? await this.outcomes.versionById(account, id) : undefined;
    if (!version?.model) return false;
    await this.score(account, version, at, true);
    return true;
  }

  private async score(account: AccountId, version: OutcomeVersionRow, at: Date, onlyChanges: boolean): Promise<void> {
    const { id: versionId, model, streams } = version;
    const fields = await this.contacts.fields(account);
    await this.scores.score(account, { versionId, model: model!, streams: streams ?? [], fields, at, onlyChanges });
    await this.outcomes.scored(versionId, this.clock.now(), await this.scores.distribution(account, versionId));
  }
}

function notReady({ version, status, statusError }: OutcomeVersionRow): Problem {
  const next =
    status === 'error' ? `It failed: ${statusError?.detail} Train another version.` : 'Wait until its status is ready.';
  return Problem.conflict(
    'version_not_ready',
    `Version ${version} cannot be published: its status is ${status}. ${next}`,
  );
}
