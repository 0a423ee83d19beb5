import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller, NeedsRole } from '../accounts/auth.ts';
import { EncryptionService, type SealedCounts } from './encryption.service.ts';

const COUNT = { type: 'integer', minimum: 0 } as const;

class SealedCountsView implements SealedCounts {
  @ApiProperty({ ...COUNT, description: 'Values that the current key sealed.' })
  current!: number;
  @ApiProperty({
    ...COUNT,
    description: 'Values that a former key sealed: seal them again before you remove that key.',
  })
  former!: number;
  @ApiProperty({ ...COUNT, description: 'Values whose key is not there: enter those credentials again.' })
  unreadable!: number;
}

@ApiTags('operations')
@ApiBearerAuth()
@Controller('v1/encryption')
export class EncryptionController {
  constructor(private readonly service: EncryptionService) {}

  @Get()
  @NeedsRole('admin')
  @ApiOperation({ summary: 'Counts the sealed values of the installation by the key that sealed them.' })
  @ApiOkResponse({ type: SealedCountsView })
  counts(): Promise<SealedCountsView> {
    return this.service.counts();
  }

  @Post('reseal')
  @HttpCode(200)
  @NeedsRole('admin')
  @ApiOperation({ summary: 'Seals all values of former keys with the current key.' })
  @ApiOkResponse({ type: SealedCountsView })
  reseal(@CurrentCaller() caller: Caller): Promise<SealedCountsView> {
    return this.service.reseal(caller);
  }
}
