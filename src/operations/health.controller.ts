import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { sql } from 'drizzle-orm';
import { Public } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { Problem } from '../http/problem.ts';
import { EncryptionService } from './encryption.service.ts';

class HealthView {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
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
    @Inject(DB) private readonly db: Db,
    private readonly warehouse: Warehouse,
    private readonly encryption: EncryptionService,
  ) {}

  @Get()
  @Public()
  @ApiOperation({
    summary: 'Answers 200 while every engine answers, and says whether the encryption key opens what is sealed.',
  })
  @ApiOkResponse({ type: HealthView })
  async health(): Promise<HealthView> {
    try {
      await Promise.all([this.db.execute(sql`SELECT 1`), this.warehouse.ping()]);
    } catch {
      throw new Problem(503, 'unhealthy', 'An engine does not answer.');
    }
    return { status: 'ok', encryptionKey: (await this.encryption.isComplete()) ? 'ok' : 'differs' };
  }
}
