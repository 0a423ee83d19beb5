import { countryCode } from '../../identity/countries.ts';
import type { FieldContext } from '../../identity/normaliser.ts';
import type { RawRecord } from '../files/csv.ts';
import { REPLACEMENT } from '../files/decode.ts';
import { LIST_SEPARATOR, readableCell } from '../files/json.ts';
import {
  type CompoundRole,
  isCompound,
  isMulti,
  MULTI_FIELDS,
  type MultiField,
  SINGLE_FIELDS,
  type SingleField,
} from '../mapping/mapping.ts';
import { isTooLarge } from '../values/amount.ts';
import { parseBoolean } from '../values/boolean.ts';
import { cleanCell } from '../values/clean.ts';
import { SPLITTERS } from '../values/compound.ts';
import { isAmbiguous, isAmbiguousBirthDate, isNever, parseBirthDate, parseDay } from '../values/date.ts';
import { readGender } from '../values/gender.ts';
import { isMissing } from '../values/missing.ts';
import { isTwoWays, parseNumber } from '../values/number.ts';
import { readPostalCode } from '../values/postal-code.ts';
import { splitMany } from '../values/several.ts';
import { StatementReader, UNSAID } from './consent.ts';
import { contactIdOf, IDENTIFIERS, type Identifier, readIdentifier } from './identifiers.ts';
import type { ImportPlan, PlannedColumn, PlannedTrait } from './plan.ts';
import type { RejectLog } from './rejects.ts';

const LONGEST_VALUE = 1000;
const NONE: readonly string[] = [];
/** Nobody alive was born before. */
const EARLIEST_BIRTH = '1870-01-01';

/** Stands for a value that an empty cell clears. No cell with a NUL is ever read, and no number is infinite. */
export const CLEARED_TEXT = '\0';
export const CLEARED_NUMBER = Number.NEGATIVE_INFINITY;

/** An identifier of a row. `rank`: which of the keys it is, from 1; 0 for none. */
export type RowIdentifier = Identifier & { rank: number };

/** One row of a file as a contact: canonical identifiers, the rest as given. Reused from row to row. */
export class ContactRow {
  line = 0;
  /** The id of the contact that the row's first usable key founds. */
  contactId = '';
  /** Whether the row denies advertising: the contact is stored but never delivered. */
  denied = false;
  readonly identifiers: Record<MultiField, RowIdentifier[]> = { email: [], phone: [], mobileAdId: [], externalId: [] };
  readonly fields: Record<SingleField, string>;
  /** One place a consent statement of the plan, as `StatementReader` writes them. */
  readonly statements: number[];
  /** One place a number, boolean or date trait of the plan, NaN where missing. */
  readonly numbers: number[];
  /** One place a category of the plan; empty where missing. */
  readonly categories: string[];

  constructor(statements: number, numbers: number, categories: number) {
    this.statements = Array<number>(statements).fill(UNSAID);
    this.fields = Object.fromEntries(SINGLE_FIELDS.map((field) => [field, ''])) as Record<SingleField, string>;
    this.numbers = Array<number>(numbers).fill(Number.NaN);
    this.categories = Array<string>(categories).fill('');
  }

  reset(line: number): void {
    this.line = line;
    this.contactId = '';
    this.denied = false;
    for (const field of MULTI_FIELDS) this.identifiers[field].length = 0;
    for (const field of SINGLE_FIELDS) this.fields[field] = '';
    this.statements.fill(UNSAID);
    this.numbers.fill(Number.NaN);
    this.categories.fill('');
  }

  /** The digests of its keys. */
  keys(): string[] {
    return MULTI_FIELDS.flatMap((field) =>
      this.identifiers[field].filter(({ rank }) => rank > 0).map(({ hash }) => hash),
    );
  }

  /** The first usable key. */
  lead(): RowIdentifier | undefined {
    let lead: RowIdentifier | undefined;
    for (const field of MULTI_FIELDS)
      for (const each of this.identifiers[field])
        if (each.rank > 0 && (lead === undefined || each.rank < lead.rank)) lead = each;
    return lead;
  }
}

/** Reads records by a plan. An unusable value is logged with its line and skipped; the row is still imported. */
export class RowReader {
  readonly row: ContactRow;
  private readonly plan: ImportPlan;
  private readonly rejects: RejectLog;
  private readonly country?: PlannedColumn;
  private readonly fields: PlannedColumn[];
  private readonly clearing: PlannedColumn[];
  private readonly statements: StatementReader;
  private readonly today: number;
  private readonly numeric: PlannedTrait[];
  private readonly category: PlannedTrait[];

