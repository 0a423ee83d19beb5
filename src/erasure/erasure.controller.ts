import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller, NeedsRole } from '../accounts/auth.ts';
import { PageQuery } from '../http/page.ts';
import { LiftedBlockView } from './erasure.dto.ts';
import { ErasureService } from './erasure.service.ts';

@ApiTags('privacy')
@ApiBearerAuth()
@Controller('v1')
export class ErasureController {
  constructor(private readonly service: ErasureService) {}

  /** Removes the person here and at every destination that ever got them; the receipt is at GET /v1/erasures/:id. */
  @Post('contacts/:id/erasure')
  @HttpCode(202)
  erase(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.request(caller, id);
  }

  @Get('erasures')
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, page);
  }

  @Get('erasures/:id')
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.get(account, id);
  }

  /** Asks again wherever a platform refused or did not confirm. @throws 409 unless it waits for a person */
  @Post('erasures/:id/retry')
  @HttpCode(202)
  retry(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.retry(caller, id);
  }

  @Delete('erasures/:id/block')
  @NeedsRole('admin')
  @ApiOperation({
    summary: 'Lets a person who was erased come back with a later file or upsert.',
    description: '409 `erasure_running` while the erasure is under way, `block_lifted` when it was lifted before.',
  })
  @ApiOkResponse({ type: LiftedBlockView, description: 'The receipt, with who lifted the block and when.' })
  liftBlock(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.liftBlock(caller, id);
  }
}
