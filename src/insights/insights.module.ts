import { Module } from '@nestjs/common';
import { AudiencesModule } from '../audiences/audiences.module.ts';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { PersonasModule } from '../personas/personas.module.ts';
import { BacktestRepository } from './backtest.repository.ts';
import { BacktestService } from './backtest.service.ts';
import { CohortInsightsRepository } from './cohort.repository.ts';
import { CohortInsights } from './cohort-insights.service.ts';
import { ComparisonRepository } from './comparison.repository.ts';
import { ComparisonService } from './comparison.service.ts';
import { Groups } from './groups.service.ts';
import { InsightsController } from './insights.controller.ts';
import { PersonaInsights } from './persona-insights.service.ts';
import { PersonaInsightsRepository } from './personas.repository.ts';

/** What the data says: personas over time, any group against any other, cohorts, and what deliveries did. Reads only. */
@Module({
  imports: [AudiencesModule, CohortsModule, ContactsModule, PersonasModule],
  controllers: [InsightsController],
  providers: [
    BacktestRepository,
    BacktestService,
    CohortInsights,
    CohortInsightsRepository,
    ComparisonRepository,
    ComparisonService,
    Groups,
    PersonaInsights,
    PersonaInsightsRepository,
  ],
})
export class InsightsModule {}
