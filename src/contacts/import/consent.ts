import { AD_PURPOSES, purposesNamed } from '../../conditions/purposes.ts';
import type { RawRecord } from '../files/csv.ts';
import { ConsentReader } from '../mapping/consent.ts';
import { senseOfName } from '../mapping/consent-names.ts';
import { type ConsentMapping, denialPurposesOf, type Mapping, purposesOf } from '../mapping/mapping.ts';
import { type DateOrder, isNever, parseTime } from '../values/date.ts';
import { isMissing } from '../values/missing.ts';

/** A statement of one column about one purpose. Staged rows hold statements in the order of the plan. */
export interface PlannedStatement {
  purpose: string;
  /** Name of the column; empty for a statement of the whole file. */
  column: string;
}

export interface PlannedConsents {
  statements: PlannedStatement[];
  columns: PlannedConsent[];
  /** Places of the denials of the whole file. */
  everyone: number[];
  /** When the file was uploaded, in milliseconds since 1970: the time of denials without their own. */
  uploadedAt: number;
}

export interface PlannedConsent {
  index: number;
  name: string;
  mapping: Pick<ConsentMapping, 'sense' | 'words'>;
  /** Places of the statements that a grant makes. */
  grants: number[];
  /** Places of the statements that a denial makes. */
  denials: number[];
  /** How the column's own times are written. */
  dateOrder?: DateOrder;
  time?: { index: number; name: string; dateOrder?: DateOrder };
}

/** Decides which statements the rows of a file make. */
export function planConsents(
  mapping: Mapping,
  uploadedAt: number,
  indexOf: (column: string) => number,
  orderOf: (column: string, declared?: DateOrder) => DateOrder | undefined,
): PlannedConsents {
  const statements: PlannedStatement[] = [];
  const placesOf = (column: string, purposes: readonly string[]): number[] =>
    purposes.map((purpose) => {
      const known = statements.findIndex((each) => each.column === column && each.purpose === purpose);
      return known >= 0 ? known : statements.push({ purpose, column }) - 1;
    });
  const columns = mapping.columns
    .filter(({ as }) => as === 'consent')
    .map(({ column, dateOrder, consent = {} }): PlannedConsent => {
      const { time } = consent;
      return {
        index: indexOf(column),
        name: column,
        mapping: { sense: consent.sense ?? senseOfName(column), words: consent.words },
        grants: placesOf(column, purposesOf(consent)),
        denials: placesOf(column, denialPurposesOf(consent)),
        dateOrder: orderOf(column, dateOrder),
        time: time === undefined ? undefined : { index: indexOf(time), name: time, dateOrder: orderOf(time) },
      };
    });
  const everyone = placesOf('', (mapping.everyone?.purposes ?? []).flatMap(purposesNamed));
  return { statements, columns, everyone, uploadedAt };
}

/** No statement. */
export const UNSAID = -1;

/**
 * A statement of a file as one number, so that the greatest of several counts: the later one or, at the same time, the
 * denial. A grant without a time is weaker than every denial of its file.
 */
export const grantAt = (time: number | undefined): number => (time ?? 0) * 2;
export const denialAt = (time: number): number => time * 2 + 1;
export const isDenial = (statement: number): boolean => statement % 2 === 1;

export const DAY_MS = 86_400_000;

/** The greatest of some statements, where a denial of a day without its time of day counts to the end of that day. */
export const strongest = (statements: number[]): number => Math.max(...statements.map(untilEndOfDay));
const untilEndOfDay = (statement: number): number =>
  isDenial(statement) && ((statement - 1) / 2) % DAY_MS === 0 ? statement + 2 * (DAY_MS - 1) : statement;

const MAYBE_TIME = /\d.*\d.*\d.*\d/;

/** Reads cells and logs unusable ones. A mapping may give a meaning to words that otherwise mean nothing. */
interface Cells {
  text(record: RawRecord, index: number, column: string): string;
  refuse(column: string, code: 'not_a_consent' | 'consent_time', value: string): void;
}

/** Reads what the rows of a file state about consent. */
export class StatementReader {
  private readonly columns: (PlannedConsent & { reader: ConsentReader })[];
  /** Places of the statements about each purpose of advertising. */
  private readonly advertising: number[][];
  private readonly plan: PlannedConsents;

  constructor(plan: PlannedConsents) {
    this.plan = plan;
    this.columns = plan.columns.map((column) => ({ ...column, reader: new ConsentReader(column.mapping) }));
    this.advertising = AD_PURPOSES.map((purpose) =>
      [...plan.statements.keys()].filter((i) => plan.statements[i]!.purpose === purpose),
    ).filter((places) => places.length > 0);
  }

  /** Fills the statements of a row. @returns whether it denies advertising */
  read(statements: number[], record: RawRecord, cells: Cells): boolean {
    if (statements.length === 0) return false;
    statements.fill(UNSAID);
    for (const place of this.plan.everyone) statements[place] = denialAt(this.plan.uploadedAt);
    for (const column of this.columns) {
      const cell = cells.text(record, column.index, column.name);
      if (cell !== '') this.column(column, cell, statements, record, cells);
    }
    return this.deniesAdvertising(statements);
  }

  private column(
    column: (typeof this.columns)[number],
    cell: string,
    statements: number[],
    record: RawRecord,
    cells: Cells,
  ) {
    const state = column.reader.state(cell);
    if (state === undefined) cells.refuse(column.name, 'not_a_consent', cell);
    if (state === undefined || state === 'unset') return;
    const time = column.time ? this.time(column.time, record, cells) : this.moment(cell, column.dateOrder);
    const statement = state === 'granted' ? grantAt(time) : denialAt(time ?? this.plan.uploadedAt);
    for (const place of state === 'granted' ? column.grants : column.denials) statements[place] = statement;
  }

  /** The time of a statement; nothing where its column has none. */
  private time(
    { index, name, dateOrder }: NonNullable<PlannedConsent['time']>,
    record: RawRecord,
    cells: Cells,
  ): number | undefined {
    const cell = cells.text(record, index, name);
    if (cell === '' || isMissing(cell) || isNever(cell)) return undefined;
    const time = this.moment(cell, dateOrder);
    if (time === undefined) cells.refuse(name, 'consent_time', cell);
    return time;
  }

  /** A time that a statement can have: none is later than the upload. */
  private moment(cell: string, order: DateOrder | undefined): number | undefined {
    if (!MAYBE_TIME.test(cell)) return undefined;
    const time = parseTime(cell, /^\d{10}(\d{3})?$/.test(cell) ? 'unix' : order);
    return time !== undefined && time > 0 ? Math.min(time, this.plan.uploadedAt) : undefined;
  }

  private deniesAdvertising(statements: number[]): boolean {
    return this.advertising.some((places) => isDenial(strongest(places.map((place) => statements[place]!))));
  }
}
