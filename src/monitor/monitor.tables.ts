import { doublePrecision, index, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { deliveries } from '../deliveries/deliveries.tables.ts';
import type { Reading } from './reading.ts';

const time = (name: string) => timestamp(name, { withTimezone: true });

/** A cohort that is scored again and again. What it tells, whom and when is its delivery's affair. */
export const monitors = pgTable(
  'monitors',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    cohortId: text('cohort_id').notNull(),
    audienceId: text('audience_id').notNull(),
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id),
    /** Stability index above which somebody is told; null: nobody ever is. */
    driftLimit: doublePrecision('drift_limit'),
    /** The run that drift is measured from; null: the first. */
    baselineRunId: text('baseline_run_id'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [index('monitors_account').on(t.accountId, t.id), index('monitors_delivery').on(t.deliveryId)],
);

/** What a run of a monitor found, kept when its members are long forgotten. */
export const monitorReadings = pgTable(
  'monitor_readings',
  {
    /** Of the run. */
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    monitorId: text('monitor_id')
      .notNull()
      .references(() => monitors.id, { onDelete: 'cascade' }),
    at: time('at').notNull(),
    verdict: text('verdict').notNull(),
    reading: jsonb('reading').$type<Reading>().notNull(),
  },
  (t) => [index('monitor_readings_monitor').on(t.monitorId, t.id)],
);
