import { Module } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { TraitUsage } from '../contacts/trait-usage.ts';
import { AssignmentsRepository } from './assignments.repository.ts';
import { ComparisonService } from './comparison.service.ts';
import { EditingService } from './editing.service.ts';
import { LivePersonas } from './live-personas.ts';
import { PersonaSetUsage } from './persona-set-usage.ts';
import { PersonaSetsRepository } from './persona-sets.repository.ts';
import { PersonasController } from './personas.controller.ts';
import { PersonasService } from './personas.service.ts';
import { personaProfiles, personaSets, personaVersions } from './personas.tables.ts';
import { PublishingRepository } from './publishing.repository.ts';
import { PublishingService } from './publishing.service.ts';
import { SampleRepository } from './sample.repository.ts';
import { TrainingRepository } from './training.repository.ts';
import { TrainingService } from './training.service.ts';
import { TrainingChecks } from './training-checks.ts';

/** Persona sets: k-means clusterings of cohorts, trained, reviewed, published, and everyone's place in them. */
@Module({
  imports: [CohortsModule, ContactsModule],
  controllers: [PersonasController],
  providers: [
    AssignmentsRepository,
    ComparisonService,
    EditingService,
    LivePersonas,
    PersonaSetsRepository,
    PersonaSetUsage,
    PersonasService,
    PublishingRepository,
    PublishingService,
    SampleRepository,
    TrainingChecks,
    TrainingRepository,
    TrainingService,
  ],
  exports: [ComparisonService, LivePersonas, PersonasService, PersonaSetUsage, PublishingService],
})
export class PersonasModule {
  constructor(traits: TraitUsage) {
    traits.register(
      {
        table: personaSets,
        keys: [personaSets.id],
        columns: ['traits'],
        of: (account) => eq(personaSets.accountId, account),
        user: (row) => ({ kind: 'persona set', id: String(row.id), name: String(row.name) }),
      },
      {
        table: personaVersions,
        keys: [personaVersions.id],
        columns: ['model'],
        follows: ['selection'],
        of: (account) => eq(personaVersions.accountId, account),
        user: (row) =>
          row.stage === 'published'
            ? { kind: 'persona version', id: String(row.id), name: `version ${row.version}` }
            : undefined,
      },
      {
        table: personaProfiles,
        keys: [personaProfiles.versionId, personaProfiles.key],
        columns: ['salientTraits', 'profile'],
        of: (account) =>
          sql`${personaProfiles.versionId} IN (SELECT id FROM persona_versions WHERE account_id = ${account})`,
      },
    );
  }
}
