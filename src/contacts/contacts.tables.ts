import { bigint, boolean, index, integer, json, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { FileFormat } from './files/format.ts';
import type { Funnel, ImportResult } from './import/funnel.ts';
import type { Mapping } from './mapping/mapping.ts';
import type { DetectedColumn } from './mapping/suggest.ts';

/** Uploaded files and what became of them. */
export const datasets = pgTable(
  'datasets',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    status: text('status').$type<DatasetStatus>().notNull(),
    statusError: json('status_error').$type<DatasetError>(),
    /** Name of the file as it was sent; the stored copy is named by the dataset's id. */
    fileName: text('file_name').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    /** When the file was sent, or sent again. */
    fileStoredAt: timestamp('file_stored_at', { withTimezone: true }).notNull(),
    /** When a file with these bytes was first sent: the time of consent statements that state none. */
    fileFirstStoredAt: timestamp('file_first_stored_at', { withTimezone: true }).notNull(),
    fileDeletedAt: timestamp('file_deleted_at', { withTimezone: true }),
    fileDeletedBecause: text('file_deleted_because').$type<FileDeletion>(),
    format: json('format').$type<FileFormat>().notNull(),
    columns: json('columns').$type<DetectedColumn[]>().notNull(),
    suggestedMapping: json('suggested_mapping').$type<Mapping>(),
    mapping: json('mapping').$type<Mapping>(),
    rowsRead: bigint('rows_read', { mode: 'number' }).notNull().default(0),
    bytesRead: bigint('bytes_read', { mode: 'number' }).notNull().default(0),
    funnel: json('funnel').$type<Funnel>(),
    result: json('result').$type<ImportResult>(),
    /** Counts the tries of this import: each stages under a name of its own. */
    attempt: integer('attempt').notNull().default(0),
    /** Who works on the import. */
    claim: text('claim'),
    /** When its worker was last heard of, or it was last queued: a dead worker's import and a lost job are taken up. */
    heardAt: timestamp('heard_at', { withTimezone: true }),
    /** When the import was asked for: the order in which an account's imports run. */
    queuedAt: timestamp('queued_at', { withTimezone: true }),
    /** When it was queued or taken, or last read or began to store something: a stuck import raises an alert. */
    progressAt: timestamp('progress_at', { withTimezone: true }),
    cancelRequestedAt: timestamp('cancel_requested_at', { withTimezone: true }),
    /** When the import began to change contacts: from then on it ends and is not cancelled. */
    mergingSince: timestamp('merging_since', { withTimezone: true }),
    /** When the first attempt began; what it created is known by this time. */
    startedAt: timestamp('started_at', { withTimezone: true }),
    /** Whether who listens to imports has still to be told that it ended. */
    untold: boolean('untold').notNull().default(false),
    /** Hours in which the next file is expected; null: none is. */
    expectEveryHours: integer('expect_every_hours'),
    /** What happens to its contacts, while the dataset is being deleted; null before. */
    deletion: text('deletion').$type<ContactsChoice>(),
    /** When the deletion was requested: one that does not end is taken up again. */
    deletionRequestedAt: timestamp('deletion_requested_at', { withTimezone: true }),
    /** When the newest import that succeeded ended. */
    importedAt: timestamp('imported_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    lastUpdatedConfigAt: timestamp('last_updated_config_at', { withTimezone: true }).notNull(),
    lastUpdatedOutputAt: timestamp('last_updated_output_at', { withTimezone: true }),
    lastReadInputAt: timestamp('last_read_input_at', { withTimezone: true }),
  },
  (t) => [index('datasets_account').on(t.accountId, t.id)],
);

export const DATASET_STATUSES = ['new', 'starting', 'running', 'ready', 'error'] as const;
export type DatasetStatus = (typeof DATASET_STATUSES)[number];
/** Why a stored file is gone: it was imported, nobody imported it for long, a person was erased, or another is on its way. */
export const FILE_DELETIONS = ['imported', 'unused', 'erasure', 'replaced'] as const;
export type FileDeletion = (typeof FILE_DELETIONS)[number];
/** Whether contacts, traits and events that only a deleted dataset brought stay. */
export const CONTACTS_CHOICES = ['keep', 'delete'] as const;
export type ContactsChoice = (typeof CONTACTS_CHOICES)[number];
export interface DatasetError {
  code: string;
  message: string;
}
export type DatasetRow = typeof datasets.$inferSelect;

/** The trait catalogue: one type a name and account. */
export const traits = pgTable(
  'traits',
  {
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    type: text('type').$type<'number' | 'category' | 'boolean' | 'date'>().notNull(),
    source: text('source').$type<'first-party' | 'third-party'>().notNull(),
    description: text('description').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.name] })],
);

/** What brought values of a trait: ids of datasets, or `inform`. */
export const traitSources = pgTable(
  'trait_sources',
  {
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    source: text('source').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.name, t.source] })],
);
