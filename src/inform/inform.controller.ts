import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller, NeedsRole } from '../accounts/auth.ts';
import { BodyLimits } from '../http/body/body-limits.ts';
import { PageQuery } from '../http/page.ts';
import { ScoreDto } from './inform.dto.ts';
import { InformService } from './inform.service.ts';
import { Pushes } from './pushes.service.ts';
import { RateGuard } from './rate.guard.ts';
import { readScore } from './score-body.ts';
import { CreateTriggerDto, UpdateTriggerDto } from './triggers.dto.ts';
import { TriggersService } from './triggers.service.ts';

@ApiTags('inform')
@ApiBearerAuth()
@Controller('v1/inform')
export class InformController {
  constructor(
    private readonly service: InformService,
    private readonly pushes: Pushes,
    private readonly triggers: TriggersService,
  ) {}

  /** Personas, probabilities and reasons of one contact or up to 500, known or never seen. */
  @Post('score')
  @HttpCode(200)
  @NeedsRole('analyst')
  @UseGuards(RateGuard)
  @BodyLimits({ bytes: 5_000_000, items: 1_000, names: 2_000, values: 200_000 })
  @ApiBody({ type: ScoreDto })
  async score(@CurrentCaller() caller: Caller, @Body() body: unknown) {
    return this.service.score(caller, await readScore(body));
  }

  /** What was pushed, newest first, and what became of it. */
  @Get('pushes')
  listPushes(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.pushes.list(account, page);
  }

  @Post('triggers')
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateTriggerDto) {
    return this.triggers.create(caller, dto);
  }

  @Get('triggers')
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.triggers.list(account, page);
  }

  @Get('triggers/:id')
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.triggers.get(account, id);
  }

  @Patch('triggers/:id')
  update(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: UpdateTriggerDto) {
    return this.triggers.update(caller, id, dto);
  }

  @Delete('triggers/:id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.triggers.remove(caller, id);
  }
}
