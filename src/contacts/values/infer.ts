import type { Notice } from '../files/notice.ts';
import { isPlainAnswer, parseBoolean } from './boolean.ts';
import { type DateOrder, isNever } from './date.ts';
import { areCompactDates, type DateReading, type ExpectedDate, orderOfFile, readDates } from './date-reading.ts';
import { isMissing } from './missing.ts';
import { dateNotices, numberNotices, oneSided } from './notices.ts';
import { type DecimalMark, decimalOfFile, type NumberReading, readNumbers } from './number.ts';

export type TraitType = 'number' | 'category' | 'boolean' | 'date';

/** The type of a column and how its values are written. */
export interface InferredType {
  type: TraitType;
  /** Of numbers; absent where nothing decides it. Values that read in two ways are then refused one by one. */
  decimal?: DecimalMark;
  /** Of dates; absent where nothing decides it. Dates that read in two ways are then refused one by one. */
  dateOrder?: DateOrder;
  /** What a person should know or decide about the column. */
  notices: Notice[];
}

/** A column of a file as far as its type goes. */
export interface ColumnCells {
  cells: readonly string[];
  /** What its name leads one to expect. */
  expects?: ExpectedDate;
}

/** Share of the filled cells that must fit a type; the rest are then rejected one by one, with their lines. */
const ENOUGH = 0.95;
/** Longer runs of digits are ids: numbers of the machine cannot hold them all. */
const MOST_DIGITS = 15;

/** The type of a column from a sample of its cells alone: what nearly all of them are, else a category. */
export const inferType = (cells: readonly string[], expects?: ExpectedDate): InferredType =>
  inferTypes([{ cells, expects }])[0]!;

/**
 * The types of all columns of a file from a sample of their cells. What a column leaves open, decimal mark or order of
 * day and month, is read as in the other columns of the file. `machine`: the numbers of the file were written by a
 * program (JSON, Parquet), with decimal points.
 */
export function inferTypes(columns: readonly ColumnCells[], machine = false): InferredType[] {
  const readings = columns.map(readColumn);
  const ofFile: FileReading = {
    decimal: machine ? '.' : decimalOfFile(readings.flatMap(({ numbers }) => numbers ?? [])),
    order: orderOfFile(readings.flatMap(({ dates }) => dates ?? [])),
  };
  return readings.map((reading) => settle(reading, ofFile));
}

interface FileReading {
  decimal?: DecimalMark;
  order?: DateOrder;
}

/** What a column says on its own: one of numbers and dates, or neither. */
interface ColumnReading {
  type: TraitType;
  numbers?: NumberReading;
  dates?: DateReading;
  notices?: Notice[];
}

function readColumn({ cells, expects }: ColumnCells): ColumnReading {
  const values = cells.filter((cell) => !isMissing(cell) && !isNever(cell));
  if (values.length === 0) return { type: 'category' };
  const answers = readAnswers(values, values.length < cells.length);
  if (answers) return answers;
  const counted = expects || areCompactDates(values) ? readDates(values, expects) : undefined;
  if (counted && counted.share >= ENOUGH) return { type: 'date', dates: counted };
  if (areCodes(values)) return { type: 'category' };
  const numbers = readNumbers(values);
  if (numbers.share >= ENOUGH) return { type: 'number', numbers };
  const dates = counted ?? readDates(values);
  return dates.share >= ENOUGH ? { type: 'date', dates } : { type: 'category' };
}

/** Yes and no; or one of them where the other cells are empty. */
function readAnswers(values: string[], hasEmpty: boolean): ColumnReading | undefined {
  const answers = new Set<boolean | undefined>();
  for (const value of values) {
    answers.add(parseBoolean(value));
    if (answers.has(undefined)) return undefined;
  }
  if (answers.size === 2) return { type: 'boolean' };
  if (!hasEmpty || !values.every(isPlainAnswer)) return undefined;
  return { type: 'boolean', notices: [oneSided(answers.has(true))] };
}

/** Digits with leading zeros are codes (postal, product), and very long ones are ids: arithmetic on them means nothing. */
const areCodes = (values: string[]): boolean =>
  values.some((value) => /^0\d+$/.test(value) || (value.length > MOST_DIGITS && /^\d+$/.test(value)));

function settle({ type, numbers, dates, notices = [] }: ColumnReading, ofFile: FileReading): InferredType {
  if (numbers) {
    const decimal = numbers.decimal ?? (numbers.mixed ? undefined : ofFile.decimal);
    return { type, ...(decimal && { decimal }), notices: [...notices, ...numberNotices(numbers, decimal)] };
  }
  if (dates) {
    const dateOrder = dates.order ?? (dates.mixed ? undefined : ofFile.order);
    return { type, ...(dateOrder && { dateOrder }), notices: [...notices, ...dateNotices(dates, dateOrder)] };
  }
  return { type, notices };
}
