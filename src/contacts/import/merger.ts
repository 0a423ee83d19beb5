import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../accounts/auth.ts';
import { Clock } from '../../engines/clock.ts';
import type { DatasetRow } from '../contacts.tables.ts';
import { buildFunnel, ENOUGH_TRAITS, type Funnel, type ImportResult } from './funnel.ts';
import type { ImportProgress } from './import.worker.ts';
import { type MergeInput, MergeRepository, versionOf } from './merge.repository.ts';
import type { ImportPlan } from './plan.ts';
import { REJECTS } from './rejects.ts';
import { ResolutionRepository } from './resolution.repository.ts';
import { StagingRepository } from './staging.repository.ts';

/** What became of the rows of a file. */
export interface Merged {
  funnel: Funnel;
  result: ImportResult;
}

/** Turns the staged rows of an import into contacts and events. Every step may be done again after a crash. */
@Injectable()
export class ImportMerger {
  constructor(
    private readonly staging: StagingRepository,
    private readonly resolution: ResolutionRepository,
    private readonly merges: MergeRepository,
    private readonly clock: Clock,
  ) {}

  async merge(account: AccountId, dataset: DatasetRow, plan: ImportPlan, progress: ImportProgress): Promise<Merged> {
    const staged = await this.staging.counts(account, plan.importId);
    const input = await this.resolve(account, mergeInput(plan, dataset.startedAt!), staged.contacts);
    if (plan.kind === 'events') return this.events(account, dataset, input, plan, progress, staged);
    await this.merges.noteContacts(account, input, dataset.id);
    await this.merges.indexIdentities(account, input);
    if (staged.events > 0) await this.merges.mergeEvents(account, input, staged.events, 'all');
    await this.merges.mergeContacts(account, input, staged.contacts);
    const counts = await this.merges.counts(account, input, ENOUGH_TRAITS);
    const result: ImportResult = {
      contacts: counts.contacts,
      created: counts.created,
      updated: counts.contacts - counts.created,
      repeatedKeys: staged.contacts - counts.contacts,
      events: staged.events,
      rejects: staged.rejects,
    };
    return { funnel: buildFunnel({ ...progress, ...counts }, this.clock.now()), result };
  }

  private async events(
    account: AccountId,
    dataset: DatasetRow,
    input: MergeInput,
    plan: ImportPlan,
    progress: ImportProgress,
    staged: { contacts: number; events: number; rejects: number },
  ): Promise<Merged> {
    const created = plan.createContacts ? await this.create(account, dataset, input, staged.contacts) : 0;
    const key = plan.columns.find((c) => c.rank === 1)!;
    const orphans = await this.merges.rejectOrphans(account, input, key.name, REJECTS.unknown_contact);
    await this.merges.mergeEvents(account, input, staged.events, 'known');
    const { identified } = progress;
    const unknown = orphans.lines;
    const rejects = { ...progress.rejects, ...(unknown > 0 ? { unknown_contact: unknown } : {}) };
    const counts = { ...progress, rejects, consented: identified, merged: identified - unknown };
    const contacts = { contacts: created, created, updated: 0, repeatedKeys: 0 };
    const result = { ...contacts, events: staged.events - orphans.events, rejects: staged.rejects + unknown };
    return { funnel: buildFunnel(counts, this.clock.now()), result };
  }

  /** Makes contacts of unknown people; those who are known stay as they are. @returns how many */
  private async create(account: AccountId, dataset: DatasetRow, all: MergeInput, rows: number): Promise<number> {
    const input = { ...all, onlyNew: true };
    await this.merges.noteContacts(account, input, dataset.id);
    await this.merges.indexIdentities(account, input);
    await this.merges.mergeContacts(account, input, rows);
    return (await this.merges.counts(account, input, ENOUGH_TRAITS)).created;
  }

  private async resolve(account: AccountId, input: MergeInput, rows: number): Promise<MergeInput> {
    const { importId, startedAt } = input;
    const moved = await this.resolution.resolve(account, { importId, version: versionOf(startedAt) }, rows);
    if (moved === 0) return input;
    await this.merges.copyMoved(account, input);
    return { ...input, moved: true };
  }
}

function mergeInput(plan: ImportPlan, startedAt: Date): MergeInput {
  return {
    importId: plan.importId,
    moved: false,
    purposes: plan.purposes,
    numberNames: plan.traits.filter((t) => t.type !== 'category').map((t) => t.name),
    categoryNames: plan.traits.filter((t) => t.type === 'category').map((t) => t.name),
    defaultCountry: plan.defaultCountry,
    startedAt,
  };
}
