import { Module } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { TraitUsage } from '../contacts/trait-usage.ts';
import { OutcomeDefinitions } from './definition.service.ts';
import { ExamplesRepository } from './examples.repository.ts';
import { OutcomeUsage } from './outcome-usage.ts';
import { OutcomesController } from './outcomes.controller.ts';
import { OutcomesRepository } from './outcomes.repository.ts';
import { OutcomesService } from './outcomes.service.ts';
import { outcomes, outcomeVersions } from './outcomes.tables.ts';
import { OutcomePublishing } from './publishing.service.ts';
import { ScoresRepository } from './scores.repository.ts';
import { OutcomeTrainingRepository } from './training.repository.ts';
import { OutcomeTrainingService } from './training.service.ts';

/** Outcomes: models of who will attain something, trained, reviewed, published, and everyone's scores. */
@Module({
  imports: [CohortsModule, ContactsModule],
  controllers: [OutcomesController],
  providers: [
    ExamplesRepository,
    OutcomeDefinitions,
    OutcomePublishing,
    OutcomesRepository,
    OutcomesService,
    OutcomeTrainingRepository,
    OutcomeTrainingService,
    OutcomeUsage,
    ScoresRepository,
  ],
  exports: [OutcomePublishing, OutcomesService, OutcomeUsage],
})
export class OutcomesModule {
  constructor(traits: TraitUsage) {
    traits.register(
      {
        table: outcomes,
        keys: [outcomes.id],
        columns: ['traits'],
        of: (account) => eq(outcomes.accountId, account),
        user: (row) => ({ kind: 'outcome', id: String(row.id), name: String(row.name) }),
      },
      {
        table: outcomeVersions,
        keys: [outcomeVersions.id],
        columns: ['model'],
        follows: ['report'],
        of: (account) => eq(outcomeVersions.accountId, account),
        user: (row) =>
          row.stage === 'published'
            ? { kind: 'outcome version', id: String(row.id), name: `version ${row.version}` }
            : undefined,
      },
    );
  }
}
