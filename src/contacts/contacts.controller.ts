import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { ReadsPeople } from '../accounts/reads-people.ts';
import { ContactConsentService } from './contact-consent.service.ts';
import { ContactConsentView } from './contact-consent.view.ts';
import { FindContactsQuery } from './contacts.dto.ts';
import { ContactsService } from './contacts.service.ts';

@ApiTags('contacts')
@ApiBearerAuth()
@Controller('v1')
export class ContactsController {
  constructor(
    private readonly service: ContactsService,
    private readonly consents: ContactConsentService,
  ) {}

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

  /** What holds about a contact's consent by purpose, and every statement with the file and column that made it. */
  @Get('contacts/:id/consent')
  @ReadsPeople('contact.consent')
  @ApiOperation({ summary: 'The consent of a contact with its history.' })
  @ApiOkResponse({ type: ContactConsentView })
  consent(@Account() account: AccountId, @Param('id') id: string): Promise<ContactConsentView> {
    return this.consents.consent(account, id);
  }

  @Get('contacts/:id')
  get(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.get(caller, id);
  }
}
