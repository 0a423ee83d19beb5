import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { PageQuery } from '../http/page.ts';
import { ApiKeysView, CallerView, CreateApiKeyDto, NewApiKeyView } from './accounts.dto.ts';
import { AccountsService } from './accounts.service.ts';
import { AuditCheckView, AuditPageView } from './audit-log.dto.ts';
import { AuditLog } from './audit-log.ts';
import { Account, type AccountId, type Caller, CurrentCaller, NeedsRole } from './auth.ts';

@ApiTags('accounts')
@ApiBearerAuth()
@Controller('v1')
export class AccountsController {
  constructor(
    private readonly service: AccountsService,
    private readonly auditLog: AuditLog,
  ) {}

  @Get('me')
  @ApiOperation({ summary: 'The account, role and name of the key that asks.' })
  @ApiOkResponse({ type: CallerView })
  me(@CurrentCaller() caller: Caller): CallerView {
    return caller;
  }

  @Post('api-keys')
  @NeedsRole('admin')
  @ApiOperation({ summary: 'Makes an API key and shows it once.' })
  @ApiCreatedResponse({ type: NewApiKeyView })
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateApiKeyDto): Promise<NewApiKeyView> {
    return this.service.createKey(caller, dto);
  }

  @Get('api-keys')
  @NeedsRole('admin')
  @ApiOperation({ summary: 'All API keys, revoked and expired ones included.' })
  @ApiOkResponse({ type: ApiKeysView })
  async list(@Account() account: AccountId): Promise<ApiKeysView> {
    return { items: await this.service.listKeys(account) };
  }

  @Delete('api-keys/:id')
  @NeedsRole('admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes an API key, unless it is the last one of an admin (409 `last_admin`).' })
  @ApiNoContentResponse()
  revoke(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.revokeKey(caller, id);
  }

  @Get('audit-log')
  @NeedsRole('admin')
  @ApiOperation({ summary: 'Lists changes and readings of people’s data with the key that made them.' })
  @ApiOkResponse({ type: AuditPageView })
  audit(@Account() account: AccountId, @Query() page: PageQuery): Promise<AuditPageView> {
    return this.auditLog.page(account, page);
  }

  @Get('audit-log/check')
  @NeedsRole('admin')
  @ApiOperation({ summary: 'Whether an entry of the audit log was changed or removed since it was written.' })
  @ApiOkResponse({ type: AuditCheckView })
  check(@Account() account: AccountId): Promise<AuditCheckView> {
    return this.auditLog.check(account);
  }
}