  constructor(plan: ImportPlan, rejects: RejectLog, now: number) {
    this.plan = plan;
    this.rejects = rejects;
    this.country = plan.columns.find((c) => c.as === 'country');
    // columns with one field take precedence over the parts of a whole name or address
    const fields = plan.columns.filter((c) => c !== this.country);
    this.fields = [...fields.filter((c) => !isCompound(c.as)), ...fields.filter((c) => isCompound(c.as))];
    this.clearing = plan.columns.filter(({ clears }) => clears);
    this.statements = new StatementReader(plan.consents);
    this.today = Math.floor(now / 86_400_000);
    this.numeric = plan.traits.filter((t) => t.type !== 'category');
    this.category = plan.traits.filter((t) => t.type === 'category');
    this.row = new ContactRow(plan.consents.statements.length, this.numeric.length, this.category.length);
  }

  /** Fills `row`. @returns false when the row has no usable key. */
  read(record: RawRecord): boolean {
    this.row.reset(record.line);
    const context = this.context(record);
    for (const column of this.fields) {
      const cell = this.cell(record, column.index, column.name, column.real);
      if (cell !== '') this.field(column, cell, context);
    }
    for (const column of this.clearing) {
      const field = column.as as SingleField;
      if (this.row.fields[field] === '' && this.isEmpty(record, column)) this.row.fields[field] = CLEARED_TEXT;
    }
    if (!this.setKey()) return false;
    this.row.denied = this.statements.read(this.row.statements, record, this);
    this.traits(record);
    return true;
  }

  /** As `text`; empty too where the cell says that there is no value, unless it is among the column's `real` texts. */
  cell(record: RawRecord, index: number, column: string, real: readonly string[] = NONE): string {
    const cell = this.text(record, index, column);
    return isMissing(cell) && !real.includes(cell) ? '' : cell;
  }

  /** Whether the cell says that there is no value, rather than a value that cannot be used. */
  private isEmpty(record: RawRecord, { index, real }: Pick<PlannedColumn, 'index' | 'real'>): boolean {
    const cell = cleanCell(record.cells[index] ?? '');
    return isMissing(cell) && !real.includes(cell);
  }

  /** A cell without blanks and marks around it; empty where the bytes or the length make it unusable. */
  text(record: RawRecord, index: number, column: string): string {
    const raw = record.cells[index];
    if (raw === undefined || raw === '') return '';
    const cell = cleanCell(raw);
    if (record.suspect && cell.includes(REPLACEMENT)) return this.refuse(column, 'encoding', cell);
    if (record.suspect && cell.includes('\0')) return this.refuse(column, 'nul_byte', cell);
    return cell.length > LONGEST_VALUE ? this.refuse(column, 'too_long', cell) : cell;
  }

  refuse(column: string, code: string, value: string): '' {
    this.rejects.add(this.row.line, column, code, value);
    return '';
  }

  /** The row's country first: phones are read by it. */
  private context(record: RawRecord): FieldContext {
    const { defaultCountry } = this.plan;
    const column = this.country;
    const cell = column ? this.cell(record, column.index, column.name, column.real) : '';
    if (cell === '') return { country: defaultCountry, phoneValidation: 'valid' };
    const code = countryCode(cell);
    if (code) this.row.fields.country = code;
    else this.refuse(this.country!.name, 'country_unknown', cell);
    return { country: code ?? defaultCountry, phoneValidation: 'valid' };
  }

  private field(column: PlannedColumn, cell: string, context: FieldContext): void {
    if (isMulti(column.as)) this.identifiers(column, column.as, cell, context);
    else if (column.as === 'birthDate') this.row.fields.birthDate = this.birthDate(column, cell);
    else if (isCompound(column.as)) this.compound(column.as, cell);
    else if (column.as === 'gender') this.row.fields.gender = readGender(cell, column.genders);
    else if (column.as === 'postalCode') this.row.fields.postalCode = readPostalCode(cell, context.country).code;
    // a house number and a second line
    else if (column.as === 'street' && this.row.fields.street) this.row.fields.street += ` ${cell}`;
    else this.row.fields[column.as as SingleField] = readableCell(cell);
  }

