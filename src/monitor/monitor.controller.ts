import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { PageQuery } from '../http/page.ts';
import { CreateMonitorDto, UpdateMonitorDto } from './monitor.dto.ts';
import { MonitorsService } from './monitors.service.ts';

@ApiTags('monitors')
@ApiBearerAuth()
@Controller('v1/monitors')
export class MonitorController {
  constructor(private readonly service: MonitorsService) {}

  @Post()
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateMonitorDto) {
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
  update(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: UpdateMonitorDto) {
    return this.service.update(caller, id, dto);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.remove(caller, id);
  }

  /** Scores the cohort now and tells what changed. Answers the run, as any delivery's. */
  @Post(':id/runs')
  start(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.start(caller, id);
  }

  /** What each run found: changes by kind, moves, shares and drift, newest first. */
  @Get(':id/history')
  history(@Account() account: AccountId, @Param('id') id: string, @Query() page: PageQuery) {
    return this.service.history(account, id, page);
  }

  /** Measures drift from this run on. */
  @Post(':id/history/:runId/baseline')
  @HttpCode(200)
  rebase(@CurrentCaller() caller: Caller, @Param('id') id: string, @Param('runId') runId: string) {
    return this.service.rebase(caller, id, runId);
  }

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
}
