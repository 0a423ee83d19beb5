import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { DestinationRegistry } from '../../connectors/registry.ts';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { PageQuery } from '../http/page.ts';
import { ChecksQuery, ConfirmDto, CreateConnectionDto, KeyPairDto, UpdateConnectionDto } from './connections.dto.ts';
import { ConnectionsService } from './connections.service.ts';
import { CredentialsService } from './credentials.service.ts';
import { describeDestination } from './destinations.ts';
import { PreflightService } from './preflight.service.ts';

@ApiTags('connections')
@ApiBearerAuth()
@Controller('v1')
export class ConnectionsController {
  constructor(
    private readonly service: ConnectionsService,
    private readonly preflight: PreflightService,
    private readonly credentials: CredentialsService,
    private readonly registry: DestinationRegistry,
  ) {}

  /** Every destination with its capabilities and the fields that its connections and deliveries take. */
  @Get('destinations')
  destinations() {
    return { items: this.registry.all().map(describeDestination) };
  }

  @Post('connections')
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateConnectionDto) {
    return this.service.create(caller, dto);
  }

  @Get('connections')
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, page);
  }

  @Get('connections/:id')
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.get(account, id);
  }

  @Patch('connections/:id')
  update(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: UpdateConnectionDto) {
    return this.service.update(caller, id, dto);
  }

  @Delete('connections/:id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.remove(caller, id);
  }

  /** Asks the destination about each prerequisite; changes nothing there. */
  @Post('connections/:id/check')
  @HttpCode(200)
  check(@Account() account: AccountId, @Param('id') id: string) {
    return this.preflight.check(account, id);
  }

  /** Checks that were made, the newest first: what each prerequisite was, and which of them had changed. */
  @Get('connections/:id/checks')
  checks(@Account() account: AccountId, @Param('id') id: string, @Query() query: ChecksQuery) {
    return this.preflight.history(account, id, query);
  }

  /**
   * Makes a key pair for the login, in place of any that was there. The answer is the public half, for the other side to
   * install; the private half is sealed and never shown.
   */
  @Post('connections/:id/key-pair')
  keyPair(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: KeyPairDto) {
    return this.credentials.makeKeyPair(caller, id, dto);
  }

  /** Confirms what the newest check found, e.g. the host key that the server showed, and checks again. */
  @Post('connections/:id/confirm')
  @HttpCode(200)
  confirm(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: ConfirmDto) {
    return this.credentials.confirm(caller, id, dto);
  }

  /** The last calls to the vendor: no bodies, no credentials. */
  @Get('connections/:id/calls')
  async calls(@Account() account: AccountId, @Param('id') id: string, @Query() page: PageQuery) {
    await this.service.row(account, id);
    return this.service.calls(account, { connectionId: id }, page);
  }
}
