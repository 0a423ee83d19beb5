import { Module } from '@nestjs/common';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { AssignmentsRepository } from './assignments.repository.ts';
import { ComparisonService } from './comparison.service.ts';
import { EditingService } from './editing.service.ts';
import { LivePersonas } from './live-personas.ts';
import { PersonaSetUsage } from './persona-set-usage.ts';
import { PersonaSetsRepository } from './persona-sets.repository.ts';
import { PersonasController } from './personas.controller.ts';
import { PersonasService } from './personas.service.ts';
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
export class PersonasModule {}
