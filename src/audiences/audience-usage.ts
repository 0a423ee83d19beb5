import { Injectable } from '@nestjs/common';
import { Usage } from '../cohorts/usage.ts';

/** Users of audiences: other audiences, deliveries. */
@Injectable()
export class AudienceUsage extends Usage {}
