import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller, NeedsRole } from '../accounts/auth.ts';
import { ChangesNothing } from '../accounts/idempotency.ts';
import { ReadsPeople } from '../accounts/reads-people.ts';
import { PageQuery } from '../http/page.ts';
import { IfMatch, RevisionInterceptor } from '../http/revision.ts';
import { CreateAudienceDto, ExplainQuery, PreviewAudienceDto, UpdateAudienceDto } from './audiences.dto.ts';
import { AudiencesService } from './audiences.service.ts';
import { PreviewService } from './preview.service.ts';

@ApiTags('audiences')
@ApiBearerAuth()
@Controller('v1/audiences')
@UseInterceptors(RevisionInterceptor)
export class AudiencesController {
  constructor(
    private readonly service: AudiencesService,
    private readonly previews: PreviewService,
  ) {}

  @Post()
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateAudienceDto) {
    return this.service.create(caller, dto);
  }

  @Post('preview')
  @NeedsRole('viewer')
  @HttpCode(200)
  @ChangesNothing()
  preview(@Account() account: AccountId, @Body() dto: PreviewAudienceDto) {
    return this.previews.preview(account, dto);
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
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() dto: UpdateAudienceDto,
    @IfMatch() revision?: number,
  ) {
    return this.service.update(caller, id, dto, revision);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.remove(caller, id);
  }

  @Get(':id/explain')
  @ReadsPeople('audience.explain')
  explain(@Account() account: AccountId, @Param('id') id: string, @Query() query: ExplainQuery) {
    return this.previews.explain(account, id, query.contactId);
  }
}
