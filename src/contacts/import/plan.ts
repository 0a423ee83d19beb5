import type { RawRecord } from '../files/csv.ts';
import type { FileFormat } from '../files/format.ts';
import { columnOf } from '../files/sample.ts';
import {
  type ColumnMapping,
  type EventMapping,
  eventColumns,
  keyRank,
  type Mapping,
  type OrderMapping,
  traitName,
  withKeyColumns,
} from '../mapping/mapping.ts';
import type { DateOrder } from '../values/date.ts';
import { type ExpectedDate, readDates } from '../values/date-reading.ts';
import { genderLetters } from '../values/gender.ts';
import { inferTypes, type TraitType } from '../values/infer.ts';
import { realWords } from '../values/missing.ts';
import { type DecimalMark, readNumbers } from '../values/number.ts';
import { type PlannedConsents, planConsents } from './consent.ts';

/** Everything a worker thread needs to turn a file into staged rows; plain data. */
export interface ImportPlan {
  account: string;
  /** Names one attempt at importing one dataset. */
  importId: string;
  path: string;
  format: FileFormat;
  kind: Mapping['kind'];
  /** With events: unknown people become contacts. */
  createContacts: boolean;
  defaultCountry?: string;
  separator?: string;
  columns: PlannedColumn[];
  traits: PlannedTrait[];
  consents: PlannedConsents;
  events: PlannedEvent[];
}

export interface PlannedColumn extends PlannedCell {
  as: ColumnMapping['as'];
  /** Which of the keys the column serves, from 1; 0 for none. */
  rank: number;
  /** Where the external ids of the column come from. */
  namespace: string;
  dateOrder?: DateOrder;
  /** Whether an empty cell clears the field of its contact. */
  clears: boolean;
  /** Texts that elsewhere say that there is no value, and are values here. */
  real: readonly string[];
  /** What single letters mean in a column of genders. */
  genders?: Readonly<Record<string, string>>;
}

export interface PlannedTrait {
  index: number;
  column: string;
  name: string;
  type: TraitType;
  description: string;
  /** Absent: only numbers that read in one way are taken. */
  decimal?: DecimalMark;
  dateOrder?: DateOrder;
  /** Whether an empty cell clears the trait of its contact. */
  clears: boolean;
  /** Texts that elsewhere say that there is no value, and are values here. */
  real: readonly string[];
}

export interface PlannedEvent {
  stream: string;
  time: PlannedCell & { dateOrder?: DateOrder };
  value?: PlannedCell & { decimal?: DecimalMark };
  id?: PlannedCell;
  properties: PlannedProperty[];
  order?: PlannedOrder;
}

export type PlannedProperty = PlannedCell & { property: string };

/** The columns that only orders have. */
export interface PlannedOrder {
  currency?: PlannedCell;
  status?: PlannedCell;
  cancelledAt?: PlannedCell;
  refunded?: PlannedCell & { decimal?: DecimalMark };
  test?: PlannedCell;
  items: PlannedProperty[];
}

export interface PlannedCell {
  index: number;
  name: string;
}

export interface PlanInput {
  account: string;
  importId: string;
  path: string;
  format: FileFormat;
  mapping: Mapping;
  sample: RawRecord[];
  /** When the file was uploaded: the time of consent statements that have none of their own. */
  uploadedAt: Date;
  /** Types of the traits that exist. */
  catalogue: ReadonlyMap<string, TraitType>;
}

