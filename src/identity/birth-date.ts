import { Rejection } from './normaliser.ts';

const FORMAT = new Rejection('birth_date_format');
const YEAR_RANGE = new Rejection('birth_year_range');
const MONTH_RANGE = new Rejection('birth_month_range');
const DAY_RANGE = new Rejection('birth_day_range');

/** Year first, any part after it optional; a time of day is ignored. `--05-12` has no year (ISO 8601:2000). */
const DATE = /^(\d{4}|-)(?:[-/.]([^-/.\sT]*)(?:[-/.]([^-/.\sT]*)(?:[\sT].*)?)?)?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;

/** `YYYY`, four digits from 1000. */
export const yearPart = (text: string) => part(text, /^\d{4}$/, 1000, 9999, 4, YEAR_RANGE);
/** `01` to `12`; a single digit is padded. */
export const monthPart = (text: string) => part(text, /^\d{1,2}$/, 1, 12, 2, MONTH_RANGE);
/** `01` to `31`; a single digit is padded. */
export const dayPart = (text: string) => part(text, /^\d{1,2}$/, 1, 31, 2, DAY_RANGE);

/** The year of a birth date written year first. */
export const birthYear = (date: string) => ofDate(date, 1, yearPart);
export const birthMonth = (date: string) => ofDate(date, 2, monthPart);
export const birthDay = (date: string) => ofDate(date, 3, dayPart);

/** `05/01/1990` may be May or January: dates that do not start with the year are dropped, not guessed. */
function ofDate(date: string, index: number, normalise: (text: string) => string | Rejection) {
  const trimmed = date.trim();
  const match = DATE.exec(trimmed) ?? COMPACT.exec(trimmed);
  if (!match) return FORMAT;
  const value = match[index];
  return value === undefined || value === '' || value === '-' ? undefined : normalise(value);
}

function part(text: string, shape: RegExp, least: number, most: number, width: number, fault: Rejection) {
  const trimmed = text.trim();
  const value = Number(trimmed);
  return shape.test(trimmed) && value >= least && value <= most ? String(value).padStart(width, '0') : fault;
}
