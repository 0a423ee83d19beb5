import type { LifeStatus, TraitType } from './common.ts';

export interface Trait {
  name: string;
  type: TraitType;
  /** A contact field is a column of the contact itself, such as the city. */
  source: 'first-party' | 'third-party' | 'contact-field';
  description: string;
}

/** A trait with how many contacts have it, and what uses it. */
export interface TraitDetails extends Trait {
  filled: { contacts: number; share: number };
  usedBy: { kind: string; id: string; name: string }[];
}

export interface Stream {
  stream: string;
  events: number;
  withoutValue: number;
  first: string;
  last: string;
}

export type ColumnRole =
  | 'email'
  | 'phone'
  | 'mobileAdId'
  | 'externalId'
  | 'firstName'
  | 'lastName'
  | 'gender'
  | 'birthDate'
  | 'street'
  | 'city'
  | 'region'
  | 'postalCode'
  | 'country'
  | 'fullName'
  | 'fullAddress'
  | 'trait'
  | 'consent'
  | 'ignore';

export interface ColumnMapping {
  column: string;
  as: ColumnRole;
  trait?: { name?: string; type?: TraitType; description?: string; decimal?: '.' | ',' };
  consent?: ConsentMapping;
  dateOrder?: string;
  namespace?: string;
  whenEmpty?: 'keep' | 'clear';
}

export type ConsentState = 'granted' | 'denied' | 'unset';

/** How a consent column is read. */
export interface ConsentMapping {
  purposes?: string[];
  purpose?: string;
  denialPurposes?: string[];
  sense?: 'grants' | 'denies';
  words?: Record<string, ConsentState>;
  time?: string;
  confirmed?: boolean;
}

export interface EventMapping {
  stream: string;
  time: string;
  value?: string;
  id?: string;
  properties?: Record<string, string>;
  dateOrder?: string;
  order?: {
    currency?: string;
    status?: string;
    cancelledAt?: string;
    refunded?: string;
    test?: string;
    items?: Record<string, string>;
  };
}

export interface KeyMapping {
  column?: string;
  field?: 'email' | 'phone' | 'mobileAdId' | 'externalId';
}

export interface Mapping {
  kind: 'contacts' | 'events';
  key: KeyMapping;
  fallbackKeys?: KeyMapping[];
  defaultCountry?: string;
  source?: 'first-party' | 'third-party';
  separator?: string;
  columns: ColumnMapping[];
  events?: EventMapping[];
  createContacts?: boolean;
  everyone?: { consent: 'denied'; purposes: string[]; confirmed?: boolean };
}

/** How a column that may hold consent is read, and what it would do to the rows that were looked at. */
export interface ConsentReading {
  mapping: ConsentMapping;
  /** False where only a person can tell whether the column is consent. */
  suggested: boolean;
  counts: Record<ConsentState, number>;
  rows: number;
  /** Whether these are all rows of the file. */
  wholeFile: boolean;
  words: {
    word: string;
    count: number;
    state: ConsentState;
    /** What the word would say under each sense. */
    bySense: Record<'grants' | 'denies', ConsentState>;
    known: boolean;
  }[];
}

/** What an import of the whole file would do. Contacts are null for a file of too many people to tell them apart. */
export interface ImportPreview {
  rows: number;
  identified: number;
  contacts: number | null;
  events: { rows: number; withoutValue: number };
  consents: {
    purposes: string[];
    rows: Record<ConsentState, number>;
    contacts: Record<ConsentState, number> | null;
  }[];
  columns: {
    column: string;
    rows: Record<ConsentState, number>;
    unknown: number;
    unknownWords: { word: string; count: number }[];
  }[];
  rejects: Reason[];
}

export interface DetectedColumn {
  name: string;
  type: TraitType;
  /** Share of the sample with a value, 0 to 1. */
  filled: number;
  distinct: number;
  /** Masked where they may identify a person. */
  samples: string[];
  suggestion: ColumnMapping;
  /** Present where the column may hold consent. */
  consent?: ConsentReading;
  notices?: Notice[];
}

/** One thing about a file that a person should know. */
export interface Notice {
  code: string;
  message: string;
  line?: number;
  column?: string;
}

export interface Reason {
  code: string;
  text: string;
  count: number;
}

export interface FunnelStage {
  name: 'received' | 'parsed' | 'usable-identifiers' | 'consented' | 'merged' | 'enough-traits';
  count: number;
  lost: Reason[];
}

