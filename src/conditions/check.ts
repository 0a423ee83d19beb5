import { type Duration, LIMITS } from './condition.ts';
import { parseDay, UNITS } from './dates.ts';
import { at, type Fields, type Refuser } from './leaf.ts';
import { hint } from './nearest.ts';

const MAX_AMOUNT = 100_000;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text that every store can hold: not empty, not too long, no NUL, no half characters. */
export function checkText(checker: Refuser, value: unknown, path: string): value is string {
  if (typeof value !== 'string') checker.refuse(path, 'wrong_type', `${name(path)} must be a text.`);
  else if (value === '') checker.refuse(path, 'empty', `${name(path)} must not be empty.`);
  else if (value.length > LIMITS.text)
    checker.refuse(path, 'too_long', `${name(path)} has more than ${LIMITS.text} characters.`);
  else if (/[\0\p{Cs}]/u.test(value))
    checker.refuse(path, 'invalid_text', `${name(path)} holds characters that cannot be stored.`);
  else return true;
  return false;
}

/** A finite number; whole numbers beyond ±2^53 would lose digits and are refused. */
export function checkNumber(checker: Refuser, value: unknown, path: string): value is number {
  const ok = typeof value === 'number' && Number.isFinite(value);
  if (!ok) checker.refuse(path, 'wrong_type', `${name(path)} must be a number.`);
  else if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    checker.refuse(path, 'out_of_range', `${name(path)} must be between -(2^53 - 1) and 2^53 - 1.`);
  else return true;
  return false;
}

/** A number with at most six decimals, as values of events have. */
export function checkAmount(checker: Refuser, value: unknown, path: string): value is number {
  if (!checkNumber(checker, value, path)) return false;
  if (!/\.\d{7}|e-/.test(String(value))) return true;
  checker.refuse(path, 'too_precise', `${name(path)} must have at most six decimals, as the values of events have.`);
  return false;
}

/** A list with 1 to LIMITS.values items, each checked by `item`. */
export function checkList(
  checker: Refuser,
  value: unknown,
  path: string,
  item: (value: unknown, path: string) => void,
): value is unknown[] {
  if (!Array.isArray(value)) checker.refuse(path, 'wrong_type', `${name(path)} must be a list.`);
  else if (value.length === 0) checker.refuse(path, 'empty', `${name(path)} must have at least one item.`);
  else if (value.length > LIMITS.values)
    checker.refuse(path, 'too_long', `${name(path)} has more than ${LIMITS.values} items.`);
  else {
    value.forEach((each, i) => {
      item(each, at(path, i));
    });
    return true;
  }
  return false;
}

/** One of a fixed set of words. */
export function checkChoice(checker: Refuser, value: unknown, path: string, choices: readonly string[], code: string) {
  if (typeof value === 'string' && choices.includes(value)) return true;
  const near = typeof value === 'string' ? hint(value.slice(0, 50), choices) : '';
  checker.refuse(path, code, `${name(path)} must be one of ${choices.join(', ')}.${near}`);
  return false;
}

/** Refuses fields that nobody would read. */
export function checkFields(checker: Refuser, node: Fields, path: string, known: readonly string[]): void {
  for (const field of Object.keys(node)) {
    if (known.includes(field)) continue;
    const near = hint(field.slice(0, 50), known);
    checker.refuse(at(path, field), 'unknown_field', `This field is not known here; use ${known.join(', ')}.${near}`);
  }
}

/** `{days: 30}`: one unit, a whole number from 0. */
export function checkDuration(checker: Refuser, value: unknown, path: string): value is Duration {
  const example = 'write for example {"days": 30}, with one of days, weeks, months, years';
  const entries = isFields(value) ? Object.entries(value) : [];
  const [unit, amount] = entries[0] ?? [];
  if (entries.length !== 1 || !UNITS.includes(unit as (typeof UNITS)[number])) {
    checker.refuse(path, 'invalid_duration', `${name(path)} must be a length of time: ${example}.`);
    return false;
  }
  if (!Number.isInteger(amount) || (amount as number) < 0 || (amount as number) > MAX_AMOUNT) {
    checker.refuse(at(path, unit!), 'invalid_duration', `${unit} must be a whole number from 0 to ${MAX_AMOUNT}.`);
    return false;
  }
  return true;
}

/** `YYYY-MM-DD`, `{ago: …}` or `{fromNow: …}`. */
export function checkDate(checker: Refuser, value: unknown, path: string): boolean {
  if (typeof value === 'string' && parseDay(value) !== undefined) return true;
  const [direction, ...rest] = isFields(value) ? Object.keys(value) : [];
  if ((direction === 'ago' || direction === 'fromNow') && rest.length === 0) {
    return checkDuration(checker, (value as Fields)[direction], at(path, direction));
  }
  checker.refuse(
    path,
    'invalid_date',
    `${name(path)} must be a date: "YYYY-MM-DD", {"ago": {"days": 30}} or {"fromNow": {"days": 30}}.`,
  );
  return false;
}

/** Last step of a path, for messages; a root has no name of its own. */
function name(path: string): string {
  return /[^.]+$/.exec(path)?.[0] ?? 'This';
}
