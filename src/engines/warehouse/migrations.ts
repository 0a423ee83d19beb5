import type { TableDefinition } from './table.ts';

/** Replaced rows are merged away a minute after an import, which makes every later read of the table cheaper. */
const MERGED_SOON = 'min_age_to_force_merge_seconds = 60';

/** Rows read to find one: small, because contacts are looked up one by one while somebody waits. */
const FOUND_SOON = 'index_granularity = 1024';

/** Finds one contact's rows in tables that are not sorted by contact, without reading them all. */
const BY_CONTACT = 'INDEX by_contact contact_id TYPE bloom_filter(0.001) GRANULARITY 1';

const CONTACT_COLUMNS = `
  account_id LowCardinality(String),
  contact_id String,
  version UInt64,
  deleted UInt8 DEFAULT 0,
  emails Array(String),
  phones Array(String),
  email_hashes Array(String),
  phone_hashes Array(String),
  first_name String,
  last_name String,
  gender LowCardinality(String),
  birth_date String,
  street String,
  city String,
  region String,
  postal_code String,
  country LowCardinality(String),
  mobile_ad_ids Array(String),
  external_ids Array(String),
  consent Map(LowCardinality(String), LowCardinality(String)),
  num Map(LowCardinality(String), Float64),
  cat Map(LowCardinality(String), String),
  identity_version UInt64,
  created_at DateTime64(3, 'UTC'),
  updated_at DateTime64(3, 'UTC')`;

/** For rows that stay minutes: merging their parts would only cost, and many parts are no harm. */
const NEVER_MERGED =
  'max_bytes_to_merge_at_max_space_in_pool = 1, parts_to_delay_insert = 100000, parts_to_throw_insert = 100000';

/**
 * The warehouse schema. Tables are append-only; "current" is decided by `FINAL` on a ReplacingMergeTree or by a pointer
 * in the database. Released migrations are never edited: add one below.
 */
