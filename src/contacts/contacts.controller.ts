import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { FindContactsQuery } from './contacts.dto.ts';
import { ContactsService } from './contacts.service.ts';

@ApiTags('contacts')
@ApiBearerAuth()
@Controller('v1')
export class ContactsController {
  constructor(private readonly service: ContactsService) {}

  /** Streams of events, with their number and the times of the first and last. */
  @Get('streams')
  streams(@Account() account: AccountId) {
    return this.service.streams(account);
  }

  /** Looks contacts up by an identifier, plain or as its SHA-256 digest. */
  @Get('contacts')
  find(@CurrentCaller() caller: Caller, @Query() query: FindContactsQuery) {
    return this.service.find(caller, query);
  }

  @Get('contacts/count')
  count(@Account() account: AccountId) {
    return this.service.count(account);
  }

  @Get('contacts/:id')
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.get(caller, id);
  }
}
