import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../accounts/auth.ts';
import { Clock } from '../../engines/clock.ts';
import type { DatasetRow } from '../contacts.tables.ts';
import { ErasedPeople } from '../erased-people.ts';
import { buildFunnel, ENOUGH_TRAITS, type Funnel, type ImportResult, UNREAD_ROWS } from './funnel.ts';
import type { ImportProgress } from './import.worker.ts';
import { type MergedEvents, type MergeInput, MergeRepository, versionOf } from './merge.repository.ts';
import { FAULTS, type MergedOrders, type OrderCounts, OrdersRepository } from './orders.repository.ts';
import type { ImportPlan } from './plan.ts';
import { REJECTS } from './rejects.ts';
import { ResolutionRepository } from './resolution.repository.ts';
import { StagingRepository } from './staging.repository.ts';
import { type UnchangedCounts, UnchangedRowsRepository } from './unchanged-rows.repository.ts';

type StagedCounts = Awaited<ReturnType<StagingRepository['counts']>>;

/** The outcome of the rows of a file. */
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
    private readonly orders: OrdersRepository,
    private readonly unchanged: UnchangedRowsRepository,
    private readonly erased: ErasedPeople,
    private readonly clock: Clock,
  ) {}

  /** Decides which contact each staged row belongs to. */
  async resolve(account: AccountId, dataset: DatasetRow, plan: ImportPlan): Promise<MergeInput> {
    const input = mergeInput(plan, dataset);
    const { importId, startedAt } = input;
    const { contacts } = await this.staging.counts(account, importId);
    const moved = await this.resolution.resolve(account, { importId, version: versionOf(startedAt) }, contacts);
    if (moved === 0) return input;
    await this.merges.copyMoved(account, input);
    return { ...input, moved: true };
  }

  /** @param reading how the rows were read, where unchanged ones were left out */
  async merge(
    account: AccountId,
    dataset: DatasetRow,
    plan: ImportPlan,
    input: MergeInput,
    read: ImportProgress,
    reading?: string,
  ): Promise<Merged> {
    const erased = await this.erased.dropped(account, plan.importId);
    const progress = { ...read, rejects: sumOf([read.rejects, erased > 0 ? { erased_person: erased } : {}]) };
    const staged = await this.staging.counts(account, plan.importId);
    const merged =
      plan.kind === 'events'
        ? await this.events(account, input, plan, progress, staged)
        : await this.contacts(account, input, plan, progress, staged, reading);
    // the first attempt at the first import finds no statements of its own file
    if (dataset.attempt > 1) await this.merges.replaceStatements(account, input);
    return merged;
  }

  private async contacts(
    account: AccountId,
    input: MergeInput,
    plan: ImportPlan,
    progress: ImportProgress,
    staged: StagedCounts,
    reading?: string,
  ): Promise<Merged> {
    await this.merges.recordStatements(account, input);
    await this.merges.noteContacts(account, input);
    await this.merges.indexIdentities(account, input);
    const events = staged.events > 0 ? await this.merges.mergeEvents(account, input, staged.events, 'all') : NO_EVENTS;
    const { orders, withoutValue, lost } = await this.mergeOrders(account, input, plan, 'all');
    await this.merges.mergeContacts(account, input, staged.contacts);
    await this.merges.shareStatements(account, input, staged.contacts);
    const merged = await this.merges.counts(account, input, staged.contacts, ENOUGH_TRAITS);
    const unchanged =
      reading === undefined ? NONE_UNCHANGED : await this.recognised(account, input, staged.contacts, reading);
    const counts = {
      consented: merged.consented + unchanged.rows,
      merged: merged.merged + unchanged.contacts,
      enoughTraits: merged.enoughTraits + unchanged.enoughTraits,
    };
    const result: ImportResult = {
      contacts: merged.contacts + unchanged.contacts,
      created: merged.created,
      updated: merged.contacts - merged.created,
      unchanged: unchanged.contacts,
      repeatedKeys: staged.contacts - merged.contacts + unchanged.rows - unchanged.contacts,
      events: events.events + storedOrders(orders),
      eventsWithoutValue: events.withoutValue + withoutValue,
      rejects: staged.rejects + rejected(lost),
      ...(orders ? { orders } : {}),
    };
    const values = sumOf([
      await this.skippedValues(account, plan),
      lost.test_order ? { test_order: lost.test_order } : {},
    ]);
    return { funnel: buildFunnel({ ...progress, ...counts, unmerged: {}, values }, this.clock.now()), result };
  }

  private skippedValues(account: AccountId, { importId, kind }: ImportPlan): Promise<Record<string, number>> {
    return this.staging.skippedValues(account, importId, [...UNREAD_ROWS, 'unknown_contact'], kind);
  }

  /** Notes which rows this import brought, for the next one, and counts those that it left out. */
  private async recognised(account: AccountId, input: MergeInput, rows: number, reading: string) {
    const unchanged = await this.unchanged.noteContacts(account, input, reading, ENOUGH_TRAITS);
    await this.unchanged.remember(account, input, reading, rows);
    return unchanged;
  }

  private async mergeOrders(
    account: AccountId,
    input: MergeInput,
    { events }: ImportPlan,
    of: 'known' | 'all',
  ): Promise<Omit<MergedOrders, 'orders'> & { orders?: OrderCounts }> {
    const merged: MergedOrders[] = [];
    for (const event of events) if (event.order) merged.push(await this.orders.merge(account, input, event, of));
    if (merged.length === 0) return { withoutValue: 0, lost: {} };
    return {
      orders: sumOf(merged.map(({ orders }) => orders)),
      withoutValue: merged.reduce((sum, each) => sum + each.withoutValue, 0),
      lost: sumOf(merged.map(({ lost }) => lost)),
    };
  }

  private async events(
    account: AccountId,
    input: MergeInput,
    plan: ImportPlan,
    progress: ImportProgress,
    staged: StagedCounts,
  ): Promise<Merged> {
    const created = plan.createContacts ? await this.create(account, input, staged.contacts) : 0;
    const key = plan.columns.find((c) => c.rank === 1)!;
    const orphans = await this.merges.rejectOrphans(account, input, key.name, REJECTS.unknown_contact);
    const events = await this.merges.mergeEvents(account, input, staged.events, 'known');
    const { orders, withoutValue, lost } = await this.mergeOrders(account, input, plan, 'known');
    const { no_key: noKey = 0, ...lostOrders } = lost;
    const eventless = await this.staging.rowsWithoutEvents(account, plan.importId, UNREAD_ROWS);
    const unmerged = sumOf([lostOrders, eventless, orphans > 0 ? { unknown_contact: orphans } : {}]);
    const identified = progress.identified - noKey;
    const consented = identified - (progress.rejects.erased_person ?? 0);
    const counts = {
      ...progress,
      identified,
      rejects: sumOf([progress.rejects, { no_key: noKey }]),
      unmerged,
      values: await this.skippedValues(account, plan),
      consented,
      merged: consented - totalOf(unmerged),
    };
    const result: ImportResult = {
      contacts: created,
      created,
      updated: 0,
      unchanged: 0,
      repeatedKeys: 0,
      events: events.events + storedOrders(orders),
      eventsWithoutValue: events.withoutValue + withoutValue,
      rejects: staged.rejects + orphans + rejected(lost),
      ...(orders ? { orders } : {}),
    };
    return { funnel: buildFunnel(counts, this.clock.now()), result };
  }

  /** Makes contacts of unknown people; those who are known stay as they are. @returns how many */
  private async create(account: AccountId, all: MergeInput, rows: number): Promise<number> {
    const input = { ...all, onlyNew: true };
    await this.merges.noteContacts(account, input);
    await this.merges.indexIdentities(account, input);
    await this.merges.mergeContacts(account, input, rows);
    await this.merges.shareStatements(account, input, rows);
    return (await this.merges.counts(account, input, rows, ENOUGH_TRAITS)).created;
  }
}

