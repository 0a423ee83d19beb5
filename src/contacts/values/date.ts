import { isWeekday, monthOf } from './calendar-words.ts';
import { zoneOffset } from './zone.ts';

/** How dates of digits are written; `unix` counts seconds (or ms, µs) since 1970, `excel` days since 1899-12-30. */
export const DATE_ORDERS = ['ymd', 'dmy', 'mdy', 'unix', 'excel'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

const DAY_MS = 86_400_000;
/** 1970-01-01 in the days that Excel counts. */
const EXCEL_EPOCH = 25_569;
/** Excel has a 29 February 1900. */
const EXCEL_MARCH_1900 = 60;

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?)?$/i;
const CLOCK =
  /[T\s,]+(?:(?:at|um|à|às|om|alle|a las)\s+)?(\d{1,2})(?:[:h](\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?|(?=\s*(?:[ap]\.?\s?m|Uhr|uur)))\s*([ap]\.?\s?m\.?|Uhr|uur)?\s*(Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|(?![ap]m)[a-z]{3,4})?(?:\s*[([][^()[\]]*[)\]])?$/i;
/** `Sun Nov 30 15:45:00 UTC 2025`, as C and Ruby write it. */
const YEAR_LAST = /^(.+?\d)\s+(\d{1,2}:\d{2}(?::\d{2})?)(\s+[A-Z]{3,4}|\s+[+-]\d{4})?\s+(\d{4})$/i;

const DIGITS = /^(\d{1,4})\s?[./\- ]\s?(\d{1,2})\s?[./\- ]\s?(\d{1,4})\.?$/;
const DAY_MONTH =
  /^(\d{1,2})(?:\.|st|nd|rd|th|er|º|ª)?[\s\-/]*(?:de\s+|of\s+|d['’])?(\p{L}+)\.?,?(?:[\s\-/]*(?:del?\s+)?('?\d{2}|\d{4}))?$/iu;
const MONTH_DAY = /^(\p{L}+)\.?[\s\-/]*(\d{1,2})(?:st|nd|rd|th)?(?:,?[\s\-/]+('?\d{2}|\d{4}))?$/iu;
const YEAR_MONTH_DAY = /^(\d{4})[\s\-/.]*(\p{L}+)\.?[\s\-/.]*(\d{1,2})$/iu;
const WEEKDAY = /^([\p{L}-]+)\.?,?\s+(.+)$/u;

const NEVER =
  /^(?:0{4}[-/. ]?0{1,2}[-/. ]?0{1,2}|0{1,2}[-/. ]0{1,2}[-/. ]0{4}|-?infinity|9999-?12-?31|0001-?01-?01|1899-12-30|1900-01-00|31[./-]12[./-]9999|12[./-]31[./-]9999|0?1[./-]0?1[./-]0001)(?:[T ]+[\d:.,]+.{0,6})?$/i;

/** True for what databases and spreadsheets write where there is no date: `0000-00-00`, `infinity`, `9999-12-31`. */
export const isNever = (text: string): boolean => /^[-0139i]/i.test(text) && NEVER.test(text);

/** What two digits of a year mean. */
type Century = (twoDigits: number) => number;
/** Two digits mean 1930 to 2029, as spreadsheets read them. */
const asSpreadsheets: Century = (year) => (year < 30 ? 2000 + year : 1900 + year);

/**
 * A moment in milliseconds since 1970-01-01 UTC; times without a zone are UTC. `order` decides `03/04/2024`; without
 * it only forms that can be read in one way are accepted. Nothing for what is no date of the calendar.
 */
export function parseTime(text: string, order?: DateOrder, century: Century = asSpreadsheets): number | undefined {
  if (order === 'unix') return unixTime(text);
  if (order === 'excel') return excelTime(text);
  // most dates are written so, and this is four times as fast as taking the general form apart
  if (isIsoDay(text)) return utc(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8)));
  const iso = ISO.exec(text);
  if (iso) return isoTime(iso);
  const turned = text.replace(YEAR_LAST, '$1 $4 $2$3');
  const clock = turned.includes(':') || /\d\s*[hap]/i.test(turned) ? CLOCK.exec(turned) : null;
  const day = dayOf(clock ? turned.slice(0, clock.index) : turned, order, century);
  const sinceMidnight = clock ? timeOfDay(clock) : 0;
  return day === undefined || sinceMidnight === undefined ? undefined : day + sinceMidnight;
}

/** Whole days since 1970-01-01, the form of date traits. */
export function parseDay(text: string, order?: DateOrder, century?: Century): number | undefined {
  const time = parseTime(text, order, century);
  return time === undefined ? undefined : Math.floor(time / DAY_MS);
}

/** `YYYY-MM-DD` of whole days since 1970-01-01. */
export const isoDay = (days: number): string => new Date(days * DAY_MS).toISOString().slice(0, 10);

/** True for a text of the form that `isoDay` gives. */
export const isIsoDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

/** True where only a declared order can tell day from month. */
export function isAmbiguous(text: string): boolean {
  return parseTime(text) === undefined && parseTime(text, 'dmy') !== undefined && parseTime(text, 'mdy') !== undefined;
}

function isoTime([, year, month, day, hour, minute, second, fraction, zone]: RegExpExecArray): number | undefined {
  const date = utc(Number(year), Number(month), Number(day));
  const time = clockTime(Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0));
  const offset = zoneOffset(zone);
  if (date === undefined || time === undefined || offset === undefined) return undefined;
  return date + time + milliseconds(fraction) - offset;
}

