import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type {
  Confirmation,
  ConsentState,
  DeliveryMode,
  Json,
  RemoteAudience,
  Representation,
  Segment,
} from '../../connectors/destination.ts';
import { connections } from '../connections/connections.tables.ts';
import type { AttachedCreatives } from '../creatives/attach.service.ts';
import type { ToldOutcome } from './changes.ts';
import type { GuardSettings, Hold } from './guards.ts';
import type { Schedule } from './schedule.ts';
import type { RunStatus, RunVerdict, SegmentCounts, UploadStatus } from './states.ts';

const time = (name: string) => timestamp(name, { withTimezone: true });

export const deliveries = pgTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    audienceId: text('audience_id').notNull(),
    connectionId: text('connection_id')
      .notNull()
      .references(() => connections.id),
    personaSetId: text('persona_set_id'),
    splitByPersona: boolean('split_by_persona').notNull(),
    /** In the mode `changes`: outcomes whose bands are told, beside the persona. */
    outcomes: jsonb('outcomes').$type<ToldOutcome[]>().notNull().default([]),
    mode: text('mode').$type<DeliveryMode>().notNull(),
    representation: text('representation').$type<Representation>().notNull(),
    matchKeys: jsonb('match_keys').$type<string[]>().notNull(),
    /** Traits that travel with each member, where the destination carries columns. */
    attributes: jsonb('attributes').$type<string[]>().notNull(),
    nameTemplate: text('name_template').notNull(),
    descriptionTemplate: text('description_template').notNull(),
    defaultCountry: text('default_country'),
    consent: jsonb('consent').$type<{ adUserData: ConsentState; adPersonalization: ConsentState }>().notNull(),
    options: jsonb('options').$type<Record<string, unknown>>().notNull(),
    guards: jsonb('guards').$type<GuardSettings>().notNull(),
    /** Which creatives travel with its segments; null: none. */
    creatives: jsonb('creatives').$type<AttachedCreatives>(),
    /** When it runs by itself; null: only when asked. */
    schedule: jsonb('schedule').$type<Schedule>(),
    nextRunAt: time('next_run_at'),
    /** What asked for a run that has not begun yet; null: nothing did. Whatever run begins next is that run. */
    due: text('due').$type<'schedule' | 'import' | 'rebuild'>(),
    /** While set, nothing starts by itself. */
    pausedAt: time('paused_at'),
    archivedAt: time('archived_at'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [index('deliveries_account').on(t.accountId, t.id)],
);

/** A persona's remote audience, bound for life. */
export const deliverySegments = pgTable(
  'delivery_segments',
  {
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id),
    key: text('key').notNull(),
    accountId: text('account_id').notNull(),
    remote: jsonb('remote').$type<RemoteAudience>().notNull(),
    segment: jsonb('segment').$type<Segment>().notNull(),
    /** Name of the delivery's audience in the last run, for removals after the audience is deleted. */
    audienceName: text('audience_name').notNull(),
    boundAt: time('bound_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.key] })],
);

export const runs = pgTable(
  'runs',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id),
    trigger: text('trigger').notNull(),
    status: text('status').$type<RunStatus>().notNull(),
    verdict: text('verdict').$type<RunVerdict>(),
    /** Plain words: why it failed, or what to do. */
    reason: text('reason'),
    /** The completed planning attempt; names rows in run_members. */
    planId: text('plan_id'),
    personaVersionId: text('persona_version_id'),
    /** The delivery as it was when the run was planned. */
    definition: jsonb('definition').$type<Record<string, unknown>>(),
    /** Sends every member again. */
    resync: boolean('resync').notNull().default(false),
    /** Tries those again that were refused before. */
    retryRefused: boolean('retry_refused').notNull().default(false),
    /** Why it waits for a person, and until when. */
    hold: jsonb('hold').$type<Hold>(),
    pausedAt: time('paused_at'),
    /** When the last pause ended: no platform kept the run waiting before. */
    resumedAt: time('resumed_at'),
    cancelRequestedAt: time('cancel_requested_at'),
    leaseOwner: text('lease_owner'),
    leaseUntil: time('lease_until'),
    createdAt: time('created_at').notNull(),
    plannedAt: time('planned_at'),
    sentAt: time('sent_at'),
    finishedAt: time('finished_at'),
  },
  (t) => [
    index('runs_account').on(t.accountId, t.id),
    index('runs_delivery').on(t.deliveryId, t.id),
    // one run of a delivery at a time, whatever two requests do at once
    uniqueIndex('runs_one_active').on(t.deliveryId).where(sql`finished_at IS NULL`),
  ],
);

