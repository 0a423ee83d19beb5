import { index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { Prerequisite } from '../../connectors/destination.ts';

/** `unchecked` until the first check; `stopped` after the platform refused the credentials, until they are renewed. */
export type ConnectionStatus = 'unchecked' | 'ready' | 'failing' | 'stopped';

export const connections = pgTable(
  'connections',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    type: text('type').notNull(),
    /** Settings without credentials. */
    settings: jsonb('settings').$type<Record<string, unknown>>().notNull(),
    /** Credentials as sealed JSON. */
    sealed: text('sealed').notNull(),
    status: text('status').$type<ConnectionStatus>().notNull(),
    statusError: text('status_error'),
    prerequisites: jsonb('prerequisites').$type<Prerequisite[]>(),
    checkedAt: timestamp('checked_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
  },
  (t) => [index('connections_account').on(t.accountId, t.id)],
);

/** The last calls to vendors: no query, no body, no credentials. */
export const vendorCalls = pgTable(
  'vendor_calls',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    connectionId: text('connection_id').notNull(),
    runId: text('run_id'),
    at: timestamp('at', { withTimezone: true }).notNull(),
    method: text('method').notNull(),
    target: text('target').notNull(),
    status: text('status').notNull(),
    milliseconds: integer('milliseconds').notNull(),
    vendorRequestId: text('vendor_request_id'),
    code: text('code'),
  },
  (t) => [
    index('vendor_calls_connection').on(t.accountId, t.connectionId, t.id),
    index('vendor_calls_run').on(t.accountId, t.runId, t.id),
  ],
);
