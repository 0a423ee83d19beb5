import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { PageQuery } from '../http/page.ts';
import { IfMatch, RevisionInterceptor } from '../http/revision.ts';
import { CreateCreativeDto, MatchesQuery, UpdateCreativeDto } from './creatives.dto.ts';
import { CreativesService } from './creatives.service.ts';
import { MatchingService } from './matching.service.ts';

@ApiTags('creatives')
@ApiBearerAuth()
@Controller('v1')
@UseInterceptors(RevisionInterceptor)
export class CreativesController {
  constructor(
    private readonly service: CreativesService,
    private readonly matching: MatchingService,
  ) {}

  @Post('creatives')
  create(@CurrentCaller() caller: Caller, @Body() dto: CreateCreativeDto) {
    return this.service.create(caller, dto);
  }

  @Get('creatives')
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, page);
  }

  @Get('creatives/:id')
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.get(account, id);
  }

  @Patch('creatives/:id')
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() dto: UpdateCreativeDto,
    @IfMatch() revision?: number,
  ) {
    return this.service.update(caller, id, dto, revision);
  }

  /** Refused while a delivery pins it. */
  @Delete('creatives/:id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.remove(caller, id);
  }

  /** The creatives of each published persona, best first, with the reason of each rule. */
  @Get('persona-sets/:id/creatives')
  matches(@Account() account: AccountId, @Param('id') id: string, @Query() query: MatchesQuery) {
    return this.matching.matches(account, id, query.channel);
  }

  /** Personas without a creative and creatives that match no persona, with the reasons. */
  @Get('persona-sets/:id/creatives/coverage')
  coverage(@Account() account: AccountId, @Param('id') id: string, @Query() query: MatchesQuery) {
    return this.matching.coverage(account, id, query.channel);
  }

  @Get('persona-sets/:id/creatives/coverage.csv')
  @ApiProduces('text/csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  coverageCsv(@Account() account: AccountId, @Param('id') id: string, @Query() query: MatchesQuery) {
    return this.matching.coverageCsv(account, id, query.channel);
  }
}
