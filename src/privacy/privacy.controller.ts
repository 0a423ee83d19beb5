import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, type Caller, CurrentCaller, NeedsRole } from '../accounts/auth.ts';
import { BodyLimits } from '../http/body/body-limits.ts';
import { ConsentPolicyService } from './consent-policy.service.ts';
import { ConsentPolicyDto, SuppressionDto } from './privacy.dto.ts';
import { SuppressionsService } from './suppressions.service.ts';

@ApiTags('privacy')
@ApiBearerAuth()
@Controller('v1')
export class PrivacyController {
  constructor(
    private readonly consent: ConsentPolicyService,
    private readonly suppressions: SuppressionsService,
  ) {}

  @Get('consent-policy')
  policy(@Account() account: AccountId) {
    return this.consent.get(account);
  }

  @Put('consent-policy')
  @NeedsRole('admin')
  setPolicy(@CurrentCaller() caller: Caller, @Body() dto: ConsentPolicyDto) {
    return this.consent.set(caller, dto.groups);
  }

  @Get('suppressions')
  lists(@Account() account: AccountId) {
    return this.suppressions.lists(account);
  }

  /** Puts people on a suppression list: the next run of every delivery removes them. */
  @Post('suppressions')
  @HttpCode(200)
  @BodyLimits({ bytes: 5_000_000 })
  suppress(@CurrentCaller() caller: Caller, @Body() dto: SuppressionDto) {
    return this.suppressions.add(caller, dto);
  }

  /** Takes people off a suppression list. */
  @Post('suppressions/remove')
  @HttpCode(200)
  @BodyLimits({ bytes: 5_000_000 })
  release(@CurrentCaller() caller: Caller, @Body() dto: SuppressionDto) {
    return this.suppressions.remove(caller, dto);
  }
}