export const migrations: { name: string; tables: TableDefinition[] }[] = [
  {
    name: '0001-initial',
    tables: [
      // consent: what holds by all of consent_statements.
      // identity_version is cityHash64 of the identity columns: it changes when and only when match keys may change.
      // Booleans live in num as 0/1, dates in num as days since 1970-01-01.
      {
        name: 'contacts',
        columns: CONTACT_COLUMNS,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(account_id, contact_id)',
        settings: `${MERGED_SOON}, ${FOUND_SOON}`,
      },
      // kind: email, phone, external, madid, external-any (an id without its namespace, never for recognition). hash:
      // SHA-256 hex of the canonical value, of external ids with their namespace. since: version that brought it first.
      {
        name: 'identities',
        columns: `account_id LowCardinality(String), kind LowCardinality(String), hash FixedString(64), contact_id String,
          namespace LowCardinality(String), since SimpleAggregateFunction(min, UInt64)`,
        engine: 'AggregatingMergeTree',
        orderBy: '(account_id, kind, hash, contact_id, namespace)',
        shardBy: 'cityHash64(account_id, hash)',
        settings: FOUND_SOON,
      },
      // One row an event: a correction replaces it, also at another time, so nothing but its id may be in the key.
      // value: NULL where none was given.
      {
        name: 'events',
        columns: `account_id LowCardinality(String), stream LowCardinality(String), contact_id String, event_id String,
          time DateTime64(3, 'UTC'), value Nullable(Decimal(38, 6)), properties Map(LowCardinality(String), String), version UInt64,
          deleted UInt8 DEFAULT 0`,
        engine: 'ReplacingMergeTree(version, deleted)',
        orderBy: '(account_id, stream, contact_id, event_id)',
      },
      // Which contacts a dataset created or updated; unchanged rows count as well. dataset_id 'inform': an upsert did.
      {
        name: 'dataset_contacts',
        columns: `account_id LowCardinality(String), dataset_id LowCardinality(String), contact_id String, version UInt64, ${BY_CONTACT}`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(account_id, dataset_id, contact_id)',
      },
      // Which events a dataset brought, also those that were stored before. dataset_id 'api': they were posted.
      {
        name: 'dataset_events',
        columns: `account_id LowCardinality(String), dataset_id LowCardinality(String), stream LowCardinality(String),
          contact_id String, event_id String`,
        engine: 'ReplacingMergeTree',
        orderBy: '(account_id, dataset_id, stream, contact_id, event_id)',
      },
      // The row that brought a contact, by how its file was read (columns and mapping); version: of the contact after it.
      {
        name: 'imported_rows',
        columns: `account_id LowCardinality(String), reading UInt64, contact_id String, digest UInt64, version UInt64, ${BY_CONTACT}`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(account_id, reading, contact_id)',
      },
      // What datasets said about consent: every statement, also those that another one overrules, without those that a
      // later import of the same file replaced. stated_at is 1970 where
      // nobody stated the time of a grant; uploaded_at: of the file.
      {
        name: 'consent_statements',
        columns: `account_id LowCardinality(String), contact_id String, purpose LowCardinality(String), state LowCardinality(String),
          stated_at DateTime64(3, 'UTC'), uploaded_at DateTime64(3, 'UTC'), dataset_id LowCardinality(String),
          column LowCardinality(String), recorded_at DateTime64(3, 'UTC'), address_kind LowCardinality(String),
          address_hash String, by_address UInt8, INDEX by_address_hash address_hash TYPE bloom_filter GRANULARITY 1`,
        engine: 'ReplacingMergeTree(recorded_at)',
        orderBy: '(account_id, contact_id, purpose, dataset_id, uploaded_at, column, state, stated_at, by_address)',
      },
      // Rows of a file on their way into contacts and events; a partition an import attempt, dropped when it ends.
      // The places of statements, nums and cats stand for names that the import's plan holds; -1, NaN and '' are missing.
      // statements: of consent, the time in milliseconds times two, one more for a denial.
      // id_ranks: which of the import's keys an identity is, from 1; 0 for none. The first identity is the row's key.
      // digest: of the row's cells; 0 where it is always read again.
      {
        name: 'import_contacts',
        columns: `account_id LowCardinality(String), import_id LowCardinality(String), contact_id String,
          line UInt64, denied UInt8, emails Array(String), phones Array(String), email_hashes Array(String),
          phone_hashes Array(String), mobile_ad_ids Array(String), external_ids Array(String), first_name String,
          last_name String, gender LowCardinality(String), birth_date String, street String, city String, region String,
          postal_code String, country LowCardinality(String), statements Array(Int64), nums Array(Float64),
          cats Array(String), id_kinds Array(LowCardinality(String)), id_namespaces Array(LowCardinality(String)),
          id_hashes Array(FixedString(64)), id_ranks Array(UInt8), digest UInt64`,
        engine: 'MergeTree',
        partitionBy: 'import_id',
        orderBy: '(account_id, import_id, contact_id)',
        settings: NEVER_MERGED,
      },
      {
        name: 'import_events',
        columns: `account_id LowCardinality(String), import_id LowCardinality(String), contact_id String,
          line UInt64, stream LowCardinality(String), event_id String, time_ms Int64, value Nullable(Decimal(38, 6)),
          property_names Array(LowCardinality(String)), property_values Array(String)`,
        engine: 'MergeTree',
        partitionBy: 'import_id',
        orderBy: '(account_id, import_id, contact_id)',
        settings: NEVER_MERGED,
      },
      // Rows that an earlier import brought and nothing has changed since.
      {
        name: 'import_unchanged',
        columns: 'account_id LowCardinality(String), import_id LowCardinality(String), digest UInt64',
        engine: 'MergeTree',
        partitionBy: 'import_id',
        orderBy: '(account_id, import_id, digest)',
        settings: NEVER_MERGED,
      },
      // Parts of orders, one a row; time_ms -1, NULL and '' are missing. state: what the status says of the order.
      {
        name: 'import_orders',
        columns: `account_id LowCardinality(String), import_id LowCardinality(String), contact_id String, line UInt64,
          stream LowCardinality(String), order_id String, time_ms Int64, value Nullable(Decimal(38, 6)), refunded Nullable(Decimal(38, 6)),
          currency LowCardinality(String), status LowCardinality(String), state LowCardinality(String), test UInt8,
          broken UInt8, property_values Array(String), item String`,
        engine: 'MergeTree',
        partitionBy: 'import_id',
        orderBy: '(account_id, import_id, stream, order_id)',
        settings: NEVER_MERGED,
      },
      // The orders of an import attempt, put together. fault: why an order cannot be used.
      {
        name: 'import_joined_orders',
        columns: `account_id LowCardinality(String), import_id LowCardinality(String), stream LowCardinality(String),
          order_id String, contact_id String, lines Array(UInt64), time_ms Int64, value Nullable(Decimal(38, 6)),
          property_values Array(String), currency LowCardinality(String), status LowCardinality(String),
          items Array(String), kind LowCardinality(String), fault LowCardinality(String)`,
        engine: 'MergeTree',
        partitionBy: 'import_id',
        orderBy: '(account_id, import_id, stream, order_id)',
        settings: NEVER_MERGED,
      },
      // Identity resolution of an import attempt, step by step: which contact a row's founded id leads to.
      {
        name: 'import_resolution',
        columns: `account_id LowCardinality(String), import_id LowCardinality(String), step LowCardinality(String),
          derived String, contact_id String, rank UInt8, since UInt64`,
        engine: 'MergeTree',
        partitionBy: 'import_id',
        orderBy: '(account_id, import_id, step, derived)',
        settings: NEVER_MERGED,
      },
      // What an import refused. text: for people; sample: the value, masked.
      {
        name: 'import_rejects',
        columns: `account_id LowCardinality(String), import_id String, line UInt64, column LowCardinality(String),
          code LowCardinality(String), text LowCardinality(String), sample String`,
        engine: 'MergeTree',
        orderBy: '(account_id, import_id, line)',
        shardBy: 'cityHash64(account_id, import_id)',
      },
      // previous_key: what the contact was before this revision, where the changes are read from. An empty persona_key:
      // in no persona any more.
      {
        name: 'persona_assignments',
        columns: `account_id LowCardinality(String), version_id LowCardinality(String), contact_id String, persona_key LowCardinality(String),
          second_key LowCardinality(String), distance Float64, second_distance Float64, margin Float64,
          previous_key LowCardinality(String), revision UInt64`,
        engine: 'ReplacingMergeTree(revision)',
        orderBy: '(account_id, version_id, contact_id)',
      },
      {
        name: 'persona_changes',
        columns: `account_id LowCardinality(String), persona_set_id String, contact_id String, from_key LowCardinality(String),
          to_key LowCardinality(String), version_id LowCardinality(String), at DateTime64(3, 'UTC')`,
        engine: 'MergeTree',
        orderBy: '(account_id, persona_set_id, at, contact_id)',
      },
      // Probability (0 to 1) and percentile (0 to 100 among everyone scored) of contacts by one version of an outcome.
      {
        name: 'scores',
        columns: `account_id LowCardinality(String), outcome_version_id LowCardinality(String), contact_id String, probability Float64,
          percentile Float64, revision UInt64`,
        engine: 'ReplacingMergeTree(revision)',
        orderBy: '(account_id, outcome_version_id, contact_id)',
      },
      // Every score ever given, since when: what was known of a contact when it was delivered.
      {
        name: 'score_history',
        columns: `account_id LowCardinality(String), outcome_version_id LowCardinality(String), contact_id String, probability Float64,
          percentile Float64, at DateTime64(3, 'UTC')`,
        engine: 'ReplacingMergeTree',
        orderBy: '(account_id, outcome_version_id, contact_id, at)',
      },
      {
        name: 'cohort_sizes',
        columns: `account_id LowCardinality(String), cohort_id String, at DateTime64(3, 'UTC'), size UInt64`,
        engine: 'MergeTree',
        orderBy: '(account_id, cohort_id, at)',
        shardBy: 'cityHash64(account_id, cohort_id)',
      },
      // Who belonged to a run: the snapshot every later statement about the run is made from. plan_id names one attempt
      // at planning; the run points at the attempt that was completed.
      // action: add, change, remove, unchanged, withheld; stale forms: stale, stale-leaver, with the form in identity_version;
      // segment_key: persona key, or 'all' without a split.
      // told, previous: in the mode changes, what is to be told of the contact now, and what was told last.
      {
        name: 'run_members',
        columns: `account_id LowCardinality(String), plan_id String, segment_key LowCardinality(String), contact_id String,
          action LowCardinality(String), reason LowCardinality(String), identity_version UInt64, told Array(String),
          previous Array(String)`,
        engine: 'MergeTree',
        orderBy: '(account_id, plan_id, segment_key, contact_id)',
      },
      // The exact content of every batch, written before it is sent, so that a restart sends the same bytes again.
      {
        name: 'outbox',
        columns: `account_id LowCardinality(String), upload_id String, batch_seq UInt32, contact_id String, wire String,
          weight UInt32, identity_version UInt64, verdict LowCardinality(String), told Array(String), leaves UInt8,
          ${BY_CONTACT}`,
        engine: 'ReplacingMergeTree',
        orderBy: '(account_id, upload_id, batch_seq, contact_id)',
      },
      // Forms in which members are still at a destination beside the one in the ledger; form: cityHash64 of the wire.
      // active 0: removed by now.
      {
        name: 'stale_forms',
        columns: `account_id LowCardinality(String), delivery_id String, segment_key LowCardinality(String), contact_id String,
          form UInt64, wire String, weight UInt32, active UInt8, version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(account_id, delivery_id, segment_key, contact_id, form)',
      },
      // Identities that may not be delivered. active 0 takes an entry back.
      {
        name: 'suppressions',
        columns: `account_id LowCardinality(String), kind LowCardinality(String), hash FixedString(64), list_id String, active UInt8,
          at DateTime64(3, 'UTC'), version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(account_id, kind, hash, list_id)',
        shardBy: 'cityHash64(account_id, hash)',
      },
      // Identities of people who were erased: rows that name one are dropped. active 0: an admin lifted it; shared 1: another
      // contact had it as well, so it drops nothing.
      {
        name: 'erased_identities',
        columns: `account_id LowCardinality(String), kind LowCardinality(String), hash FixedString(64), erasure_id String,
          shared UInt8, active UInt8, version UInt64`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(account_id, kind, hash, erasure_id)',
        shardBy: 'cityHash64(account_id, hash)',
      },
      // What went wrong, one row a contact and field: invalid, withheld, rejected, unattributed. field is '' where the
      // whole contact is meant.
      {
        name: 'run_outcomes',
        columns: `account_id LowCardinality(String), run_id String, segment_key LowCardinality(String), contact_id String,
          direction LowCardinality(String), field LowCardinality(String), verdict LowCardinality(String),
          code LowCardinality(String), text String, batch_seq UInt32, at DateTime64(3, 'UTC')`,
        engine: 'ReplacingMergeTree(at)',
        orderBy: '(account_id, run_id, segment_key, contact_id, direction, field, code)',
      },
      // What each destination holds because of us. wire: the keys as sent, replayed on removal.
      {
        name: 'ledger',
        columns: `account_id LowCardinality(String), delivery_id String, segment_key LowCardinality(String), contact_id String,
          state LowCardinality(String), wire String, weight UInt32, identity_version UInt64, run_id String, batch_seq UInt32,
          at DateTime64(3, 'UTC'), version UInt64, told Array(String), ${BY_CONTACT}`,
        engine: 'ReplacingMergeTree(version)',
        orderBy: '(account_id, delivery_id, segment_key, contact_id)',
      },
      // Everything that was ever entered into the ledger, whose rows replace each other: a contact's history.
      {
        name: 'ledger_events',
        columns: `account_id LowCardinality(String), contact_id String, delivery_id LowCardinality(String),
          segment_key LowCardinality(String), state LowCardinality(String), run_id LowCardinality(String),
          at DateTime64(3, 'UTC'), version UInt64`,
        engine: 'MergeTree',
        orderBy: '(account_id, contact_id, delivery_id, segment_key, version)',
        fedBy: {
          table: 'ledger',
          columns: 'account_id, contact_id, delivery_id, segment_key, state, run_id, at, version',
        },
      },
    ],
  },
];
