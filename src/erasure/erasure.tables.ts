import { index, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { Withdrawal } from '../deliveries/withdrawals.service.ts';

const time = (name: string) => timestamp(name, { withTimezone: true });

/** Requests to erase a person, and the receipts: what was done where, when, and what each platform answered. */
export const erasures = pgTable(
  'erasures',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    contactId: text('contact_id').notNull(),
    requestedBy: text('requested_by').notNull(),
    status: text('status').$type<'running' | 'done' | 'needs-person'>().notNull(),
    /** Everything that was withdrawn so far. */
    withdrawals: jsonb('withdrawals').$type<Withdrawal[]>().notNull(),
    /** Why it is not done yet, if it is not. */
    pending: text('pending'),
    /** Datasets whose stored file was deleted. */
    files: jsonb('files').$type<string[]>().notNull(),
    requestedAt: time('requested_at').notNull(),
    erasedLocallyAt: time('erased_locally_at'),
    finishedAt: time('finished_at'),
  },
  (t) => [index('erasures_account').on(t.accountId, t.id)],
);
