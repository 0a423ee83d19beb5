import { AD_PURPOSES, purposesNamed } from '../../conditions/purposes.ts';
import type { DateOrder } from '../values/date.ts';
import type { TraitType } from '../values/infer.ts';
import type { DecimalMark } from '../values/number.ts';

/** Fields that hold one value a contact. */
export const SINGLE_FIELDS = [
  'firstName',
  'lastName',
  'gender',
  'birthDate',
  'street',
  'city',
  'region',
  'postalCode',
  'country',
] as const;
/** Fields that hold several; any number of columns may feed them. */
export const MULTI_FIELDS = ['email', 'phone', 'mobileAdId', 'externalId'] as const;
/** Columns whose cell holds several fields at once: `Berg, Anna`; `1 Main St  Boston  MA 02138  US`. */
export const COMPOUND_ROLES = ['fullName', 'fullAddress'] as const;
export const COLUMN_ROLES = [
  ...MULTI_FIELDS,
  ...SINGLE_FIELDS,
  ...COMPOUND_ROLES,
  'trait',
  'consent',
  'ignore',
] as const;
export const TRAIT_TYPES = ['number', 'category', 'boolean', 'date'] as const;
export const SOURCES = ['first-party', 'third-party'] as const;

export type SingleField = (typeof SINGLE_FIELDS)[number];
export type MultiField = (typeof MULTI_FIELDS)[number];
export type CompoundRole = (typeof COMPOUND_ROLES)[number];
export type ColumnRole = (typeof COLUMN_ROLES)[number];
export type TraitSource = (typeof SOURCES)[number];

/** What a consent cell says: a grant, a denial, or nothing (`unset`). */
export const CONSENT_STATES = ['granted', 'denied', 'unset'] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];
/** Whether a true value (yes, 1, a time) of a consent column grants or denies. */
export const CONSENT_SENSES = ['grants', 'denies'] as const;
export type ConsentSense = (typeof CONSENT_SENSES)[number];

export const WHEN_EMPTY = ['keep', 'clear'] as const;
export type WhenEmpty = (typeof WHEN_EMPTY)[number];

/** What makes two rows the same person: a column, or the first usable value of a multi-valued field. */
export interface KeyMapping {
  column?: string;
  field?: MultiField;
}

/** What the columns of a file mean. The JSON of the API; `checkMapping` makes sure that it contradicts nothing. */
export interface Mapping {
  kind: 'contacts' | 'events';
  /** Identifies the person of a row. */
  key: KeyMapping;
  /**
   * Fallback keys in order of preference: for rows whose earlier keys are missing or unusable, and to recognise existing
   * contacts that have no other value of an earlier key in the same namespace.
   */
  fallbackKeys?: KeyMapping[];
  /** ISO 3166-1 alpha-2; the country of rows without one, for their contacts, phones and dates. */
  defaultCountry?: string;
  source?: TraitSource;
  /** Splits cells that hold several e-mails, phones, ids. */
  separator?: string;
  columns: ColumnMapping[];
  events?: EventMapping[];
  /** With `kind: events`: rows of unknown people create the contact. Default: such rows are rejected. */
  createContacts?: boolean;
  /** The whole file is a list of people who denied consent: each row denies these purposes. */
  everyone?: WholeFileConsent;
}

export interface WholeFileConsent {
  consent: 'denied';
  purposes: string[];
  /** A person has confirmed this reading. */
  confirmed?: boolean;
}

export interface ColumnMapping {
  column: string;
  as: ColumnRole;
  trait?: TraitMapping;
  consent?: ConsentMapping;
  dateOrder?: DateOrder;
  /** Whether an empty cell keeps or clears the stored value, for traits and fields with one value. Default: keep. */
  whenEmpty?: WhenEmpty;
  /** With `as: externalId`: where the id comes from. The same id in two namespaces is two people. Default: none. */
  namespace?: string;
}

export interface ConsentMapping {
  /** What the consent is for. Default: advertising. */
  purposes?: string[];
  /** Short for `purposes` with one entry. */
  purpose?: string;
  /** The purposes of a denial, if they are more than those of a grant. Default: `purposes`. */
  denialPurposes?: string[];
  /** Default: the sense of the column's name, else a true value grants. */
  sense?: ConsentSense;
  /** The meaning of each word of the column, in lower case; unlisted words are read by `sense`, else count as unset. */
  words?: Record<string, ConsentState>;
  /** Column with the time of the statement. Default: when the file was uploaded. */
  time?: string;
  /** A person has confirmed this reading. Without it no import applies the column. */
  confirmed?: boolean;
}

