import { index, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { AccountWide } from '../deliveries/account-wide.service.ts';
import type { Withdrawal } from '../deliveries/withdrawals.service.ts';
import { defineSealed } from '../engines/sealed-columns.ts';

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
    /** Everything that was withdrawn so far from what deliveries had sent. */
    withdrawals: jsonb('withdrawals').$type<Withdrawal[]>().notNull(),
    /** Platforms that were asked to take the person out of everything they hold. */
    connections: jsonb('connections').$type<AccountWide[]>().notNull(),
    /** The person as they would be named to each of those, sealed; null when nothing is left to do. */
    sealedForms: text('sealed_forms'),
    /** Contact ids under which an import that is under way may bring the person back; none when nothing is left to do. */
    mayReturnAs: jsonb('may_return_as').$type<string[]>().notNull(),
    /** Why it is not done yet, if it is not. */
    pending: text('pending'),
    /** Datasets whose stored file was deleted. */
    files: jsonb('files').$type<string[]>().notNull(),
    requestedAt: time('requested_at').notNull(),
    /** When it was begun, or begun again by a person. */
    begunAt: time('begun_at').notNull(),
    erasedLocallyAt: time('erased_locally_at'),
    finishedAt: time('finished_at'),
    /** When an admin allowed the person to come back with a file or an upsert, and which one. */
    blockLiftedAt: time('block_lifted_at'),
    blockLiftedBy: text('block_lifted_by'),
    /** When there is something to do next. */
    nextAt: time('next_at'),
    /** Until when a worker has it in hand. */
    leaseUntil: time('lease_until'),
  },
  (t) => [index('erasures_account').on(t.accountId, t.id), index('erasures_due').on(t.status, t.nextAt)],
);
defineSealed(erasures.sealedForms);
