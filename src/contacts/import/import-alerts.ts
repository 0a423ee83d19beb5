import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../../config/settings.ts';
import type { AccountId } from '../../accounts/auth.ts';
import { AlertsService, type Concern } from '../../alerts/alerts.service.ts';
import { Clock, type Recurring } from '../../engines/clock.ts';
import type { DatasetRow } from '../contacts.tables.ts';
import { LateImportsRepository } from './late-imports.repository.ts';

const SWEEP_MS = 60_000;
/** An import without progress for this long needs a person. */
const STUCK_MS = 3_600_000;
/** Keys of these alerts: `dataset/<id>/<what>`. */
const PREFIX = 'dataset/';

type Raised = Concern & { account: AccountId };

/** Raises alerts for failed or stuck imports and for missing files, and resolves them afterwards. */
@Injectable()
export class ImportAlerts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ImportAlerts.name);
  private sweeps?: Recurring;

  constructor(
    private readonly imports: LateImportsRepository,
    private readonly alerts: AlertsService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'imports could not be checked', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.sweep(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  async sweep(): Promise<void> {
    const concerns = await this.concerns();
    const open = await this.alerts.openUnder(PREFIX);
    const nameOf = (account: string, key: string) => `${account} ${key}`;
    const isOpen = new Set(open.map(({ accountId, key }) => nameOf(accountId, key)));
    const lasts = new Set(concerns.map(({ account, key }) => nameOf(account, key)));
    for (const { account, ...concern } of concerns)
      if (!isOpen.has(nameOf(account, concern.key))) await this.alerts.raise(account, concern);
    for (const { accountId, key } of open)
      if (!lasts.has(nameOf(accountId, key))) await this.alerts.recover(accountId as AccountId, key);
  }

  private async concerns(): Promise<Raised[]> {
    const now = this.clock.now();
    const stuckSince = new Date(now.getTime() - STUCK_MS);
    return [
      ...(await this.imports.failed()).map(failedImport),
      ...(await this.imports.stuck(stuckSince)).map(stuckImport),
      ...(await this.imports.missing(now)).map(missingFile),
    ];
  }
}

const concern = (what: string, { id, accountId }: DatasetRow, title: string, text: string): Raised => ({
  account: accountId as AccountId,
  key: `${PREFIX}${id}/${what}`,
  title,
  text,
  subject: id,
});

const failedImport = (dataset: DatasetRow): Raised =>
  concern('failed', dataset, 'An import failed', `${dataset.name}: ${dataset.statusError?.message ?? ''}`);

const stuckImport = (dataset: DatasetRow): Raised =>
  concern(
    'stuck',
    dataset,
    'An import makes no progress',
    `${dataset.name}: nothing was read or stored for an hour. Look into the log, or cancel the import and start it again.`,
  );

const missingFile = (dataset: DatasetRow): Raised =>
  concern(
    'missing',
    dataset,
    'A file is missing',
    `${dataset.name}: a file is expected every ${dataset.expectEveryHours} hours; the last one was uploaded at ${dataset.fileStoredAt.toISOString()}. Upload the next one, or change the interval.`,
  );
