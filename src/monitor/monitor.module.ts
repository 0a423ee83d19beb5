import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.ts';
import { AudiencesModule } from '../audiences/audiences.module.ts';
import { CohortsModule } from '../cohorts/cohorts.module.ts';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { MonitorController } from './monitor.controller.ts';
import { MonitorsRepository } from './monitors.repository.ts';
import { MonitorsService } from './monitors.service.ts';
import { ReadingsService } from './readings.service.ts';

/** Cohorts that are scored again and again, so that others hear what changed. */
@Module({
  imports: [AlertsModule, AudiencesModule, CohortsModule, DeliveriesModule],
  controllers: [MonitorController],
  providers: [MonitorsRepository, MonitorsService, ReadingsService],
})
export class MonitorModule {}
