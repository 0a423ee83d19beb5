import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.tables.ts';
import type { ChosenK } from '../models/choose-k.ts';
import type { PersonaEdit } from '../models/edit.ts';
import type { PersonaModel } from '../models/persona-model.ts';
import type { TraitProfile } from '../models/profile.ts';
import type { Quality } from '../models/quality.ts';
import type { SalientTrait } from '../models/summary.ts';
import type { SelectedTrait } from '../models/trait-selection.ts';
import { claimColumns, stateColumns } from '../trainings/training.columns.ts';

export type VersionStage = 'draft' | 'published' | 'retired';

const moment = (name: string) => timestamp(name, { withTimezone: true });

/** A clustering of a cohort: what was asked for, and which version is live. */
export const personaSets = pgTable(
  'persona_sets',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    /** Absent: everyone. */
    cohortId: text('cohort_id'),
    /** Absent: chosen at training. */
    traits: jsonb('traits').$type<string[]>(),
    /** Absent: chosen at training. */
    k: integer('k'),
    seed: integer('seed').notNull(),
    excludeProtected: boolean('exclude_protected').notNull(),
    /** The pointer that makes a version live, moved once everyone is assigned by it. */
    publishedVersionId: text('published_version_id'),
    createdAt: moment('created_at').notNull(),
    lastUpdatedConfigAt: moment('last_updated_config_at').notNull(),
    lastUpdatedOutputAt: moment('last_updated_output_at'),
    lastReadInputAt: moment('last_read_input_at'),
  },
  (t) => [index('persona_sets_account').on(t.accountId, t.id)],
);

/** One trained model of a persona set. */
export const personaVersions = pgTable(
  'persona_versions',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    setId: text('set_id')
      .notNull()
      .references(() => personaSets.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 … within the set. */
    version: integer('version').notNull(),
    ...stateColumns(),
    stage: text('stage').$type<VersionStage>().notNull(),
    /** Clusters asked for until it is trained (absent: chosen then), personas found from then on. */
    k: integer('k'),
    /** The version that it goes on from: keeps the keys of, or was made of by hand. */
    basedOn: integer('based_on'),
    /** The change by hand that makes it of that version; absent, it is trained. */
    edit: jsonb('edit').$type<PersonaEdit>(),
    sampleSize: integer('sample_size'),
    cohortSize: integer('cohort_size'),
    model: jsonb('model').$type<PersonaModel>(),
    quality: jsonb('quality').$type<Quality>(),
    choice: jsonb('choice').$type<ChosenK>(),
    selection: jsonb('selection').$type<SelectedTrait[]>(),
    ...claimColumns(),
    createdAt: moment('created_at').notNull(),
    trainedAt: moment('trained_at'),
    /** When publishing began; kept until everyone was told, so that repeating it records no change twice. */
    publishingAt: moment('publishing_at'),
    publishedAt: moment('published_at'),
    assignedAt: moment('assigned_at'),
  },
  (t) => [uniqueIndex('persona_versions_set').on(t.setId, t.version)],
);

/** A persona as people know it: its key, name and brief outlive versions. */
export const personas = pgTable(
  'personas',
  {
    setId: text('set_id')
      .notNull()
      .references(() => personaSets.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    accountId: text('account_id').notNull(),
    /** Given by a user, or kept from the first publication on; absent, the version's own name is shown. */
    name: text('name'),
    /** Written by a user; absent, the version's own summary is shown. */
    summary: text('summary'),
    color: text('color').notNull(),
    icon: text('icon').notNull(),
    tone: text('tone'),
    offer: text('offer'),
    messages: jsonb('messages').$type<string[]>(),
    /** The version whose clusters of this persona every later training keeps; absent, it is not pinned. */
    pinnedVersionId: text('pinned_version_id'),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.setId, t.key] })],
);

/** What one version found of a persona. */
export const personaProfiles = pgTable(
  'persona_profiles',
  {
    versionId: text('version_id')
      .notNull()
      .references(() => personaVersions.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    /** Order of size at training. */
    place: integer('place').notNull(),
    /** Contacts: of the sample until the version is published, then of everyone assigned. */
    size: integer('size').notNull(),
    share: doublePrecision('share').notNull(),
    suggestedName: text('suggested_name').notNull(),
    summary: text('summary').notNull(),
    salientTraits: jsonb('salient_traits').$type<SalientTrait[]>().notNull(),
    profile: jsonb('profile').$type<TraitProfile[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.versionId, t.key] })],
);
