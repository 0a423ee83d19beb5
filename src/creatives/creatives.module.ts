import { Module } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { ConnectionsModule } from '../connections/connections.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { TraitUsage } from '../contacts/trait-usage.ts';
import { PersonasModule } from '../personas/personas.module.ts';
import { AttachService } from './attach.service.ts';
import { CreativeUsage } from './creative-usage.ts';
import { CreativesController } from './creatives.controller.ts';
import { CreativesRepository } from './creatives.repository.ts';
import { CreativesService } from './creatives.service.ts';
import { creatives } from './creatives.tables.ts';
import { MatchingService } from './matching.service.ts';

/** What is said to each persona: creatives, their rules on personas, and what travels with a delivery. */
@Module({
  imports: [ConnectionsModule, ContactsModule, PersonasModule],
  controllers: [CreativesController],
  providers: [AttachService, CreativesRepository, CreativesService, CreativeUsage, MatchingService],
  exports: [AttachService, CreativeUsage],
})
export class CreativesModule {
  constructor(traits: TraitUsage) {
    traits.register({
      table: creatives,
      keys: [creatives.id],
      columns: ['rules'],
      of: (account) => eq(creatives.accountId, account),
      user: (row) => ({ kind: 'creative', id: String(row.id), name: String(row.name) }),
    });
  }
}
