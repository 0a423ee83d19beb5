import { Module } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import { DestinationRegistry } from '../../connectors/registry.ts';
import { ConnectionsController } from './connections.controller.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { ConnectionsService } from './connections.service.ts';
import { createRegistry } from './destinations.ts';

@Module({
  controllers: [ConnectionsController],
  providers: [
    ConnectionsRepository,
    ConnectionsService,
    {
      provide: DestinationRegistry,
      inject: [Settings],
      useFactory: ({ REACH_CONNECTORS }: Settings) => createRegistry(REACH_CONNECTORS),
    },
  ],
  exports: [ConnectionsService],
})
export class ConnectionsModule {}
