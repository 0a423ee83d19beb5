import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { PrivacyModule } from '../privacy/privacy.module.ts';
import { ErasureController } from './erasure.controller.ts';
import { ErasureService } from './erasure.service.ts';

/** The right to be forgotten, here and at every destination, with a receipt. */
@Module({
  imports: [ContactsModule, DeliveriesModule, PrivacyModule],
  controllers: [ErasureController],
  providers: [ErasureService],
})
export class ErasureModule {}
