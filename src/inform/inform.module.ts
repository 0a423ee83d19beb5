import { Module } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { AlertsModule } from '../alerts/alerts.module.ts';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { ConnectionsModule } from '../connections/connections.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { TraitUsage } from '../contacts/trait-usage.ts';
import { EventsModule } from '../events/events.module.ts';
import { OutcomesModule } from '../outcomes/outcomes.module.ts';
import { PersonasModule } from '../personas/personas.module.ts';
import { InformController } from './inform.controller.ts';
import { InformService } from './inform.service.ts';
import { informTriggers } from './inform.tables.ts';
import { InformAudit } from './inform-audit.ts';
import { KnownContacts } from './known-contacts.ts';
import { LiveModels } from './live-models.ts';
import { PushesRepository } from './pushes.repository.ts';
import { Pushes } from './pushes.service.ts';
import { TriggersRepository } from './triggers.repository.ts';
import { TriggersService } from './triggers.service.ts';

/** Scoring while somebody waits, and as events come in. */
@Module({
  imports: [
    AlertsModule,
    CohortsModule,
    ConnectionsModule,
    ContactsModule,
    EventsModule,
    OutcomesModule,
    PersonasModule,
  ],
  controllers: [InformController],
  providers: [
    InformAudit,
    InformService,
    KnownContacts,
    LiveModels,
    Pushes,
    PushesRepository,
    TriggersRepository,
    TriggersService,
  ],
})
export class InformModule {
  constructor(traits: TraitUsage) {
    traits.register({
      table: informTriggers,
      keys: [informTriggers.id],
      columns: ['condition'],
      of: (account) => eq(informTriggers.accountId, account),
      user: (row) => ({ kind: 'trigger', id: String(row.id), name: String(row.name) }),
    });
  }
}
