import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type EngineName, within } from '../engines/engine-away.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { Problem } from '../http/problem.ts';

const DEADLINE_MS = 3_000;

/** Asks each engine for a sign of life. */
@Injectable()
export class HealthService {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly warehouse: Warehouse,
    private readonly jobs: Jobs,
  ) {}

  /** @throws Problem 503 `unhealthy`, with the state of each engine, unless all answer within seconds */
  async assertReady(): Promise<void> {
    const engines = Object.fromEntries(
      await Promise.all([
        this.state('database', async () => void (await this.db.execute(sql`SELECT 1`))),
        this.state('warehouse', async () => void (await this.warehouse.ping())),
        this.state('jobs', () => this.jobs.ping()),
      ]),
    );
    const away = Object.keys(engines).filter((name) => engines[name] === 'away');
    if (away.length > 0)
      throw new Problem(503, 'unhealthy', `These engines do not answer: ${away.join(', ')}.`, [], { engines });
  }

  private async state(name: EngineName, ask: () => Promise<void>): Promise<[EngineName, 'ok' | 'away']> {
    try {
      await within(DEADLINE_MS, name, ask());
      return [name, 'ok'];
    } catch {
      return [name, 'away'];
    }
  }
}