/** Decides what the mapping leaves open (types, decimal marks, date orders) from the catalogue and a sample. */
export function planImport(input: PlanInput): ImportPlan {
  const mapping = withKeyColumns(input.mapping);
  const format = withMappedColumns(input.format, mapping);
  const cell = (name: string): PlannedCell => ({ index: format.columns.indexOf(name), name });
  const cells = (name: string) => columnOf(input.sample, format.columns.indexOf(name));
  const expected = datesExpected(mapping);
  const inferred = inferTypes(
    format.columns.map((name) => ({ cells: cells(name), expects: expected.get(name) })),
    format.format !== 'csv',
  );
  const readingOf = (name: string) => inferred[format.columns.indexOf(name)];
  const order = (name: string, declared?: DateOrder) =>
    declared ??
    readingOf(name)?.dateOrder ??
    readDates(cells(name), expected.get(name)).order ??
    localOrder(mapping.defaultCountry);
  const decimal = (name: string) => readingOf(name)?.decimal ?? readNumbers(cells(name)).decimal;
  const trait = (c: ColumnMapping): PlannedTrait => {
    const type = c.trait?.type ?? input.catalogue.get(traitName(c)) ?? readingOf(c.column)?.type ?? 'category';
    return {
      ...cell(c.column),
      column: c.column,
      name: traitName(c),
      type,
      description: c.trait?.description ?? '',
      decimal: c.trait?.decimal ?? (type === 'number' ? decimal(c.column) : undefined),
      dateOrder: type === 'date' ? order(c.column, c.dateOrder) : undefined,
      clears: c.whenEmpty === 'clear',
      real: type === 'category' ? realWords('trait', cells(c.column)) : [],
    };
  };
  const amount = (name: string, declared?: DecimalMark) => ({ ...cell(name), decimal: declared ?? decimal(name) });
  const properties = (columns: Record<string, string> = {}): PlannedProperty[] =>
    Object.entries(columns).map(([property, column]) => ({ ...cell(column), property }));
  const ordered = (e: EventMapping, { refunded, items, ...own }: OrderMapping): PlannedOrder => ({
    ...Object.fromEntries(Object.entries(own).map(([name, column]) => [name, cell(column)])),
    refunded: refunded ? amount(refunded, e.decimal) : undefined,
    items: properties(items),
  });
  const event = (e: EventMapping): PlannedEvent => ({
    stream: e.stream,
    time: { ...cell(e.time), dateOrder: order(e.time, e.dateOrder) },
    value: e.value ? amount(e.value, e.decimal) : undefined,
    id: e.id ? cell(e.id) : undefined,
    properties: properties(e.properties),
    order: e.order ? ordered(e, e.order) : undefined,
  });
  const columns = mapping.columns.filter((c) => c.as !== 'trait' && c.as !== 'ignore' && c.as !== 'consent');
  return {
    account: input.account,
    importId: input.importId,
    path: input.path,
    format,
    kind: mapping.kind,
    createContacts: mapping.createContacts ?? false,
    defaultCountry: mapping.defaultCountry,
    separator: mapping.separator,
    columns: columns.map((c) => ({
      ...cell(c.column),
      as: c.as,
      rank: keyRank(mapping, c),
      namespace: c.namespace ?? '',
      dateOrder: c.as === 'birthDate' ? order(c.column, c.dateOrder) : undefined,
      clears: c.whenEmpty === 'clear',
      real: realWords(c.as, cells(c.column)),
      genders: c.as === 'gender' ? genderLetters(cells(c.column)) : undefined,
    })),
    consents: planConsents(mapping, input.uploadedAt.getTime(), (name) => cell(name).index, order),
    traits: mapping.columns.filter((c) => c.as === 'trait').map(trait),
    events: (mapping.events ?? []).map(event),
  };
}

/** The columns that a plan reads. */
export const columnsOfPlan = ({ columns, consents, traits, events }: ImportPlan): Set<string> =>
  new Set([
    ...columns.map((c) => c.name),
    ...consents.columns.flatMap((c) => (c.time ? [c.name, c.time.name] : [c.name])),
    ...traits.map((t) => t.column),
    ...events.flatMap(columnsOfEvent),
  ]);

/** The columns that an event is read from. */
function columnsOfEvent({ time, value, id, properties, order }: PlannedEvent): string[] {
  const { items = [], ...own } = order ?? {};
  const cells = [time, value, id, ...properties, ...Object.values(own), ...items];
  return cells.flatMap((cell) => (cell ? [cell.name] : []));
}

/** JSON keys that the sample did not show but the mapping names. */
function withMappedColumns(format: FileFormat, mapping: Mapping): FileFormat {
  if (format.format !== 'jsonl') return format;
  const named = [
    ...mapping.columns.flatMap((c) => [c.column, ...(c.consent?.time ? [c.consent.time] : [])]),
    ...(mapping.events ?? []).flatMap(eventColumns),
  ];
  return { ...format, columns: [...new Set([...format.columns, ...named])] };
}

/** The columns that the mapping reads as dates: bare numbers in them are serials or Unix times. */
function datesExpected(mapping: Mapping): Map<string, ExpectedDate> {
  const dates = mapping.columns.filter((c) => c.trait?.type === 'date').map((c) => c.column);
  const births = mapping.columns.filter((c) => c.as === 'birthDate').map((c) => c.column);
  const times = (mapping.events ?? []).map((e) => e.time);
  return new Map<string, ExpectedDate>([
    ...[...dates, ...times].map((name) => [name, 'date'] as const),
    ...births.map((name) => [name, 'birthDate'] as const),
  ]);
}

/** Where no value decides day or month, the country does; without one such dates are rejected, not guessed. */
function localOrder(country: string | undefined): DateOrder | undefined {
  if (!country) return undefined;
  return country === 'US' ? 'mdy' : 'dmy';
}
