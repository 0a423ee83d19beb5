import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.ts';
import { ContactConsentService } from './contact-consent.service.ts';
import { ContactLookup } from './contact-lookup.ts';
import { ContactWriter } from './contact-writer.ts';
import { ContactsController } from './contacts.controller.ts';
import { ContactsRepository } from './contacts.repository.ts';
import { ContactsService } from './contacts.service.ts';
import { DatasetLifecycleService } from './dataset-lifecycle.service.ts';
import { DatasetsController } from './datasets.controller.ts';
import { DatasetsRepository } from './datasets.repository.ts';
import { DatasetsService } from './datasets.service.ts';
import { DatasetDeletionService } from './deletion/deletion.service.ts';
import { DeletionsRepository } from './deletion/deletions.repository.ts';
import { ProvenanceRepository } from './deletion/provenance.repository.ts';
import { ErasedPeople } from './erased-people.ts';
import { ImportService } from './import/import.service.ts';
import { ImportAlerts } from './import/import-alerts.ts';
import { LateImportsRepository } from './import/late-imports.repository.ts';
import { MergeRepository } from './import/merge.repository.ts';
import { ImportMerger } from './import/merger.ts';
import { OrdersRepository } from './import/orders.repository.ts';
import { PreviewsService } from './import/previews.service.ts';
import { ResolutionRepository } from './import/resolution.repository.ts';
import { StagingRepository } from './import/staging.repository.ts';
import { UnchangedRowsRepository } from './import/unchanged-rows.repository.ts';
import { ImportListeners } from './import-listeners.ts';
import { Inspector } from './inspector.ts';
import { MappingChecker } from './mapping-checker.ts';
import { StoredFiles } from './stored-files.ts';
import { TraitUsage } from './trait-usage.ts';
import { TraitsController } from './traits.controller.ts';
import { TraitsRepository } from './traits.repository.ts';
import { TraitsService } from './traits.service.ts';
import { UploadStore } from './upload.store.ts';

/** Datasets and their import, contacts, events, and the trait catalogue. */
@Module({
  imports: [AlertsModule],
  controllers: [DatasetsController, ContactsController, TraitsController],
  providers: [
    ContactConsentService,
    ContactLookup,
    ContactWriter,
    ContactsRepository,
    ContactsService,
    DatasetDeletionService,
    DatasetLifecycleService,
    DatasetsRepository,
    DatasetsService,
    DeletionsRepository,
    ErasedPeople,
    ImportAlerts,
    ImportListeners,
    ImportMerger,
    ImportService,
    Inspector,
    MappingChecker,
    LateImportsRepository,
    MergeRepository,
    OrdersRepository,
    PreviewsService,
    ProvenanceRepository,
    ResolutionRepository,
    StagingRepository,
    StoredFiles,
    TraitUsage,
    TraitsRepository,
    TraitsService,
    UnchangedRowsRepository,
    UploadStore,
  ],
  exports: [ContactLookup, ContactWriter, ContactsService, ErasedPeople, ImportListeners, TraitUsage, TraitsService],
})
export class ContactsModule {}
