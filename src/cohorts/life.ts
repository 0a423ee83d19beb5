import { bigint, integer, text, timestamp } from 'drizzle-orm/pg-core';

export type LifeStatus = 'new' | 'starting' | 'running' | 'ready' | 'error';

const moment = (name: string) => timestamp(name, { withTimezone: true });

/** Columns of a counted definition: what it is doing, and how fresh its size is. */
export const lifeColumns = () => ({
  /** Counts changes of the definition; the ETag. */
  revision: integer('revision').notNull(),
  status: text('status').$type<LifeStatus>().notNull(),
  statusError: text('status_error'),
  /** Contacts at `lastUpdatedOutputAt`. */
  size: bigint('size', { mode: 'number' }),
  lastUpdatedConfigAt: moment('last_updated_config_at').notNull(),
  lastUpdatedOutputAt: moment('last_updated_output_at'),
  lastReadInputAt: moment('last_read_input_at'),
  createdAt: moment('created_at').notNull(),
});

export interface Life {
  revision: number;
  status: LifeStatus;
  statusError: string | null;
  size: number | null;
  lastUpdatedConfigAt: Date;
  lastUpdatedOutputAt: Date | null;
  lastReadInputAt: Date | null;
  createdAt: Date;
}

export const newLife = (now: Date): Life => ({
  revision: 1,
  status: 'new',
  statusError: null,
  size: null,
  lastUpdatedConfigAt: now,
  lastUpdatedOutputAt: null,
  lastReadInputAt: null,
  createdAt: now,
});

/** What a change of the definition does: the size that is shown belongs to the old one until it is counted again. */
export const changedLife = (life: Life, now: Date) => ({
  revision: life.revision + 1,
  status: 'new' as const,
  statusError: null,
  lastUpdatedConfigAt: now,
});

/** What became of one count. */
export type Count = { size: number } | { error: string };

/** What a finished count writes. A failed one keeps the last size with its time. */
export const countedLife = (count: Count, now: Date): Partial<Life> =>
  'error' in count
    ? { status: 'error', statusError: count.error }
    : { status: 'ready', statusError: null, size: count.size, lastUpdatedOutputAt: now, lastReadInputAt: now };

/** As the API shows it: `asOf` is the time of `size`, `stale` says that the definition is newer. */
export const shownLife = (life: Life) => ({
  revision: life.revision,
  status: life.status,
  statusError: life.statusError,
  size: life.size,
  asOf: life.lastUpdatedOutputAt,
  stale: !life.lastUpdatedOutputAt || life.lastUpdatedConfigAt > life.lastUpdatedOutputAt,
  lastUpdatedConfigAt: life.lastUpdatedConfigAt,
  lastUpdatedOutputAt: life.lastUpdatedOutputAt,
  lastReadInputAt: life.lastReadInputAt,
  createdAt: life.createdAt,
});
