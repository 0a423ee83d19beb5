import { Module } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { TraitUsage } from '../contacts/trait-usage.ts';
import { CohortListeners } from './cohort-listeners.ts';
import { CohortsController } from './cohorts.controller.ts';
import { CohortsRepository } from './cohorts.repository.ts';
import { CohortsService } from './cohorts.service.ts';
import { cohorts } from './cohorts.tables.ts';
import { ConditionContexts } from './condition-contexts.ts';
import { OutcomeVersions } from './outcome-versions.ts';
import { PersonaVersions } from './persona-versions.ts';
import { Samples } from './samples.ts';
import { CohortUsage } from './usage.ts';

/** Rule-defined groups of contacts, and what other features need to use conditions. */
@Module({
  imports: [ContactsModule],
  controllers: [CohortsController],
  providers: [
    CohortsService,
    CohortsRepository,
    ConditionContexts,
    Samples,
    PersonaVersions,
    OutcomeVersions,
    CohortUsage,
    CohortListeners,
  ],
  exports: [CohortsService, ConditionContexts, Samples, PersonaVersions, OutcomeVersions, CohortUsage, CohortListeners],
})
export class CohortsModule {
  constructor(traits: TraitUsage) {
    traits.register({
      table: cohorts,
      keys: [cohorts.id],
      columns: ['condition'],
      of: (account) => eq(cohorts.accountId, account),
      user: (row) => ({ kind: 'cohort', id: String(row.id), name: String(row.name) }),
    });
  }
}
