import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** What people who said nothing are taken to have said, by group of countries. */
export interface ConsentGroup {
  name: string;
  /** ISO 3166-1 alpha-2 codes, or EEA for the members of the European Economic Area. */
  countries: string[];
  unspecified: 'granted' | 'denied';
}

export const consentPolicies = pgTable('consent_policies', {
  accountId: text('account_id').primaryKey(),
  groups: jsonb('groups').$type<ConsentGroup[]>().notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
});