const NO_EVENTS: MergedEvents = { events: 0, withoutValue: 0 };
const NONE_UNCHANGED: UnchangedCounts = { rows: 0, contacts: 0, enoughTraits: 0 };

/** Orders that became events: of the stream, or of that of cancelled ones. */
const storedOrders = (orders: OrderCounts | undefined): number =>
  orders ? orders.imported + orders.cancelled + orders.refunded : 0;

/** Rows that the rejects file names. */
const rejected = (lost: Record<string, number>): number =>
  Object.entries(lost).reduce((sum, [code, rows]) => (FAULTS.has(code) ? sum + rows : sum), 0);

const totalOf = (rows: Record<string, number>): number => Object.values(rows).reduce((sum, count) => sum + count, 0);

function sumOf<T extends Record<string, number>>(all: T[]): T {
  const sum: Record<string, number> = {};
  for (const each of all) for (const [name, count] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + count;
  return sum as T;
}

function mergeInput(plan: ImportPlan, { id, startedAt, bytesFirstStoredAt }: DatasetRow): MergeInput {
  return {
    importId: plan.importId,
    datasetId: id,
    moved: false,
    statements: plan.consents.statements,
    uploadedAt: new Date(plan.consents.uploadedAt),
    bytesFirstUploadedAt: bytesFirstStoredAt,
    numberNames: plan.traits.filter((t) => t.type !== 'category').map((t) => t.name),
    categoryNames: plan.traits.filter((t) => t.type === 'category').map((t) => t.name),
    clears: [...plan.columns, ...plan.traits].some(({ clears }) => clears),
    defaultCountry: plan.defaultCountry,
    startedAt: startedAt!,
  };
}
