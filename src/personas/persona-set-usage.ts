import { Injectable } from '@nestjs/common';
import { Usage } from '../cohorts/usage.ts';

/** Users of persona sets, such as deliveries that are split by one: they register here at init. */
@Injectable()
export class PersonaSetUsage extends Usage {}
