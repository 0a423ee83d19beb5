import { Module } from '@nestjs/common';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { OutcomesModule } from '../outcomes/outcomes.module.ts';
import { PersonasModule } from '../personas/personas.module.ts';
import { AudienceContexts } from './audience-contexts.ts';
import { AudienceUsage } from './audience-usage.ts';
import { AudiencesController } from './audiences.controller.ts';
import { AudiencesRepository } from './audiences.repository.ts';
import { AudiencesService } from './audiences.service.ts';
import { PreviewService } from './preview.service.ts';

/** Whom to deliver to, and what that would mean. */
@Module({
  imports: [CohortsModule, OutcomesModule, PersonasModule],
  controllers: [AudiencesController],
  providers: [AudiencesService, AudiencesRepository, AudienceContexts, AudienceUsage, PreviewService],
  exports: [AudiencesService, AudienceUsage, PreviewService],
})
export class AudiencesModule {}
