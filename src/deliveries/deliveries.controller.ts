import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller, NeedsRole } from '../accounts/auth.ts';
import { ChangesNothing } from '../accounts/idempotency.ts';
import { PageQuery } from '../http/page.ts';
import { CreateDeliveryDto, PayloadQuery, PreviewDto, StartRunDto, UpdateDeliveryDto } from './deliveries.dto.ts';
import { DeliveriesService } from './deliveries.service.ts';
import { RunsService } from './runs.service.ts';
import { retriesOnly } from './states.ts';

@ApiTags('deliveries')
@ApiBearerAuth()
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly service: DeliveriesService,
    private readonly runs: RunsService,
  ) {}

  @Post()
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateDeliveryDto) {
    return this.service.create(caller, dto);
  }

  @Get()
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, page);
  }

  @Get(':id')
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.get(account, id);
  }

  @Patch(':id')
  update(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: UpdateDeliveryDto) {
    return this.service.update(caller, id, dto);
  }

  @Delete(':id')
  @HttpCode(204)
  archive(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.archive(caller, id);
  }

  /** Dry run: what a run would do now, by segment, without any write anywhere. */
  @Post(':id/preview')
  @HttpCode(200)
  @ChangesNothing()
  preview(@Account() account: AccountId, @Param('id') id: string, @Body() dto: PreviewDto) {
    return this.service.preview(account, id, dto);
  }

  /** The exact payload of one contact, before anything is sent. */
  @Get(':id/payload')
  @NeedsRole('marketer')
  payload(@CurrentCaller() caller: Caller, @Param('id') id: string, @Query() query: PayloadQuery) {
    return this.service.payload(caller, id, query.contactId);
  }

  /** Stops a delivery from running by itself. */
  @Post(':id/pause')
  @HttpCode(200)
  pause(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.pause(caller, id, true);
  }

  @Post(':id/resume')
  @HttpCode(200)
  resume(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.pause(caller, id, false);
  }

  /** Starts a run; watch it at GET /v1/runs/:id. */
  @Post(':id/runs')
  @HttpCode(202)
  run(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: StartRunDto) {
    return this.runs.start(caller, id, { trigger: retriesOnly(dto) ? 'retry' : 'manual', ...dto });
  }

  @Get(':id/runs')
  async listRuns(@Account() account: AccountId, @Param('id') id: string, @Query() page: PageQuery) {
    await this.service.kept(account, id);
    return this.runs.list(account, id, page);
  }
}
