import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.tables.ts';
import { lifeColumns } from '../cohorts/life.ts';
import type { AudienceDefinition } from './definition.ts';

/** Whom to deliver to. */
export const audiences = pgTable(
  'audiences',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    definition: jsonb('definition').$type<AudienceDefinition>().notNull(),
    ...lifeColumns(),
  },
  (t) => [index('audiences_account').on(t.accountId, t.id)],
);
