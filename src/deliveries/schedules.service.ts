import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { and, eq, inArray, isNotNull, isNull, lte, notExists, sql } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/pg-core';
import { Settings } from '../../config/settings.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import type { Models } from '../audiences/models-in.ts';
import { OutcomeVersions } from '../cohorts/outcome-versions.ts';
import { PersonaVersions } from '../cohorts/persona-versions.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { Clock, type Recurring } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Problem } from '../http/problem.ts';
import { ArchivedDeliveries } from './archived.service.ts';
import { deliveries, runs } from './deliveries.tables.ts';
import type { DeliveryRow } from './runs.repository.ts';
import { RunsService } from './runs.service.ts';
import { nextRun, type Schedule } from './schedule.ts';

const TICK_MS = 5_000;

type Trigger = NonNullable<DeliveryRow['due']>;

/**
 * Starts runs by the clock, after imports and after personas were rebuilt. Each is written down as due before it starts, so
 * that neither a process that dies nor a run under way swallows it.
 */
@Injectable()
export class SchedulesService implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SchedulesService.name);
  private sweeps?: Recurring;

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly runs: RunsService,
    private readonly archived: ArchivedDeliveries,
    private readonly imports: ImportListeners,
    private readonly audiences: AudiencesService,
    private readonly personaVersions: PersonaVersions,
    private readonly outcomeVersions: OutcomeVersions,
    private readonly alerts: AlertsService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * A delivery that models have a say in waits for those that take the import in, so that whom it sends is decided by what
   * is true now. Where there are several it runs after each.
   */
  onModuleInit(): void {
    this.imports.onImported((account) =>
      this.after(account, 'import', async (schedule, models) =>
        Boolean(schedule.afterImport && !(await this.areLive(account, models))),
      ),
    );
    this.personaVersions.onPublished((account, setId) =>
      this.after(
        account,
        'rebuild',
        (schedule, { personaSets }) => personaSets.has(setId) && (schedule.afterRebuild || schedule.afterImport),
      ),
    );
    this.outcomeVersions.onScored((account, outcomeId) =>
      this.after(account, 'import', (schedule, { outcomes }) => outcomes.has(outcomeId) && schedule.afterImport),
    );
  }

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'schedules failed', err });
    this.sweeps = this.clock.every(TICK_MS, () => this.tick(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  /**
   * Notes what the clock says is due, then starts it. The next time is counted from now, so that times missed while the
   * service was down come to one run. The change of `nextRunAt` is the claim: of two workers one wins.
   */
  async tick(): Promise<void> {
    const now = this.clock.now();
    const reached = await this.db
      .select()
      .from(deliveries)
      .where(and(this.startsByItself(), isNotNull(deliveries.nextRunAt), lte(deliveries.nextRunAt, now)));
    for (const row of reached) {
      const claim = and(eq(deliveries.id, row.id), eq(deliveries.nextRunAt, row.nextRunAt!));
      const change = { nextRunAt: nextRun(row.schedule, now), due: unlessQueued('schedule') };
      await this.db.update(deliveries).set(change).where(claim);
    }
    await this.startDue();
    await this.archived.look();
  }

  /** Whether any of the models is, so that it tells when it has taken an import in. */
  private async areLive(account: AccountId, { personaSets, outcomes }: Models): Promise<boolean> {
    for (const id of personaSets) if (await this.personaVersions.resolve(account, id)) return true;
    for (const id of outcomes) if (await this.outcomeVersions.resolve(account, id)) return true;
    return false;
  }

  private async after(
    account: AccountId,
    trigger: Trigger,
    wants: (schedule: Schedule, models: Models) => boolean | Promise<boolean>,
  ): Promise<void> {
    const rows = await this.db
      .select()
      .from(deliveries)
      .where(and(this.startsByItself(), eq(deliveries.accountId, account), isNotNull(deliveries.schedule)));
    const ids: string[] = [];
    const ofAudience = await this.audiences.modelsIn(account, [...new Set(rows.map(({ audienceId }) => audienceId))]);
    for (const row of rows)
      if (await wants(row.schedule!, withSplit(row, ofAudience.get(row.audienceId)!))) ids.push(row.id);
    if (ids.length === 0) return;
    await this.db
      .update(deliveries)
      .set({ due: unlessQueued(trigger) })
      .where(inArray(deliveries.id, ids));
    await this.startDue();
  }

  /** Starts what is due and has no run under way. What has one stays due until it has ended. */
  private async startDue(): Promise<void> {
    const due = await this.db
      .select()
      .from(deliveries)
      .where(and(this.startsByItself(), isNotNull(deliveries.due), notExists(unfinishedRun())));
    for (const row of due)
      await this.start(row).catch((err) =>
        this.logger.error({ msg: 'a run that is due did not start', delivery: row.id, err }),
      );
  }

  /** Whoever else begins a run takes the place of this one. A run that cannot start is told, and is not due any more. */
  private async start(row: DeliveryRow): Promise<void> {
    const trigger = row.due!;
    const caller: Caller = { accountId: row.accountId as AccountId, role: 'marketer', name: trigger };
    try {
      await this.runs.start(caller, row.id, { trigger, resync: false, retryRefused: false });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === 'run_in_progress') return;
      const concern = {
        key: `delivery/${row.id}`,
        title: 'A delivery could not start',
        text: error.message,
        subject: row.id,
      };
      await this.alerts.raise(caller.accountId, concern);
      await this.db
        .update(deliveries)
        .set({ due: null })
        .where(and(eq(deliveries.id, row.id), eq(deliveries.due, trigger)));
    }
  }

  private startsByItself() {
    return and(isNull(deliveries.archivedAt), isNull(deliveries.pausedAt));
  }
}

/** The models that decide whom a delivery sends, and where. */
const withSplit = ({ splitByPersona, personaSetId }: DeliveryRow, { personaSets, outcomes }: Models): Models => ({
  personaSets: splitByPersona && personaSetId ? new Set([...personaSets, personaSetId]) : personaSets,
  outcomes,
});

/** The delivery's run that has not ended. */
const unfinishedRun = () =>
  new QueryBuilder()
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.deliveryId, deliveries.id), isNull(runs.finishedAt)));

/** A run that is planned only after this needs no other behind it; one that may have looked already does. */
const unlessQueued = (trigger: Trigger) => sql`
  CASE WHEN EXISTS (SELECT 1 FROM ${runs} WHERE ${runs.deliveryId} = ${deliveries.id} AND ${runs.status} = 'queued')
    THEN ${deliveries.due} ELSE ${trigger} END`;
