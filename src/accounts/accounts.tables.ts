import { index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { defineSealed } from '../engines/sealed-columns.ts';

export const accounts = pgTable('accounts', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** An agency account has child accounts. */
  parentId: text('parent_id'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});

export const apiKeys = pgTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    role: text('role').notNull(),
    /** First characters, to recognise a key; never enough to use it. */
    prefix: text('prefix').notNull(),
    hash: text('hash').notNull().unique(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    /** When it stops working; null: never. */
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    /** To the minute. */
    lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
  },
  (t) => [index('api_keys_account').on(t.accountId)],
);

export const auditLog = pgTable(
  'audit_log',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** From 1, without gaps in an account. */
    position: integer('position').notNull(),
    /** What the key was called at the time, or the work of Reach itself. */
    actor: text('actor').notNull(),
    /** Id of the key; null for work of Reach itself. */
    actorId: text('actor_id'),
    address: text('address'),
    requestId: text('request_id'),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    detail: jsonb('detail'),
    at: timestamp('at', { withTimezone: true }).notNull(),
    /** SHA-256 over the entry and the hash of the one before it. */
    hash: text('hash').notNull(),
  },
  (t) => [index('audit_log_account').on(t.accountId, t.id), uniqueIndex('audit_log_chain').on(t.accountId, t.position)],
);

/** Answers given under an Idempotency-Key in the last day, so that a repeated request gets the first answer. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    accountId: text('account_id').notNull(),
    key: text('key').notNull(),
    /** SHA-256 of method, path and body, or file: the same key with another request is refused. */
    request: text('request').notNull(),
    status: text('status').notNull(),
    /** Sealed: answers hold secrets that are shown once. Absent while `pending`. */
    response: text('response'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.key] })],
);
defineSealed(idempotencyKeys.response);
