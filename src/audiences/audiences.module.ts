import { Module } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { TraitUsage } from '../contacts/trait-usage.ts';
import { OutcomesModule } from '../outcomes/outcomes.module.ts';
import { PersonasModule } from '../personas/personas.module.ts';
import { AudienceContexts } from './audience-contexts.ts';
import { AudienceUsage } from './audience-usage.ts';
import { AudiencesController } from './audiences.controller.ts';
import { AudiencesRepository } from './audiences.repository.ts';
import { AudiencesService } from './audiences.service.ts';
import { audiences } from './audiences.tables.ts';
import { PreviewService } from './preview.service.ts';

/** Whom to deliver to, and what that would mean. */
@Module({
  imports: [ContactsModule, CohortsModule, OutcomesModule, PersonasModule],
  controllers: [AudiencesController],
  providers: [AudiencesService, AudiencesRepository, AudienceContexts, AudienceUsage, PreviewService],
  exports: [AudiencesService, AudienceUsage, PreviewService],
})
export class AudiencesModule {
  constructor(traits: TraitUsage) {
    traits.register({
      table: audiences,
      keys: [audiences.id],
      columns: ['definition'],
      of: (account) => eq(audiences.accountId, account),
      user: (row) => ({ kind: 'audience', id: String(row.id), name: String(row.name) }),
    });
  }
}
