import { parseBoolean } from './boolean.ts';
import { type DateOrder, inferOrder, isAmbiguous, parseTime } from './date.ts';
import { isMissing } from './missing.ts';
import { type DecimalMark, inferDecimal, parseNumber } from './number.ts';

export type TraitType = 'number' | 'category' | 'boolean' | 'date';

/** The type of a column and how its values are written. */
export interface InferredType {
  type: TraitType;
  decimal?: DecimalMark;
  dateOrder?: DateOrder;
}

/** Share of the filled cells that must fit a type; the rest are then rejected one by one, with their lines. */
const ENOUGH = 0.95;

/** The type of a column from a sample of its cells: what nearly all of them are, else a category. */
export function inferType(cells: string[]): InferredType {
  const values = cells.filter((cell) => !isMissing(cell));
  if (values.length === 0) return { type: 'category' };
  const share = (fits: (value: string) => boolean) => values.filter(fits).length / values.length;
  const truths = new Set(values.map(parseBoolean));
  if (truths.size === 2 && !truths.has(undefined)) return { type: 'boolean' };
  if (looksLikeCode(values)) return { type: 'category' };
  const decimal = inferDecimal(values);
  if (share((v) => parseNumber(v, decimal) !== undefined) >= ENOUGH) return { type: 'number', decimal };
  const order = inferOrder(values);
  if (share((v) => parseTime(v, order) !== undefined || isAmbiguous(v)) >= ENOUGH)
    return order ? { type: 'date', dateOrder: order } : { type: 'date' };
  return { type: 'category' };
}

/** Digits with leading zeros are codes (postal, product): arithmetic on them means nothing. */
const looksLikeCode = (values: string[]): boolean => values.some((v) => /^0\d+$/.test(v));
