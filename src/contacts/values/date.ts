export type DateOrder = 'ymd' | 'dmy' | 'mdy' | 'unix';

const DAY_MS = 86_400_000;
const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
const PARTS =
  /^(\d{1,4})[./\- ](\d{1,2}|[a-z]{3,9}\.?)[./\- ,]+(\d{1,4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m)?)?$/i;
const WORDY = /^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A moment in milliseconds since 1970-01-01 UTC; times without a zone are UTC. `order` decides `03/04/2024`; without
 * it only forms that can be read in one way are accepted. Nothing for what is no date of the calendar.
 */
export function parseTime(text: string, order?: DateOrder): number | undefined {
  if (order === 'unix') return unixTime(text);
  // most dates are written so, and this is four times as fast as taking the general form apart
  if (isIsoDay(text)) return utc(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8)));
  const iso = ISO.exec(text);
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    const ms = utc(
      Number(year),
      Number(month),
      Number(day),
      Number(hour ?? 0),
      Number(minute ?? 0),
      Number(second ?? 0),
    );
    if (ms === undefined) return undefined;
    return ms + Number((fraction ?? '0').padEnd(3, '0').slice(0, 3)) - zoneOffset(zone);
  }
  const wordy = WORDY.exec(text);
  if (wordy) return utc(Number(wordy[3]), monthOf(wordy[1]!), Number(wordy[2]));
  const parts = PARTS.exec(text);
  return parts ? fromParts(parts, order) : undefined;
}

/** Whole days since 1970-01-01, the form of date traits. */
export function parseDay(text: string, order?: DateOrder): number | undefined {
  const time = parseTime(text, order);
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

/** The order of a column from a sample; nothing when no value decides it. */
export function inferOrder(values: string[]): DateOrder | undefined {
  const dated = values.filter((v) => v !== '');
  const reads = (order: DateOrder) => dated.filter((v) => parseTime(v, order) !== undefined).length;
  const [dmy, mdy] = [reads('dmy'), reads('mdy')];
  if (dmy === mdy) return undefined;
  return dmy > mdy ? 'dmy' : 'mdy';
}

function fromParts(parts: RegExpExecArray, order: DateOrder | undefined): number | undefined {
  const [, first, middle, last, hour, minute, second, half] = parts as unknown as [
    string,
    string,
    string,
    string,
    ...(string | undefined)[],
  ];
  const time = [clock(hour, half), Number(minute ?? 0), Number(second ?? 0)] as const;
  const named = /^[a-z]/i.test(middle);
  if (first.length === 4) return utc(Number(first), named ? monthOf(middle) : Number(middle), Number(last), ...time);
  const year = fullYear(last);
  if (named) return utc(year, monthOf(middle), Number(first), ...time);
  const dmy = utc(year, Number(middle), Number(first), ...time);
  const mdy = utc(year, Number(first), Number(middle), ...time);
  if (order === 'dmy') return dmy;
  if (order === 'mdy') return mdy;
  if (dmy !== undefined && mdy !== undefined) return dmy === mdy ? dmy : undefined;
  return dmy ?? mdy;
}

function utc(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number | undefined {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60 || year < 1600 || year > 2299)
    return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day ? ms : undefined;
}

const monthOf = (word: string): number => MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;

function clock(hour: string | undefined, half: string | undefined): number {
  if (!hour) return 0;
  if (!half) return Number(hour);
  return (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

/** Two digits mean 1930 to 2029, as spreadsheets read them. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length > 2) return text.length === 4 ? year : Number.NaN;
  return year < 30 ? 2000 + year : 1900 + year;
}

function zoneOffset(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}

/** Seconds up to 10 digits, milliseconds beyond. */
function unixTime(text: string): number | undefined {
  if (!/^-?\d{1,13}(\.\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) < 100_000_000_000 ? Math.round(value * 1000) : Math.round(value);
}
