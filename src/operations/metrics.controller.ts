import { Controller, Get, Header } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId, NeedsRole } from '../accounts/auth.ts';
import { MetricsService } from './metrics.service.ts';

@ApiTags('operations')
@ApiBearerAuth()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly service: MetricsService) {}

  @Get()
  @NeedsRole('admin')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({
    summary: "Metrics for Prometheus: of this process, and of the account's deliveries as the stores have them.",
  })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  metrics(@Account() account: AccountId): Promise<string> {
    return this.service.expose(account);
  }
}
