import { Inject, Injectable, Logger } from '@nestjs/common';
import { and, eq, isNotNull, lte } from 'drizzle-orm';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { ConsentPolicyService } from '../privacy/consent-policy.service.ts';
import { deliveries } from './deliveries.tables.ts';
import { KeptBackRepository } from './kept-back.repository.ts';
import { type DeliveryRow, RunsRepository } from './runs.repository.ts';
import { RunsService } from './runs.service.ts';

const LOOK_MS = 3_600_000;
/** After a run that failed, so that a platform that will not be asked does not fill the list of runs. */
const AFTER_FAILURE_MS = 24 * LOOK_MS;

/**
 * Deliveries out of use still hold people, who may withdraw. Each is looked over every hour; where somebody is to go, a run
 * takes them out and does nothing else. Files cannot be called back, nor can what was told of changes.
 */
@Injectable()
export class ArchivedDeliveries {
  private readonly logger = new Logger(ArchivedDeliveries.name);

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly runs: RunsService,
    private readonly repository: RunsRepository,
    private readonly keptBack: KeptBackRepository,
    private readonly consent: ConsentPolicyService,
    private readonly connections: ConnectionsService,
    private readonly clock: Clock,
  ) {}

  /** Looks over those whose hour has come. A process that dies meanwhile leaves them to the next look. */
  async look(): Promise<void> {
    const now = this.clock.now();
    const due = await this.db
      .select()
      .from(deliveries)
      .where(and(isNotNull(deliveries.archivedAt), lte(deliveries.nextRunAt, now)));
    for (const row of due) {
      const claimed = await this.db
        .update(deliveries)
        .set({ nextRunAt: new Date(now.getTime() + LOOK_MS) })
        .where(and(eq(deliveries.id, row.id), eq(deliveries.nextRunAt, row.nextRunAt!)))
        .returning({ id: deliveries.id });
      if (claimed.length === 0) continue;
      await this.lookOver(row).catch((err) =>
        this.logger.error({ msg: 'an archived delivery was not looked over', delivery: row.id, err }),
      );
    }
  }

  private async lookOver(row: DeliveryRow): Promise<void> {
    const account = row.accountId as AccountId;
    const { type } = await this.connections.get(account, row.connectionId);
    if (this.connections.definition(type).capabilities.mirrorBy === 'snapshot') return;
    if (await this.hasJustFailed(row)) return;
    const deniedCountries = await this.consent.deniedCountries(account);
    if (!(await this.keptBack.any(account, { deliveryId: row.id, deniedCountries }))) return;
    const caller: Caller = { accountId: account, role: 'marketer', name: 'withdrawal' };
    await this.runs.start(caller, row.id, { trigger: 'withdrawal', resync: false, retryRefused: false });
  }

  private async hasJustFailed({ accountId, id }: DeliveryRow): Promise<boolean> {
    const [last] = await this.repository.pageRuns(accountId as AccountId, id, { limit: 1 });
    const failed = last?.verdict === 'failed' || last?.verdict === 'partly-failed';
    const age = this.clock.now().getTime() - (last?.finishedAt?.getTime() ?? 0);
    return last?.trigger === 'withdrawal' && failed && age < AFTER_FAILURE_MS;
  }
}
