import { checkFields, checkList, checkNumber, isFields } from './check.ts';
import type { Comparison, DateValue } from './condition.ts';
import { isReversed } from './dates.ts';
import { at, type Compiler, type Refuser } from './leaf.ts';

interface NumberOperator {
  /** Of an expression and one placeholder an operand. */
  sql(x: string, a: string, b?: string): string;
  holds(x: number, a: number, b: number): boolean;
  words: string;
}

/** The operators on numbers, by their names in JSON. */
export const NUMBER_OPERATORS = {
  eq: { sql: (x, a) => `${x} = ${a}`, holds: (x, a) => x === a, words: 'is' },
  ne: { sql: (x, a) => `${x} != ${a}`, holds: (x, a) => x !== a, words: 'is not' },
  gt: { sql: (x, a) => `${x} > ${a}`, holds: (x, a) => x > a, words: 'is more than' },
  gte: { sql: (x, a) => `${x} >= ${a}`, holds: (x, a) => x >= a, words: 'is at least' },
  lt: { sql: (x, a) => `${x} < ${a}`, holds: (x, a) => x < a, words: 'is less than' },
  lte: { sql: (x, a) => `${x} <= ${a}`, holds: (x, a) => x <= a, words: 'is at most' },
  between: {
    sql: (x, a, b) => `${x} BETWEEN ${a} AND ${b}`,
    holds: (x, a, b) => x >= a && x <= b,
    words: 'is between',
  },
} as const satisfies Record<string, NumberOperator>;

type OperatorName = keyof typeof NUMBER_OPERATORS;
const NAMES = Object.keys(NUMBER_OPERATORS) as OperatorName[];

/** A comparison's parts as operator and operands; numbers, or a pair for `between`. */
function parts(comparison: Comparison): { operator: NumberOperator; operands: number[] }[] {
  return NAMES.filter((name) => comparison[name] !== undefined).map((name) => ({
    operator: NUMBER_OPERATORS[name],
    operands: [comparison[name]!].flat(),
  }));
}

export function checkComparison(checker: Refuser, value: unknown, path: string, checkOperand = checkNumber): void {
  if (!isFields(value) || Object.keys(value).length === 0) {
    checker.refuse(path, 'wrong_type', `Write a comparison such as {"gte": 2}, with ${NAMES.join(', ')}.`);
    return;
  }
  checkFields(checker, value, path, NAMES);
  for (const name of NAMES) {
    if (!Object.hasOwn(value, name)) continue;
    if (name === 'between') checkRange(checker, value[name], at(path, name), checkOperand);
    else checkOperand(checker, value[name], at(path, name));
  }
}

/** Two operands, the first not above the second where both are numbers. */
export function checkRange<C extends Refuser>(
  checker: C,
  value: unknown,
  path: string,
  operand: (checker: C, value: unknown, path: string) => boolean,
): void {
  if (!Array.isArray(value) || value.length !== 2) {
    checker.refuse(path, 'wrong_type', 'between takes a list of two: the lowest and the highest.');
    return;
  }
  let fits = true;
  checkList(checker, value, path, (each, p) => {
    fits = operand(checker, each, p) && fits;
  });
  const [low, high] = value as [number, number] | [DateValue, DateValue];
  if (fits && (typeof low === 'number' ? low > (high as number) : isReversed(low, high as DateValue))) {
    checker.refuse(path, 'empty_range', 'between is empty: the first value is above the second.');
  }
}

/** Binds a number for a comparison; gives the expression to compare with. */
export type BindOperand = (operand: number, compiler: Compiler) => string;

const bindNumber: BindOperand = (operand, compiler) => compiler.bind('Float64', operand);

/** Binds an amount with at most six decimals exactly. */
export const bindAmount: BindOperand = (operand, compiler) => compiler.bind('Decimal(38, 6)', String(operand));

export function comparisonSql(
  expression: string,
  comparison: Comparison,
  compiler: Compiler,
  bind: BindOperand = bindNumber,
): string {
  return parts(comparison)
    .map(({ operator, operands }) => {
      const [a, b] = operands.map((operand) => bind(operand, compiler));
      return operator.sql(expression, a!, b);
    })
    .join(' AND ');
}

/** What the comparison says of one number; of a missing number it is false. */
export function comparisonHolds(x: number | undefined, comparison: Comparison): boolean {
  if (x === undefined) return false;
  return parts(comparison).every(({ operator, operands }) => operator.holds(x, operands[0]!, operands[1] ?? 0));
}

export function comparisonText(comparison: Comparison): string {
  return parts(comparison)
    .map(({ operator, operands }) => `${operator.words} ${operands.join(' and ')}`)
    .join(' and ');
}
