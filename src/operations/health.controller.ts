import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { sql } from 'drizzle-orm';
import { Public } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { Problem } from '../http/problem.ts';

@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly warehouse: Warehouse,
  ) {}

  /** Answers 200 while every engine answers. */
  @Get()
  @Public()
  async health() {
    try {
      await Promise.all([this.db.execute(sql`SELECT 1`), this.warehouse.ping()]);
    } catch {
      throw new Problem(503, 'unhealthy', 'An engine does not answer.');
    }
    return { status: 'ok' };
  }
}
