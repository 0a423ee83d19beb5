import { Injectable } from '@nestjs/common';
import { Usage } from '../cohorts/usage.ts';

/** Who would miss a creative, such as deliveries that pin it: they register here at init. */
@Injectable()
export class CreativeUsage extends Usage {}