export interface TraitMapping {
  /** Default: the column's name. */
  name?: string;
  /** Default: the type in the catalogue, else the type that the values suggest. */
  type?: TraitType;
  description?: string;
  decimal?: DecimalMark;
}

export interface EventMapping {
  stream: string;
  time: string;
  value?: string;
  id?: string;
  /** Property name → column. */
  properties?: Record<string, string>;
  dateOrder?: DateOrder;
  decimal?: DecimalMark;
  /** Present where the events are orders. */
  order?: OrderMapping;
}

/** Columns that only orders have. Rows with the same event id are the line items of one order. */
export interface OrderMapping {
  currency?: string;
  /** Column with the order's status, such as `refunded` or `cancelled`. */
  status?: string;
  /** Column with the time of the cancellation: any time means that the order was cancelled. */
  cancelledAt?: string;
  /** Column with the amount refunded; it is taken off the value. */
  refunded?: string;
  /** Column that marks test orders; they are counted and left out. */
  test?: string;
  /** Item property → column: `name`, `sku`, `quantity`, `price`, … */
  items?: Record<string, string>;
}

/** What the grants of a consent column are for: its purposes, or advertising as a whole when it names none. */
export function purposesOf({ purposes, purpose }: ConsentMapping): readonly string[] {
  const named = purposes ?? (purpose ? [purpose] : []);
  return named.length > 0 ? [...new Set(named.flatMap(purposesNamed))] : AD_PURPOSES;
}

/** What the denials of a consent column are for. */
export const denialPurposesOf = (consent: ConsentMapping): readonly string[] =>
  consent.denialPurposes ? [...new Set(consent.denialPurposes.flatMap(purposesNamed))] : purposesOf(consent);

export const traitName = (column: ColumnMapping): string => column.trait?.name ?? column.column;

export const isMulti = (role: ColumnRole): role is MultiField => (MULTI_FIELDS as readonly string[]).includes(role);
export const isCompound = (role: ColumnRole): role is CompoundRole =>
  (COMPOUND_ROLES as readonly string[]).includes(role);
export const isSingle = (role: ColumnRole): role is SingleField => (SINGLE_FIELDS as readonly string[]).includes(role);

/** Whether an empty cell of a column can clear a value: it is one value, and not a statement about consent. */
export const canClear = (role: ColumnRole): boolean => role === 'trait' || isSingle(role);

/** The keys of a row in order of preference. */
export const keysOf = (mapping: Mapping): KeyMapping[] => [mapping.key, ...(mapping.fallbackKeys ?? [])];

/** The rank of the first key that a column serves, from 1; 0 for a column that is no key. */
export const keyRank = (mapping: Mapping, { column, as }: ColumnMapping): number =>
  isMulti(as) ? keysOf(mapping).findIndex((key) => (key.column ? key.column === column : key.field === as)) + 1 : 0;

/** The mapping with the key columns among the columns: a key that nothing else names is an external id. */
export function withKeyColumns(mapping: Mapping): Mapping {
  const named = (column: string) => mapping.columns.some((c) => c.column === column && isMulti(c.as));
  const missing = new Set(keysOf(mapping).flatMap(({ column }) => (column && !named(column) ? [column] : [])));
  const added = [...missing].map((column): ColumnMapping => ({ column, as: 'externalId' }));
  return added.length === 0 ? mapping : { ...mapping, columns: [...mapping.columns, ...added] };
}

/** The columns that the events of one stream are read from. */
export function eventColumns({ time, value, id, properties, order }: EventMapping): string[] {
  const { items, ...own } = order ?? {};
  const named = [
    time,
    value,
    id,
    ...Object.values(properties ?? {}),
    ...Object.values(own),
    ...Object.values(items ?? {}),
  ];
  return named.filter((column) => column !== undefined);
}

/** Every column that the import reads. */
export function usedColumns(mapping: Mapping): Set<string> {
  const events = (mapping.events ?? []).flatMap(eventColumns);
  const columns = withKeyColumns(mapping)
    .columns.filter((c) => c.as !== 'ignore')
    .flatMap((c) => (c.as === 'consent' && c.consent?.time ? [c.column, c.consent.time] : [c.column]));
  return new Set([...columns, ...events]);
}
