import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.ts';

/** What the people who run Reach look at. */
@Module({ controllers: [HealthController] })
export class OperationsModule {}
