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
export const COLUMN_ROLES = [...MULTI_FIELDS, ...SINGLE_FIELDS, 'trait', 'consent', 'ignore'] as const;
export const TRAIT_TYPES = ['number', 'category', 'boolean', 'date'] as const;
export const SOURCES = ['first-party', 'third-party'] as const;

export type SingleField = (typeof SINGLE_FIELDS)[number];
export type MultiField = (typeof MULTI_FIELDS)[number];
export type ColumnRole = (typeof COLUMN_ROLES)[number];
export type TraitSource = (typeof SOURCES)[number];

/** What the columns of a file mean. The JSON of the API; `checkMapping` makes sure that it contradicts nothing. */
export interface Mapping {
  kind: 'contacts' | 'events';
  /** What makes two rows the same person: a column, or the first usable value of a multi-valued field. */
  key: { column?: string; field?: MultiField };
  /** ISO 3166-1 alpha-2; the country of rows that name none: of their people, phones and dates. */
  defaultCountry?: string;
  source?: TraitSource;
  /** Splits cells that hold several e-mails, phones, ids. */
  separator?: string;
  columns: ColumnMapping[];
  events?: EventMapping[];
}

export interface ColumnMapping {
  column: string;
  as: ColumnRole;
  trait?: TraitMapping;
  consent?: { purpose?: string };
  dateOrder?: DateOrder;
}

export interface TraitMapping {
  /** Default: the column's name. */
  name?: string;
  /** Default: the catalogue's type, else what the values look like. */
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
}

/** What a consent column is about: its purpose, or advertising as a whole when it names none. */
export const purposesOf = ({ consent }: ColumnMapping): readonly string[] =>
  consent?.purpose ? purposesNamed(consent.purpose) : AD_PURPOSES;
export const traitName = (column: ColumnMapping): string => column.trait?.name ?? column.column;

export const isMulti = (role: ColumnRole): role is MultiField => (MULTI_FIELDS as readonly string[]).includes(role);
export const isSingle = (role: ColumnRole): role is SingleField => (SINGLE_FIELDS as readonly string[]).includes(role);

/** The field that the key belongs to: its values are looked up among the identities of that kind. */
export function keyField(mapping: Mapping): MultiField {
  if (mapping.key.field) return mapping.key.field;
  const mapped = mapping.columns.find((c) => c.column === mapping.key.column && isMulti(c.as));
  return (mapped?.as as MultiField | undefined) ?? 'externalId';
}

/** The mapping with the key column among the columns: a key that nothing else names is an external id. */
export function withKeyColumn(mapping: Mapping): Mapping {
  const { column } = mapping.key;
  if (!column || mapping.columns.some((c) => c.column === column && isMulti(c.as))) return mapping;
  return { ...mapping, columns: [...mapping.columns, { column, as: 'externalId' }] };
}

/** Every column that the import reads. */
export function usedColumns(mapping: Mapping): Set<string> {
  const events = (mapping.events ?? []).flatMap((e) => [e.time, e.value, e.id, ...Object.values(e.properties ?? {})]);
  const columns = withKeyColumn(mapping)
    .columns.filter((c) => c.as !== 'ignore')
    .map((c) => c.column);
  return new Set([...columns, ...events.filter((c) => c !== undefined)]);
}
