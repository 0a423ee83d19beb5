import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import { CohortsService } from '../cohorts/cohorts.service.ts';
import { DeliveriesService } from '../deliveries/deliveries.service.ts';
import { RunsService } from '../deliveries/runs.service.ts';
import { Clock } from '../engines/clock.ts';
import { newId } from '../http/ids.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import type { CreateMonitorDto, UpdateMonitorDto } from './monitor.dto.ts';
import { type MonitorRow, MonitorsRepository } from './monitors.repository.ts';

const DRIFT_LIMIT = 0.25;
/** A monitor tells of people and takes nobody out of anything: what holds deliveries back has no place here. */
const NO_GUARDS = { maxRemovalShare: null, maxGrowthShare: null, maxInputAgeHours: null, platformFloor: false };

/** Monitors: each is a delivery in the mode changes to an audience that is a cohort, with readings of every run. */
@Injectable()
export class MonitorsService {
  constructor(
    private readonly repository: MonitorsRepository,
    private readonly deliveries: DeliveriesService,
    private readonly runs: RunsService,
    private readonly audiences: AudiencesService,
    private readonly cohorts: CohortsService,
    private readonly accounts: AccountsService,
    private readonly alerts: AlertsService,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem 422 with the path of what cannot be watched or told */
  async create(caller: Caller, { cohortId, driftLimit = DRIFT_LIMIT, ...dto }: CreateMonitorDto) {
    const account = caller.accountId;
    await this.cohorts.get(account, cohortId).catch((error: unknown) => {
      if (error instanceof Problem && error.getStatus() === 404)
        throw Problem.invalid('cohortId', 'not_found', error.message);
      throw error;
    });
    const include = { cohorts: [cohortId] };
    const { id: audienceId } = await this.audiences.create(caller, { name: `Monitor: ${dto.name}`, include });
    const delivery = await this.deliveries
      .create(caller, { ...dto, audienceId, mode: 'changes', guards: NO_GUARDS })
      .catch(async (error: unknown) => {
        await this.audiences.remove(caller, audienceId);
        throw error;
      });
    const now = this.clock.now();
    const row: MonitorRow = {
      id: newId('mon'),
      accountId: account,
      name: dto.name,
      cohortId,
      audienceId,
      deliveryId: delivery.id,
      driftLimit,
      baselineRunId: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.repository.insert(row);
    await this.accounts.audit(caller, 'monitor.create', row.id, { cohortId, deliveryId: delivery.id });
    return this.get(account, row.id);
  }

  async update(caller: Caller, id: string, given: UpdateMonitorDto) {
    const { driftLimit, ...dto } = given;
    const account = caller.accountId;
    const row = await this.row(account, id);
    if (Object.values(dto).some((value) => value !== undefined))
      await this.deliveries.update(caller, row.deliveryId, dto);
    const change = {
      name: dto.name ?? row.name,
      driftLimit: driftLimit === undefined ? row.driftLimit : driftLimit,
      updatedAt: this.clock.now(),
    };
    await this.repository.update(account, id, change);
    await this.accounts.audit(caller, 'monitor.update', id, { fields: Object.keys(given) });
    return this.get(account, id);
  }

  /** A monitor with what its delivery says, and its last reading. @throws Problem 404 */
  async get(account: AccountId, id: string) {
    return this.view(account, await this.row(account, id));
  }

  async list(account: AccountId, page: PageQuery): Promise<Page<Awaited<ReturnType<MonitorsService['get']>>>> {
    const { items, nextCursor } = await this.repository.page(account, page);
    return { items: await Promise.all(items.map((row) => this.view(account, row))), nextCursor };
  }

  /** Scores the cohort now and tells what changed. */
  async start(caller: Caller, id: string) {
    return this.runs.start(caller, (await this.row(caller.accountId, id)).deliveryId);
  }

  async pause(caller: Caller, id: string, paused: boolean) {
    const { deliveryId } = await this.row(caller.accountId, id);
    await this.deliveries.pause(caller, deliveryId, paused);
    return this.get(caller.accountId, id);
  }

  /** What each run found, newest first. */
  async history(account: AccountId, id: string, page: PageQuery) {
    await this.row(account, id);
    const { items, nextCursor } = await this.repository.readings(account, id, page);
    return {
      items: items.map(({ id: runId, at, verdict, reading }) => ({ runId, at, verdict, ...reading })),
      nextCursor,
    };
  }

  /** Measures drift from a run on: what was found then is how it should be. */
  async rebase(caller: Caller, id: string, runId: string) {
    const account = caller.accountId;
    await this.row(account, id);
    if (!(await this.repository.reading(account, id, runId)))
      throw Problem.invalid('runId', 'not_found', 'This monitor has no reading of such a run.');
    await this.repository.update(account, id, { baselineRunId: runId, updatedAt: this.clock.now() });
    await this.accounts.audit(caller, 'monitor.rebase', id, { runId });
    return this.get(account, id);
  }

  /** Takes a monitor out of use; the runs of its delivery stay on record, and so does its audience if others use it. */
  async remove(caller: Caller, id: string): Promise<void> {
    const { deliveryId, audienceId } = await this.row(caller.accountId, id);
    const { archivedAt } = await this.deliveries.kept(caller.accountId, deliveryId);
    if (!archivedAt) await this.deliveries.archive(caller, deliveryId);
    await this.repository.delete(caller.accountId, id);
    await this.alerts.close(caller.accountId, id);
    await this.accounts.audit(caller, 'monitor.delete', id);
    await this.audiences.remove(caller, audienceId).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error; // in use by others, or gone already
    });
  }

  private async view(account: AccountId, { accountId: _account, audienceId: _audience, ...row }: MonitorRow) {
    const delivery = await this.deliveries.kept(account, row.deliveryId);
    const { items } = await this.repository.readings(account, row.id, { limit: 1 });
    const { connectionId, personaSetId, outcomes, representation, attributes, options } = delivery;
    const { schedule, nextRunAt, pausedAt } = delivery;
    const last = items[0];
    return {
      ...row,
      connectionId,
      personaSetId,
      outcomes,
      representation,
      attributes,
      options,
      schedule,
      nextRunAt,
      pausedAt,
      last: last ? { runId: last.id, at: last.at, verdict: last.verdict, ...last.reading } : null,
    };
  }

  private async row(account: AccountId, id: string): Promise<MonitorRow> {
    const row = await this.repository.find(account, id);
    if (!row) throw Problem.notFound('monitor', id);
    return row;
  }
}
