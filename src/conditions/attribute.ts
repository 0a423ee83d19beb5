import { checkChoice, checkDate, checkDuration, checkList, checkNumber, checkText } from './check.ts';
import { checkRange, NUMBER_OPERATORS } from './comparison.ts';
import type { DateValue, Duration, FieldSql, TraitType } from './condition.ts';
import { dateText, dayOf, durationText, resolveDay, shift } from './dates.ts';
import { at, type Checker, type Compiler, type Fields } from './leaf.ts';

/** A typed value of a contact or an event in SQL. */
export interface Attribute extends FieldSql {
  type: TraitType;
}

/** What an operator takes. */
type Operand = 'none' | 'one' | 'list' | 'range' | 'duration';

interface AttributeOperator {
  types: readonly TraitType[];
  operand: Operand;
  /** Of the value and one placeholder an operand; absent when being known is all there is to it. */
  sql?(x: string, a: string, b: string): string;
  /** True when it holds exactly where the rest does not, contacts without the value included. */
  complement?: true;
  words: string;
}

const ALL = ['number', 'category', 'boolean', 'date'] as const;
const NUMBER = ['number'] as const;
const CATEGORY = ['category'] as const;
const DATE = ['date'] as const;
const { eq, gt, gte, lt, lte, between } = NUMBER_OPERATORS;
const isIn = (x: string, a: string) => `${x} IN ${a}`;
/** Text without its case: full case folding (`ß` as `ss`) of composed characters. https://www.unicode.org/reports/tr15/#Canonical_Equivalence */
const folded = (x: string) => `normalizeUTF8NFC(caseFoldUTF8(normalizeUTF8NFC(${x})))`;

/**
 * The operators of traits and properties. Categories compare exactly as stored, save `contains` and `startsWith`, which
 * ignore case. Days are days in UTC: `withinLast` includes today and the first day, `olderThan` is what lies before it.
 */
export const OPERATORS: Readonly<Record<string, AttributeOperator>> = {
  eq: { types: ALL, operand: 'one', sql: eq.sql, words: 'is' },
  ne: { types: ALL, operand: 'one', sql: eq.sql, complement: true, words: 'is not' },
  in: { types: ['number', 'category', 'date'], operand: 'list', sql: isIn, words: 'is one of' },
  notIn: { types: ['number', 'category', 'date'], operand: 'list', sql: isIn, complement: true, words: 'is none of' },
  gt: { types: NUMBER, operand: 'one', sql: gt.sql, words: gt.words },
  gte: { types: NUMBER, operand: 'one', sql: gte.sql, words: gte.words },
  lt: { types: NUMBER, operand: 'one', sql: lt.sql, words: lt.words },
  lte: { types: NUMBER, operand: 'one', sql: lte.sql, words: lte.words },
  between: { types: ['number', 'date'], operand: 'range', sql: between.sql, words: between.words },
  exists: { types: ALL, operand: 'none', words: 'is known' },
  missing: { types: ALL, operand: 'none', complement: true, words: 'is not known' },
  contains: {
    types: CATEGORY,
    operand: 'one',
    sql: (x, a) => `position(${folded(x)}, ${folded(a)}) > 0`,
    words: 'contains',
  },
  startsWith: {
    types: CATEGORY,
    operand: 'one',
    sql: (x, a) => `startsWith(${folded(x)}, ${folded(a)})`,
    words: 'starts with',
  },
  before: { types: DATE, operand: 'one', sql: lt.sql, words: 'is before' },
  after: { types: DATE, operand: 'one', sql: gt.sql, words: 'is after' },
  withinLast: { types: DATE, operand: 'duration', sql: between.sql, words: 'is within the last' },
  withinNext: { types: DATE, operand: 'duration', sql: between.sql, words: 'is within the next' },
  olderThan: { types: DATE, operand: 'duration', sql: lt.sql, words: 'is older than' },
};

/** How a type's values are checked and stored. */
const TYPES: Record<
  TraitType,
  {
    sqlType: string;
    check: (checker: Checker, value: unknown, path: string) => boolean;
    encode: (value: unknown, now: Date) => unknown;
  }
