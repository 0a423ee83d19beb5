import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../accounts/auth.ts';
import { EncryptionService } from './encryption.service.ts';
import { HealthService } from './health.service.ts';

class LiveView {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

class HealthView extends LiveView {
  @ApiProperty({
    enum: ['ok', 'differs'],
    description: 'differs: some credentials were sealed with a key that is not there.',
  })
  encryptionKey!: 'ok' | 'differs';
}

@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(
    private readonly service: HealthService,
    private readonly encryption: EncryptionService,
  ) {}

  @Get(['', 'ready'])
  @Public()
  @ApiOperation({
    summary: 'Answers 200 while every engine answers, and says whether the encryption key opens what is sealed.',
  })
  @ApiOkResponse({ type: HealthView })
  @ApiServiceUnavailableResponse({
    description: 'An engine does not answer; `engines` says `ok` or `away` of each: database, warehouse and jobs.',
  })
  async ready(): Promise<HealthView> {
    await this.service.assertReady();
    return { status: 'ok', encryptionKey: (await this.encryption.isComplete()) ? 'ok' : 'differs' };
  }

  @Get('live')
  @Public()
  @ApiOperation({ summary: 'Answers 200 while the process answers, whatever the state of the engines.' })
  @ApiOkResponse({ type: LiveView })
  live(): LiveView {
    return { status: 'ok' };
  }
}
