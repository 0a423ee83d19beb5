import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { and, eq, isNotNull, isNull, lte } from 'drizzle-orm';
import { Settings } from '../../config/settings.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { PersonaVersions } from '../cohorts/persona-versions.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Problem } from '../http/problem.ts';
import { deliveries } from './deliveries.tables.ts';
import type { DeliveryRow } from './runs.repository.ts';
import { RunsService, type StartRun } from './runs.service.ts';
import { nextRun } from './schedule.ts';

const TICK_MS = 5_000;

/** Starts runs by the clock, after imports and after personas were rebuilt. */
@Injectable()
export class SchedulesService implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SchedulesService.name);
  private timer?: NodeJS.Timeout;

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly runs: RunsService,
    private readonly imports: ImportListeners,
    private readonly personaVersions: PersonaVersions,
    private readonly alerts: AlertsService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** A delivery that is split waits for the personas that take the import in, so that it is split by what is true now. */
  onModuleInit(): void {
    this.imports.onImported((account) =>
      this.after(account, 'import', ({ schedule, splitByPersona }) => !!schedule?.afterImport && !splitByPersona),
    );
    this.personaVersions.onPublished((account, setId) =>
      this.after(
        account,
        'rebuild',
        (row) =>
          row.personaSetId === setId &&
          row.splitByPersona &&
          (!!row.schedule?.afterRebuild || !!row.schedule?.afterImport),
      ),
    );
  }

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    this.timer = setInterval(
      () => void this.tick().catch((err) => this.logger.error({ msg: 'schedules failed', err })),
      TICK_MS,
    );
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Starts what is due. The next time is counted from now, so that times missed while the service was down come to one
   * run. The change of `nextRunAt` is the claim: of two workers one wins.
   */
  async tick(): Promise<void> {
    const now = this.clock.now();
    const due = await this.db
      .select()
      .from(deliveries)
      .where(and(this.startsByItself(), isNotNull(deliveries.nextRunAt), lte(deliveries.nextRunAt, now)));
    for (const row of due) {
      const claim = and(eq(deliveries.id, row.id), eq(deliveries.nextRunAt, row.nextRunAt!));
      const claimed = await this.db
        .update(deliveries)
        .set({ nextRunAt: nextRun(row.schedule, now) })
        .where(claim)
        .returning({ id: deliveries.id });
      if (claimed.length === 1) await this.start(row, 'schedule');
    }
  }

  private async after(
    account: AccountId,
    trigger: StartRun['trigger'],
    wants: (row: DeliveryRow) => boolean,
  ): Promise<void> {
    const rows = await this.db
      .select()
      .from(deliveries)
      .where(and(this.startsByItself(), eq(deliveries.accountId, account), isNotNull(deliveries.schedule)));
    for (const row of rows.filter(wants)) await this.start(row, trigger);
  }

  /** A run that cannot start is told; one that is under way already takes the place of this one. */
  private async start(row: DeliveryRow, trigger: StartRun['trigger']): Promise<void> {
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
    }
  }

  private startsByItself() {
    return and(isNull(deliveries.archivedAt), isNull(deliveries.pausedAt));
  }
}
