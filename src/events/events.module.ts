import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.ts';
import { EventListeners } from './event-listeners.ts';
import { EventsController } from './events.controller.ts';
import { EventsRepository } from './events.repository.ts';
import { EventsService } from './events.service.ts';

/** Events as they happen, beside those that files bring. */
@Module({
  imports: [ContactsModule],
  controllers: [EventsController],
  providers: [EventListeners, EventsRepository, EventsService],
  exports: [EventListeners],
})
export class EventsModule {}
