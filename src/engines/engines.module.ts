import { BullModule, getQueueToken } from '@nestjs/bull';
import { type DynamicModule, Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Queue } from 'bull';
import { Settings } from '../../config/settings.ts';
import { Clock } from './clock.ts';
import { type OpenDatabase, openDatabase } from './database/database.ts';
import { DB } from './database/token.ts';
import { BullDriver, REDIS_OPTIONS } from './jobs/bull.driver.ts';
import { definedJobs, type JobDriver } from './jobs/job.ts';
import { Jobs } from './jobs/jobs.ts';
import { PgBossDriver } from './jobs/pg-boss.driver.ts';
import { Sealer } from './sealing.ts';
import { Warehouse } from './warehouse/warehouse.ts';

const OPEN_DATABASE = Symbol('OPEN_DATABASE');
const JOB_DRIVER = Symbol('JOB_DRIVER');

/** The three engines, chosen by the presence of their URLs, and the clock and sealer that go with them. */
@Global()
@Module({})
export class EnginesModule implements OnApplicationShutdown {
  constructor(
    private readonly jobs: Jobs,
    private readonly warehouse: Warehouse,
    @Inject(OPEN_DATABASE) private readonly database: OpenDatabase,
  ) {}

  static forRoot(settings: Settings, clock: Clock = new Clock()): DynamicModule {
    const kinds = definedJobs().map(({ name }) => name);
    const bull = settings.REDIS_URL
      ? [
          BullModule.forRoot({ url: settings.REDIS_URL, prefix: settings.REACH_REDIS_PREFIX, redis: REDIS_OPTIONS }),
          BullModule.registerQueue(...kinds.map((name) => ({ name }))),
        ]
      : [];
    return {
      module: EnginesModule,
      imports: [DiscoveryModule, ...bull],
      providers: [
        { provide: Settings, useValue: settings },
        { provide: Clock, useValue: clock },
        {
          provide: Sealer,
          useFactory: () =>
            Sealer.open({
              key: settings.REACH_ENCRYPTION_KEY,
              former: settings.REACH_FORMER_ENCRYPTION_KEYS,
              dataDir: settings.REACH_DATA_DIR,
            }),
        },
        {
          provide: OPEN_DATABASE,
          useFactory: () => openDatabase({ url: settings.DATABASE_URL, dataDir: settings.REACH_DATA_DIR }),
        },
        { provide: DB, useFactory: (database: OpenDatabase) => database.db, inject: [OPEN_DATABASE] },
        {
          provide: Warehouse,
          useFactory: (database: OpenDatabase) =>
            database.exclusively(() =>
              Warehouse.open({
                url: settings.CLICKHOUSE_URL,
                cluster: settings.CLICKHOUSE_CLUSTER,
                dataDir: settings.REACH_DATA_DIR,
                memory: settings.REACH_WAREHOUSE_MEMORY,
                timeoutMs: settings.REACH_WAREHOUSE_TIMEOUT * 1000,
              }),
            ),
          inject: [OPEN_DATABASE],
        },
        settings.REDIS_URL
          ? {
              provide: JOB_DRIVER,
              useFactory: (...queues: Queue[]) =>
                new BullDriver(new Map(queues.map((queue) => [queue.name, queue])), logJobError),
              inject: kinds.map((name) => getQueueToken(name)),
            }
          : {
              provide: JOB_DRIVER,
              useFactory: (db: OpenDatabase) => new PgBossDriver(db, logJobError),
              inject: [OPEN_DATABASE],
            },
        {
          provide: Jobs,
          useFactory: (
            driver: JobDriver,
            discovery: DiscoveryService,
            scanner: MetadataScanner,
            reflector: Reflector,
          ) => new Jobs(driver, settings.REACH_ROLE !== 'api', discovery, scanner, reflector),
          inject: [JOB_DRIVER, DiscoveryService, MetadataScanner, Reflector],
        },
      ],
      exports: [Settings, Clock, Sealer, DB, Warehouse, Jobs],
    };
  }

  /** Workers first, so that no job finds its stores closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.jobs.stop();
    await this.warehouse.close();
    await this.database.close();
  }
}

function logJobError(error: Error): void {
  new Logger('Jobs').error({ msg: 'queue error', err: error });
}
