import { bigint, boolean, index, integer, json, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { FileFormat } from './files/format.ts';
import type { Funnel, ImportResult } from './import/funnel.ts';
import type { Mapping } from './mapping/mapping.ts';
import type { DetectedColumn } from './mapping/suggest.ts';

/** Uploaded files and the state of their imports. */
export const datasets = pgTable(
  'datasets',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    status: text('status').$type<DatasetStatus>().notNull(),
    statusError: json('status_error').$type<DatasetError>(),
    /** Name of the uploaded file; the stored copy is named by the id of the dataset. */
    fileName: text('file_name').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    /** When the file was last uploaded. */
    fileStoredAt: timestamp('file_stored_at', { withTimezone: true }).notNull(),
    /** When a file with these bytes was first uploaded to this dataset: the time of denials without their own. */
    fileFirstStoredAt: timestamp('file_first_stored_at', { withTimezone: true }).notNull(),
    /** When a file with these bytes was first uploaded to any dataset: the time of grants without their own. */
    bytesFirstStoredAt: timestamp('bytes_first_stored_at', { withTimezone: true }).notNull(),
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
    /** Counts the attempts of this import; each one has its own staged rows. */
    attempt: integer('attempt').notNull().default(0),
    /** The worker that runs the import. */
    claim: text('claim'),
    /** The last heartbeat of its worker, or when it was last queued: shows dead workers and lost jobs. */
    heardAt: timestamp('heard_at', { withTimezone: true }),
    /** When the import was requested: the imports of an account run in this order. */
    queuedAt: timestamp('queued_at', { withTimezone: true }),
    /** The last progress of the import: a stuck one raises an alert. */
    progressAt: timestamp('progress_at', { withTimezone: true }),
    cancelRequestedAt: timestamp('cancel_requested_at', { withTimezone: true }),
    /** When the import began to change contacts: from then on it cannot be cancelled. */
    mergingSince: timestamp('merging_since', { withTimezone: true }),
    /** When the first attempt began: `created_at` of the contacts that the import creates. */
    startedAt: timestamp('started_at', { withTimezone: true }),
    /** True until import listeners have been notified. */
    untold: boolean('untold').notNull().default(false),
    /** Hours in which the next file is expected; null: none is. */
    expectEveryHours: integer('expect_every_hours'),
    /** The choice for its contacts while the dataset is being deleted; null before. */
    deletion: text('deletion').$type<ContactsChoice>(),
    /** When the deletion was requested: an unfinished one is resumed. */
    deletionRequestedAt: timestamp('deletion_requested_at', { withTimezone: true }),
    /** When the newest successful import ended. */
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
/** Why a stored file was deleted: it was imported, unused for long, affected by an erasure, or replaced. */
export const FILE_DELETIONS = ['imported', 'unused', 'erasure', 'replaced'] as const;
export type FileDeletion = (typeof FILE_DELETIONS)[number];
/** Whether contacts, traits and events that only a deleted dataset added stay. */
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

/** The sources of a trait: ids of datasets, or `inform`. */
export const traitSources = pgTable(
  'trait_sources',
  {
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    source: text('source').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.name, t.source] })],
);
