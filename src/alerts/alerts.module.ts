import { Module } from '@nestjs/common';
import { AlertsController } from './alerts.controller.ts';
import { AlertsService } from './alerts.service.ts';
import { LastNotices } from './last-notices.ts';
import { Notifier } from './notifier.ts';

/** Tells people by webhook or e-mail what needs them. */
@Module({
  controllers: [AlertsController],
  providers: [AlertsService, LastNotices, Notifier],
  exports: [AlertsService],
})
export class AlertsModule {}
