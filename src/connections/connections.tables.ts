import { boolean, index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { defineSealed } from '../engines/sealed-columns.ts';
import type { PrerequisiteChange, PrerequisiteState } from './prerequisites.ts';

/**
 * `unchecked` until the first check; `stopped` after the platform refused the credentials, until they are renewed, and
 * while a person has to confirm what was found. Runs do not start on a stopped connection.
 */
export type ConnectionStatus = 'unchecked' | 'ready' | 'failing' | 'stopped';

/** A key pair that Reach made: the half that may be seen. */
export interface PublicHalf {
  publicKey: string;
  fingerprint: string;
  createdAt: string;
  createdBy: string;
}

/** What a person confirmed for a prerequisite. */
export interface Confirmed {
  value: string;
  by: string;
  at: string;
}

const time = (name: string) => timestamp(name, { withTimezone: true });

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
    prerequisites: jsonb('prerequisites').$type<PrerequisiteState[]>(),
    checkedAt: time('checked_at'),
    /** When the next daily check is due. */
    nextCheckAt: time('next_check_at').notNull(),
    keyPair: jsonb('key_pair').$type<PublicHalf>(),
    /** By name of the prerequisite. */
    confirmed: jsonb('confirmed').$type<Record<string, Confirmed>>().notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [index('connections_account').on(t.accountId, t.id), index('connections_due').on(t.nextCheckAt)],
);
defineSealed(connections.sealed);

/** Checks that were made, the newest few hundred of each connection. */
export const connectionChecks = pgTable(
  'connection_checks',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    connectionId: text('connection_id').notNull(),
    at: time('at').notNull(),
    trigger: text('trigger').$type<'daily' | 'demand'>().notNull(),
    ok: boolean('ok').notNull(),
    prerequisites: jsonb('prerequisites').$type<PrerequisiteState[]>().notNull(),
    /** What is otherwise than at the check before. */
    changes: jsonb('changes').$type<PrerequisiteChange[]>().notNull(),
  },
  (t) => [index('connection_checks_connection').on(t.accountId, t.connectionId, t.id)],
);

/** The last calls to vendors: no query, no body, no credentials. */
export const vendorCalls = pgTable(
  'vendor_calls',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    connectionId: text('connection_id').notNull(),
    runId: text('run_id'),
    at: time('at').notNull(),
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
