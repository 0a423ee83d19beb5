import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { ReadsPeople } from '../accounts/reads-people.ts';
import { PageQuery } from '../http/page.ts';
import { IfMatch, RevisionInterceptor } from '../http/revision.ts';
import { CreateCohortDto, MembersQuery, UpdateCohortDto } from './cohorts.dto.ts';
import { CohortsService } from './cohorts.service.ts';

@ApiTags('cohorts')
@ApiBearerAuth()
@Controller('v1/cohorts')
@UseInterceptors(RevisionInterceptor)
export class CohortsController {
  constructor(private readonly service: CohortsService) {}

  @Post()
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateCohortDto) {
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
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() dto: UpdateCohortDto,
    @IfMatch() revision?: number,
  ) {
    return this.service.update(caller, id, dto, revision);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.remove(caller, id);
  }

  @Get(':id/members')
  @ReadsPeople('cohort.members')
  members(@Account() account: AccountId, @Param('id') id: string, @Query() query: MembersQuery) {
    return this.service.members(account, id, query.limit);
  }

  @Get(':id/sizes')
  sizes(@Account() account: AccountId, @Param('id') id: string, @Query() query: MembersQuery) {
    return this.service.sizes(account, id, query.limit);
  }
}
