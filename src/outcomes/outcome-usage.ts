import { Injectable } from '@nestjs/common';
import { Usage } from '../cohorts/usage.ts';

/** Users of outcomes: they register here at init. Conditions of cohorts are known without. */
@Injectable()
export class OutcomeUsage extends Usage {}