/** How a file is written, as detected or chosen. */
export interface FileFormat {
  format: 'csv' | 'jsonl' | 'json' | 'xlsx' | 'parquet';
  encoding: string;
  encodingCandidates?: { encoding: string; preview: string[] }[];
  delimiter?: string;
  quote?: 'double' | 'single' | 'none';
  header?: boolean;
  headerLine?: number;
  sheet?: string;
  sheets?: string[];
  ragged?: 'reject' | 'pad';
  columns: string[];
  notices: Notice[];
}

/** What an import changed. */
export interface ImportResult {
  contacts: number;
  created: number;
  updated: number;
  unchanged: number;
  repeatedKeys: number;
  events: number;
  eventsWithoutValue: number;
  rejects: number;
  /** Present where the file holds orders. `imported` includes the partially refunded ones. */
  orders?: { imported: number; cancelled: number; refunded: number; partiallyRefunded: number; test: number };
}

export interface Dataset {
  id: string;
  name: string;
  status: LifeStatus;
  statusError: { code: string; message: string } | null;
  fileName: string;
  bytes: number;
  sha256: string;
  format: FileFormat;
  columns: DetectedColumn[];
  /** About consent in the file as a whole. */
  notices: Notice[];
  suggestedMapping: Mapping | null;
  mapping: Mapping | null;
  progress: { rowsRead: number; bytesRead: number; bytesTotal: number };
  funnel: { asOf: string; stages: FunnelStage[]; rejectedValues: Reason[] } | null;
  result: ImportResult | null;
  /** Hours in which the next file is expected; null: none is. */
  expectEveryHours: number | null;
  /** When the stored file was deleted; null while it is stored. */
  fileDeletedAt: string | null;
  fileDeletedBecause: 'imported' | 'unused' | 'erasure' | 'replaced' | null;
  createdAt: string;
  lastUpdatedOutputAt: string | null;
}

/** What goes with a dataset when its contacts are deleted. */
export interface DatasetDeletion {
  contacts: { deleted: number; kept: number; unsubscribed: number };
  events: number;
  traits: { name: string; contacts: number }[];
  traitsInUse: { name: string; contacts: number; usedBy: { kind: string; name: string }[] }[];
}

/** One contact; identifiers are masked for roles that may not see them. */
export interface Contact {
  id: string;
  emails: string[];
  phones: string[];
  emailHashes: string[];
  phoneHashes: string[];
  mobileAdIds: string[];
  externalIds: string[];
  firstName: string;
  lastName: string;
  city: string;
  country: string;
  consent: Record<string, string>;
  traits: Record<string, number | string | boolean>;
  masked: boolean;
  createdAt: string;
  updatedAt: string;
}

/** The consent of a contact for one purpose, with every statement that a file made about it. */
export interface PurposeConsent {
  purpose: string;
  state: 'granted' | 'denied';
  at: string;
  history: {
    state: 'granted' | 'denied';
    /** Null where the file states no time. */
    statedAt: string | null;
    uploadedAt: string;
    recordedAt: string;
    /** The name is null when the dataset was deleted. */
    dataset: { id: string; name: string | null };
    /** Null where the file as a whole says it. */
    column: string | null;
    /** The file names another contact, by an address that this one has too. */
    sharedAddress: boolean;
  }[];
}

/** Where a contact is, or was: since when, because of which run, and why. */
export interface ContactPlace {
  deliveryId: string;
  segment: string;
  state: 'present' | 'removed' | 'invalid' | 'rejected' | 'failed' | 'erased';
  runId: string;
  at: string;
  /** null: it is so now. */
  until: string | null;
  /** The latest later run that sent the contact again. */
  renewedBy: string | null;
  renewedAt: string | null;
  reason: { code: string; text: string; movedTo?: string } | null;
}

/** One identifier as given, normalised and as it is sent. */
export interface SentKey {
  key: string;
  input: string;
  normalized: string | null;
  value: string | null;
  hashed: boolean;
  verdict: 'ok' | 'fixed' | 'invalid';
  reason?: string;
}

/** Exactly what a delivery would send of a contact. */
export interface ContactPayload {
  contactId: string;
  segment: { key: string; name: string } | null;
  keys: SentKey[];
  /** Null: nothing usable, so it would not be sent. */
  wire: unknown;
  attributes: Record<string, unknown>;
}
