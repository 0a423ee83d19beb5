import type { TraitType } from '../api/types/common.ts';
import type { Comparator, Unit } from '../api/types/condition.ts';

export type Operand = 'none' | 'one' | 'list' | 'range' | 'duration';

interface Operator {
  op: string;
  words: string;
  operand: Operand;
  types: readonly TraitType[];
}

const ALL = ['number', 'category', 'boolean', 'date'] as const;

/** The operators of traits and properties, as the API takes them. */
export const OPERATORS: Operator[] = [
  { op: 'eq', words: 'is', operand: 'one', types: ALL },
  { op: 'ne', words: 'is not', operand: 'one', types: ALL },
  { op: 'in', words: 'is one of', operand: 'list', types: ['number', 'category', 'date'] },
  { op: 'notIn', words: 'is none of', operand: 'list', types: ['number', 'category', 'date'] },
  { op: 'gt', words: 'is more than', operand: 'one', types: ['number'] },
  { op: 'gte', words: 'is at least', operand: 'one', types: ['number'] },
  { op: 'lt', words: 'is less than', operand: 'one', types: ['number'] },
  { op: 'lte', words: 'is at most', operand: 'one', types: ['number'] },
  { op: 'between', words: 'is between', operand: 'range', types: ['number', 'date'] },
  { op: 'contains', words: 'contains', operand: 'one', types: ['category'] },
  { op: 'startsWith', words: 'starts with', operand: 'one', types: ['category'] },
  { op: 'before', words: 'is before', operand: 'one', types: ['date'] },
  { op: 'after', words: 'is after', operand: 'one', types: ['date'] },
  { op: 'withinLast', words: 'is within the last', operand: 'duration', types: ['date'] },
  { op: 'withinNext', words: 'is within the next', operand: 'duration', types: ['date'] },
  { op: 'olderThan', words: 'is older than', operand: 'duration', types: ['date'] },
  { op: 'exists', words: 'is known', operand: 'none', types: ALL },
  { op: 'missing', words: 'is not known', operand: 'none', types: ALL },
];

export const operandOf = (op: string): Operand => OPERATORS.find((each) => each.op === op)?.operand ?? 'one';

export const operatorsFor = (type: TraitType) =>
  OPERATORS.filter((each) => each.types.includes(type)).map(({ op, words }) => ({ value: op, label: words }));

/** A value to begin with, for an operator on a type. */
export function startingValue(op: string, type: TraitType): unknown {
  const today = new Date().toISOString().slice(0, 10);
  const one = { number: 0, category: '', boolean: true, date: today }[type];
  switch (operandOf(op)) {
    case 'none':
      return undefined;
    case 'one':
      return one;
    case 'list':
      return [];
    case 'range':
      return [one, one];
    case 'duration':
      return { days: 30 };
  }
}

export const COMPARATORS: { value: Comparator; label: string }[] = [
  { value: 'gte', label: 'at least' },
  { value: 'lte', label: 'at most' },
  { value: 'eq', label: 'exactly' },
  { value: 'ne', label: 'not' },
  { value: 'gt', label: 'more than' },
  { value: 'lt', label: 'less than' },
];

export const UNITS: Unit[] = ['days', 'weeks', 'months', 'years'];
