import type { RawRecord } from '../files/csv.ts';
import type { FileFormat } from '../files/format.ts';
import type { Notice } from '../files/notice.ts';
import type { DateOrder } from '../values/date.ts';
import type { InferredType, TraitType } from '../values/infer.ts';
import { mask } from '../values/mask.ts';
import { type Column, readColumns } from './column.ts';
import type { ConsentReading } from './consent.ts';
import { detectConsents, type FileConsent } from './consent-file.ts';
import { keysOf, ownIds } from './keys.ts';
import { type ColumnMapping, type ColumnRole, isCompound, isSingle, type KeyMapping, type Mapping } from './mapping.ts';
import { noticesOfRole, reasonToLeaveOut } from './notices.ts';
import { columnsOfOrders, eventOf, findOrders, type OrderColumns, writesOrders } from './orders.ts';
import { findPerson } from './person.ts';
import { separatorOf } from './several.ts';
import { toolOf } from './tools/index.ts';
import type { Tool } from './tools/tool.ts';
import { TraitNames } from './traits.ts';

/** What was found out about one column of a file. */
export interface DetectedColumn extends InferredType {
  name: string;
  /** Share of the sample's rows with a value, 0 to 1. */
  filled: number;
  /** Different values in the sample. */
  distinct: number;
  /** A few values; masked where they may identify a person. */
  samples: string[];
  suggestion: ColumnMapping;
  /** How the column is read as consent, where it may be one. */
  consent?: ConsentReading;
  /** How the values are read, and why the suggestion is as it is, where that is not obvious. */
  notices: Notice[];
}

/** A file that a mapping is suggested for. */
export interface SuggestionInput {
  format: FileFormat;
  /** Sound records from the start of the file. */
  sample: RawRecord[];
  fileName?: string;
  /** The sample is the whole file. */
  isWhole?: boolean;
  /** Types of the traits that exist: what is suggested never contradicts them. */
  catalogue?: ReadonlyMap<string, TraitType>;
}

/** What is suggested for a file. */
export interface Suggestion {
  columns: DetectedColumn[];
  /** A mapping that can be imported as it is, or edited first; absent when no column can be the key. */
  mapping?: Mapping;
}

/** The most columns that a mapping may name. */
const MOST_COLUMNS = 2000;

/** Suggests what the columns of a file mean, from their names, the tool that wrote them and their values. */
export function suggestMapping(input: SuggestionInput): Suggestion {
  const { format, sample, fileName = '', isWhole = false, catalogue = new Map<string, TraitType>() } = input;
  const tool = toolOf(format.columns);
  const columns = readColumns(format, sample, tool);
  const consents = detectConsents(
    // what a tool's table knows as a mere value is no statement
    columns.filter(({ fixed }) => !fixed).map(({ name, cells }) => ({ name, values: cells })),
    { name: fileName, whole: isWhole },
  );
  const found = findMeanings(columns, { tool, consents, catalogue });
  const mapping = assemble(columns, found, { tool, consents });
  return {
    columns: columns.map((column) => detectedColumn(column, found, consents)),
    ...(mapping ? { mapping } : {}),
  };
}

/** What was found out about the columns together. */
interface Found {
  orders?: OrderColumns;
  roles: ReadonlyMap<Column, ColumnRole>;
  keys: KeyMapping[];
  suggestions: ReadonlyMap<Column, ColumnMapping>;
  notices: ReadonlyMap<Column, Notice[]>;
}

interface Context {
  tool?: Tool;
  consents: FileConsent;
  catalogue: ReadonlyMap<string, TraitType>;
}

function findMeanings(columns: readonly Column[], { tool, consents, catalogue }: Context): Found {
  const isConsent = ({ name }: Column) => consents.readings.get(name)?.suggested === true;
  const others = columns.filter((column) => !isConsent(column));
  const orders = findOrders(others, writesOrders(tool));
  const ofOrders = orders ? columnsOfOrders(orders) : new Set<Column>();
  const people = others.filter((column) => !ofOrders.has(column) && column.fixed !== 'ignore');
  const { roles, leftOut } = findPerson(people);
  const ids = ownIds(people, roles, orders !== undefined);
  for (const column of ids) roles.set(column, 'externalId');
  const names = new TraitNames(catalogue, tool?.title.split(' ')[0] ?? 'this file');
  const times = new Set([...consents.readings.values()].map(({ mapping }) => mapping.time));
  const suggestions = new Map<Column, ColumnMapping>();
  const notices = new Map<Column, Notice[]>();
  for (const column of columns) {
    const role = roles.get(column);
    const consent = isConsent(column) ? consents.readings.get(column.name)!.mapping : undefined;
    const reason = role || consent || ofOrders.has(column) ? undefined : reasonToLeaveOut(column, leftOut, times);
    notices.set(column, role ? noticesOfRole(column, role) : reason ? [reason] : []);
    if (role) suggestions.set(column, fieldOf(column, role, tool?.birthdayOrder));
    // who orders says yes or no with the order, not when its export is uploaded
    else if (consent)
      suggestions.set(column, {
        column: column.name,
        as: 'consent',
        consent: orders ? { time: orders.time.name, ...consent } : consent,
      });
    else suggestions.set(column, reason || ofOrders.has(column) ? ignored(column) : traitOf(column, names));
  }
  return { ...(orders ? { orders } : {}), roles, keys: keysOf(people, roles, ids), suggestions, notices };
}

