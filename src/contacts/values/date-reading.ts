import { type DateOrder, isAmbiguous, isAmbiguousBirthDate, isNever, parseBirthDate, parseTime } from './date.ts';
import { isMissing } from './missing.ts';

/** What the name of a column leads one to expect. Bare numbers are read as times only where it does. */
export type ExpectedDate = 'date' | 'birthDate';

/** How the dates of a column are written, as far as its values prove it. */
export interface DateReading {
  /** Share of the values that are dates, 0 to 1. */
  share: number;
  /** Absent where no value proves it, or values contradict each other. */
  order?: DateOrder;
  /** Some values are day first, others month first. */
  mixed: boolean;
  /** A value that reads in two ways, where nothing proves which: `03/04/2024`. */
  twoWays?: string;
}

/** Above this share one order is what the column has, and the others are slips. */
const CLEAR = 0.98;
/** Where of so many values fewer than half are dates, the rest need no look. */
const FIRST_LOOK = 200;
const FULL_DATE = /^(\d{1,2})\s?[./\- ]\s?(\d{1,2})\s?[./\- ]\s?\d{2,4}(?!\d)/;
const BIRTHDAY = /^(\d{1,2})\s?[./\- ]\s?(\d{1,2})\.?$/;
const COUNTED = /^-?\d{1,16}(?:[.,]\d+)?$/;
const COMPACT = /^(?:19|20)\d{6}(?:\d{6})?$/;
const NO_DATES: DateReading = { share: 0, mixed: false };

/** Reads the dates of a column by the evidence of all its values. Words for no value and for never do not count. */
export function readDates(values: readonly string[], expects?: ExpectedDate): DateReading {
  const filled = values.filter((value) => !isMissing(value) && !isNever(value));
  if (filled.length === 0) return NO_DATES;
  const counted = countedFrom(filled, expects);
  if (counted) return { share: 1, order: counted, mixed: false };
  const dated = (value: string) => isDate(value, expects);
  const first = filled.slice(0, FIRST_LOOK);
  if (first.filter(dated).length < first.length / 2) return NO_DATES;
  const dates = filled.filter(dated);
  return { share: dates.length / filled.length, ...orderOf(dates, expects) };
}

/** True for columns of days or times without any mark: `20251130`, `20251130154500`. */
export function areCompactDates(values: readonly string[]): boolean {
  const filled = values.filter((value) => !isMissing(value) && !isNever(value));
  return filled.length > 0 && filled.every((value) => COMPACT.test(value) && parseTime(value) !== undefined);
}

/** The order of a column; nothing when no value decides it. */
export const inferOrder = (values: readonly string[], expects?: ExpectedDate): DateOrder | undefined =>
  readDates(values, expects).order;

/** The order that all columns of a file have whose values prove one. */
export function orderOfFile(readings: readonly DateReading[]): DateOrder | undefined {
  const orders = readings.flatMap(({ order, mixed }) => ((order === 'dmy' || order === 'mdy') && !mixed ? order : []));
  return new Set(orders).size === 1 ? orders[0] : undefined;
}

function isDate(value: string, expects: ExpectedDate | undefined): boolean {
  if (value.length > 60 || !/\d/.test(value)) return false;
  if (parseTime(value) !== undefined || isAmbiguous(value)) return true;
  if (expects !== 'birthDate') return parseTime(value, 'ymd') !== undefined;
  return parseBirthDate(value, undefined, Number.POSITIVE_INFINITY) !== undefined || isAmbiguousBirthDate(value);
}

function orderOf(dates: readonly string[], expects: ExpectedDate | undefined): Omit<DateReading, 'share'> {
  const proofs = { dmy: 0, mdy: 0, ymd: 0 };
  let twoWays: string | undefined;
  for (const date of dates) {
    const numbers = FULL_DATE.exec(date) ?? (expects === 'birthDate' ? BIRTHDAY.exec(date) : null);
    if (!numbers) continue;
    const [one, other] = [Number(numbers[1]), Number(numbers[2])];
    if (one > 31) proofs.ymd++;
    else if (one > 12) proofs.dmy++;
    else if (other > 12) proofs.mdy++;
    else if (one !== other) twoWays ??= date;
  }
  // a year of two digits below 32 looks like a day
  if (proofs.ymd > 0) Object.assign(proofs, { ymd: proofs.ymd + proofs.dmy, dmy: 0 });
  const proven = proofs.dmy + proofs.mdy + proofs.ymd;
  const order = (['dmy', 'mdy', 'ymd'] as const).find((each) => proven > 0 && proofs[each] / proven >= CLEAR);
  const mixed = Math.max(proofs.dmy, proofs.mdy, proofs.ymd) < proven;
  return { order, mixed, twoWays: order ? undefined : twoWays };
}

/** Ranges of bare numbers that are times, where the name of the column says that it holds some. */
const RANGES: Record<ExpectedDate, { order: DateOrder; from: number; to: number }[]> = {
  date: [
    // 1955 to 2100, and 1980 to 2100
    { order: 'excel', from: 20_000, to: 73_415 },
    { order: 'unix', from: 315_532_800, to: 4_102_444_800 },
    { order: 'unix', from: 315_532_800_000, to: 4_102_444_800_000 },
    { order: 'unix', from: 315_532_800_000_000, to: 4_102_444_800_000_000 },
  ],
  birthDate: [
    // 1910 to 2036
    { order: 'excel', from: 3_654, to: 50_000 },
    { order: 'unix', from: -2_208_988_800, to: 2_100_000_000 },
    { order: 'unix', from: -2_208_988_800_000, to: 2_100_000_000_000 },
  ],
};
/** Fewer digits of seconds are a day about 1970; a column of them is something else. */
const LEAST_SECONDS = 10_000_000;

function countedFrom(filled: readonly string[], expects: ExpectedDate | undefined): DateOrder | undefined {
  if (!expects || !filled.every((value) => COUNTED.test(value))) return undefined;
  const numbers = filled.map((value) => Number(value.replace(',', '.')));
  return RANGES[expects].find(({ order, from, to }) =>
    numbers.every((n) => n >= from && n <= to && (order === 'excel' || Math.abs(n) >= LEAST_SECONDS)),
  )?.order;
}
