import { Module } from '@nestjs/common';
import { and, eq, isNull } from 'drizzle-orm';
import { AlertsModule } from '../alerts/alerts.module.ts';
import { AudiencesModule } from '../audiences/audiences.module.ts';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { ConnectionsModule } from '../connections/connections.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { TraitUsage } from '../contacts/trait-usage.ts';
import { CreativesModule } from '../creatives/creatives.module.ts';
import { OutcomesModule } from '../outcomes/outcomes.module.ts';
import { PersonasModule } from '../personas/personas.module.ts';
import { PrivacyModule } from '../privacy/privacy.module.ts';
import { AccountWideService } from './account-wide.service.ts';
import { ArchivedDeliveries } from './archived.service.ts';
import { Attributes } from './attributes.service.ts';
import { BatchSender } from './batch-sender.ts';
import { ChangesRepository } from './changes.repository.ts';
import { ChangesService } from './changes.service.ts';
import { ComparisonRepository } from './comparison.repository.ts';
import { ComparisonService } from './comparison.service.ts';
import { Conductor } from './conductor.ts';
import { Confirmer } from './confirmer.ts';
import { ConnectionPauses } from './connection-pauses.ts';
import { DefinitionService } from './definition.service.ts';
import { DeliveriesController } from './deliveries.controller.ts';
import { DeliveriesService } from './deliveries.service.ts';
import { deliveries, runs } from './deliveries.tables.ts';
import { FormComparison } from './form-comparison.ts';
import { HeldFormsRepository } from './held-forms.repository.ts';
import { HistoryRepository } from './history.repository.ts';
import { HistoryService } from './history.service.ts';
import { KeptBackRepository } from './kept-back.repository.ts';
import { Leases } from './leases.ts';
import { LedgerRepository } from './ledger.repository.ts';
import { MembersRepository } from './members.repository.ts';
import { MetricsReader } from './metrics.reader.ts';
import { Planner } from './planner.ts';
import { Rehearsals } from './rehearsals.ts';
import { ReplacedForms } from './replaced-forms.ts';
import { ReplacementsRepository } from './replacements.repository.ts';
import { RunListeners } from './run-listeners.ts';
import { RunsController } from './runs.controller.ts';
import { RunsRepository } from './runs.repository.ts';
import { RunsService } from './runs.service.ts';
import { SchedulesService } from './schedules.service.ts';
import { SharedKeysRepository } from './shared-keys.repository.ts';
import { SnapshotRetention } from './snapshot-retention.ts';
import { SnapshotsRepository } from './snapshots.repository.ts';
import { StaleFormsRepository } from './stale-forms.repository.ts';
import { UploadBuilder } from './upload-builder.ts';
import { UploadContexts } from './upload-context.ts';
import { UploadPages } from './upload-pages.ts';
import { Uploader } from './uploader.ts';
import { UsableMembers } from './usable-members.ts';
import { WithdrawalPlanner } from './withdrawal-planner.ts';
import { WithdrawalsService } from './withdrawals.service.ts';

/** The core: plan → split → upload → confirm, with a record behind every statement. */
@Module({
  imports: [
    AlertsModule,
    AudiencesModule,
    CohortsModule,
    ConnectionsModule,
    ContactsModule,
    CreativesModule,
    OutcomesModule,
    PersonasModule,
    PrivacyModule,
  ],
  controllers: [DeliveriesController, RunsController],
  providers: [
    ArchivedDeliveries,
    Attributes,
    ChangesRepository,
    ChangesService,
    ComparisonRepository,
    ComparisonService,
    FormComparison,
    HeldFormsRepository,
    HistoryRepository,
    HistoryService,
    KeptBackRepository,
    LedgerRepository,
    MembersRepository,
    MetricsReader,
    RunListeners,
    RunsRepository,
    ReplacedForms,
    ReplacementsRepository,
    StaleFormsRepository,
    SharedKeysRepository,
    SnapshotRetention,
    SnapshotsRepository,
    Leases,
    Planner,
    WithdrawalPlanner,
    Rehearsals,
    ConnectionPauses,
    UploadBuilder,
    UploadContexts,
    BatchSender,
    UploadPages,
    Uploader,
    UsableMembers,
    Confirmer,
    Conductor,
    DefinitionService,
    DeliveriesService,
    RunsService,
    SchedulesService,
    WithdrawalsService,
    AccountWideService,
  ],
  exports: [
    AccountWideService,
    ChangesRepository,
    DeliveriesService,
    LedgerRepository,
    MetricsReader,
    RunListeners,
    RunsService,
    WithdrawalsService,
  ],
})
export class DeliveriesModule {
  constructor(traits: TraitUsage) {
    traits.register(
      {
        table: deliveries,
        keys: [deliveries.id],
        columns: ['attributes', 'options'],
        of: (account) => eq(deliveries.accountId, account),
        user: (row) =>
          row.archivedAt === null ? { kind: 'delivery', id: String(row.id), name: String(row.name) } : undefined,
      },
      {
        table: runs,
        keys: [runs.id],
        columns: ['definition'],
        of: (account) => and(eq(runs.accountId, account), isNull(runs.finishedAt)),
      },
    );
  }
}
