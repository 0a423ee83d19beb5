import { Module } from '@nestjs/common';
import { ConsentPolicyService } from './consent-policy.service.ts';
import { PrivacyController } from './privacy.controller.ts';
import { SuppressionsService } from './suppressions.service.ts';

/** Consent defaults, suppression and erasure. */
@Module({
  controllers: [PrivacyController],
  providers: [ConsentPolicyService, SuppressionsService],
  exports: [ConsentPolicyService, SuppressionsService],
})
export class PrivacyModule {}
