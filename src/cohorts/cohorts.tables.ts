import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.tables.ts';
import type { Condition } from '../conditions/condition.ts';
import { lifeColumns } from './life.ts';

/** Rule-defined groups of contacts. The history of their sizes is the warehouse's `cohort_sizes`. */
export const cohorts = pgTable(
  'cohorts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    condition: jsonb('condition').$type<Condition>().notNull(),
    ...lifeColumns(),
  },
  (t) => [index('cohorts_account').on(t.accountId, t.id)],
);
