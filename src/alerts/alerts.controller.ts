import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { PageQuery } from '../http/page.ts';
import { CreateAlertChannelDto } from './alerts.dto.ts';
import { AlertsService } from './alerts.service.ts';

@ApiTags('alerts')
@ApiBearerAuth()
@Controller('v1')
export class AlertsController {
  constructor(private readonly service: AlertsService) {}

  @Get('alerts')
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, page);
  }

  @Post('alert-channels')
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateAlertChannelDto) {
    return this.service.createChannel(caller, dto);
  }

  @Get('alert-channels')
  channels(@Account() account: AccountId) {
    return this.service.channels(account);
  }

  @Delete('alert-channels/:id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.removeChannel(caller, id);
  }

  /** Sends a test notice and says what came of it. */
  @Post('alert-channels/:id/test')
  @HttpCode(200)
  test(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.testChannel(account, id);
  }
}
