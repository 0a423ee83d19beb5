import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.ts';
import { ConnectionsModule } from '../connections/connections.module.ts';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { PrivacyModule } from '../privacy/privacy.module.ts';
import { Eraser } from './eraser.ts';
import { ErasureController } from './erasure.controller.ts';
import { ErasureRepository } from './erasure.repository.ts';
import { ErasureService } from './erasure.service.ts';

/** The right to be forgotten, here and at every destination, with a receipt. */
@Module({
  imports: [AlertsModule, ConnectionsModule, ContactsModule, DeliveriesModule, PrivacyModule],
  controllers: [ErasureController],
  providers: [ErasureRepository, ErasureService, Eraser],
})
export class ErasureModule {}
