import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller } from '../accounts/auth.ts';
import { BodyLimits } from '../http/body/body-limits.ts';
import { IngestDto } from './events.dto.ts';
import { EventsService } from './events.service.ts';

@ApiTags('events')
@ApiBearerAuth()
@Controller('v1/events')
export class EventsController {
  constructor(private readonly service: EventsService) {}

  /** Stores one event or up to 500, each id once. Says which were not stored, and why. */
  @Post()
  @HttpCode(200)
  @BodyLimits({ bytes: 5_000_000, items: 1_000, names: 200, values: 100_000 })
  ingest(@CurrentCaller() caller: Caller, @Body() dto: IngestDto) {
    return this.service.ingest(caller, dto);
  }
}
