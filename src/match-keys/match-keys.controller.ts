import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NeedsRole } from '../accounts/auth.ts';
import { ChangesNothing } from '../accounts/idempotency.ts';
import { BodyLimits } from '../http/body/body-limits.ts';
import { MatchKeysPreviewDto, PreviewMatchKeysDto } from './match-keys.dto.ts';
import { MatchKeysService } from './match-keys.service.ts';

@ApiTags('match keys')
@ApiBearerAuth()
@Controller('v1/match-keys')
export class MatchKeysController {
  constructor(private readonly service: MatchKeysService) {}

  @Post('preview')
  @HttpCode(200)
  @NeedsRole('viewer')
  @ChangesNothing()
  @BodyLimits({ bytes: 5_000_000, items: 2_000, names: 50, objects: 20_000, values: 100_000 })
  @ApiOperation({ summary: 'What a destination would be sent of these people, value by value. Stores nothing.' })
  @ApiOkResponse({ type: MatchKeysPreviewDto })
  preview(@Body() dto: PreviewMatchKeysDto): MatchKeysPreviewDto {
    return this.service.preview(dto);
  }
}
