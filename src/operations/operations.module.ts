import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { EncryptionController } from './encryption.controller.ts';
import { EncryptionService } from './encryption.service.ts';
import { HealthController } from './health.controller.ts';
import { HealthService } from './health.service.ts';
import { MetricsController } from './metrics.controller.ts';
import { MetricsService } from './metrics.service.ts';

/** What the people who run Reach look at. */
@Module({
  imports: [DeliveriesModule],
  controllers: [EncryptionController, HealthController, MetricsController],
  providers: [EncryptionService, HealthService, MetricsService],
})
export class OperationsModule {}
