import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { HealthController } from './health.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { MetricsService } from './metrics.service.ts';

/** What the people who run Reach look at. */
@Module({
  imports: [DeliveriesModule],
  controllers: [HealthController, MetricsController],
  providers: [MetricsService],
})
export class OperationsModule {}