export const runSegments = pgTable(
  'run_segments',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id),
    key: text('key').notNull(),
    segment: jsonb('segment').$type<Segment>().notNull(),
    remote: jsonb('remote').$type<RemoteAudience>(),
    planned: jsonb('planned').$type<SegmentCounts>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.key] })],
);

/** One way (add or remove) of one segment. `phase` orders uploads of a run: 1 old keys out, 2 adds, 3 removes. */
export const uploads = pgTable(
  'uploads',
  {
    id: text('id').primaryKey(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id),
    accountId: text('account_id').notNull(),
    segmentKey: text('segment_key').notNull(),
    phase: integer('phase').notNull(),
    direction: text('direction').$type<'add' | 'remove'>().notNull(),
    /** Actions of run_members that this upload sends. */
    actions: jsonb('actions').$type<string[]>().notNull(),
    sessionId: bigint('session_id', { mode: 'number' }).notNull(),
    /** Brings the whole segment, in place of everyone who is in the remote audience. */
    replaces: boolean('replaces').notNull().default(false),
    /** Counts restarts from the beginning, which snapshot destinations need. */
    attempt: integer('attempt').notNull().default(1),
    status: text('status').$type<UploadStatus>().notNull(),
    estimated: integer('estimated').notNull(),
    /** Removes forms of members that are there beside the ledger's. */
    stale: boolean('stale').notNull().default(false),
    /** Last contact id whose batch was acknowledged; the next page starts behind it. */
    cursor: text('cursor').notNull().default(''),
    seq: integer('seq').notNull().default(0),
    error: jsonb('error').$type<{ code: string; text: string; vendorCode?: string; url?: string }>(),
    finishTicket: jsonb('finish_ticket').$type<Json>(),
    /** Of taking out everyone whom a confirmed replacement did not bring; null until that is asked for. */
    sweepTicket: jsonb('sweep_ticket').$type<Json>(),
    /** When that was asked for. */
    sweptAt: time('swept_at'),
    /** Contacts that left because they were not brought. */
    omitted: integer('omitted').notNull().default(0),
    warnings: jsonb('warnings').$type<string[]>().notNull().default([]),
    confirmation: jsonb('confirmation').$type<Confirmation>(),
    confirmAttempts: integer('confirm_attempts').notNull().default(0),
    /** Faults on our own side since the last progress. */
    faults: integer('faults').notNull().default(0),
    nextAt: time('next_at'),
    leaseOwner: text('lease_owner'),
    leaseUntil: time('lease_until'),
    startedAt: time('started_at'),
    acceptedAt: time('accepted_at'),
    finishedAt: time('finished_at'),
  },
  (t) => [index('uploads_run').on(t.runId)],
);

/** Connections that their platform keeps out, until when and why. A row may outlive its time. */
export const connectionPauses = pgTable('connection_pauses', {
  connectionId: text('connection_id').primaryKey(),
  until: time('until').notNull(),
  because: text('because').notNull(),
});

export const batches = pgTable(
  'batches',
  {
    uploadId: text('upload_id')
      .notNull()
      .references(() => uploads.id),
    attempt: integer('attempt').notNull(),
    seq: integer('seq').notNull(),
    status: text('status').$type<'sending' | 'acknowledged'>().notNull(),
    /** The batch ends behind this contact id. */
    cursorEnd: text('cursor_end').notNull(),
    last: boolean('last').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    members: integer('members').notNull(),
    /** Rows or members as the platform counts them: a person with two e-mails can be two. */
    entries: integer('entries').notNull(),
    /** Of the contacts looked at for this batch: how many were fixed, how many had nothing usable. */
    fixed: integer('fixed').notNull(),
    invalid: integer('invalid').notNull(),
    accepted: integer('accepted').notNull().default(0),
    rejected: integer('rejected').notNull().default(0),
    unattributed: integer('unattributed').notNull().default(0),
    tries: integer('tries').notNull().default(0),
    vendorRequestId: text('vendor_request_id'),
    ticket: jsonb('ticket').$type<Json>(),
    warnings: jsonb('warnings').$type<string[]>().notNull().default([]),
    sentAt: time('sent_at').notNull(),
    acknowledgedAt: time('acknowledged_at'),
  },
  (t) => [primaryKey({ columns: [t.uploadId, t.attempt, t.seq] })],
);
