import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

/** Calls to limited platforms in the last day, by whose allowance they count against and the minute they started in. */
export const quotaCalls = pgTable(
  'quota_calls',
  {
    /** As connectors name it, such as `google 1055 write`: limits belong to a project there, not to an account here. */
    name: text('name').notNull(),
    /** Whole minutes since 1970. */
    minute: integer('minute').notNull(),
    calls: integer('calls').notNull(),
  },
  (t) => [primaryKey({ columns: [t.name, t.minute] })],
);