function timeOfDay([, hour, minute, second, fraction, half, zone]: RegExpExecArray): number | undefined {
  const time = clockTime(hourOf(Number(hour), half), Number(minute ?? 0), Number(second ?? 0));
  const offset = zoneOffset(zone);
  return time === undefined || offset === undefined ? undefined : time + milliseconds(fraction) - offset;
}

function hourOf(hour: number, half: string | undefined): number {
  if (!half || /^u/i.test(half)) return hour;
  if (hour > 12) return Number.NaN;
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0);
}

const milliseconds = (fraction = '') => Number(fraction.padEnd(3, '0').slice(0, 3));

function clockTime(hour: number, minute: number, second: number): number | undefined {
  const isTime = hour <= 23 && minute <= 59 && second <= 60;
  return isTime ? ((hour * 60 + minute) * 60 + second) * 1000 : undefined;
}

/** Midnight of a date without its time of day. */
function dayOf(text: string, order: DateOrder | undefined, century: Century): number | undefined {
  const digits = DIGITS.exec(text);
  if (digits) return ofDigits(digits, order, century);
  const iso = ISO.exec(text);
  if (iso) return isoTime(iso);
  const [, day, month, year] = DAY_MONTH.exec(text) ?? turnedAround(MONTH_DAY.exec(text)) ?? [];
  if (day && month && year) return utc(fullYear(year, century), monthOf(month), Number(day));
  const named = YEAR_MONTH_DAY.exec(text);
  if (named) return utc(Number(named[1]), monthOf(named[2]!), Number(named[3]));
  const [, first, rest] = WEEKDAY.exec(text) ?? [];
  return first && rest && isWeekday(first) ? dayOf(rest, order, century) : undefined;
}

const turnedAround = (match: RegExpExecArray | null) => match && [match[0], match[2], match[1], match[3]];

function ofDigits(
  [, first = '', middle = '', last = '']: RegExpExecArray,
  order: DateOrder | undefined,
  century: Century,
) {
  if (first.length === 4) return utc(Number(first), Number(middle), Number(last));
  if (order === 'ymd') return utc(fullYear(first, century), Number(middle), Number(last));
  const year = fullYear(last, century);
  const dmy = utc(year, Number(middle), Number(first));
  const mdy = utc(year, Number(first), Number(middle));
  if (order === 'dmy') return dmy;
  if (order === 'mdy') return mdy;
  if (dmy !== undefined && mdy !== undefined) return dmy === mdy ? dmy : undefined;
  return dmy ?? mdy;
}