const ignored = (column: Column): ColumnMapping => ({ column: column.name, as: 'ignore' });

function fieldOf(column: Column, as: ColumnRole, birthdayOrder?: DateOrder): ColumnMapping {
  const dateOrder = column.inferred.dateOrder ?? birthdayOrder;
  return {
    column: column.name,
    as,
    ...(as === 'birthDate' && dateOrder ? { dateOrder } : {}),
    ...(as === 'externalId' && column.namespace ? { namespace: column.namespace } : {}),
  };
}

function traitOf(column: Column, names: TraitNames): ColumnMapping {
  const { inferred } = column;
  // arithmetic on ids means nothing
  const trait = names.traitOf(column, column.id ? 'category' : inferred.type);
  return {
    column: column.name,
    as: 'trait',
    trait: { ...trait, ...(trait.type === 'number' && inferred.decimal === ',' ? { decimal: ',' } : {}) },
    ...(trait.type === 'date' && inferred.dateOrder ? { dateOrder: inferred.dateOrder } : {}),
  };
}

function assemble(
  columns: readonly Column[],
  { orders, roles, keys, suggestions }: Found,
  { tool, consents }: Pick<Context, 'tool' | 'consents'>,
): Mapping | undefined {
  const [key, ...fallbackKeys] = keys;
  if (!key) return undefined;
  const separator = tool?.separator ?? separatorOf(roles);
  const mapped = (chosen: readonly Column[]) => mostUseful(chosen.map((column) => suggestions.get(column)!));
  const as = (column: Column) => suggestions.get(column)!.as;
  const base = {
    key,
    ...(fallbackKeys.length > 0 ? { fallbackKeys } : {}),
    ...(separator ? { separator } : {}),
    ...(consents.everyone ? { everyone: consents.everyone } : {}),
  };
  if (!orders) return { kind: 'contacts', ...base, columns: mapped(columns) };
  const events = [
    eventOf(
      orders,
      columns.filter((column) => as(column) === 'trait'),
    ),
  ];
  const ofPeople = columns.filter((column) => roles.has(column) || as(column) === 'consent');
  const describesPeople = ofPeople.some(
    (column) => isSingle(as(column)) || isCompound(as(column)) || as(column) === 'consent',
  );
  if (describesPeople || consents.everyone) return { kind: 'contacts', ...base, columns: mapped(ofPeople), events };
  const isKey = (column: Column) => keys.some((one) => one.column === column.name || one.field === as(column));
  return { kind: 'events', ...base, columns: mapped(ofPeople.filter(isKey)), events };
}

/** All columns; if there are too many, fields are kept before traits. */
function mostUseful(columns: ColumnMapping[]): ColumnMapping[] {
  if (columns.length <= MOST_COLUMNS) return columns;
  const idleness = ({ as }: ColumnMapping) => (as === 'ignore' ? 2 : as === 'trait' ? 1 : 0);
  const kept = new Set([...columns].sort((a, b) => idleness(a) - idleness(b)).slice(0, MOST_COLUMNS));
  return columns.filter((column) => kept.has(column));
}

/** Forms that identify a person, whatever the column is called. */
const PERSONAL = /@|^[+\d][\d\s().-]{8,}$|^[0-9a-f-]{32,}$/i;
const MOST_CATEGORIES_SHOWN = 50;

function detectedColumn(
  column: Column,
  { suggestions, notices }: Found,
  { readings, hints }: FileConsent,
): DetectedColumn {
  const { name, inferred, distinct, values, filled } = column;
  const suggestion = suggestions.get(column)!;
  const isOpen = suggestion.as === 'trait' && (inferred.type !== 'category' || distinct <= MOST_CATEGORIES_SHOWN);
  const samples = [...new Set(values)]
    .slice(0, 3)
    .map((value) => (isOpen && !PERSONAL.test(value) ? value.slice(0, 60) : mask(value)));
  const hint = hints.get(name);
  const said = [...(notices.get(column) ?? []), ...(hint ? [hint] : [])];
  const consent = readings.get(name);
  return {
    name,
    ...inferred,
    filled: Math.round(filled * 1000) / 1000,
    distinct,
    samples,
    suggestion,
    ...(consent ? { consent } : {}),
    notices: [...inferred.notices.map((each) => ({ ...each, column: name })), ...said],
  };
}