> = {
  number: { sqlType: 'Float64', check: checkNumber, encode: (value) => value },
  category: { sqlType: 'String', check: checkText, encode: (value) => value },
  boolean: { sqlType: 'Float64', check: checkBoolean, encode: Number },
  date: { sqlType: 'Float64', check: checkDate, encode: (value, now) => resolveDay(value as DateValue, now) },
};

function checkBoolean(checker: Checker, value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return true;
  checker.refuse(path, 'wrong_type', 'value must be true or false.');
  return false;
}

/** The operators that fit a type. */
export const operatorsOf = (type: TraitType): string[] =>
  Object.keys(OPERATORS).filter((op) => OPERATORS[op]!.types.includes(type));

/** Checks `op` and `value` of a node against the type of what it is about. */
export function checkAttribute(checker: Checker, node: Fields, path: string, type: TraitType): void {
  if (!checkChoice(checker, node.op, at(path, 'op'), operatorsOf(type), 'unknown_op')) return;
  const op = node.op as string;
  const { operand } = OPERATORS[op]!;
  const where = at(path, 'value');
  const check = TYPES[type].check;
  if (operand === 'none') {
    if (node.value !== undefined) checker.refuse(where, 'unknown_field', `${op} takes no value.`);
  } else if (node.value === undefined) checker.refuse(where, 'missing_field', `${op} needs a value.`);
  else if (operand === 'one') check(checker, node.value, where);
  else if (operand === 'list') checkList(checker, node.value, where, (value, p) => check(checker, value, p));
  else if (operand === 'range') checkRange(checker, node.value, where, check);
  else checkDuration(checker, node.value, where);
}

/** A checked comparison of an attribute as a condition in SQL. */
export function attributeSql(attribute: Attribute, node: { op: string; value?: unknown }, compiler: Compiler): string {
  const operator = OPERATORS[node.op]!;
  const [a, b] = bindOperands(attribute.type, operator.operand, node, compiler);
  const test = operator.sql?.(attribute.value, a ?? '', b ?? '');
  const held = test ? `(${attribute.known} AND ${test})` : attribute.known;
  return operator.complement ? `(NOT ${held})` : held;
}

function bindOperands(
  type: TraitType,
  operand: Operand,
  node: { op: string; value?: unknown },
  compiler: Compiler,
): string[] {
  const { sqlType, encode } = TYPES[type];
  const { now } = compiler.context;
  const one = (value: unknown) => compiler.bind(sqlType, encode(value, now));
  switch (operand) {
    case 'none':
      return [];
    case 'one':
      return [one(node.value)];
    case 'range':
      return (node.value as unknown[]).map(one);
    case 'list':
      return [
        compiler.bind(
          `Array(${sqlType})`,
          (node.value as unknown[]).map((value) => encode(value, now)),
        ),
      ];
    case 'duration':
      return durationBounds(node.op, node.value as Duration, now).map((day) => compiler.bind(sqlType, day));
  }
}

/** First and last day that a duration spans, counted from today; only the first where the span has no end. */
function durationBounds(op: string, duration: Duration, now: Date): number[] {
  const today = dayOf(now);
  const past = dayOf(shift(now, duration, -1));
  if (op === 'olderThan') return [past];
  return op === 'withinNext' ? [today, dayOf(shift(now, duration, 1))] : [past, today];
}

const SHOWN_VALUES = 5;

/** `is one of a, b, c and 4 more`. */
export function attributeText(node: { op: string; value?: unknown }): string {
  const { operand, words } = OPERATORS[node.op]!;
  if (operand === 'none') return words;
  if (operand === 'duration') return `${words} ${durationText(node.value as Duration)}`;
  const values = [node.value].flat().map(valueText);
  if (operand === 'range') return `${words} ${values.join(' and ')}`;
  const rest = values.length - SHOWN_VALUES;
  return `${words} ${values.slice(0, SHOWN_VALUES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return typeof value === 'object' && value !== null ? dateText(value as DateValue) : String(value);
}
