import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../http/page.ts';
import { CreateApiKeyDto } from './accounts.dto.ts';
import { AccountsService } from './accounts.service.ts';
import { Account, type AccountId, type Caller, CurrentCaller, NeedsRole } from './auth.ts';

@ApiTags('accounts')
@ApiBearerAuth()
@Controller('v1')
export class AccountsController {
  constructor(private readonly service: AccountsService) {}

  @Get('me')
  me(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Post('api-keys')
  @NeedsRole('admin')
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateApiKeyDto) {
    return this.service.createKey(caller, dto.name, dto.role);
  }

  @Get('api-keys')
  @NeedsRole('admin')
  async list(@Account() account: AccountId) {
    return { items: await this.service.listKeys(account) };
  }

  @Delete('api-keys/:id')
  @NeedsRole('admin')
  @HttpCode(204)
  revoke(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.revokeKey(caller, id);
  }

  @Get('audit-log')
  @NeedsRole('admin')
  audit(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.auditTrail(account, page);
  }
}
