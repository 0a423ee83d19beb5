import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { and, isNotNull, lt, sql } from 'drizzle-orm';
import { Settings } from '../../config/settings.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Clock, type Recurring } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { runs } from './deliveries.tables.ts';
import { SnapshotsRepository } from './snapshots.repository.ts';

const DAY_MS = 86_400_000;
const SWEEP_MS = 6 * 3_600_000;

/** Runs that finished before this have lost the members whom they left unchanged. */
export const snapshotsKeptSince = (settings: Settings, now: Date): Date =>
  new Date(now.getTime() - settings.REACH_KEEP_RUN_SNAPSHOTS_DAYS * DAY_MS);

/**
 * Deletes from the snapshots of old runs the members whom the run left as they were. They are nearly all rows of a daily run,
 * and only comparisons read them. Changes, outcomes, batches and the ledger stay: they prove what was sent.
 */
@Injectable()
export class SnapshotRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SnapshotRetention.name);
  private sweeps?: Recurring;

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly snapshots: SnapshotsRepository,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'old snapshots could not be deleted', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.sweep(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  async sweep(): Promise<void> {
    const old = await this.db
      .select({ account: runs.accountId, plans: sql<string[]>`array_agg(${runs.planId})` })
      .from(runs)
      .where(and(isNotNull(runs.planId), lt(runs.finishedAt, snapshotsKeptSince(this.settings, this.clock.now()))))
      .groupBy(runs.accountId);
    for (const { account, plans } of old) await this.snapshots.deleteUnchanged(account as AccountId, plans);
  }
}
