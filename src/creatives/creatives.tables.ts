import { index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.tables.ts';
import type { Rule } from './rule.ts';

const moment = (name: string) => timestamp(name, { withTimezone: true });

/** What is said to a persona, and to which. Images and links are addresses only: nothing is fetched. */
export const creatives = pgTable(
  'creatives',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    headline: text('headline').notNull(),
    body: text('body'),
    imageUrl: text('image_url'),
    callToAction: text('call_to_action'),
    linkUrl: text('link_url'),
    /** Destination types and offline channels; empty: every channel. */
    channels: jsonb('channels').$type<string[]>().notNull(),
    /** Null: for every persona. */
    rules: jsonb('rules').$type<Rule>(),
    activeFrom: moment('active_from'),
    activeUntil: moment('active_until'),
    /** Counts changes; the ETag. */
    revision: integer('revision').notNull(),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (t) => [index('creatives_account').on(t.accountId, t.id)],
);
