import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { ReadsPeople } from '../accounts/reads-people.ts';
import { PageQuery } from '../http/page.ts';
import { VersionPipe } from '../http/version.pipe.ts';
import { CreateOutcomeDto, CreateOutcomeVersionDto, ScoresOfContactQuery } from './outcomes.dto.ts';
import { OutcomesService } from './outcomes.service.ts';

@ApiTags('outcomes')
@ApiBearerAuth()
@Controller('v1')
export class OutcomesController {
  constructor(private readonly service: OutcomesService) {}

  @Post('outcomes')
  @HttpCode(202)
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateOutcomeDto) {
    return this.service.create(caller, dto);
  }

  @Get('outcomes')
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, page);
  }

  @Get('outcomes/:id')
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.get(account, id);
  }

  /** Refused while a condition uses it. */
  @Delete('outcomes/:id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.remove(caller, id);
  }

  @Post('outcomes/:id/versions')
  @HttpCode(202)
  train(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: CreateOutcomeVersionDto) {
    return this.service.train(caller, id, dto);
  }

  @Get('outcomes/:id/versions/:version')
  version(@Account() account: AccountId, @Param('id') id: string, @Param('version', VersionPipe) version: number) {
    return this.service.getVersion(account, id, version);
  }

  /** The model card: one page that needs nothing else. */
  @Get('outcomes/:id/versions/:version/card.html')
  @ApiProduces('text/html')
  @Header('content-type', 'text/html; charset=utf-8')
  card(@Account() account: AccountId, @Param('id') id: string, @Param('version', VersionPipe) version: number) {
    return this.service.card(account, id, version);
  }

  /** Scores everyone by the version, then makes it live. */
  @Post('outcomes/:id/versions/:version/publish')
  @HttpCode(200)
  publish(@CurrentCaller() caller: Caller, @Param('id') id: string, @Param('version', VersionPipe) version: number) {
    return this.service.publish(caller, id, version);
  }

  /** The contact's probability (0 to 1), percentile (0 to 100) and reasons by live outcomes. */
  @Get('contacts/:id/scores')
  @ReadsPeople('contact.scores')
  ofContact(@Account() account: AccountId, @Param('id') id: string, @Query() query: ScoresOfContactQuery) {
    return this.service.ofContact(account, id, query.outcome);
  }
}