function utc(year: number, month: number | undefined, day: number): number | undefined {
  if (!month || month > 12 || day < 1 || !(year >= 1600 && year <= 2299)) return undefined;
  const ms = Date.UTC(year, month - 1, day);
  return new Date(ms).getUTCDate() === day ? ms : undefined;
}

function fullYear(text: string, century: Century): number {
  const digits = text.replace("'", '');
  if (digits.length === 4) return Number(digits);
  return digits.length > 2 ? Number.NaN : century(Number(digits));
}

/** Seconds up to 11 digits, milliseconds up to 14, microseconds beyond. */
function unixTime(text: string): number | undefined {
  if (!/^-?\d{1,16}(\.\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  if (Math.abs(value) < 1e11) return Math.round(value * 1000);
  return Math.round(Math.abs(value) < 1e14 ? value : value / 1000);
}

function excelTime(text: string): number | undefined {
  if (!/^\d{1,7}([.,]\d+)?$/.test(text)) return undefined;
  const serial = Number(text.replace(',', '.'));
  if (serial < 1) return undefined;
  const days = (serial < EXCEL_MARCH_1900 ? serial + 1 : serial) - EXCEL_EPOCH;
  return Math.round(days * 86_400) * 1000;
}

/** The month and day of a birthday without its year, as texts. */
const YEARLESS = /^(?:--|0000-|1604-)(\d{2})-?(\d{2})$/;
const TWO_NUMBERS = /^(\d{1,2})\s?[./\- ]\s?(\d{1,2})\.?$/;
const LEAP_YEAR = 2024;

/**
 * A date of birth as `YYYY-MM-DD`, or as `--MM-DD` where the year is not said. Two digits of a year never lie in the
 * future: seen from 2026, `29` is 1929. `today` in days since 1970. Nothing for what is no such date.
 */
export function parseBirthDate(text: string, order: DateOrder | undefined, today: number): string | undefined {
  if (YEARLESS.test(text)) return birthday(text, order);
  for (const century of [2000, 1900]) {
    const day = parseDay(text, order, (year) => century + year);
    if (day === undefined) return birthday(text, order);
    if (day <= today) return isIsoDay(text) ? text : isoDay(day);
  }
  return undefined;
}

/** True where only a declared order can tell the day of birth from the month. */
export const isAmbiguousBirthDate = (text: string): boolean =>
  isAmbiguous(text) || (birthday(text) === undefined && birthday(text, 'dmy') !== birthday(text, 'mdy'));

/** `--MM-DD` of a birthday without a year: `07/04`, `4 July`, `--07-04`. Address books write the years 0000 and 1604. */
function birthday(text: string, order?: DateOrder): string | undefined {
  const yearless = YEARLESS.exec(text);
  if (yearless) return monthDay(Number(yearless[1]), Number(yearless[2]));
  const numbers = TWO_NUMBERS.exec(text);
  if (numbers) {
    const dmy = monthDay(Number(numbers[2]), Number(numbers[1]));
    const mdy = monthDay(Number(numbers[1]), Number(numbers[2]));
    if (order) return order === 'dmy' ? dmy : mdy;
    return dmy && mdy && dmy !== mdy ? undefined : (dmy ?? mdy);
  }
  const [, day, month, year] = DAY_MONTH.exec(text) ?? turnedAround(MONTH_DAY.exec(text)) ?? [];
  return day && month && !year ? monthDay(monthOf(month), Number(day)) : undefined;
}

function monthDay(month: number | undefined, day: number): string | undefined {
  const date = utc(LEAP_YEAR, month, day);
  return date === undefined ? undefined : `-${new Date(date).toISOString().slice(4, 10)}`;
}
