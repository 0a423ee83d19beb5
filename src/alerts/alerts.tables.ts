import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { defineSealed } from '../engines/sealed-columns.ts';

const time = (name: string) => timestamp(name, { withTimezone: true });

/** Where alerts go: a signed webhook or an e-mail address. */
export const alertChannels = pgTable(
  'alert_channels',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    type: text('type').$type<'webhook' | 'email'>().notNull(),
    /** As it may be shown: the address of a webhook may hold credentials. */
    target: text('target').notNull(),
    /** Of a webhook: its address and the key of its signature, as sealed JSON; null for e-mail. */
    sealed: text('sealed'),
    createdAt: time('created_at').notNull(),
  },
  (t) => [index('alert_channels_account').on(t.accountId)],
);
defineSealed(alertChannels.sealed);

/** Something a person should know of, from when it began until it was over. */
export const alerts = pgTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** What it is about, e.g. `delivery/del_1`: told once while it lasts. */
    key: text('key').notNull(),
    title: text('title').notNull(),
    text: text('text').notNull(),
    /** Id of the run, connection or dataset to look at. */
    subject: text('subject').notNull(),
    raisedAt: time('raised_at').notNull(),
    recoveredAt: time('recovered_at'),
    /** From 0; an open alert that becomes more urgent is told again. */
    urgency: integer('urgency').notNull().default(0),
    /** What is still to be told of it; null when a job for each channel was made. */
    untold: text('untold').$type<'alert.raised' | 'alert.recovered'>(),
    untoldSince: time('untold_since'),
  },
  (t) => [
    index('alerts_account').on(t.accountId, t.id),
    index('alerts_untold').on(t.untoldSince).where(sql`untold IS NOT NULL`),
    uniqueIndex('alerts_one_open').on(t.accountId, t.key).where(sql`recovered_at IS NULL`),
  ],
);

/** What a channel heard last of a concern, whichever alert it was. */
export const lastNotices = pgTable(
  'alert_last_notices',
  {
    channelId: text('channel_id')
      .notNull()
      .references(() => alertChannels.id, { onDelete: 'cascade' }),
    /** Of the alert. */
    key: text('key').notNull(),
    alertId: text('alert_id'),
    /** `perhaps raised`: the receiver gave no answer, so it may have taken the notice. */
    told: text('told').$type<'raised' | 'perhaps raised' | 'recovered'>(),
    /** Of the alert as it was told. */
    urgency: integer('urgency').notNull().default(0),
    /** While somebody tells the channel. */
    claimedUntil: time('claimed_until'),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.key] })],
);
