import { REJECTS } from '../import/rejects.ts';
import { isTooLarge } from './amount.ts';
import { parseBoolean } from './boolean.ts';
import { cleanCell } from './clean.ts';
import { isAmbiguous, isNever, parseDay } from './date.ts';
import type { TraitType } from './infer.ts';
import { isMissing } from './missing.ts';
import { parseNumber } from './number.ts';

/** A JSON value of a trait as the warehouse stores it; `null` says that there is none; `code` why it cannot be used. */
export type StoredValue = { num: number } | { cat: string } | null | { code: string; message: string };

const LONGEST = 1000;

/**
 * Reads a value by the type of its trait, as an import reads cells: numbers and yes/no also as text, dates as text,
 * categories also from numbers and booleans.
 */
export function storedValue(type: TraitType, value: unknown): StoredValue {
  if (value === null || value === undefined || value === '') return null;
  const read = typeof value === 'string' ? cleanCell(value) : value;
  if (typeof read === 'string' && isMissing(read)) return null;
  return READERS[type](read);
}

const wrong = (
  code: 'not_a_number' | 'number_too_large' | 'not_a_boolean' | 'not_a_date' | 'date_ambiguous' | 'too_long',
) => ({
  code,
  message: code === 'date_ambiguous' ? 'Day and month cannot be distinguished; write YYYY-MM-DD.' : REJECTS[code],
});

const READERS: Record<TraitType, (value: unknown) => StoredValue> = {
  category(value) {
    if (typeof value === 'object') return { code: 'not_a_category', message: 'Not a text.' };
    const text = String(value);
    return text.length > LONGEST ? wrong('too_long') : { cat: text };
  },
  number(value) {
    const number = typeof value === 'string' ? parseNumber(value, '.') : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) return wrong('not_a_number');
    return isTooLarge(number) ? wrong('number_too_large') : { num: number + 0 };
  },
  boolean(value) {
    const flag = typeof value === 'boolean' ? value : parseBoolean(String(value));
    return flag === undefined || typeof value === 'object' ? wrong('not_a_boolean') : { num: Number(flag) };
  },
  date(value) {
    if (typeof value !== 'string') return wrong('not_a_date');
    if (isNever(value)) return null;
    const day = parseDay(value);
    return day === undefined ? wrong(isAmbiguous(value) ? 'date_ambiguous' : 'not_a_date') : { num: day };
  },
};