  /** Fills the fields that no column of their own gave. */
  private compound(role: CompoundRole, cell: string): void {
    const { country, ...found } = SPLITTERS[role](cell);
    const code = country ? countryCode(country) : undefined;
    for (const [field, value] of Object.entries({ ...found, ...(code ? { country: code } : {}) }))
      this.row.fields[field as SingleField] ||= value;
  }

  private identifiers(column: PlannedColumn, field: MultiField, cell: string, context: FieldContext): void {
    const found = this.row.identifiers[field];
    for (const value of this.split(field, cell)) {
      const identifier = readIdentifier(IDENTIFIERS[field], value, context, column.namespace);
      if (typeof identifier === 'string') {
        this.refuse(column.name, identifier, value);
        continue;
      }
      const { hash, digest } = identifier;
      const known = found.find((each) => each.hash === hash && each.digest === digest);
      if (!known) found.push({ ...identifier, rank: column.rank });
      else if (column.rank > 0 && (known.rank === 0 || column.rank < known.rank)) known.rank = column.rank;
    }
  }

  private split(field: MultiField, cell: string): string[] {
    const { separator } = this.plan;
    const many = (separator && cell.includes(separator)) || cell.includes(LIST_SEPARATOR);
    const cells = many
      ? cell.split(LIST_SEPARATOR).flatMap((part) => (separator ? part.split(separator) : [part]))
      : [cell];
    const parts = cells.map((part) => part.trim()).filter((part) => !isMissing(part));
    return field === 'email' || field === 'phone' ? parts.flatMap((part) => splitMany(field, part)) : parts;
  }

  private birthDate(column: PlannedColumn, cell: string): string {
    const date = parseBirthDate(cell, column.dateOrder, this.today);
    if (date !== undefined && !(date < EARLIEST_BIRTH && !date.startsWith('-'))) return date;
    if (isNever(cell)) return '';
    const ambiguous = date === undefined && !column.dateOrder && isAmbiguousBirthDate(cell);
    return this.refuse(column.name, ambiguous ? 'date_ambiguous' : 'birth_date', cell);
  }

  /** Logs that the row has no usable key. */
  refuseKey(record: RawRecord): void {
    const shown = this.plan.columns.find((c) => c.rank === 1);
    this.rejects.add(record.line, shown?.name ?? '', 'no_key', record.cells[shown?.index ?? -1] ?? '');
  }

  private setKey(): boolean {
    const { plan, row } = this;
    const lead = row.lead();
    if (lead) row.contactId = contactIdOf(plan.account, lead.kind, lead.hash);
    return lead !== undefined;
  }

  private traits(record: RawRecord): void {
    const { numbers, categories } = this.row;
    for (let i = 0; i < this.category.length; i++) {
      const trait = this.category[i]!;
      categories[i] = readableCell(this.cell(record, trait.index, trait.column, trait.real));
      if (trait.clears && this.isEmpty(record, trait)) categories[i] = CLEARED_TEXT;
    }
    for (let i = 0; i < this.numeric.length; i++) {
      const trait = this.numeric[i]!;
      const cell = this.cell(record, trait.index, trait.column);
      if (cell !== '') numbers[i] = this.number(trait, cell);
      else if (trait.clears && this.isEmpty(record, trait)) numbers[i] = CLEARED_NUMBER;
    }
  }

  private number(trait: PlannedTrait, cell: string): number {
    const value = READERS[trait.type as Exclude<PlannedTrait['type'], 'category'>](cell, trait);
    if (typeof value === 'number') return value;
    if (trait.type !== 'date' || !isNever(cell)) this.refuse(trait.column, value, cell);
    return Number.NaN;
  }
}

/** The stored number of a typed trait, or the code of why there is none. */
const READERS = {
  number: (cell: string, trait: PlannedTrait) => {
    const value = parseNumber(cell, trait.decimal);
    if (value === undefined) return !trait.decimal && isTwoWays(cell) ? 'number_ambiguous' : 'not_a_number';
    return isTooLarge(value) ? 'number_too_large' : value;
  },
  boolean: (cell: string) => {
    const value = parseBoolean(cell);
    return value === undefined ? 'not_a_boolean' : Number(value);
  },
  date: (cell: string, trait: PlannedTrait) =>
    parseDay(cell, trait.dateOrder) ?? (isAmbiguous(cell) ? 'date_ambiguous' : 'not_a_date'),
} satisfies Record<string, (cell: string, trait: PlannedTrait) => number | string>;
