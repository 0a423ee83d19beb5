import { boolean, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.tables.ts';
import type { EventLeaf } from '../conditions/condition.ts';
import type { OutcomeModel } from '../models/outcomes/outcome-model.ts';
import type { Cuts } from '../models/outcomes/score.ts';
import type { OutcomeResult } from '../models/outcomes/train.ts';
import { claimColumns, stateColumns } from '../trainings/training.columns.ts';

export type OutcomeStage = 'draft' | 'published' | 'retired';

/** What a training found, beside the model. */
export type OutcomeReport = Omit<OutcomeResult, 'model'> & {
  /** As asked for when it was trained; the outcome may have been asked for other things since. */
  seed: number;
  excludeProtected: boolean;
};

/** How many contacts a version was trained for, and how many of them it learnt from. */
export interface OutcomeCounts {
  attained: number;
  notAttained: number;
  sample: number;
}

const moment = (name: string) => timestamp(name, { withTimezone: true });

/** What is predicted: who could attain it, who did, and which version is live. */
export const outcomes = pgTable(
  'outcomes',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    /** Absent: everyone. */
    eligibleCohortId: text('eligible_cohort_id'),
    /** Either a cohort, or an event in a window. */
    attainedCohortId: text('attained_cohort_id'),
    attainedEvent: jsonb('attained_event').$type<EventLeaf>(),
    /** Absent: all who have not attained it count as not attaining it. */
    attritionCohortId: text('attrition_cohort_id'),
    /** Absent: all that are of use. */
    traits: jsonb('traits').$type<string[]>(),
    seed: integer('seed').notNull(),
    excludeProtected: boolean('exclude_protected').notNull(),
    /** The pointer that makes a version live, moved once everyone is scored by it. */
    publishedVersionId: text('published_version_id'),
    createdAt: moment('created_at').notNull(),
    lastUpdatedConfigAt: moment('last_updated_config_at').notNull(),
    lastUpdatedOutputAt: moment('last_updated_output_at'),
    lastReadInputAt: moment('last_read_input_at'),
  },
  (t) => [index('outcomes_account').on(t.accountId, t.id)],
);

/** One trained model of an outcome. */
export const outcomeVersions = pgTable(
  'outcome_versions',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    outcomeId: text('outcome_id')
      .notNull()
      .references(() => outcomes.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 … within the outcome. */
    version: integer('version').notNull(),
    ...stateColumns(),
    stage: text('stage').$type<OutcomeStage>().notNull(),
    counts: jsonb('counts').$type<OutcomeCounts>(),
    model: jsonb('model').$type<OutcomeModel>(),
    report: jsonb('report').$type<OutcomeReport>(),
    /** The day that traits were read as of, `YYYY-MM-DD`. */
    asOf: text('as_of'),
    /** Streams whose events are traits of the model. */
    streams: jsonb('streams').$type<string[]>(),
    /** Probabilities at each percent of everyone scored last. */
    cuts: jsonb('cuts').$type<Cuts>(),
    scoredContacts: integer('scored_contacts'),
    scoredAt: moment('scored_at'),
    ...claimColumns(),
    createdAt: moment('created_at').notNull(),
    trainedAt: moment('trained_at'),
    /** When it went live; kept until everyone was told. */
    publishingAt: moment('publishing_at'),
    publishedAt: moment('published_at'),
  },
  (t) => [uniqueIndex('outcome_versions_outcome').on(t.outcomeId, t.version)],
);
