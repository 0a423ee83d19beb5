import { index, integer, json, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { Json } from '../../connectors/destination.ts';
import type { Condition } from '../conditions/condition.ts';
import { connections } from '../connections/connections.tables.ts';

const time = (name: string) => timestamp(name, { withTimezone: true });

export type PushStatus = 'pending' | 'delivered' | 'failed';

/** Answers on their way to a webhook. The body is kept until it arrived or was given up. */
export const informPushes = pgTable(
  'inform_pushes',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    connectionId: text('connection_id').notNull(),
    triggerId: text('trigger_id'),
    status: text('status').$type<PushStatus>().notNull(),
    body: json('body').$type<Json>(),
    attempts: integer('attempts').notNull().default(0),
    /** Why the last try failed; never an identifier. */
    error: text('error'),
    nextAt: time('next_at').notNull(),
    createdAt: time('created_at').notNull(),
    deliveredAt: time('delivered_at'),
  },
  (t) => [index('inform_pushes_account').on(t.accountId, t.id), index('inform_pushes_due').on(t.status, t.nextAt)],
);

/** What to do when an event of a stream comes in: score its contact and push the result. */
export const informTriggers = pgTable(
  'inform_triggers',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    stream: text('stream').notNull(),
    /** Only contacts for whom it holds once the event is in; null: all. */
    condition: jsonb('condition').$type<Condition>(),
    connectionId: text('connection_id')
      .notNull()
      .references(() => connections.id),
    /** Null: everything live. */
    personaSets: jsonb('persona_sets').$type<string[]>(),
    outcomes: jsonb('outcomes').$type<string[]>(),
    pausedAt: time('paused_at'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [index('inform_triggers_account').on(t.accountId, t.stream)],
);
