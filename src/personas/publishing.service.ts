import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { PersonaVersions } from '../cohorts/persona-versions.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Problem } from '../http/problem.ts';
import { keysOf, type PersonaModel } from '../models/persona-model.ts';
import type { AssignmentRun } from './assignment-statement.ts';
import { AssignmentsRepository } from './assignments.repository.ts';
import { ASSIGN_PERSONAS, FINISH_PUBLISHING } from './jobs.ts';
import { PersonaSetsRepository, type SetRow, type VersionPersona, type VersionRow } from './persona-sets.repository.ts';
import { PublishingRepository } from './publishing.repository.ts';
import { notReady } from './ready-version.ts';

/** A publication that is not done after so long has lost its process. */
const FINISH_AFTER_SECONDS = 300;

/** Puts versions live, and keeps the assignments of live ones up to date after imports. */
@Injectable()
export class PublishingService implements OnModuleInit {
  constructor(
    private readonly sets: PersonaSetsRepository,
    private readonly publishing: PublishingRepository,
    private readonly assignments: AssignmentsRepository,
    private readonly personaVersions: PersonaVersions,
    private readonly contacts: ContactsService,
    private readonly imports: ImportListeners,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.imports.onImported((account) => this.enqueueAssignments(account));
  }

  /**
   * Assigns everyone by the version, then makes it live. An older version can be published again: a roll-back.
   * @throws Problem 409 `version_not_ready` unless its training is done, `pinned_missing` if it lacks a pinned persona,
   * `trait_changed` if a trait that it was trained with was renamed or deleted since.
   */
  async publish(caller: Caller, set: SetRow, version: VersionRow): Promise<void> {
    const account = caller.accountId;
    if (version.status !== 'ready' || !version.model) throw notReady(version);
    if (set.publishedVersionId === version.id) return;
    await this.requirePinned(account, set, version.version, version.model);
    const traits = version.model.encoding.traits.map(({ trait }) => trait);
    await this.contacts.assertTraits(account, traits);
    const at = await this.publishing.begin(account, version, this.clock.now());
    const { model } = version;
    await this.assignments.assign(account, {
      setId: set.id,
      versionId: version.id,
      model,
      fields: await this.contacts.fields(account),
      fromVersionId: set.publishedVersionId,
      at,
    });
    const [sizes, found] = [
      await this.assignments.sizes(account, version.id),
      await this.sets.personasOf([version.id]),
    ];
    const names = namesToKeep(found, await this.sets.personasEver(set.id));
    await this.jobs.enqueue(FINISH_PUBLISHING, { accountId: account, versionId: version.id }, FINISH_AFTER_SECONDS);
    await this.publishing.goLive(account, version, { now: this.clock.now(), sizes, names });
    await this.accounts.audit(caller, 'persona-version.publish', version.id, { set: set.id, version: version.version });
    await this.finish(account, version);
  }

  @HandlesJob(FINISH_PUBLISHING)
  async finishLater({ accountId, versionId }: { accountId: string; versionId: string }): Promise<void> {
    const account = accountId as AccountId;
    const version = await this.sets.versionById(account, versionId);
    if (version?.stage === 'published' && version.publishingAt) await this.finish(account, version);
  }

  /** An import that ended before the version was live has brought only the one before it up to date. */
  private async finish(account: AccountId, { id, setId }: VersionRow): Promise<void> {
    const run = await this.runOfLive(account, setId, this.clock.now());
    if (run?.versionId !== id) return;
    await this.assignments.catchUp(account, run);
    await this.noteAssigned(account, id);
    await this.personaVersions.published(account, setId);
    await this.publishing.finished(id);
  }

  private async requirePinned(account: AccountId, set: SetRow, number: number, model: PersonaModel): Promise<void> {
    const keys = keysOf(model);
    const missing = (await this.sets.pins(account, set.id)).filter(({ key }) => !keys.includes(key));
    if (missing.length === 0) return;
    const named = missing.map(({ key }) => `"${key}"`).join(', ');
    throw Problem.conflict(
      'pinned_missing',
      `Version ${number} lacks the pinned ${named}. Train again or unpin first.`,
    );
  }

  private async enqueueAssignments(account: AccountId): Promise<void> {
    const at = this.clock.now().getTime();
    for (const set of await this.sets.all(account)) {
      if (set.publishedVersionId) await this.jobs.enqueue(ASSIGN_PERSONAS, { accountId: account, setId: set.id, at });
    }
  }

  @HandlesJob(ASSIGN_PERSONAS)
  async assignAgain({ accountId, setId, at }: { accountId: string; setId: string; at: number }): Promise<void> {
    const account = accountId as AccountId;
    if (await this.refresh(account, setId, new Date(at))) await this.personaVersions.published(account, setId);
  }

  /** Assigns everyone by the live version and tells nobody. @returns false when none is live */
  async refresh(account: AccountId, setId: string, at = this.clock.now()): Promise<boolean> {
    const run = await this.runOfLive(account, setId, at);
    if (!run) return false;
    await this.assignments.assign(account, run);
    await this.noteAssigned(account, run.versionId);
    return true;
  }

  private async runOfLive(account: AccountId, setId: string, at: Date): Promise<AssignmentRun | undefined> {
    const set = await this.sets.find(account, setId);
    const version = set?.publishedVersionId ? await this.sets.versionById(account, set.publishedVersionId) : undefined;
    if (!version?.model) return undefined;
    const fields = await this.contacts.fields(account);
    return { setId, versionId: version.id, model: version.model, fields, fromVersionId: version.id, at };
  }

  private async noteAssigned(account: AccountId, versionId: string): Promise<void> {
    await this.publishing.assigned(versionId, this.clock.now(), await this.assignments.sizes(account, versionId));
  }
}

/** From its first publication a persona keeps its name; one that another persona of the set has gets the key added. */
function namesToKeep(found: VersionPersona[], ever: { name: string | null }[]): Map<string, string> {
  const taken = new Set(ever.flatMap(({ name }) => name?.toLowerCase() ?? []));
  const unnamed = found.filter(({ name }) => name === null);
  return new Map(
    unnamed.map(({ key, measured: { suggestedName } }) => [
      key,
      taken.has(suggestedName.toLowerCase()) ? `${suggestedName} (${key})` : suggestedName,
    ]),
  );
}
