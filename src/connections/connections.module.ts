import { Module } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import { DestinationRegistry } from '../../connectors/registry.ts';
import { AlertsModule } from '../alerts/alerts.module.ts';
import { ChecksRepository } from './checks.repository.ts';
import { ConnectionsController } from './connections.controller.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { ConnectionsService } from './connections.service.ts';
import { CredentialsService } from './credentials.service.ts';
import { createRegistry } from './destinations.ts';
import { PreflightService } from './preflight.service.ts';
import { QuotasRepository } from './quotas.repository.ts';
import { Quotas } from './quotas.service.ts';
import { SealedSettings } from './sealed-settings.ts';

@Module({
  imports: [AlertsModule],
  controllers: [ConnectionsController],
  providers: [
    ChecksRepository,
    ConnectionsRepository,
    ConnectionsService,
    CredentialsService,
    SealedSettings,
    PreflightService,
    Quotas,
    QuotasRepository,
    {
      provide: DestinationRegistry,
      inject: [Settings],
      useFactory: ({ REACH_CONNECTORS }: Settings) => createRegistry(REACH_CONNECTORS),
    },
  ],
  exports: [DestinationRegistry, ConnectionsService],
})
export class ConnectionsModule {}
