import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { ReadsPeople } from '../accounts/reads-people.ts';
import { PageQuery } from '../http/page.ts';
import { VersionPipe } from '../http/version.pipe.ts';
import { ComparisonService } from './comparison.service.ts';
import { EditingService } from './editing.service.ts';
import {
  CreatePersonaSetDto,
  CreateVersionDto,
  MergePersonasDto,
  PersonaOfContactQuery,
  SplitPersonaDto,
  UpdatePersonaDto,
} from './personas.dto.ts';
import { PersonasService } from './personas.service.ts';

@ApiTags('personas')
@ApiBearerAuth()
@Controller('v1')
export class PersonasController {
  constructor(
    private readonly service: PersonasService,
    private readonly editing: EditingService,
    private readonly comparison: ComparisonService,
  ) {}

  @Post('persona-sets')
  @HttpCode(202)
  create(@CurrentCaller() caller: Caller, @Body() dto: CreatePersonaSetDto) {
    return this.service.create(caller, dto);
  }

  @Get('persona-sets')
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, page);
  }

  @Get('persona-sets/:id')
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.get(account, id);
  }

  @Delete('persona-sets/:id')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.remove(caller, id);
  }

  @Post('persona-sets/:id/versions')
  @HttpCode(202)
  train(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: CreateVersionDto) {
    return this.service.train(caller, id, dto);
  }

  @Get('persona-sets/:id/versions/:version')
  version(@Account() account: AccountId, @Param('id') id: string, @Param('version', VersionPipe) version: number) {
    return this.service.getVersion(account, id, version);
  }

  @Post('persona-sets/:id/versions/:version/publish')
  @HttpCode(200)
  publish(@CurrentCaller() caller: Caller, @Param('id') id: string, @Param('version', VersionPipe) version: number) {
    return this.service.publish(caller, id, version);
  }

  @Post('persona-sets/:id/versions/:version/merge')
  @HttpCode(202)
  merge(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('version', VersionPipe) version: number,
    @Body() dto: MergePersonasDto,
  ) {
    return this.editing.merge(caller, id, version, dto);
  }

  @Post('persona-sets/:id/versions/:version/split')
  @HttpCode(202)
  split(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('version', VersionPipe) version: number,
    @Body() dto: SplitPersonaDto,
  ) {
    return this.editing.split(caller, id, version, dto);
  }

  @Post('persona-sets/:id/versions/:version/personas/:key/pin')
  @HttpCode(204)
  pin(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('version', VersionPipe) version: number,
    @Param('key') key: string,
  ) {
    return this.editing.pin(caller, id, version, key);
  }

  @Delete('persona-sets/:id/personas/:key/pin')
  @HttpCode(204)
  unpin(@CurrentCaller() caller: Caller, @Param('id') id: string, @Param('key') key: string) {
    return this.editing.unpin(caller, id, key);
  }

  @Get('persona-sets/:id/versions/:version/drift')
  drift(@Account() account: AccountId, @Param('id') id: string, @Param('version', VersionPipe) version: number) {
    return this.comparison.drift(account, id, version);
  }

  @Get('persona-sets/:id/versions/:version/compare/:other')
  compare(
    @Account() account: AccountId,
    @Param('id') id: string,
    @Param('version', VersionPipe) version: number,
    @Param('other', VersionPipe) other: number,
  ) {
    return this.comparison.compare(account, id, version, other);
  }

  @Patch('persona-sets/:id/personas/:key')
  update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('key') key: string,
    @Body() dto: UpdatePersonaDto,
  ) {
    return this.service.updatePersona(caller, id, key, dto);
  }

  @Get('contacts/:id/persona')
  @ReadsPeople('contact.persona')
  ofContact(@Account() account: AccountId, @Param('id') id: string, @Query() query: PersonaOfContactQuery) {
    return this.service.ofContact(account, id, query.set);
  }
}
