import { type DynamicModule, Module } from '@nestjs/common';
import type { Settings } from '../config/settings.ts';
import { AccountsModule } from './accounts/accounts.module.ts';
import { AlertsModule } from './alerts/alerts.module.ts';
import { AudiencesModule } from './audiences/audiences.module.ts';
import { CohortsModule } from './cohorts/cohorts.module.ts';
import { ConnectionsModule } from './connections/connections.module.ts';
import { ContactsModule } from './contacts/contacts.module.ts';
import { CreativesModule } from './creatives/creatives.module.ts';
import { DeliveriesModule } from './deliveries/deliveries.module.ts';
import type { Clock } from './engines/clock.ts';
import { EnginesModule } from './engines/engines.module.ts';
import { ErasureModule } from './erasure/erasure.module.ts';
import { EventsModule } from './events/events.module.ts';
import { InformModule } from './inform/inform.module.ts';
import { InsightsModule } from './insights/insights.module.ts';
import { MatchKeysModule } from './match-keys/match-keys.module.ts';
import { MonitorModule } from './monitor/monitor.module.ts';
import { OperationsModule } from './operations/operations.module.ts';
import { OutcomesModule } from './outcomes/outcomes.module.ts';
import { PersonasModule } from './personas/personas.module.ts';
import { PrivacyModule } from './privacy/privacy.module.ts';

/** The whole service: engines first, then one module a room. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, clock?: Clock): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EnginesModule.forRoot(settings, clock),
        AccountsModule,
        ConnectionsModule,
        ContactsModule,
        CohortsModule,
        AlertsModule,
        AudiencesModule,
        CreativesModule,
        DeliveriesModule,
        ErasureModule,
        EventsModule,
        InformModule,
        InsightsModule,
        MatchKeysModule,
        MonitorModule,
        PersonasModule,
        OutcomesModule,
        PrivacyModule,
        OperationsModule,
      ],
    };
  }
}
