import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { ContactsService } from './contacts.service.ts';
import { ListTraitsQuery, UpdateTraitDto } from './traits.dto.ts';
import { TraitsService } from './traits.service.ts';

@ApiTags('traits')
@ApiBearerAuth()
@Controller('v1/traits')
export class TraitsController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly service: TraitsService,
  ) {}

  /** The trait catalogue: the account's own traits, then the fields that every contact has. */
  @Get()
  async list(@Account() account: AccountId, @Query() { details }: ListTraitsQuery) {
    return { items: details === 'true' ? await this.service.list(account) : await this.contacts.catalogue(account) };
  }

  /** A trait with how many contacts have it, and what uses it. */
  @Get(':name')
  get(@Account() account: AccountId, @Param('name') name: string) {
    return this.service.get(account, name);
  }

  /** Renames, retypes or describes a trait. Definitions and models that name it follow a new name. */
  @Patch(':name')
  update(@CurrentCaller() caller: Caller, @Param('name') name: string, @Body() dto: UpdateTraitDto) {
    return this.service.update(caller, name, dto);
  }

  /** Deletes a trait that nothing uses, with its values. */
  @Delete(':name')
  @HttpCode(204)
  remove(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    return this.service.remove(caller, name);
  }
}
